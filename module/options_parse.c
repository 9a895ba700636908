// SPDX-License-Identifier: GPL-2.0-only
/*
 * options_parse: from attributes to the options of a ruleset, and to what
 * groups have of them. See ruleset_parse.h.
 */
#include <linux/minmax.h>
#include <linux/stringify.h>
#include <net/netlink.h>

#include <linux/gwlb.h>

#include "match.h"
#include "netlink_gen.h"
#include "ruleset.h"
#include "ruleset_parse.h"

/**
 * gwlb_inside_parse() - read a list of what is inside
 * @b: the ruleset that is being made
 * @attr: options or group
 * @type: attribute of a prefix in it
 * @none: its attribute that says that nothing is inside, or NULL
 * @inherited: what is inside if it says nothing about that
 * @inside: gets the list
 *
 * Return: 0, -EINVAL, or -E2BIG for too many
 */
int gwlb_inside_parse(struct gwlb_builder *b, const struct nlattr *attr,
		      int type, const struct nlattr *none,
		      const struct gwlb_inside *inherited,
		      struct gwlb_inside *inside)
{
	struct gwlb_prefix *prefixes = &b->rs->prefixes[b->n_prefixes];
	const struct nlattr *nested;
	struct gwlb_value value;
	u32 n = 0;
	int rem, err;

	nla_for_each_nested(nested, attr, rem) {
		if (nla_type(nested) != type)
			continue;
		if (n == GWLB_MAX_INSIDE) {
			NL_SET_ERR_MSG_ATTR(b->extack, nested, "more than "
					    __stringify(GWLB_MAX_INSIDE)
					    " prefixes");
			return -E2BIG;
		}
		err = gwlb_prefix_parse(nested, &value, b->extack);
		if (err)
			return err;
		prefixes[n++] = value.prefix;
	}
	if (n && none) {
		NL_SET_ERR_MSG_ATTR(b->extack, none,
				    "either inside prefixes or none");
		return -EINVAL;
	}
	b->n_prefixes += n;
	if (n || none)
		*inside = (struct gwlb_inside){ prefixes, n };
	else
		*inside = *inherited;
	return 0;
}

/**
 * gwlb_policy_parse() - read a policy
 * @b: the ruleset that is being made
 * @attr: the policy, or NULL
 * @policy: gets it, unless there is none
 *
 * Return: 0 or -EINVAL
 */
int gwlb_policy_parse(struct gwlb_builder *b, const struct nlattr *attr,
		      u8 *policy)
{
	if (!attr)
		return 0;
	*policy = nla_get_u32(attr);
	if (*policy != GWLB_VERDICT_CONTINUE)
		return 0;
	NL_SET_ERR_MSG_ATTR(b->extack, attr,
			    "a policy is accept, drop or reject");
	return -EINVAL;
}

static void number_parse(const struct nlattr *attr, u32 *number)
{
	if (attr)
		*number = nla_get_u32(attr);
}

static void timeouts_parse(struct nlattr **tb, struct gwlb_options *o)
{
	number_parse(tb[GWLB_A_OPTIONS_TIMEOUT_TCP_SYN], &o->timeout_tcp_syn);
	number_parse(tb[GWLB_A_OPTIONS_TIMEOUT_TCP_ESTABLISHED],
		     &o->timeout_tcp_established);
	number_parse(tb[GWLB_A_OPTIONS_TIMEOUT_TCP_CLOSING],
		     &o->timeout_tcp_closing);
	number_parse(tb[GWLB_A_OPTIONS_TIMEOUT_TCP_CLOSED],
		     &o->timeout_tcp_closed);
	number_parse(tb[GWLB_A_OPTIONS_TIMEOUT_UDP], &o->timeout_udp);
	number_parse(tb[GWLB_A_OPTIONS_TIMEOUT_ICMP], &o->timeout_icmp);
	number_parse(tb[GWLB_A_OPTIONS_TIMEOUT_OTHER], &o->timeout_other);
}

/**
 * gwlb_options_parse() - read the options
 * @b: the ruleset that is being made, with all defaults
 * @attr: the options
 *
 * Return: 0, -EINVAL, or -E2BIG for too many prefixes
 */
int gwlb_options_parse(struct gwlb_builder *b, const struct nlattr *attr)
{
	struct gwlb_options *o = &b->rs->options;
	struct nlattr *tb[GWLB_A_OPTIONS_MAX + 1];
	int err;

	err = nla_parse_nested(tb, GWLB_A_OPTIONS_MAX, attr,
			       gwlb_options_nl_policy, b->extack);
	if (err)
		return err;
	err = gwlb_policy_parse(b, tb[GWLB_A_OPTIONS_POLICY], &o->policy);
	if (err)
		return err;
	err = gwlb_inside_parse(b, attr, GWLB_A_OPTIONS_INSIDE,
				tb[GWLB_A_OPTIONS_NO_INSIDE], &o->inside,
				&o->inside);
	if (err)
		return err;
	if (tb[GWLB_A_OPTIONS_PICKUP])
		o->pickup = nla_get_u32(tb[GWLB_A_OPTIONS_PICKUP]);
	if (tb[GWLB_A_OPTIONS_REFUSED])
		o->refused = nla_get_u32(tb[GWLB_A_OPTIONS_REFUSED]);
	if (tb[GWLB_A_OPTIONS_ON_FULL])
		o->on_full = nla_get_u32(tb[GWLB_A_OPTIONS_ON_FULL]);
	number_parse(tb[GWLB_A_OPTIONS_FLOW_MAX], &o->flow_max);
	o->flow_max_endpoint = max(o->flow_max / 2, 1U);
	number_parse(tb[GWLB_A_OPTIONS_FLOW_MAX_ENDPOINT],
		     &o->flow_max_endpoint);
	timeouts_parse(tb, o);
	return 0;
}
