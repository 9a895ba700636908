/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ruleset_parse: from requests to rulesets and elements of sets. Whatever is
 * refused is refused with a sentence and the attribute that it is about.
 */
#ifndef _GWLB_RULESET_PARSE_H
#define _GWLB_RULESET_PARSE_H

#include <linux/types.h>

#include <linux/gwlb.h>

#include "known.h"

struct genl_info;
struct gwlb_condition;
struct gwlb_inside;
struct gwlb_ruleset;
struct gwlb_set;
struct gwlb_value;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct gwlb_builder - a ruleset that is being made
 *
 * The request is read twice: first to see how much there is of everything,
 * then to fill what was allocated for that.
 *
 * @rs: the ruleset; NULL while things are counted
 * @extack: says what is wrong
 * @n_rules: how many rules were read so far
 * @n_groups: how many groups
 * @n_sets: how many sets
 * @n_members: how many endpoints of groups
 * @n_conditions: how many conditions
 * @n_values: how many values of conditions
 * @n_prefixes: how many prefixes of lists of what is inside
 * @n_payload: how many bytes of payload
 * @kept: which sets keep the elements they had
 * @known: the matches of rules that were read so far
 */
struct gwlb_builder {
	struct gwlb_ruleset *rs;
	struct netlink_ext_ack *extack;
	u32 n_rules;
	u32 n_groups;
	u32 n_sets;
	u32 n_members;
	u32 n_conditions;
	u32 n_values;
	u32 n_prefixes;
	size_t n_payload;
	DECLARE_BITMAP(kept, GWLB_MAX_SETS);
	struct gwlb_known known;
};

typedef int gwlb_value_fn(struct gwlb_set *set,
			  const struct gwlb_value *value);

struct gwlb_ruleset *gwlb_ruleset_parse(struct genl_info *info,
					const struct gwlb_ruleset *old);

int gwlb_inside_parse(struct gwlb_builder *b, const struct nlattr *attr,
		      int type, const struct nlattr *none,
		      const struct gwlb_inside *inherited,
		      struct gwlb_inside *inside);
int gwlb_policy_parse(struct gwlb_builder *b, const struct nlattr *attr,
		      u8 *policy);
int gwlb_options_parse(struct gwlb_builder *b, const struct nlattr *attr);

void gwlb_rule_count(struct gwlb_builder *b, const struct nlattr *attr);
int gwlb_rule_parse(struct gwlb_builder *b, const struct nlattr *attr);

int gwlb_name_parse(const struct nlattr *attr, char *name,
		    struct netlink_ext_ack *extack);
const void *gwlb_payload_keep(struct gwlb_builder *b,
			      const struct nlattr *attr);

int gwlb_range_parse(const struct nlattr *attr, u32 max,
		     struct gwlb_value *value, struct netlink_ext_ack *extack);
int gwlb_prefix_parse(const struct nlattr *attr, struct gwlb_value *value,
		      struct netlink_ext_ack *extack);
int gwlb_values_set(const struct gwlb_ruleset *rs, const struct nlattr *attr,
		    struct netlink_ext_ack *extack);
int gwlb_values_each(struct gwlb_set *set, const struct nlattr *attr,
		     gwlb_value_fn *fn, u32 *n,
		     struct netlink_ext_ack *extack);

#endif /* _GWLB_RULESET_PARSE_H */
