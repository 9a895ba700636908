// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules as the attributes of ruleset-set. What is the same gives the same
 * bytes, by which the kernel knows a rule again and keeps its counters. Writes
 * into the message it is given, which must have room for rules_size() bytes.
 */

#include <string.h>

#include "rules_netlink.h"

/* One attribute with so many bytes */
#define ATTR(size)	(MNL_ATTR_HDRLEN + MNL_ALIGN(size))
#define ATTR_PREFIX	(MNL_ATTR_HDRLEN + ATTR(16) + ATTR(1))
#define ATTR_VALUE	ATTR(RULES_NAME)

static size_t value_size(const struct rules_value *value)
{
	switch (value->kind) {
	case RULES_PREFIX:
		return MNL_ATTR_HDRLEN + ATTR(prefix_bits(&value->prefix) / 8) +
		       ATTR(1);
	case RULES_RANGE:
		return ATTR(4);
	case RULES_ID:
		return ATTR(8);
	default:
		return ATTR(strlen(value->name) + 1);
	}
}

static size_t values_size(const struct rules_values *values)
{
	size_t i, size = 0;

	for (i = 0; i < values->count; i++)
		size += value_size(&values->list[i]);
	return size;
}

/**
 * rules_rule_size() - how large a rule can become
 * @rule: the rule
 *
 * Return: bytes, with the header of its nest.
 */
size_t rules_rule_size(const struct rules_rule *rule)
{
	/* name, log flag, limit and verdict; texts */
	size_t size = MNL_ATTR_HDRLEN + ATTR(strlen(rule->name) + 1) +
		      ATTR(0) + 4 * ATTR(4) +
		      ATTR(strlen(rule->comment) + 1) +
		      ATTR(strlen(rule->log_text) + 1);
	size_t i;

	/* field, "not", bits and mask */
	for (i = 0; i < rule->count; i++)
		size += MNL_ATTR_HDRLEN + 3 * ATTR(4) + ATTR(0) +
			values_size(&rule->matches[i].values);
	return size;
}

/**
 * rules_group_size() - how large a group can become
 * @group: the group
 *
 * Return: bytes, with the header of its nest.
 */
size_t rules_group_size(const struct rules_group *group)
{
	return MNL_ATTR_HDRLEN + ATTR(strlen(group->name) + 1) + ATTR(4) +
	       ATTR(0) + values_size(&group->endpoints) +
	       values_size(&group->inside);
}

/**
 * rules_elements_size() - how large a list of elements can become
 * @values: the list
 *
 * Return: bytes, with the headers of all nests that it takes.
 */
size_t rules_elements_size(const struct rules_values *values)
{
	size_t size = values_size(values);
	size_t header = MNL_ATTR_HDRLEN + ATTR(RULES_NAME);

	/* a nest is left when the next element might be too much */
	return size + (size / (RULES_NEST_MAX - header - ATTR_VALUE) + 1) *
	       header;
}

/**
 * rules_size() - how large a ruleset can become
 * @rules: the ruleset
 *
 * Return: bytes.
 */
size_t rules_size(const struct rules *rules)
{
	/* options: a few numbers, and prefixes */
	size_t size = MNL_ATTR_HDRLEN +
		      (GWLB_A_OPTIONS_MAX + 1) * ATTR(4) +
		      values_size(&rules->options.inside);
	size_t i;

	for (i = 0; i < rules->set_count; i++)
		size += MNL_ATTR_HDRLEN + ATTR(RULES_NAME) + ATTR(4) +
			ATTR(0) +
			rules_elements_size(&rules->sets[i].elements);
	for (i = 0; i < rules->group_count; i++)
		size += rules_group_size(&rules->groups[i]);
	for (i = 0; i < rules->rule_count; i++)
		size += rules_rule_size(&rules->rules[i]);
	return size;
}

static void put_flag(struct nlmsghdr *nlh, __u16 type)
{
	mnl_attr_put(nlh, type, 0, NULL);
}

static void put_prefix(struct nlmsghdr *nlh, __u16 type,
		       const struct prefix *prefix)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put(nlh, GWLB_A_PREFIX_ADDRESS, prefix_bits(prefix) / 8,
		     prefix->address);
	mnl_attr_put_u8(nlh, GWLB_A_PREFIX_PREFIX_LEN, prefix->length);
	mnl_attr_nest_end(nlh, nest);
}

static __u32 range_bits(struct rules_range range)
{
	return (__u32)range.first << 16 | range.last;
}

static void put_element(struct nlmsghdr *nlh, const struct rules_value *value)
{
	switch (value->kind) {
	case RULES_PREFIX:
		put_prefix(nlh, GWLB_A_VALUES_PREFIX, &value->prefix);
		break;
	case RULES_RANGE:
		mnl_attr_put_u32(nlh, GWLB_A_VALUES_RANGE,
				 range_bits(value->range));
		break;
	default:
		mnl_attr_put_u64(nlh, GWLB_A_VALUES_ID, value->id);
		break;
	}
}

