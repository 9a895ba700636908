// SPDX-License-Identifier: GPL-2.0-only
/*
 * ruleset_parse: from a request to a ruleset. See ruleset_parse.h.
 *
 * A repeated attribute is walked over the message, as info->attrs only has the
 * last one. The message was validated with all that is nested in it before it
 * came here, so walking it is safe even before the nests are parsed, and they
 * are parsed without a policy: each would validate all below it again.
 */
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <net/genetlink.h>

#include <linux/gwlb.h>

#include "array.h"
#include "gwlb.h"
#include "known.h"
#include "match.h"
#include "ruleset.h"
#include "ruleset_parse.h"
#include "set.h"

/* Counting */

static u32 count_nested(const struct nlattr *attr, int type)
{
	const struct nlattr *nested;
	u32 n = 0;
	int rem;

	nla_for_each_nested(nested, attr, rem)
		n += nla_type(nested) == type;
	return n;
}

static void count_group(struct gwlb_builder *need, const struct nlattr *attr)
{
	need->n_groups++;
	need->n_payload += NLA_ALIGN(nla_len(attr));
	need->n_members += count_nested(attr, GWLB_A_GROUP_ENDPOINT);
	need->n_prefixes += count_nested(attr, GWLB_A_GROUP_INSIDE);
}

static void count_attr(struct gwlb_builder *need, const struct nlattr *attr)
{
	switch (nla_type(attr)) {
	case GWLB_A_RULESET_OPTIONS:
		need->n_prefixes += count_nested(attr, GWLB_A_OPTIONS_INSIDE);
		break;
	case GWLB_A_RULESET_SET:
		need->n_sets++;
		break;
	case GWLB_A_RULESET_GROUP:
		count_group(need, attr);
		break;
	case GWLB_A_RULESET_RULE:
		gwlb_rule_count(need, attr);
		break;
	}
}

static int check_counts(const struct gwlb_builder *need,
			const struct nlattr *attr)
{
	if (need->n_rules > GWLB_MAX_RULES) {
		NL_SET_ERR_MSG_ATTR(need->extack, attr, "more than "
				    __stringify(GWLB_MAX_RULES) " rules");
		return -E2BIG;
	}
	if (need->n_groups > GWLB_MAX_GROUPS) {
		NL_SET_ERR_MSG_ATTR(need->extack, attr, "more than "
				    __stringify(GWLB_MAX_GROUPS) " groups");
		return -E2BIG;
	}
	if (need->n_sets > GWLB_MAX_SETS) {
		NL_SET_ERR_MSG_ATTR(need->extack, attr, "more than "
				    __stringify(GWLB_MAX_SETS) " sets");
		return -E2BIG;
	}
	return 0;
}

static int count_all(struct genl_info *info, struct gwlb_builder *need)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		count_attr(need, attr);
		err = check_counts(need, attr);
		if (err)
			return err;
	}
	return 0;
}

static int allocate(struct gwlb_ruleset *rs, const struct gwlb_builder *need)
{
	u32 i;

	rs->n_rules = need->n_rules;
	rs->n_groups = need->n_groups;
	rs->n_sets = need->n_sets;
	rs->rules = gwlb_array(need->n_rules, sizeof(*rs->rules));
	rs->texts = gwlb_array(need->n_rules, sizeof(*rs->texts));
	rs->groups = gwlb_array(need->n_groups, sizeof(*rs->groups));
	rs->sets = gwlb_array(need->n_sets, sizeof(*rs->sets));
	rs->group_names = gwlb_array(need->n_groups, sizeof(*rs->group_names));
	rs->set_names = gwlb_array(need->n_sets, sizeof(*rs->set_names));
	rs->conditions = gwlb_array(need->n_conditions,
				    sizeof(*rs->conditions));
	rs->values = gwlb_array(need->n_values, sizeof(*rs->values));
	rs->prefixes = gwlb_array(need->n_prefixes, sizeof(*rs->prefixes));
	rs->payload = gwlb_array(need->n_payload, 1);
	if (!rs->rules || !rs->texts || !rs->groups || !rs->sets ||
	    !rs->group_names || !rs->set_names || !rs->conditions ||
	    !rs->values || !rs->prefixes || !rs->payload)
		return -ENOMEM;
	if (!need->n_members)
		return 0;
	rs->member_bits = order_base_2(2 * need->n_members);
	get_random_bytes(&rs->member_multiplier, sizeof(rs->member_multiplier));
	rs->member_multiplier |= 1;
	rs->members = gwlb_array(1UL << rs->member_bits, sizeof(*rs->members));
	if (!rs->members)
		return -ENOMEM;
	for (i = 0; i < 1U << rs->member_bits; i++)
		rs->members[i].group = GWLB_NO_GROUP;
	return 0;
}

/* Groups */

