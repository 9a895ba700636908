// SPDX-License-Identifier: GPL-2.0-only
/*
 * ruleset_netlink: the ruleset as a whole, as user space asks for it and
 * changes it. See netlink.h. What is in it is in rule_netlink.c and
 * set_netlink.c.
 *
 * All of these hold the namespace's rules_lock, so that what is shown is of one
 * snapshot, with the elements that its sets have just then.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <net/genetlink.h>

#include <linux/gwlb.h>

#include "flow.h"
#include "gwlb.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "ruleset.h"
#include "ruleset_netlink.h"
#include "ruleset_parse.h"

/**
 * gwlb_nl_rules() - the ruleset in force
 * @gn: the namespace; its rules_lock is held
 *
 * Return: the ruleset
 */
struct gwlb_ruleset *gwlb_nl_rules(struct gwlb_net *gn)
{
	return rcu_dereference_protected(gn->rules,
					 lockdep_is_held(&gn->rules_lock));
}

/**
 * gwlb_nl_expect() - is the ruleset still the one that somebody has seen?
 * @gn: the namespace; its rules_lock is held
 * @info: the request, with the generation that is expected, or without
 *
 * Return: 0 or -ESTALE
 */
int gwlb_nl_expect(struct gwlb_net *gn, struct genl_info *info)
{
	struct nlattr *expected = info->attrs[GWLB_A_RULESET_EXPECT_GENERATION];

	if (!expected ||
	    nla_get_u32(expected) == gwlb_nl_rules(gn)->generation)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, expected,
			    "the ruleset was changed by somebody else meanwhile");
	return -ESTALE;
}

static int put_inside(struct sk_buff *msg, const struct gwlb_inside *inside)
{
	const struct gwlb_prefix *prefix;
	u32 i;

	if (!inside->n)
		return nla_put_flag(msg, GWLB_A_OPTIONS_NO_INSIDE);
	for (i = 0; i < inside->n; i++) {
		prefix = &inside->prefixes[i];
		if (gwlb_nl_put_prefix(msg, GWLB_A_OPTIONS_INSIDE,
				       prefix->family, &prefix->address,
				       prefix->len))
			return -EMSGSIZE;
	}
	return 0;
}

static int put_timeouts(struct sk_buff *msg, const struct gwlb_options *o)
{
	if (nla_put_u32(msg, GWLB_A_OPTIONS_TIMEOUT_TCP_SYN,
			o->timeout_tcp_syn) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_TIMEOUT_TCP_ESTABLISHED,
			o->timeout_tcp_established) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_TIMEOUT_TCP_CLOSING,
			o->timeout_tcp_closing) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_TIMEOUT_TCP_CLOSED,
			o->timeout_tcp_closed) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_TIMEOUT_UDP, o->timeout_udp) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_TIMEOUT_ICMP, o->timeout_icmp) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_TIMEOUT_OTHER, o->timeout_other))
		return -EMSGSIZE;
	return 0;
}

static int put_options(struct sk_buff *msg, const struct gwlb_options *o)
{
	struct nlattr *nest = nla_nest_start(msg, GWLB_A_RULESET_OPTIONS);

	if (!nest ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_POLICY, o->policy) ||
	    put_inside(msg, &o->inside) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_PICKUP, o->pickup) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_REFUSED, o->refused) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_ON_FULL, o->on_full) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_FLOW_MAX, o->flow_max) ||
	    nla_put_u32(msg, GWLB_A_OPTIONS_FLOW_MAX_ENDPOINT,
			o->flow_max_endpoint) ||
	    put_timeouts(msg, o))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_trial(struct sk_buff *msg, const struct gwlb_rollback *rollback)
{
	unsigned long now = jiffies, left = 0;

	if (!rollback->previous)
		return 0;
	if (time_before(now, rollback->deadline))
		left = DIV_ROUND_UP(rollback->deadline - now, HZ);
	return nla_put_u32(msg, GWLB_A_RULESET_CONFIRM, left);
}

