// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ruleset that the module has: asking for it, as a whole and as it was at
 * one time, with its counters. Changes are in ruleset_change.c, JSON is in
 * ruleset_json.c.
 */

#include <errno.h>
#include <string.h>

#include "attr.h"
#include "ruleset.h"

/* How often a ruleset that changes while it is read is read again */
#define ATTEMPTS	32

static int take_info(const struct nlmsghdr *nlh, void *data)
{
	ruleset_free_info(data);
	return ruleset_decode_info(nlh, data);
}

static int take_tally(const struct nlmsghdr *nlh, void *data)
{
	struct ruleset_tally tally;
	int err;

	err = ruleset_decode_tally(nlh, &tally);
	if (!err)
		err = ruleset_add_tally(data, &tally);
	rules_free_rule(&tally.rule);
	return err;
}

static void forget_tallies(void *data)
{
	struct ruleset *ruleset = data;

	rules_clear_rules(&ruleset->rules);
	ruleset->policy_count = 0;
}

/* The one nest that each message of these lists has */
static int take_nest(const struct nlmsghdr *nlh, __u16 type,
		     int (*decode)(const struct nlattr *nest,
				   struct rules *rules),
		     struct rules *rules)
{
	const struct nlattr *tb[GWLB_A_RULESET_MAX + 1];

	if (attr_parse_msg(nlh, tb, GWLB_A_RULESET_MAX) < 0 || !tb[type])
		return -EBADMSG;
	return decode(tb[type], rules);
}

static int take_group(const struct nlmsghdr *nlh, void *data)
{
	return take_nest(nlh, GWLB_A_RULESET_GROUP, rules_decode_group, data);
}

static void forget_groups(void *data)
{
	rules_clear_groups(data);
}

static int take_set(const struct nlmsghdr *nlh, void *data)
{
	return take_nest(nlh, GWLB_A_RULESET_SET, rules_decode_set, data);
}

static void forget_sets(void *data)
{
	rules_clear_sets(data);
}

/**
 * struct elements - where elements go
 * @rules: to the sets there
 * @stale: was there one of a set that was not there before
 */
struct elements {
	struct rules *rules;
	bool stale;
};

static int take_elements(const struct nlmsghdr *nlh, void *data)
{
	struct elements *elements = data;
	int err;

	err = take_nest(nlh, GWLB_A_RULESET_VALUES, rules_decode_elements,
			elements->rules);
	/* a list that is not read to its end is in the way of the next one */
	if (err != -ESTALE)
		return err;
	elements->stale = true;
	return 0;
}

static void forget_elements(void *data)
{
	struct elements *elements = data;
	size_t i;

	elements->stale = false;
	for (i = 0; i < elements->rules->set_count; i++)
		rules_free_values(&elements->rules->sets[i].elements);
}

static int dump(struct nl *nl, __u8 cmd,
		int (*item)(const struct nlmsghdr *nlh, void *data),
		void (*restart)(void *data), void *data)
{
	if (!nl_request(nl, cmd, 0))
		return -ENOMEM;
	return nl_dump(nl, item, restart, data);
}

static int take_policy(const struct nlmsghdr *nlh, void *data)
{
	struct ruleset_info *info = data;
	struct ruleset_tally tally;
	int err;

	err = ruleset_decode_tally(nlh, &tally);
	if (!err && !tally.index && tally.policy != GWLB_VERDICT_ACCEPT)
		info->refused = true;
	rules_free_rule(&tally.rule);
	return err;
}

/* Who may not read policies, or not as of one time, takes groups at their word,
 * as he does rules.
 */
static int ask_policies(struct nl *nl, struct ruleset_info *info)
{
	bool interrupted;
	int err;

	if (info->rules || !info->groups ||
	    info->options.policy != GWLB_VERDICT_ACCEPT)
		return 0;
	if (!nl_request(nl, GWLB_CMD_RULE_GET, 0))
		return -ENOMEM;
	err = nl_dump_once(nl, take_policy, info, &interrupted);
	if (err == -EPERM || interrupted)
		info->refused = true;
	return err == -EPERM ? 0 : err;
}

