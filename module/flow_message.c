// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow_message: a flow as user space sees it. See flow_message.h.
 */
#include <linux/jiffies.h>
#include <net/netlink.h>

#include <linux/gwlb.h>

#include "flow_message.h"
#include "netlink.h"

/* The name of its group, or NULL. The ruleset may have changed, so that its
 * endpoint is in another group by now: then it will never be found again.
 */
static const char *group_name(const struct gwlb_ruleset *rs,
			      const struct gwlb_flow *flow)
{
	u32 index;

	if (!(flow->key.flags & GWLB_FLOW_IN_GROUP))
		return NULL;
	index = gwlb_ruleset_group(rs, flow->endpoint_id);
	if (index == GWLB_NO_GROUP ||
	    rs->groups[index].id != flow->key.zone)
		return NULL;
	return gwlb_ruleset_group_name(rs, index);
}

static int put_ports(struct sk_buff *msg, const struct gwlb_flow *flow)
{
	if (gwlb_flow_has_source_port(flow) &&
	    nla_put_u16(msg, GWLB_A_FLOW_SOURCE_PORT,
			ntohs(gwlb_flow_shown_port(flow))))
		return -EMSGSIZE;
	if (gwlb_flow_has_ports(flow) &&
	    nla_put_u16(msg, GWLB_A_FLOW_DESTINATION_PORT,
			ntohs(gwlb_flow_destination_port(flow))))
		return -EMSGSIZE;
	if (gwlb_flow_is_icmp(flow) &&
	    nla_put_u8(msg, GWLB_A_FLOW_ICMP_TYPE, flow->icmp_type))
		return -EMSGSIZE;
	return 0;
}

static int put_identity(struct sk_buff *msg, const struct gwlb_ruleset *rs,
			const struct gwlb_flow *flow)
{
	const char *group = group_name(rs, flow);
	u8 family = flow->key.family;

	if (nla_put_u64_64bit(msg, GWLB_A_FLOW_ID, flow->id,
			      GWLB_A_FLOW_PAD))
		return -EMSGSIZE;
	if (nla_put_u64_64bit(msg, GWLB_A_FLOW_ENDPOINT, flow->endpoint_id,
			      GWLB_A_FLOW_PAD))
		return -EMSGSIZE;
	if (group && nla_put_string(msg, GWLB_A_FLOW_GROUP, group))
		return -EMSGSIZE;
	if (gwlb_nl_put_address(msg, GWLB_A_FLOW_SOURCE, family,
				gwlb_flow_source(flow)) ||
	    gwlb_nl_put_address(msg, GWLB_A_FLOW_DESTINATION, family,
				gwlb_flow_destination(flow)) ||
	    nla_put_u8(msg, GWLB_A_FLOW_PROTOCOL, flow->key.proto))
		return -EMSGSIZE;
	return put_ports(msg, flow);
}

static int put_decision(struct sk_buff *msg, const struct gwlb_ruleset *rs,
			const struct gwlb_flow *flow)
{
	u64 decision = atomic64_read(&flow->decision);
	u32 index = gwlb_decision_index(decision);

	if (nla_put_u32(msg, GWLB_A_FLOW_STATE, gwlb_flow_state(flow)) ||
	    nla_put_u32(msg, GWLB_A_FLOW_VERDICT,
			gwlb_decision_verdict(decision)) ||
	    nla_put_u32(msg, GWLB_A_FLOW_DIRECTION, flow->direction) ||
	    nla_put_u32(msg, GWLB_A_FLOW_COOKIE,
			ntohl(READ_ONCE(flow->cookie))) ||
	    nla_put_in_addr(msg, GWLB_A_FLOW_NODE,
			    READ_ONCE(flow->last_node)))
		return -EMSGSIZE;
	if (gwlb_decision_generation(decision) !=
	    READ_ONCE(rs->generation) || index >= rs->n_rules)
		return 0;
	return nla_put_u32(msg, GWLB_A_FLOW_RULE, index + 1);
}

static int put_time(struct sk_buff *msg, int attrtype, unsigned long time)
{
	return nla_put_u64_64bit(msg, attrtype, jiffies64_to_msecs(time),
				 GWLB_A_FLOW_PAD);
}

static int put_times(struct sk_buff *msg, const struct gwlb_flow *flow)
{
	u32 timeout = READ_ONCE(flow->timeout);
	u32 idle = gwlb_flow_silence(flow);

	if (put_time(msg, GWLB_A_FLOW_AGE, jiffies - flow->born) ||
	    put_time(msg, GWLB_A_FLOW_IDLE, idle) ||
	    put_time(msg, GWLB_A_FLOW_EXPIRES,
		     idle < timeout ? timeout - idle : 0))
		return -EMSGSIZE;
	return 0;
}

static int put_side(struct sk_buff *msg, int attrtype,
		    const struct gwlb_flow_count *count)
{
	struct nlattr *nest = nla_nest_start(msg, attrtype);

	if (!nest ||
	    nla_put_u64_64bit(msg, GWLB_A_SIDE_PACKETS,
			      atomic64_read(&count->packets),
			      GWLB_A_SIDE_PAD) ||
	    nla_put_u64_64bit(msg, GWLB_A_SIDE_BYTES,
			      atomic64_read(&count->bytes),
			      GWLB_A_SIDE_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * gwlb_flow_message_size() - how long a flow can get in a message
 *
 * Return: bytes
 */
size_t gwlb_flow_message_size(void)
{
	size_t number = nla_total_size(sizeof(u32));
	size_t number_64 = nla_total_size_64bit(sizeof(u64));

	return 5 * number_64 +				/* id to expires */
	       9 * number +				/* ports to node */
	       nla_total_size(GWLB_NAME_LEN + 1) +
	       2 * nla_total_size(sizeof(struct in6_addr)) +
	       2 * nla_total_size(2 * number_64);	/* sides */
}

/**
 * gwlb_flow_message_put() - fill a flow into a message
 * @msg: the message
 * @gn: the namespace
 * @flow: the flow
 *
 * Context: RCU read side
 * Return: 0 or -EMSGSIZE
 */
int gwlb_flow_message_put(struct sk_buff *msg, const struct gwlb_net *gn,
			  const struct gwlb_flow *flow)
{
	const struct gwlb_ruleset *rs = rcu_dereference(gn->rules);
	bool flipped = gwlb_flow_flipped(flow);

	if (put_identity(msg, rs, flow) ||
	    put_decision(msg, rs, flow) ||
	    put_times(msg, flow) ||
	    put_side(msg, GWLB_A_FLOW_ORIGINAL,
		     &flow->count[flipped]) ||
	    put_side(msg, GWLB_A_FLOW_REPLY, &flow->count[!flipped]))
		return -EMSGSIZE;
	return 0;
}