static int put_ruleset(struct sk_buff *msg, struct gwlb_net *gn)
{
	const struct gwlb_ruleset *rs = gwlb_nl_rules(gn);

	if (nla_put_u32(msg, GWLB_A_RULESET_GENERATION, rs->generation) ||
	    put_options(msg, &rs->options) ||
	    put_trial(msg, &gn->rollback) ||
	    nla_put_u32(msg, GWLB_A_RULESET_RULES, rs->n_rules) ||
	    nla_put_u32(msg, GWLB_A_RULESET_GROUPS, rs->n_groups) ||
	    nla_put_u32(msg, GWLB_A_RULESET_SETS, rs->n_sets) ||
	    nla_put_u32(msg, GWLB_A_RULESET_FLOWS,
			atomic_read(&gn->flows.count)))
		return -EMSGSIZE;
	return 0;
}

/* Fewer than 32 numbers, and the prefixes */
static size_t ruleset_size(const struct gwlb_ruleset *rs)
{
	size_t prefix = nla_total_size(nla_total_size(sizeof(struct in6_addr)) +
				       nla_total_size(sizeof(u8)));

	return 32 * nla_total_size(sizeof(u32)) +
	       rs->options.inside.n * prefix;
}

/**
 * gwlb_nl_ruleset_get_doit() - GWLB_CMD_RULESET_GET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -ESTALE if something changed since the expected generation, or
 *         -ENOMEM
 */
int gwlb_nl_ruleset_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	mutex_lock(&gn->rules_lock);
	err = gwlb_nl_expect(gn, info);
	if (err)
		goto unlock;
	err = -ENOMEM;
	msg = gwlb_nl_answer_new(info, ruleset_size(gwlb_nl_rules(gn)),
				 GWLB_CMD_RULESET_GET, &hdr);
	if (!msg)
		goto unlock;
	err = gwlb_nl_answer(msg, hdr, info, put_ruleset(msg, gn));
unlock:
	mutex_unlock(&gn->rules_lock);
	return err;
}

static int set_ruleset(struct gwlb_net *gn, struct genl_info *info)
{
	struct nlattr *confirm = info->attrs[GWLB_A_RULESET_CONFIRM];
	struct gwlb_ruleset *rs;

	if (gn->rollback.previous) {
		NL_SET_ERR_MSG(info->extack,
			       "the ruleset in force still has to be confirmed");
		return -EBUSY;
	}
	rs = gwlb_ruleset_parse(info, gwlb_nl_rules(gn));
	if (IS_ERR(rs))
		return PTR_ERR(rs);
	return gwlb_ruleset_replace(gn, rs,
				    confirm ? nla_get_u32(confirm) : 0);
}

/**
 * gwlb_nl_ruleset_set_doit() - GWLB_CMD_RULESET_SET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error after which everything is as it was: -ESTALE if the
 *         generation is not the expected one, -EBUSY if there is one to be
 *         confirmed, and those of gwlb_ruleset_parse()
 */
int gwlb_nl_ruleset_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	int err;

	mutex_lock(&gn->rules_lock);
	err = gwlb_nl_expect(gn, info);
	if (!err)
		err = set_ruleset(gn, info);
	mutex_unlock(&gn->rules_lock);
	return err;
}

/**
 * gwlb_nl_ruleset_confirm_doit() - GWLB_CMD_RULESET_CONFIRM
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -ENOENT if there is nothing to confirm, or -ESTALE if the
 *         generation is not the expected one
 */
int gwlb_nl_ruleset_confirm_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	bool rollback = nla_get_flag(info->attrs[GWLB_A_RULESET_ROLLBACK]);
	int err;

	mutex_lock(&gn->rules_lock);
	err = gwlb_nl_expect(gn, info);
	if (!err) {
		err = gwlb_ruleset_confirm(gn, rollback);
		if (err)
			NL_SET_ERR_MSG(info->extack,
				       "there is nothing to confirm");
	}
	mutex_unlock(&gn->rules_lock);
	return err;
}
