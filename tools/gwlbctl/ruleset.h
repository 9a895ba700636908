/* SPDX-License-Identifier: GPL-2.0-only */
/* The ruleset that the module has. See ruleset.c. */

#ifndef _GWLBCTL_RULESET_H
#define _GWLBCTL_RULESET_H

#include <jansson.h>

#include "counter.h"
#include "nl.h"
#include "rules.h"
#include "rules_netlink.h"

/**
 * struct ruleset_info - options and numbers of a ruleset
 * @generation: counts the changes of the ruleset and of its sets
 * @pending: does the ruleset before come back unless this one is confirmed
 * @confirm: in so many seconds
 * @rules: how many rules there are
 * @groups: how many groups
 * @sets: how many sets
 * @flows: how many flows
 * @refused: does a group's policy refuse anything; asked only if nothing else
 *	of the ruleset does
 * @options: options
 */
struct ruleset_info {
	__u32 generation;
	bool pending;
	__u32 confirm;
	__u32 rules;
	__u32 groups;
	__u32 sets;
	__u32 flows;
	bool refused;
	struct rules_options options;
};

/**
 * struct ruleset_tally - what a rule or a policy did
 * @index: number of the rule, from 1; 0 for a policy
 * @rule: the rule
 * @group: whose policy it is; empty for that of the options
 * @policy: enum gwlb_verdict
 * @amount: what it decided about
 */
struct ruleset_tally {
	__u32 index;
	struct rules_rule rule;
	char group[RULES_NAME];
	__u32 policy;
	struct amount amount;
};

/**
 * struct ruleset_policy - one policy and what it did
 * @group: whose; empty for that of the options
 * @verdict: enum gwlb_verdict
 * @amount: what it decided about
 */
struct ruleset_policy {
	char group[RULES_NAME];
	__u32 verdict;
	struct amount amount;
};

/**
 * struct ruleset - all of it, as it was at one time
 * @info: options and numbers
 * @rules: the ruleset in its proper order
 * @counts: one for each rule
 * @room: for how many of these there is memory
 * @policies: those of all groups, and the general one
 * @policy_count: how many these are
 * @policy_room: for how many there is memory
 */
struct ruleset {
	struct ruleset_info info;
	struct rules rules;
	struct amount *counts;
	size_t room;
	struct ruleset_policy *policies;
	size_t policy_count;
	size_t policy_room;
};

/**
 * struct ruleset_expect - the generation that a change is meant for
 * @given: was one given
 * @generation: this one
 */
struct ruleset_expect {
	bool given;
	__u32 generation;
};

int ruleset_decode_info(const struct nlmsghdr *nlh, struct ruleset_info *info);
int ruleset_decode_tally(const struct nlmsghdr *nlh,
			 struct ruleset_tally *tally);
int ruleset_add_tally(struct ruleset *ruleset, struct ruleset_tally *tally);
int ruleset_get_info(struct nl *nl, struct ruleset_info *info);
void ruleset_free_info(struct ruleset_info *info);
int ruleset_read(struct nl *nl, bool elements, struct ruleset *ruleset);
void ruleset_free(struct ruleset *ruleset);
int ruleset_names(struct nl *nl, bool sets, struct rules *rules);

int ruleset_load(struct nl *nl, const struct rules *rules,
		 const struct ruleset_expect *expect, __u32 confirm,
		 struct rules_map *map);
int ruleset_confirm(struct nl *nl, bool rollback,
		    const struct ruleset_expect *expect);
int ruleset_change_set(struct nl *nl, __u8 cmd, const char *set,
		       const struct rules_values *values,
		       const struct ruleset_expect *expect,
		       struct rules_map *map);
int ruleset_flush_set(struct nl *nl, const char *set,
		      const struct ruleset_expect *expect);
int ruleset_get_set(struct nl *nl, const char *set, struct rules *rules);
int ruleset_has_element(struct nl *nl, const char *set,
			const struct rules_value *value);

bool ruleset_is_empty(const struct ruleset_info *info);
json_t *ruleset_rules_json(const struct ruleset *ruleset);
json_t *ruleset_sets_json(const struct ruleset *ruleset, const char *only);
json_t *ruleset_groups_json(const struct ruleset *ruleset);
json_t *ruleset_group_json(const struct ruleset *ruleset,
			   const struct rules_group *group);

#endif /* _GWLBCTL_RULESET_H */