/**
 * ruleset_get_info() - ask for options and numbers
 * @nl: the conversation
 * @info: filled in; give it to ruleset_free_info() also after an error
 *
 * Return: 0 or a negative errno.
 */
int ruleset_get_info(struct nl *nl, struct ruleset_info *info)
{
	int err;

	memset(info, 0, sizeof(*info));
	if (!nl_request(nl, GWLB_CMD_RULESET_GET, 0))
		return -ENOMEM;
	err = nl_do(nl, take_info, info);
	return err ? err : ask_policies(nl, info);
}

/* The lists, one after the other: they may be of different generations */
static int read_lists(struct nl *nl, bool with_elements,
		      struct ruleset *ruleset)
{
	struct elements elements = { .rules = &ruleset->rules };
	struct rules *rules = &ruleset->rules;
	int err;

	err = dump(nl, GWLB_CMD_RULE_GET, take_tally, forget_tallies,
		   ruleset);
	if (!err)
		err = dump(nl, GWLB_CMD_GROUP_GET, take_group, forget_groups,
			   rules);
	if (!err)
		err = dump(nl, GWLB_CMD_SET_GET, take_set, forget_sets, rules);
	if (!err && with_elements)
		err = dump(nl, GWLB_CMD_ELEMENT_GET, take_elements,
			   forget_elements, &elements);
	return !err && elements.stale ? -ESTALE : err;
}

static int read_once(struct nl *nl, bool elements, struct ruleset *ruleset)
{
	struct ruleset_info after;
	int err;

	err = ruleset_get_info(nl, &ruleset->info);
	if (err < 0)
		return err;
	err = read_lists(nl, elements, ruleset);
	if (err < 0)
		return err;
	err = ruleset_get_info(nl, &after);
	if (!err && after.generation != ruleset->info.generation)
		err = -ESTALE;
	ruleset_free_info(&after);
	if (err < 0)
		return err;

	/* they have an owner each */
	ruleset->rules.options = ruleset->info.options;
	memset(&ruleset->info.options.inside, 0,
	       sizeof(ruleset->info.options.inside));
	rules_sort(&ruleset->rules);
	return 0;
}

/**
 * ruleset_read() - ask for all of the ruleset
 * @nl: the conversation
 * @elements: with the elements of all sets, which may be many
 * @ruleset: filled in; give it to ruleset_free() also after an error
 *
 * Return: 0 or a negative errno.
 */
int ruleset_read(struct nl *nl, bool elements, struct ruleset *ruleset)
{
	int attempt, err = 0;

	memset(ruleset, 0, sizeof(*ruleset));
	rules_init(&ruleset->rules);
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		err = read_once(nl, elements, ruleset);
		if (err != -ESTALE)
			return err;
		ruleset_free(ruleset);
		rules_init(&ruleset->rules);
	}
	return -EAGAIN;
}

/**
 * ruleset_names() - ask which sets, or groups, there are
 * @nl: the conversation
 * @sets: sets; groups otherwise
 * @rules: they are put there, sets without their elements; give it to
 *	rules_free() also after an error
 *
 * Return: 0 or a negative errno.
 */
int ruleset_names(struct nl *nl, bool sets, struct rules *rules)
{
	rules_init(rules);
	if (sets)
		return dump(nl, GWLB_CMD_SET_GET, take_set, forget_sets,
			    rules);
	return dump(nl, GWLB_CMD_GROUP_GET, take_group, forget_groups, rules);
}

/**
 * ruleset_get_set() - ask what a set is
 * @nl: the conversation
 * @set: its name
 * @rules: it is put there, without its elements; give it to rules_free() also
 *	after an error
 *
 * Return: 0 or a negative errno.
 */
int ruleset_get_set(struct nl *nl, const char *set, struct rules *rules)
{
	struct nlmsghdr *nlh;
	int err;

	rules_init(rules);
	nlh = nl_request(nl, GWLB_CMD_SET_GET, MNL_ATTR_HDRLEN +
			 MNL_ALIGN(strlen(set) + 1));
	if (!nlh)
		return -ENOMEM;
	mnl_attr_put_strz(nlh, GWLB_A_RULESET_NAME, set);
	err = nl_do(nl, take_set, rules);
	if (!err && rules->set_count != 1)
		err = -EBADMSG;
	return err;
}