static int members_parse(struct gwlb_builder *b, const struct nlattr *attr)
{
	const struct nlattr *nested;
	int rem;

	nla_for_each_nested(nested, attr, rem) {
		cond_resched();
		if (nla_type(nested) != GWLB_A_GROUP_ENDPOINT ||
		    gwlb_ruleset_add_member(b->rs, nla_get_u64(nested),
					    b->n_groups))
			continue;
		NL_SET_ERR_MSG_ATTR(b->extack, nested,
				    "the endpoint is in a group already");
		return -EEXIST;
	}
	return 0;
}

static int group_parse(struct gwlb_builder *b, const struct nlattr *attr)
{
	struct gwlb_group *group = &b->rs->groups[b->n_groups];
	struct nlattr *tb[GWLB_A_GROUP_MAX + 1];
	int err;

	err = nla_parse_nested(tb, GWLB_A_GROUP_MAX, attr, NULL, b->extack);
	if (err)
		return err;
	if (!tb[GWLB_A_GROUP_NAME]) {
		NL_SET_ERR_MSG_ATTR(b->extack, attr, "a group needs a name");
		return -EINVAL;
	}
	err = gwlb_name_parse(tb[GWLB_A_GROUP_NAME], group->name, b->extack);
	if (err)
		return err;
	group->policy = b->rs->options.policy;
	err = gwlb_policy_parse(b, tb[GWLB_A_GROUP_POLICY], &group->policy);
	if (err)
		return err;
	err = gwlb_inside_parse(b, attr, GWLB_A_GROUP_INSIDE,
				tb[GWLB_A_GROUP_NO_INSIDE],
				&b->rs->options.inside, &group->inside);
	if (err)
		return err;
	err = members_parse(b, attr);
	if (err)
		return err;
	group->source.len = nla_len(attr);
	group->source.payload = gwlb_payload_keep(b, attr);
	b->rs->group_names[b->n_groups] =
		(struct gwlb_name){ group->name, b->n_groups };
	b->n_groups++;
	return 0;
}

/* Sets */

static int set_parse(struct gwlb_builder *b, const struct nlattr *attr,
		     const struct gwlb_ruleset *old)
{
	struct nlattr *tb[GWLB_A_SET_MAX + 1];
	char name[GWLB_NAME_LEN + 1];
	struct gwlb_set *set = NULL;
	u32 type, before;
	int err;

	err = nla_parse_nested(tb, GWLB_A_SET_MAX, attr, NULL, b->extack);
	if (err)
		return err;
	if (!tb[GWLB_A_SET_NAME] || !tb[GWLB_A_SET_TYPE]) {
		NL_SET_ERR_MSG_ATTR(b->extack, attr,
				    "a set needs a name and a type");
		return -EINVAL;
	}
	err = gwlb_name_parse(tb[GWLB_A_SET_NAME], name, b->extack);
	if (err)
		return err;
	type = nla_get_u32(tb[GWLB_A_SET_TYPE]);
	if (tb[GWLB_A_SET_KEEP]) {
		__set_bit(b->n_sets, b->kept);
		before = gwlb_ruleset_find_set(old, name);
		if (before != GWLB_NO_SET &&
		    gwlb_set_type(old->sets[before]) == type)
			set = gwlb_set_get(old->sets[before]);
	}
	if (!set)
		set = gwlb_set_alloc(name, type);
	if (!set)
		return -ENOMEM;
	b->rs->sets[b->n_sets] = set;
	b->rs->set_names[b->n_sets] =
		(struct gwlb_name){ gwlb_set_name(set), b->n_sets };
	b->n_sets++;
	return 0;
}

static int values_parse(struct gwlb_builder *b, const struct nlattr *attr)
{
	int set = gwlb_values_set(b->rs, attr, b->extack);
	u32 n = 0;
	int err;

	if (set < 0)
		return set;
	if (test_bit(set, b->kept)) {
		NL_SET_ERR_MSG_ATTR(b->extack, attr,
				    "a set that keeps its elements is given none");
		return -EINVAL;
	}
	err = gwlb_values_each(b->rs->sets[set], attr, gwlb_set_add, &n,
			       b->extack);
	gwlb_set_settle(b->rs->sets[set], !err);
	return err;
}

/* All of it */

static int refuse_twice(struct gwlb_builder *b, struct genl_info *info,
			int type, u32 index)
{
	const struct nlattr *attr;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != type)
			continue;
		if (index--)
			continue;
		NL_SET_ERR_MSG_ATTR(b->extack, attr,
				    "there is another one of this name");
		break;
	}
	return -EEXIST;
}

static int sets_parse(struct gwlb_builder *b, struct genl_info *info,
		      const struct gwlb_ruleset *old)
{
	struct gwlb_ruleset *rs = b->rs;
	const struct nlattr *attr;
	u32 twice;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_RULESET_SET)
			continue;
		err = set_parse(b, attr, old);
		if (err)
			return err;
	}
	twice = gwlb_ruleset_sort_names(rs->set_names, rs->n_sets);
	if (twice != rs->n_sets)
		return refuse_twice(b, info, GWLB_A_RULESET_SET, twice);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_RULESET_VALUES)
			continue;
		err = values_parse(b, attr);
		if (err)
			return err;
	}
	return 0;
}

