// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats_netlink: counters, nodes and endpoints as user space sees them.
 */
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include <linux/gwlb.h>

#include "gwlb.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "node.h"

/**
 * struct dump_position - how far a dump has come
 * @next: the next counter, or where the last thing was in its table
 */
struct dump_position {
	unsigned long next;
};

static struct dump_position *position(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_position) > sizeof(cb->ctx));
	return (struct dump_position *)cb->ctx;
}

/* Counters */

/* GWLB_REASON_RECEIVED, which is no reason, has no number of its own. */
static int put_counter(struct sk_buff *msg, struct gwlb_net *gn, u32 reason)
{
	bool received = reason == GWLB_REASON_RECEIVED;
	struct gwlb_count sum;

	gwlb_stats_sum(gn->stats, reason, &sum);
	if (received || reason == GWLB_REASON_RETURNED)
		gwlb_tally_returned(&gn->nodes, &sum);
	if ((!received && nla_put_u32(msg, GWLB_A_COUNTER_REASON, reason)) ||
	    nla_put_string(msg, GWLB_A_COUNTER_NAME, received ?
			   "received" : gwlb_reason_name(reason)) ||
	    nla_put_u64_64bit(msg, GWLB_A_COUNTER_PACKETS, sum.packets,
			      GWLB_A_COUNTER_PAD) ||
	    nla_put_u64_64bit(msg, GWLB_A_COUNTER_BYTES, sum.bytes,
			      GWLB_A_COUNTER_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * gwlb_nl_counter_get_doit() - GWLB_CMD_COUNTER_GET, one
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -EINVAL without a reason, or -ENOMEM
 */
int gwlb_nl_counter_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	struct sk_buff *msg;
	u32 reason;
	void *hdr;

	if (GENL_REQ_ATTR_CHECK(info, GWLB_A_COUNTER_REASON)) {
		NL_SET_ERR_MSG(info->extack, "which reason?");
		return -EINVAL;
	}
	reason = nla_get_u32(info->attrs[GWLB_A_COUNTER_REASON]);
	msg = gwlb_nl_answer_new(info, NLMSG_DEFAULT_SIZE,
				 GWLB_CMD_COUNTER_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	return gwlb_nl_answer(msg, hdr, info, put_counter(msg, gn, reason));
}

/**
 * gwlb_nl_counter_get_dumpit() - GWLB_CMD_COUNTER_GET, all
 * @skb: the answer
 * @cb: the dump; all received packets come first, then the reasons
 *
 * Return: length of @skb, 0 at the end, or an error
 */
int gwlb_nl_counter_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct gwlb_net *gn = gwlb_net(sock_net(skb->sk));
	struct dump_position *pos = position(cb);
	u32 reason;
	void *hdr;
	int err;

	err = gwlb_nl_refuse_filter(cb, GWLB_A_COUNTER_REASON);
	if (err)
		return err;
	for (; pos->next <= GWLB_REASONS_COUNT; pos->next++) {
		reason = pos->next ? pos->next - 1 : GWLB_REASON_RECEIVED;
		hdr = gwlb_nl_dump_put(skb, cb, GWLB_CMD_COUNTER_GET);
		if (!hdr)
			break;
		if (put_counter(skb, gn, reason)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	return skb->len;
}

/* Nodes and endpoints */

static int put_count(struct sk_buff *msg, const struct gwlb_count *count,
		     int packets, int bytes)
{
	if (nla_put_u64_64bit(msg, packets, count->packets,
			      GWLB_A_TRAFFIC_PAD) ||
	    nla_put_u64_64bit(msg, bytes, count->bytes, GWLB_A_TRAFFIC_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_traffic(struct sk_buff *msg, int attrtype,
		       struct gwlb_traffic __percpu *traffic)
{
	struct nlattr *nest = nla_nest_start(msg, attrtype);
	struct gwlb_traffic_sum sum;

	gwlb_traffic_sum(traffic, &sum);
	if (!nest ||
	    put_count(msg, &sum.received, GWLB_A_TRAFFIC_RECEIVED_PACKETS,
		      GWLB_A_TRAFFIC_RECEIVED_BYTES) ||
	    put_count(msg, &sum.returned, GWLB_A_TRAFFIC_RETURNED_PACKETS,
		      GWLB_A_TRAFFIC_RETURNED_BYTES) ||
	    put_count(msg, &sum.dropped, GWLB_A_TRAFFIC_DROPPED_PACKETS,
		      GWLB_A_TRAFFIC_DROPPED_BYTES) ||
	    nla_put_u64_64bit(msg, GWLB_A_TRAFFIC_IDLE, sum.idle_ms,
			      GWLB_A_TRAFFIC_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* Puts @tally, or if it is NULL what found no place in its table. */
typedef int put_tally_fn(struct sk_buff *msg, const struct gwlb_net *gn,
			 const struct gwlb_tally *tally);

static int put_node(struct sk_buff *msg, const struct gwlb_net *gn,
		    const struct gwlb_tally *tally)
{
	if (!tally)
		return put_traffic(msg, GWLB_A_NODE_TRAFFIC, gn->nodes.others);
	if (nla_put_in_addr(msg, GWLB_A_NODE_ADDRESS,
			    htonl(upper_32_bits(tally->key))) ||
	    nla_put_in_addr(msg, GWLB_A_NODE_LOCAL,
			    htonl(lower_32_bits(tally->key))))
		return -EMSGSIZE;
	return put_traffic(msg, GWLB_A_NODE_TRAFFIC, tally->traffic);
}

static int put_flows(struct sk_buff *msg, const struct gwlb_endpoint *endpoint)
{
	if (nla_put_u32(msg, GWLB_A_ENDPOINT_FLOWS,
			atomic_read(&endpoint->flows)) ||
	    nla_put_u32(msg, GWLB_A_ENDPOINT_FLOWS_NEW,
			READ_ONCE(endpoint->n_young)))
		return -EMSGSIZE;
	return put_traffic(msg, GWLB_A_ENDPOINT_TRAFFIC,
			   endpoint->tally.traffic);
}

static int put_endpoint(struct sk_buff *msg, const struct gwlb_net *gn,
			const struct gwlb_tally *tally)
{
	if (!tally)
		return put_flows(msg, &gn->endpoints.others);
	if (nla_put_u64_64bit(msg, GWLB_A_ENDPOINT_ID, tally->key,
			      GWLB_A_ENDPOINT_PAD))
		return -EMSGSIZE;
	return put_flows(msg, container_of(tally, struct gwlb_endpoint,
					   tally));
}

static int put_endpoint_and_group(struct sk_buff *msg,
				  const struct gwlb_net *gn,
				  const struct gwlb_tally *tally)
{
	const struct gwlb_ruleset *rs;
	u32 group;

	/* The rest of all has no group, and its caller no RCU read side. */
	if (!tally)
		return put_endpoint(msg, gn, tally);
	rs = rcu_dereference(gn->rules);
	group = gwlb_ruleset_group(rs, tally->key);
	if (group != GWLB_NO_GROUP &&
	    nla_put_string(msg, GWLB_A_ENDPOINT_GROUP,
			   gwlb_ruleset_group_name(rs, group)))
		return -EMSGSIZE;
	return put_endpoint(msg, gn, tally);
}

/* Counters are open to everybody, but rules name groups, so who may not read
 * those is told of no group.
 */
static put_tally_fn *endpoint_for(const struct sk_buff *request)
{
	struct net *net = sock_net(request->sk);

	return netlink_ns_capable(request, net->user_ns, CAP_NET_ADMIN) ?
		put_endpoint_and_group : put_endpoint;
}

static int answer_tally(struct genl_info *info, u8 cmd, put_tally_fn *put,
			struct gwlb_tally_table *table, u64 key)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	struct gwlb_tally *tally;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = gwlb_nl_answer_new(info, NLMSG_DEFAULT_SIZE, cmd, &hdr);
	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	tally = gwlb_tally_find(table, key);
	err = tally ? put(msg, gn, tally) : -ENOENT;
	rcu_read_unlock();
	return gwlb_nl_answer(msg, hdr, info, err);
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		    put_tally_fn *put, const struct gwlb_net *gn,
		    const struct gwlb_tally *tally)
{
	void *hdr = gwlb_nl_dump_put(skb, cb, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put(skb, gn, tally)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* What found no place comes last, and only if there was any. The position is
 * the index of the last thing that was put; ULONG_MAX when all were.
 */
static int dump_tallies(struct sk_buff *skb, struct netlink_callback *cb,
			u8 cmd, put_tally_fn *put,
			struct gwlb_tally_table *table)
{
	struct gwlb_net *gn = gwlb_net(sock_net(skb->sk));
	struct dump_position *pos = position(cb);
	struct gwlb_traffic_sum others;
	unsigned long index = pos->next;
	struct gwlb_tally *tally;

	if (index == ULONG_MAX)
		return skb->len;
	rcu_read_lock();
	while ((tally = gwlb_tally_next(table, &index))) {
		if (dump_one(skb, cb, cmd, put, gn, tally))
			break;
		pos->next = index;
	}
	rcu_read_unlock();
	if (tally)
		return skb->len;

	gwlb_traffic_sum(table->others, &others);
	if (!others.received.packets ||
	    !dump_one(skb, cb, cmd, put, gn, NULL))
		pos->next = ULONG_MAX;
	return skb->len;
}

/**
 * gwlb_nl_node_get_doit() - GWLB_CMD_NODE_GET, one
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -EINVAL if an address is missing, -ENOENT, or -ENOMEM
 */
int gwlb_nl_node_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	u64 key;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, GWLB_A_NODE_ADDRESS) ||
	    GENL_REQ_ATTR_CHECK(info, GWLB_A_NODE_LOCAL)) {
		NL_SET_ERR_MSG(info->extack,
			       "a node is named by its address and ours");
		return -EINVAL;
	}
	key = gwlb_node_key(nla_get_in_addr(info->attrs[GWLB_A_NODE_ADDRESS]),
			    nla_get_in_addr(info->attrs[GWLB_A_NODE_LOCAL]));
	err = answer_tally(info, GWLB_CMD_NODE_GET, put_node, &gn->nodes, key);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no such node was seen");
	return err;
}

/**
 * gwlb_nl_node_get_dumpit() - GWLB_CMD_NODE_GET, all
 * @skb: the answer
 * @cb: the dump
 *
 * Return: length of @skb, 0 at the end, or an error
 */
int gwlb_nl_node_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct gwlb_net *gn = gwlb_net(sock_net(skb->sk));

	if (gwlb_nl_refuse_filter(cb, GWLB_A_NODE_ADDRESS) ||
	    gwlb_nl_refuse_filter(cb, GWLB_A_NODE_LOCAL))
		return -EINVAL;
	return dump_tallies(skb, cb, GWLB_CMD_NODE_GET, put_node, &gn->nodes);
}

/**
 * gwlb_nl_endpoint_get_doit() - GWLB_CMD_ENDPOINT_GET, one
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -EINVAL if the id is missing, -ENOENT, or -ENOMEM
 */
int gwlb_nl_endpoint_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	int err;

	if (GENL_REQ_ATTR_CHECK(info, GWLB_A_ENDPOINT_ID)) {
		NL_SET_ERR_MSG(info->extack, "which endpoint?");
		return -EINVAL;
	}
	err = answer_tally(info, GWLB_CMD_ENDPOINT_GET, endpoint_for(skb),
			   &gn->endpoints.table,
			   nla_get_u64(info->attrs[GWLB_A_ENDPOINT_ID]));
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no such endpoint was seen");
	return err;
}

/**
 * gwlb_nl_endpoint_get_dumpit() - GWLB_CMD_ENDPOINT_GET, all
 * @skb: the answer
 * @cb: the dump
 *
 * Return: length of @skb, 0 at the end, or an error
 */
int gwlb_nl_endpoint_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct gwlb_net *gn = gwlb_net(sock_net(skb->sk));

	if (gwlb_nl_refuse_filter(cb, GWLB_A_ENDPOINT_ID))
		return -EINVAL;
	return dump_tallies(skb, cb, GWLB_CMD_ENDPOINT_GET,
			    endpoint_for(cb->skb), &gn->endpoints.table);
}
