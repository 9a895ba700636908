// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink: what user space can ask and change. See netlink.h.
 *
 * Policies and the table of operations are generated from uapi/gwlb.yaml.
 * Reading is for everybody, as with "ip -s link"; changing needs
 * CAP_NET_ADMIN in the user namespace that owns the network namespace.
 */
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/stringify.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include <linux/gwlb.h>

#include "config.h"
#include "gwlb.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "node.h"

static struct genl_family gwlb_family;

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

/* An answer of about @size bytes of attributes to @info. */
static struct sk_buff *answer_new(struct genl_info *info, size_t size,
				  u8 cmd, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(size, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &gwlb_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Sends @msg unless filling it failed with @err. */
static int answer(struct sk_buff *msg, void *hdr, struct genl_info *info,
		  int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int refuse_filter(struct netlink_callback *cb, int attrtype)
{
	struct nlattr *attr = gwlb_compat_dump_attrs(cb)[attrtype];

	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, attr,
			    "a dump lists all and takes no filter");
	return -EINVAL;
}

static int check_generation(const struct gwlb_config *config,
			    const struct nlattr *expected,
			    struct netlink_ext_ack *extack)
{
	if (!expected || nla_get_u32(expected) == config->generation)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, expected,
			    "settings were changed by somebody else meanwhile");
	return -ESTALE;
}

/* Peers */

static int put_peer(struct sk_buff *msg, const struct gwlb_peer *peer)
{
	struct nlattr *nest = nla_nest_start(msg, GWLB_A_CONFIG_PEER);

	if (!nest ||
	    nla_put_in_addr(msg, GWLB_A_PEER_ADDRESS, peer->address) ||
	    nla_put_u8(msg, GWLB_A_PEER_PREFIX_LEN, peer->prefix_len))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int parse_peer(const struct nlattr *attr, struct gwlb_peer *peer,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[GWLB_A_PEER_MAX + 1];
	int err;

	err = nla_parse_nested(tb, GWLB_A_PEER_MAX, attr, gwlb_peer_nl_policy,
			       extack);
	if (err)
		return err;
	if (!tb[GWLB_A_PEER_ADDRESS] || !tb[GWLB_A_PEER_PREFIX_LEN]) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a peer needs an address and a prefix length");
		return -EINVAL;
	}
	peer->address = nla_get_in_addr(tb[GWLB_A_PEER_ADDRESS]);
	peer->prefix_len = nla_get_u8(tb[GWLB_A_PEER_PREFIX_LEN]);
	if (peer->address & ~inet_make_mask(peer->prefix_len)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the address of a peer has bits set below its prefix length");
		return -EINVAL;
	}
	return 0;
}

/* The attribute of a list of peers that names @peer; there is one. */
static const struct nlattr *find_peer(struct genl_info *info,
				      const struct gwlb_peer *peer)
{
	const struct nlattr *attr, *last = NULL;
	struct gwlb_peer p;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_CONFIG_PEER)
			continue;
		if (!parse_peer(attr, &p, NULL) &&
		    p.address == peer->address &&
		    p.prefix_len == peer->prefix_len)
			last = attr;
	}
	return last;
}

static int count_peers(struct genl_info *info, u32 *n_peers)
{
	const struct nlattr *attr;
	int rem;

	*n_peers = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_CONFIG_PEER)
			continue;
		if (++*n_peers > GWLB_MAX_PEERS) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "more than "
					    __stringify(GWLB_MAX_PEERS)
					    " peers");
			return -E2BIG;
		}
	}
	return 0;
}

/* A repeated attribute is walked: info->attrs only has the last one. */
static int parse_peers(struct genl_info *info, struct gwlb_config *config)
{
	const struct gwlb_peer *twice;
	const struct nlattr *attr;
	int rem, err;

	config->n_peers = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_CONFIG_PEER)
			continue;
		err = parse_peer(attr, &config->peers[config->n_peers++],
				 info->extack);
		if (err)
			return err;
	}
	twice = gwlb_config_sort(config);
	if (!twice)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, find_peer(info, twice),
			    "the same peer is given twice");
	return -EINVAL;
}

/* Settings */