static int groups_parse(struct gwlb_builder *b, struct genl_info *info)
{
	struct gwlb_ruleset *rs = b->rs;
	const struct nlattr *attr;
	u32 twice;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_RULESET_GROUP)
			continue;
		err = group_parse(b, attr);
		if (err)
			return err;
		cond_resched();
	}
	twice = gwlb_ruleset_sort_names(rs->group_names, rs->n_groups);
	if (twice != rs->n_groups)
		return refuse_twice(b, info, GWLB_A_RULESET_GROUP, twice);
	return 0;
}

/* Values that rules share were counted for each of them. */
static int trim_values(struct gwlb_builder *b)
{
	struct gwlb_value *old = b->rs->values, *new;
	struct gwlb_condition *c;
	u32 i;

	new = gwlb_array(b->n_values, sizeof(*new));
	if (!new)
		return -ENOMEM;
	memcpy(new, old, b->n_values * sizeof(*new));
	for (i = 0; i < b->n_conditions; i++) {
		c = &b->rs->conditions[i];
		c->values = new + (c->values - old);
	}
	b->rs->values = new;
	kvfree(old);
	return 0;
}

/* A set of addresses is looked into for each prefix length that it has: for
 * IPv6 these may be 129.
 */
#define SET_LOOKS	129

static u32 value_looks(const struct gwlb_value *value)
{
	return value->type == GWLB_VALUE_SET &&
	       gwlb_set_type(value->set) == GWLB_SET_TYPE_ADDRESS ?
		SET_LOOKS : 1;
}

/* How many values are compared, or looked for, at most when a rule is asked? */
static u32 rule_looks(const struct gwlb_rule *rule)
{
	const struct gwlb_condition *c;
	u32 i, k, looks = 1;

	for (i = 0; i < rule->n_conditions; i++) {
		c = &rule->conditions[i];
		for (k = 0; k < c->n_values; k++)
			looks += value_looks(&c->values[k]);
	}
	return looks;
}

/* Adds what the last rule, at @attr, may cost. A packet may be asked about
 * twice: an ICMP error or a later fragment as itself, and then as the flow that
 * it goes with; with GWLB_PICKUP_EITHER an answer as if it were none, too.
 */
static int add_looks(struct gwlb_builder *b, const struct nlattr *attr)
{
	b->rs->looks += 2 * rule_looks(&b->rs->rules[b->n_rules - 1]);
	if (b->rs->looks <= GWLB_GUEST_LOOKS)
		return 0;
	NL_SET_ERR_MSG_ATTR(b->extack, attr,
			    "rules of a user namespace may not make the kernel look at a packet more than "
			    __stringify(GWLB_GUEST_LOOKS) " times");
	return -E2BIG;
}

static int rules_parse(struct gwlb_builder *b, struct genl_info *info)
{
	bool guest = gwlb_net(genl_info_net(info))->flows.guest;
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_RULESET_RULE)
			continue;
		err = gwlb_rule_parse(b, attr);
		if (err)
			return err;
		if (guest) {
			err = add_looks(b, attr);
			if (err)
				return err;
		}
		cond_resched();
	}
	return trim_values(b);
}

static int parse_all(struct gwlb_builder *b, struct genl_info *info,
		     const struct gwlb_ruleset *old)
{
	int err;

	if (info->attrs[GWLB_A_RULESET_OPTIONS]) {
		err = gwlb_options_parse(b,
					 info->attrs[GWLB_A_RULESET_OPTIONS]);
		if (err)
			return err;
	}
	err = groups_parse(b, info);
	if (err)
		return err;
	err = sets_parse(b, info, old);
	if (err)
		return err;
	err = rules_parse(b, info);
	if (err)
		return err;
	return gwlb_index_build(&b->rs->index, b->rs->rules, b->rs->n_rules);
}

/**
 * gwlb_ruleset_parse() - make a ruleset from a request
 * @info: the request
 * @old: the ruleset that it is to replace, from which it takes over sets
 *
 * Context: process, may sleep; the namespace's rules_lock is held
 * Return: the ruleset, for gwlb_ruleset_replace(); or -EINVAL, -E2BIG for too
 *         many of something, -EEXIST for something that is there twice,
 *         -ENOENT for an unknown set or group, -ENOMEM
 */
struct gwlb_ruleset *gwlb_ruleset_parse(struct genl_info *info,
					const struct gwlb_ruleset *old)
{
	struct gwlb_builder need = { .extack = info->extack };
	struct gwlb_builder b = { .extack = info->extack };
	int err;

	err = count_all(info, &need);
	if (err)
		return ERR_PTR(err);
	b.rs = gwlb_ruleset_alloc();
	if (!b.rs)
		return ERR_PTR(-ENOMEM);
	err = allocate(b.rs, &need);
	if (!err)
		err = gwlb_known_init(&b.known, need.n_conditions);
	if (!err)
		err = parse_all(&b, info, old);
	gwlb_known_free(&b.known);
	if (err) {
		gwlb_ruleset_free(b.rs);
		return ERR_PTR(err);
	}
	return b.rs;
}
