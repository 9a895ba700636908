// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ruleset that the module has, as structs: its messages, and the memory of
 * what was read.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "ruleset.h"

/**
 * ruleset_decode_info() - read the answer to ruleset-get
 * @nlh: the message
 * @info: filled in; give it to ruleset_free_info() also after an error
 *
 * Return: 0 or a negative errno.
 */
int ruleset_decode_info(const struct nlmsghdr *nlh, struct ruleset_info *info)
{
	const struct nlattr *tb[GWLB_A_RULESET_MAX + 1];
	struct rules rules;

	rules_init(&rules);
	memset(info, 0, sizeof(*info));
	info->options = rules.options;
	if (attr_parse_msg(nlh, tb, GWLB_A_RULESET_MAX) < 0 ||
	    !tb[GWLB_A_RULESET_GENERATION] || !tb[GWLB_A_RULESET_OPTIONS] ||
	    !tb[GWLB_A_RULESET_RULES] || !tb[GWLB_A_RULESET_GROUPS] ||
	    !tb[GWLB_A_RULESET_SETS] || !tb[GWLB_A_RULESET_FLOWS] ||
	    attr_u32(tb[GWLB_A_RULESET_GENERATION], &info->generation) < 0 ||
	    attr_u32(tb[GWLB_A_RULESET_RULES], &info->rules) < 0 ||
	    attr_u32(tb[GWLB_A_RULESET_GROUPS], &info->groups) < 0 ||
	    attr_u32(tb[GWLB_A_RULESET_SETS], &info->sets) < 0 ||
	    attr_u32(tb[GWLB_A_RULESET_FLOWS], &info->flows) < 0)
		return -EBADMSG;
	if (tb[GWLB_A_RULESET_CONFIRM]) {
		info->pending = true;
		if (attr_u32(tb[GWLB_A_RULESET_CONFIRM], &info->confirm) < 0)
			return -EBADMSG;
	}
	return rules_decode_options(tb[GWLB_A_RULESET_OPTIONS],
				    &info->options);
}

/**
 * ruleset_free_info() - release options
 * @info: options and numbers
 */
void ruleset_free_info(struct ruleset_info *info)
{
	rules_free_values(&info->options.inside);
}

/**
 * ruleset_is_empty() - does it do no more than what a namespace begins with
 * @info: options and numbers
 *
 * Return: true if every well-formed packet is returned.
 */
bool ruleset_is_empty(const struct ruleset_info *info)
{
	return !info->rules && !info->refused &&
	       info->options.policy == GWLB_VERDICT_ACCEPT;
}

/**
 * ruleset_decode_tally() - read one message of rule-get
 * @nlh: the message
 * @tally: filled in; give its rule to rules_free_rule() also after an error
 *
 * Return: 0 or a negative errno.
 */
int ruleset_decode_tally(const struct nlmsghdr *nlh,
			 struct ruleset_tally *tally)
{
	const struct nlattr *tb[GWLB_A_TALLY_MAX + 1];

	memset(tally, 0, sizeof(*tally));
	if (attr_parse_msg(nlh, tb, GWLB_A_TALLY_MAX) < 0 ||
	    !tb[GWLB_A_TALLY_PACKETS] || !tb[GWLB_A_TALLY_BYTES] ||
	    attr_u64(tb[GWLB_A_TALLY_PACKETS], &tally->amount.packets) < 0 ||
	    attr_u64(tb[GWLB_A_TALLY_BYTES], &tally->amount.bytes) < 0)
		return -EBADMSG;
	if (tb[GWLB_A_TALLY_INDEX]) {
		if (!tb[GWLB_A_TALLY_RULE] ||
		    attr_u32(tb[GWLB_A_TALLY_INDEX], &tally->index) < 0 ||
		    !tally->index)
			return -EBADMSG;
		return rules_decode_rule(tb[GWLB_A_TALLY_RULE], &tally->rule);
	}
	if (!tb[GWLB_A_TALLY_POLICY] ||
	    attr_u32(tb[GWLB_A_TALLY_POLICY], &tally->policy) < 0 ||
	    tally->policy > GWLB_VERDICT_REJECT ||
	    tally->policy == GWLB_VERDICT_CONTINUE)
		return -EBADMSG;
	if (tb[GWLB_A_TALLY_GROUP] &&
	    attr_string(tb[GWLB_A_TALLY_GROUP], tally->group,
			sizeof(tally->group)) < 0)
		return -EBADMSG;
	return 0;
}

/* Makes room for one more entry of @size bytes */
static void *grow(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 16;

	if (count < *room)
		return list;
	list = reallocarray(list, more, size);
	if (list)
		*room = more;
	return list;
}

/**
 * ruleset_add_tally() - add a rule, or a policy, and its counters
 * @ruleset: gets one more
 * @tally: what is added; its rule belongs to @ruleset then
 *
 * Return: 0 or a negative errno.
 */
int ruleset_add_tally(struct ruleset *ruleset, struct ruleset_tally *tally)
{
	struct ruleset_policy *policies;
	struct rules_rule *rule;
	struct amount *counts;

	if (!tally->index) {
		policies = grow(ruleset->policies, ruleset->policy_count,
				&ruleset->policy_room, sizeof(*policies));
		if (!policies)
			return -ENOMEM;
		ruleset->policies = policies;
		policies += ruleset->policy_count++;
		memcpy(policies->group, tally->group, sizeof(tally->group));
		policies->verdict = tally->policy;
		policies->amount = tally->amount;
		return 0;
	}

	counts = grow(ruleset->counts, ruleset->rules.rule_count,
		      &ruleset->room, sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	ruleset->counts = counts;
	rule = rules_add_rule(&ruleset->rules);
	if (!rule)
		return -ENOMEM;
	*rule = tally->rule;
	memset(&tally->rule, 0, sizeof(tally->rule));
	counts[ruleset->rules.rule_count - 1] = tally->amount;
	return 0;
}

/**
 * ruleset_free() - release a ruleset
 * @ruleset: the ruleset
 */
void ruleset_free(struct ruleset *ruleset)
{
	ruleset_free_info(&ruleset->info);
	rules_free(&ruleset->rules);
	free(ruleset->counts);
	free(ruleset->policies);
	memset(ruleset, 0, sizeof(*ruleset));
}