/**
 * rules_encode_elements() - write elements of a set
 * @nlh: the message
 * @set: name of the set
 * @values: the elements
 * @map: remembers which is where; may be NULL
 */
void rules_encode_elements(struct nlmsghdr *nlh, const char *set,
			   const struct rules_values *values,
			   struct rules_map *map)
{
	struct nlattr *nest = NULL;
	size_t i, begin = 0;

	for (i = 0; i < values->count; i++) {
		if (nest && nlh->nlmsg_len - begin >
			    RULES_NEST_MAX - ATTR_VALUE) {
			mnl_attr_nest_end(nlh, nest);
			nest = NULL;
		}
		/* what is wrong with the nest is told of its first element */
		rules_map_add(map, nlh, values->list[i].at);
		if (!nest) {
			begin = nlh->nlmsg_len;
			nest = mnl_attr_nest_start(nlh, GWLB_A_RULESET_VALUES);
			mnl_attr_put_strz(nlh, GWLB_A_VALUES_SET, set);
		}
		put_element(nlh, &values->list[i]);
	}
	if (nest)
		mnl_attr_nest_end(nlh, nest);
}

static void put_set(struct nlmsghdr *nlh, const struct rules_set *set,
		    struct rules_map *map)
{
	struct nlattr *nest;

	rules_map_add(map, nlh, set->at);
	nest = mnl_attr_nest_start(nlh, GWLB_A_RULESET_SET);
	mnl_attr_put_strz(nlh, GWLB_A_SET_NAME, set->name);
	mnl_attr_put_u32(nlh, GWLB_A_SET_TYPE, set->type);
	if (set->keep)
		put_flag(nlh, GWLB_A_SET_KEEP);
	mnl_attr_nest_end(nlh, nest);
}

static void put_group(struct nlmsghdr *nlh, const struct rules_group *group,
		      struct rules_map *map)
{
	struct nlattr *nest;
	size_t i;

	rules_map_add(map, nlh, group->at);
	nest = mnl_attr_nest_start(nlh, GWLB_A_RULESET_GROUP);
	mnl_attr_put_strz(nlh, GWLB_A_GROUP_NAME, group->name);
	for (i = 0; i < group->endpoints.count; i++) {
		rules_map_add(map, nlh, group->endpoints.list[i].at);
		mnl_attr_put_u64(nlh, GWLB_A_GROUP_ENDPOINT,
				 group->endpoints.list[i].id);
	}
	rules_map_add(map, nlh, group->at);
	if (group->policy)
		mnl_attr_put_u32(nlh, GWLB_A_GROUP_POLICY, group->policy);
	if (group->has_inside && !group->inside.count)
		put_flag(nlh, GWLB_A_GROUP_NO_INSIDE);
	for (i = 0; i < group->inside.count; i++) {
		rules_map_add(map, nlh, group->inside.list[i].at);
		put_prefix(nlh, GWLB_A_GROUP_INSIDE,
			   &group->inside.list[i].prefix);
	}
	mnl_attr_nest_end(nlh, nest);
}

static void put_value(struct nlmsghdr *nlh, const struct rules_value *value)
{
	switch (value->kind) {
	case RULES_PREFIX:
		put_prefix(nlh, GWLB_A_MATCH_PREFIX, &value->prefix);
		break;
	case RULES_RANGE:
		mnl_attr_put_u32(nlh, GWLB_A_MATCH_RANGE,
				 range_bits(value->range));
		break;
	case RULES_ID:
		mnl_attr_put_u64(nlh, GWLB_A_MATCH_ID, value->id);
		break;
	case RULES_SET:
		mnl_attr_put_strz(nlh, GWLB_A_MATCH_SET, value->name);
		break;
	case RULES_GROUP:
		mnl_attr_put_strz(nlh, GWLB_A_MATCH_GROUP, value->name);
		break;
	}
}

static void put_match(struct nlmsghdr *nlh, const struct rules_match *match,
		      struct rules_map *map)
{
	struct nlattr *nest;
	size_t i;

	rules_map_add(map, nlh, match->at);
	nest = mnl_attr_nest_start(nlh, GWLB_A_RULE_MATCH);
	mnl_attr_put_u32(nlh, GWLB_A_MATCH_FIELD, match->field);
	if (match->invert)
		put_flag(nlh, GWLB_A_MATCH_INVERT);
	if (match->field >= GWLB_FIELD_TCP_FLAGS)
		mnl_attr_put_u32(nlh, GWLB_A_MATCH_BITS, match->bits);
	if (match->field == GWLB_FIELD_TCP_FLAGS)
		mnl_attr_put_u32(nlh, GWLB_A_MATCH_MASK, match->mask);
	for (i = 0; i < match->values.count; i++) {
		rules_map_add(map, nlh, match->values.list[i].at);
		put_value(nlh, &match->values.list[i]);
	}
	mnl_attr_nest_end(nlh, nest);
}