static int put_config(struct sk_buff *msg, struct gwlb_net *gn,
		      const struct gwlb_config *config)
{
	u32 i;

	if (nla_put_u32(msg, GWLB_A_CONFIG_STATE,
			gn->up ? GWLB_STATE_UP : GWLB_STATE_DOWN) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_SEND_MODE, config->send_mode) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_GENERATION, config->generation) ||
	    nla_put_string(msg, GWLB_A_CONFIG_VERSION, GWLB_VERSION) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_NODES,
			gwlb_tally_table_count(&gn->nodes)) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_ENDPOINTS,
			gwlb_tally_table_count(&gn->endpoints)))
		return -EMSGSIZE;
	for (i = 0; i < config->n_peers; i++)
		if (put_peer(msg, &config->peers[i]))
			return -EMSGSIZE;
	return 0;
}

static size_t config_size(const struct gwlb_config *config)
{
	size_t peer = nla_total_size(nla_total_size(sizeof(__be32)) +
				     nla_total_size(sizeof(u8)));

	return 5 * nla_total_size(sizeof(u32)) +
	       nla_total_size(sizeof(GWLB_VERSION)) + config->n_peers * peer;
}

/**
 * gwlb_nl_config_get_doit() - GWLB_CMD_CONFIG_GET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -ESTALE if something changed since the expected generation, or
 *         -ENOMEM
 */
int gwlb_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	const struct gwlb_config *config;
	struct sk_buff *msg;
	void *hdr;
	int err;

	mutex_lock(&gn->lock);
	config = rcu_dereference_protected(gn->config,
					   lockdep_is_held(&gn->lock));
	err = check_generation(config,
			       info->attrs[GWLB_A_CONFIG_EXPECT_GENERATION],
			       info->extack);
	if (err)
		goto unlock;
	err = -ENOMEM;
	msg = answer_new(info, config_size(config), GWLB_CMD_CONFIG_GET, &hdr);
	if (!msg)
		goto unlock;
	err = answer(msg, hdr, info, put_config(msg, gn, config));
unlock:
	mutex_unlock(&gn->lock);
	return err;
}

/* Reads the changes that @info asks for into @config and @up. */
static int parse_config(struct genl_info *info, struct gwlb_config *config,
			bool *up)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[GWLB_A_CONFIG_STATE])
		*up = nla_get_u32(attrs[GWLB_A_CONFIG_STATE]) == GWLB_STATE_UP;
	if (attrs[GWLB_A_CONFIG_SEND_MODE])
		config->send_mode =
			nla_get_u32(attrs[GWLB_A_CONFIG_SEND_MODE]);
	if (attrs[GWLB_A_CONFIG_NO_PEERS])
		config->n_peers = 0;
	if (attrs[GWLB_A_CONFIG_PEER])
		return parse_peers(info, config);
	return 0;
}

/**
 * gwlb_nl_config_set_doit() - GWLB_CMD_CONFIG_SET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error after which everything is as it was: -EINVAL for a
 *         bad peer, -E2BIG for too many, -ESTALE if the generation is not
 *         the expected one, -ENOMEM
 */
int gwlb_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	struct nlattr **attrs = info->attrs;
	struct gwlb_config *config, *old;
	u32 n_peers;
	bool up;
	int err;

	if (attrs[GWLB_A_CONFIG_PEER] && attrs[GWLB_A_CONFIG_NO_PEERS]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[GWLB_A_CONFIG_NO_PEERS],
				    "either peers or no peers");
		return -EINVAL;
	}
	err = count_peers(info, &n_peers);
	if (err)
		return err;

	mutex_lock(&gn->lock);
	up = gn->up;
	old = rcu_dereference_protected(gn->config,
					lockdep_is_held(&gn->lock));
	err = check_generation(old, attrs[GWLB_A_CONFIG_EXPECT_GENERATION],
			       info->extack);
	if (err)
		goto unlock;
	err = -ENOMEM;
	config = gwlb_config_copy(old, max(n_peers, old->n_peers));
	if (!config)
		goto unlock;
	err = parse_config(info, config, &up);
	if (err)
		kfree(config);
	else
		err = gwlb_net_apply(gn, config, up, info->extack);
unlock:
	mutex_unlock(&gn->lock);
	return err;
}

/* Counters */

