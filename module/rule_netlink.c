// SPDX-License-Identifier: GPL-2.0-only
/*
 * rule_netlink: rules, policies and groups, as user space asks for them. See
 * netlink.h. They are changed by replacing the ruleset: ruleset_netlink.c.
 */
#include <linux/skbuff.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include <linux/gwlb.h>

#include "account.h"
#include "gwlb.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "ruleset.h"
#include "ruleset_netlink.h"

/**
 * struct rules_position - how far a dump has come
 * @next: the next rule or group
 */
struct rules_position {
	u32 next;
};

static struct rules_position *position(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct rules_position) > sizeof(cb->ctx));
	return (struct rules_position *)cb->ctx;
}

/* Dumps of rules and groups */

/* Puts the @index-th thing into a message of a dump. */
typedef int put_fn(struct sk_buff *msg, const struct gwlb_ruleset *rs,
		   u32 index);

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		    put_fn *put, const struct gwlb_ruleset *rs, u32 index)
{
	void *hdr = gwlb_nl_dump_put(skb, cb, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put(skb, rs, index)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

/* One thing is 64 kB at most, as any attribute; a buffer may be smaller. */
static int dump_large(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      put_fn *put, const struct gwlb_ruleset *rs, u32 index)
{
	int err = dump_one(skb, cb, cmd, put, rs, index);

	if (!err || skb->len)
		return err;
	err = pskb_expand_head(skb, 0, U16_MAX + NLMSG_GOODSIZE, GFP_KERNEL);
	if (err)
		return err;
	return dump_one(skb, cb, cmd, put, rs, index);
}

/* The caller may see two rulesets, but then is told so by NLM_F_DUMP_INTR. */
static int dump_rules(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      put_fn *put, bool groups)
{
	struct gwlb_net *gn = gwlb_net(sock_net(skb->sk));
	struct rules_position *pos = position(cb);
	const struct gwlb_ruleset *rs;
	u32 n;
	int err = 0;

	mutex_lock(&gn->rules_lock);
	rs = gwlb_nl_rules(gn);
	/* 0 would be no generation at all */
	cb->seq = rs->generation + 1;
	n = groups ? rs->n_groups : rs->n_rules + rs->n_groups + 1;
	while (pos->next < n) {
		err = dump_large(skb, cb, cmd, put, rs, pos->next);
		if (err)
			break;
		pos->next++;
	}
	mutex_unlock(&gn->rules_lock);
	return skb->len ?: err;
}

/* Rules and policies */

static int put_account(struct sk_buff *msg, const struct gwlb_account *account)
{
	struct gwlb_count sum;

	gwlb_account_sum(account, &sum);
	if (nla_put_u64_64bit(msg, GWLB_A_TALLY_PACKETS, sum.packets,
			      GWLB_A_TALLY_PAD) ||
	    nla_put_u64_64bit(msg, GWLB_A_TALLY_BYTES, sum.bytes,
			      GWLB_A_TALLY_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_policy(struct sk_buff *msg, const struct gwlb_ruleset *rs,
		      u32 group)
{
	const char *name = gwlb_ruleset_group_name(rs, group);

	if (name && nla_put_string(msg, GWLB_A_TALLY_GROUP, name))
		return -EMSGSIZE;
	return nla_put_u32(msg, GWLB_A_TALLY_POLICY,
			   gwlb_ruleset_policy(rs, group));
}

/* @index: index of an account */
static int put_tally(struct sk_buff *msg, const struct gwlb_ruleset *rs,
		     u32 index)
{
	const struct gwlb_source *source;
	u32 group = index - rs->n_rules;

	if (index >= rs->n_rules) {
		if (put_policy(msg, rs, group < rs->n_groups ? group :
			       GWLB_NO_GROUP))
			return -EMSGSIZE;
		return put_account(msg, rs->accounts[index]);
	}
	source = &rs->texts[index].source;
	if (nla_put_u32(msg, GWLB_A_TALLY_INDEX, index + 1) ||
	    nla_put(msg, GWLB_A_TALLY_RULE | NLA_F_NESTED, source->len,
		    source->payload))
		return -EMSGSIZE;
	return put_account(msg, rs->accounts[index]);
}

static int answer_rule(struct genl_info *info, const struct gwlb_ruleset *rs,
		       u32 index)
{
	struct sk_buff *msg;
	void *hdr;

	msg = gwlb_nl_answer_new(info, rs->texts[index].source.len +
				 NLMSG_DEFAULT_SIZE, GWLB_CMD_RULE_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	return gwlb_nl_answer(msg, hdr, info, put_tally(msg, rs, index));
}

/**
 * gwlb_nl_rule_get_doit() - GWLB_CMD_RULE_GET, one
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -EINVAL without a number, -ENOENT if there is no such rule, or
 *         -ENOMEM
 */
int gwlb_nl_rule_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	const struct gwlb_ruleset *rs;
	int err = -ENOENT;
	u32 number;

	if (GENL_REQ_ATTR_CHECK(info, GWLB_A_TALLY_INDEX)) {
		NL_SET_ERR_MSG(info->extack, "which rule?");
		return -EINVAL;
	}
	number = nla_get_u32(info->attrs[GWLB_A_TALLY_INDEX]);
	mutex_lock(&gn->rules_lock);
	rs = gwlb_nl_rules(gn);
	if (number && number <= rs->n_rules)
		err = answer_rule(info, rs, number - 1);
	else
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[GWLB_A_TALLY_INDEX],
				    "there is no such rule");
	mutex_unlock(&gn->rules_lock);
	return err;
}

/**
 * gwlb_nl_rule_get_dumpit() - GWLB_CMD_RULE_GET, all
 * @skb: the answer
 * @cb: the dump; rules come first, then policies of groups, then the general
 *	one
 *
 * Return: length of @skb, 0 at the end, or an error
 */
int gwlb_nl_rule_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err = gwlb_nl_refuse_filter(cb, GWLB_A_TALLY_INDEX);

	if (err)
		return err;
	return dump_rules(skb, cb, GWLB_CMD_RULE_GET, put_tally, false);
}

/* Groups */

static int put_group(struct sk_buff *msg, const struct gwlb_ruleset *rs,
		     u32 index)
{
	const struct gwlb_source *source = &rs->groups[index].source;

	return nla_put(msg, GWLB_A_RULESET_GROUP | NLA_F_NESTED, source->len,
		       source->payload);
}

static int answer_group(struct genl_info *info, const struct gwlb_ruleset *rs,
			u32 index)
{
	struct sk_buff *msg;
	void *hdr;

	msg = gwlb_nl_answer_new(info,
				 nla_total_size(rs->groups[index].source.len),
				 GWLB_CMD_GROUP_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	return gwlb_nl_answer(msg, hdr, info, put_group(msg, rs, index));
}

/**
 * gwlb_nl_group_get_doit() - GWLB_CMD_GROUP_GET, one
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -EINVAL without a name, -ENOENT if there is no such group, or
 *         -ENOMEM
 */
int gwlb_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	char name[GWLB_NAME_LEN + 1];
	const struct gwlb_ruleset *rs;
	int err = -ENOENT;
	u32 group;

	if (GENL_REQ_ATTR_CHECK(info, GWLB_A_RULESET_NAME)) {
		NL_SET_ERR_MSG(info->extack, "which group?");
		return -EINVAL;
	}
	nla_strscpy(name, info->attrs[GWLB_A_RULESET_NAME], sizeof(name));
	mutex_lock(&gn->rules_lock);
	rs = gwlb_nl_rules(gn);
	group = gwlb_ruleset_find_group(rs, name);
	if (group != GWLB_NO_GROUP)
		err = answer_group(info, rs, group);
	else
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[GWLB_A_RULESET_NAME],
				    "there is no such group");
	mutex_unlock(&gn->rules_lock);
	return err;
}

/**
 * gwlb_nl_group_get_dumpit() - GWLB_CMD_GROUP_GET, all
 * @skb: the answer
 * @cb: the dump
 *
 * Return: length of @skb, 0 at the end, or an error
 */
int gwlb_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err = gwlb_nl_refuse_filter(cb, GWLB_A_RULESET_NAME);

	if (err)
		return err;
	return dump_rules(skb, cb, GWLB_CMD_GROUP_GET, put_group, true);
}