static void put_rule(struct nlmsghdr *nlh, const struct rules_rule *rule,
		     struct rules_map *map)
{
	struct nlattr *nest;
	size_t i;

	rules_map_add(map, nlh, rule->at);
	nest = mnl_attr_nest_start(nlh, GWLB_A_RULESET_RULE);
	if (rule->name[0])
		mnl_attr_put_strz(nlh, GWLB_A_RULE_NAME, rule->name);
	if (rule->comment[0])
		mnl_attr_put_strz(nlh, GWLB_A_RULE_COMMENT, rule->comment);
	for (i = 0; i < rule->count; i++)
		put_match(nlh, &rule->matches[i], map);
	rules_map_add(map, nlh, rule->at);
	if (rule->limit_rate) {
		mnl_attr_put_u32(nlh, GWLB_A_RULE_LIMIT_RATE,
				 rule->limit_rate);
		mnl_attr_put_u32(nlh, GWLB_A_RULE_LIMIT_UNIT,
				 rule->limit_unit);
		mnl_attr_put_u32(nlh, GWLB_A_RULE_LIMIT_BURST,
				 rule->limit_burst);
	}
	if (rule->log)
		put_flag(nlh, GWLB_A_RULE_LOG);
	if (rule->log && rule->log_text[0])
		mnl_attr_put_strz(nlh, GWLB_A_RULE_LOG_TEXT, rule->log_text);
	if (rule->verdict != GWLB_VERDICT_CONTINUE)
		mnl_attr_put_u32(nlh, GWLB_A_RULE_VERDICT, rule->verdict);
	mnl_attr_nest_end(nlh, nest);
}

/* One number of the options, if it is not what the kernel takes anyway */
static void put_option(struct nlmsghdr *nlh, __u16 attr, __u32 value,
		       __u32 unless, const struct rules_options *options,
		       struct rules_map *map)
{
	if (value == unless)
		return;
	rules_map_add(map, nlh, options->at[attr]);
	mnl_attr_put_u32(nlh, attr, value);
}

static void put_options(struct nlmsghdr *nlh,
			const struct rules_options *options,
			struct rules_map *map)
{
	struct nlattr *nest;
	struct rules rules;
	size_t i;

	rules_init(&rules);
	if (rules_equal_options(options, &rules.options))
		return;
	nest = mnl_attr_nest_start(nlh, GWLB_A_RULESET_OPTIONS);
	put_option(nlh, GWLB_A_OPTIONS_POLICY, options->policy,
		   rules.options.policy, options, map);
	if (options->has_inside && !options->inside.count) {
		rules_map_add(map, nlh, options->at[GWLB_A_OPTIONS_INSIDE]);
		put_flag(nlh, GWLB_A_OPTIONS_NO_INSIDE);
	}
	for (i = 0; i < options->inside.count; i++) {
		rules_map_add(map, nlh, options->inside.list[i].at);
		put_prefix(nlh, GWLB_A_OPTIONS_INSIDE,
			   &options->inside.list[i].prefix);
	}
	put_option(nlh, GWLB_A_OPTIONS_PICKUP, options->pickup,
		   rules.options.pickup, options, map);
	put_option(nlh, GWLB_A_OPTIONS_REFUSED, options->refused,
		   rules.options.refused, options, map);
	put_option(nlh, GWLB_A_OPTIONS_ON_FULL, options->on_full,
		   rules.options.on_full, options, map);
	put_option(nlh, GWLB_A_OPTIONS_FLOW_MAX, options->flow_max,
		   rules.options.flow_max, options, map);
	put_option(nlh, GWLB_A_OPTIONS_FLOW_MAX_ENDPOINT,
		   options->flow_max_endpoint, 0, options, map);
	for (i = 0; i < RULES_TIMEOUTS; i++)
		put_option(nlh, GWLB_A_OPTIONS_TIMEOUT_TCP_SYN + i,
			   options->timeout[i], rules.options.timeout[i],
			   options, map);
	mnl_attr_nest_end(nlh, nest);
}

/**
 * rules_encode() - write the attributes of ruleset-set
 * @nlh: the message
 * @rules: the ruleset
 * @map: remembers what is where; may be NULL
 */
void rules_encode(struct nlmsghdr *nlh, const struct rules *rules,
		  struct rules_map *map)
{
	static const struct rules_pos nowhere;
	size_t i;

	put_options(nlh, &rules->options, map);
	for (i = 0; i < rules->set_count; i++)
		put_set(nlh, &rules->sets[i], map);
	for (i = 0; i < rules->set_count; i++)
		rules_encode_elements(nlh, rules->sets[i].name,
				      &rules->sets[i].elements, map);
	for (i = 0; i < rules->group_count; i++)
		put_group(nlh, &rules->groups[i], map);
	for (i = 0; i < rules->rule_count; i++)
		put_rule(nlh, &rules->rules[i], map);
	/* whatever follows was written elsewhere */
	rules_map_add(map, nlh, nowhere);
}