/* GWLB_REASON_RECEIVED, which is no reason, has no number of its own. */
static int put_counter(struct sk_buff *msg, struct gwlb_net *gn, u32 reason)
{
	bool received = reason == GWLB_REASON_RECEIVED;
	struct gwlb_count sum;

	gwlb_stats_sum(gn->stats, reason, &sum);
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
	msg = answer_new(info, NLMSG_DEFAULT_SIZE, GWLB_CMD_COUNTER_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	return answer(msg, hdr, info, put_counter(msg, gn, reason));
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

	err = refuse_filter(cb, GWLB_A_COUNTER_REASON);
	if (err)
		return err;
	for (; pos->next <= GWLB_REASONS_COUNT; pos->next++) {
		reason = pos->next ? pos->next - 1 : GWLB_REASON_RECEIVED;
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				  cb->nlh->nlmsg_seq, &gwlb_family,
				  NLM_F_MULTI, GWLB_CMD_COUNTER_GET);
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

/* Puts @tally, or if it is NULL what found no place in @table. */
typedef int put_tally_fn(struct sk_buff *msg,
			 const struct gwlb_tally_table *table,
			 const struct gwlb_tally *tally);

static int put_node(struct sk_buff *msg, const struct gwlb_tally_table *table,
		    const struct gwlb_tally *tally)
{
	if (!tally)
		return put_traffic(msg, GWLB_A_NODE_TRAFFIC, table->others);
	if (nla_put_in_addr(msg, GWLB_A_NODE_ADDRESS,
			    htonl(upper_32_bits(tally->key))) ||
	    nla_put_in_addr(msg, GWLB_A_NODE_LOCAL,
			    htonl(lower_32_bits(tally->key))))
		return -EMSGSIZE;
	return put_traffic(msg, GWLB_A_NODE_TRAFFIC, tally->traffic);
}

static int put_endpoint(struct sk_buff *msg,
			const struct gwlb_tally_table *table,
			const struct gwlb_tally *tally)
{
	if (!tally)
		return put_traffic(msg, GWLB_A_ENDPOINT_TRAFFIC,
				   table->others);
	if (nla_put_u64_64bit(msg, GWLB_A_ENDPOINT_ID, tally->key,
			      GWLB_A_ENDPOINT_PAD))
		return -EMSGSIZE;
	return put_traffic(msg, GWLB_A_ENDPOINT_TRAFFIC, tally->traffic);
}

static int answer_tally(struct genl_info *info, u8 cmd, put_tally_fn *put,
			struct gwlb_tally_table *table, u64 key)
{
	struct gwlb_tally *tally;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = answer_new(info, NLMSG_DEFAULT_SIZE, cmd, &hdr);
	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	tally = gwlb_tally_find(table, key);
	err = tally ? put(msg, table, tally) : -ENOENT;
	rcu_read_unlock();
	return answer(msg, hdr, info, err);
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		    put_tally_fn *put, const struct gwlb_tally_table *table,
		    const struct gwlb_tally *tally)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &gwlb_family, NLM_F_MULTI,
				cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put(skb, table, tally)) {
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
	struct dump_position *pos = position(cb);
	struct gwlb_traffic_sum others;
	unsigned long index = pos->next;
	struct gwlb_tally *tally;

	if (index == ULONG_MAX)
		return skb->len;
	rcu_read_lock();
	while ((tally = gwlb_tally_next(table, &index))) {
		if (dump_one(skb, cb, cmd, put, table, tally))
			break;
		pos->next = index;
	}
	rcu_read_unlock();
	if (tally)
		return skb->len;

	gwlb_traffic_sum(table->others, &others);
	if (!others.received.packets ||
	    !dump_one(skb, cb, cmd, put, table, NULL))
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

	if (refuse_filter(cb, GWLB_A_NODE_ADDRESS) ||
	    refuse_filter(cb, GWLB_A_NODE_LOCAL))
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
	err = answer_tally(info, GWLB_CMD_ENDPOINT_GET, put_endpoint,
			   &gn->endpoints,
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

	if (refuse_filter(cb, GWLB_A_ENDPOINT_ID))
		return -EINVAL;
	return dump_tallies(skb, cb, GWLB_CMD_ENDPOINT_GET, put_endpoint,
			    &gn->endpoints);
}

static struct genl_family gwlb_family __ro_after_init = {
	.name = GWLB_GENL_NAME,
	.version = GWLB_GENL_VERSION,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = gwlb_nl_ops,
	.n_ops = ARRAY_SIZE(gwlb_nl_ops),
	/* Every command ever was validated strictly. */
	.resv_start_op = 1,
};

/**
 * gwlb_netlink_register() - let user space in
 *
 * Return: 0 or an error
 */
int gwlb_netlink_register(void)
{
	return genl_register_family(&gwlb_family);
}

/**
 * gwlb_netlink_unregister() - shut user space out
 *
 * When this returns no request is being handled.
 */
void gwlb_netlink_unregister(void)
{
	genl_unregister_family(&gwlb_family);
}
