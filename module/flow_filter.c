// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow_filter: which flows does a request mean? See flow_filter.h.
 */
#include <net/netlink.h>

#include <linux/gwlb.h>

#include "flow_filter.h"
#include "flow_message.h"
#include "gwlb.h"
#include "netlink.h"

static int parse_prefix(struct gwlb_flow_prefix *prefix,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	return gwlb_nl_parse_prefix(attr, &prefix->family, &prefix->address,
				    &prefix->len, extack);
}

/* A group is named once, then its flows are told by its number. */
static int parse_group(struct gwlb_flow_filter *filter, struct gwlb_net *gn,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	const struct gwlb_ruleset *rs;
	u32 index;

	if (!attr)
		return 0;
	rcu_read_lock();
	rs = rcu_dereference(gn->rules);
	index = gwlb_ruleset_find_group(rs, nla_data(attr));
	if (index != GWLB_NO_GROUP)
		filter->group = rs->groups[index].id;
	rcu_read_unlock();
	if (index != GWLB_NO_GROUP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "no such group");
	return -ENOENT;
}

/**
 * gwlb_flow_filter_parse() - read a filter
 * @filter: gets it; all zero
 * @gn: the namespace
 * @attrs: the request's attributes
 * @extack: says what is wrong, and where
 *
 * Context: process
 * Return: 0, -EINVAL for a bad prefix, or -ENOENT for an unknown group
 */
int gwlb_flow_filter_parse(struct gwlb_flow_filter *filter,
			   struct gwlb_net *gn, struct nlattr **attrs,
			   struct netlink_ext_ack *extack)
{
	u32 type;
	int err;

	for (type = 1; type <= GWLB_A_FLOW_DESTINATION_PREFIX; type++)
		if (attrs[type])
			filter->given |= BIT(type);

	if (attrs[GWLB_A_FLOW_ID])
		filter->id = nla_get_u64(attrs[GWLB_A_FLOW_ID]);
	if (attrs[GWLB_A_FLOW_ENDPOINT])
		filter->endpoint = nla_get_u64(attrs[GWLB_A_FLOW_ENDPOINT]);
	if (attrs[GWLB_A_FLOW_PROTOCOL])
		filter->protocol = nla_get_u8(attrs[GWLB_A_FLOW_PROTOCOL]);
	if (attrs[GWLB_A_FLOW_SOURCE_PORT])
		filter->source_port =
			nla_get_u16(attrs[GWLB_A_FLOW_SOURCE_PORT]);
	if (attrs[GWLB_A_FLOW_DESTINATION_PORT])
		filter->destination_port =
			nla_get_u16(attrs[GWLB_A_FLOW_DESTINATION_PORT]);
	if (attrs[GWLB_A_FLOW_STATE])
		filter->state = nla_get_u32(attrs[GWLB_A_FLOW_STATE]);
	err = parse_prefix(&filter->source, attrs[GWLB_A_FLOW_SOURCE_PREFIX],
			   extack);
	if (err)
		return err;
	err = parse_prefix(&filter->destination,
			   attrs[GWLB_A_FLOW_DESTINATION_PREFIX], extack);
	if (err)
		return err;
	return parse_group(filter, gn, attrs[GWLB_A_FLOW_GROUP], extack);
}

static bool has_bits(const u8 *a, const u8 *b, u8 n)
{
	if (memcmp(a, b, n / 8))
		return false;
	return !(n % 8) || !((a[n / 8] ^ b[n / 8]) >> (8 - n % 8));
}

static bool prefix_has(const struct gwlb_flow_prefix *prefix, u8 family,
		       const union nf_inet_addr *address)
{
	return prefix->family == family &&
		has_bits((const u8 *)address, (const u8 *)&prefix->address,
			 prefix->len);
}

/**
 * gwlb_flow_filter_passes() - has a flow all that it has to have?
 * @filter: the filter
 * @flow: the flow
 *
 * Context: RCU read side
 * Return: true if it has
 */
bool gwlb_flow_filter_passes(const struct gwlb_flow_filter *filter,
			     const struct gwlb_flow *flow)
{
	u32 given = filter->given;

	if (given & BIT(GWLB_A_FLOW_ID) && filter->id != flow->id)
		return false;
	if (given & BIT(GWLB_A_FLOW_ENDPOINT) &&
	    filter->endpoint != flow->endpoint_id)
		return false;
	if (given & BIT(GWLB_A_FLOW_GROUP) &&
	    (!(flow->key.flags & GWLB_FLOW_IN_GROUP) ||
	     filter->group != flow->key.zone))
		return false;
	if (given & BIT(GWLB_A_FLOW_PROTOCOL) &&
	    filter->protocol != flow->key.proto)
		return false;
	if (given & BIT(GWLB_A_FLOW_SOURCE_PORT) &&
	    (!gwlb_flow_has_source_port(flow) ||
	     filter->source_port != ntohs(gwlb_flow_shown_port(flow))))
		return false;
	if (given & BIT(GWLB_A_FLOW_DESTINATION_PORT) &&
	    (!gwlb_flow_has_ports(flow) ||
	     filter->destination_port !=
	     ntohs(gwlb_flow_destination_port(flow))))
		return false;
	if (given & BIT(GWLB_A_FLOW_STATE) &&
	    filter->state != gwlb_flow_state(flow))
		return false;
	if (given & BIT(GWLB_A_FLOW_SOURCE_PREFIX) &&
	    !prefix_has(&filter->source, flow->key.family,
			gwlb_flow_source(flow)))
		return false;
	if (given & BIT(GWLB_A_FLOW_DESTINATION_PREFIX) &&
	    !prefix_has(&filter->destination, flow->key.family,
			gwlb_flow_destination(flow)))
		return false;
	return true;
}
