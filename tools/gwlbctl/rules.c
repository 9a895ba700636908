// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules, groups, sets and options as structs: making them, releasing them,
 * putting them into their proper order. Owns their memory. Knows neither text
 * nor netlink; what may stand in a ruleset is in rules_check.c.
 */

#include <stdlib.h>
#include <string.h>

#include "rules.h"

static const __u32 timeouts[RULES_TIMEOUTS] = { 60, 400, 120, 10, 120, 120,
						120 };

/* What the module takes as inside, unless told otherwise; sorted */
static const char *const inside[] = {
	"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16",
	"fc00::/7",
};

#define INSIDE	(sizeof(inside) / sizeof(inside[0]))

/* Makes room for one more; the new one is all zeros */
static void *grow(void **list, size_t *count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 4;
	void *new;

	if (*count == *room) {
		new = reallocarray(*list, more, size);
		if (!new)
			return NULL;
		*list = new;
		*room = more;
	}
	new = (char *)*list + *count * size;
	memset(new, 0, size);
	(*count)++;
	return new;
}

/**
 * rules_init() - an empty ruleset with all defaults
 * @rules: filled in
 */
void rules_init(struct rules *rules)
{
	memset(rules, 0, sizeof(*rules));
	rules->options.policy = GWLB_VERDICT_ACCEPT;
	rules->options.flow_max = 1048576;
	memcpy(rules->options.timeout, timeouts, sizeof(timeouts));
}

/**
 * rules_add_rule() - add an empty rule at the end
 * @rules: the ruleset
 *
 * Return: the rule, or NULL if there is no memory.
 */
struct rules_rule *rules_add_rule(struct rules *rules)
{
	struct rules_rule *rule;

	rule = grow((void **)&rules->rules, &rules->rule_count,
		    &rules->rule_room, sizeof(*rule));
	if (rule)
		rule->limit_burst = RULES_BURST;
	return rule;
}

/**
 * rules_add_set() - add an empty set
 * @rules: the ruleset
 * @name: its name, cut if it is too long
 * @type: enum gwlb_set_type
 *
 * Return: the set, or NULL if there is no memory.
 */
struct rules_set *rules_add_set(struct rules *rules, const char *name,
				__u32 type)
{
	struct rules_set *set;

	set = grow((void **)&rules->sets, &rules->set_count, &rules->set_room,
		   sizeof(*set));
	if (set) {
		strncpy(set->name, name, sizeof(set->name) - 1);
		set->type = type;
	}
	return set;
}

/**
 * rules_add_group() - add an empty group
 * @rules: the ruleset
 * @name: its name, cut if it is too long
 *
 * Return: the group, or NULL if there is no memory.
 */
struct rules_group *rules_add_group(struct rules *rules, const char *name)
{
	struct rules_group *group;

	group = grow((void **)&rules->groups, &rules->group_count,
		     &rules->group_room, sizeof(*group));
	if (group)
		strncpy(group->name, name, sizeof(group->name) - 1);
	return group;
}

/**
 * rules_add_match() - add a condition to a rule
 * @rule: the rule
 * @field: enum gwlb_field
 *
 * Return: the condition, or NULL if there is no memory.
 */
struct rules_match *rules_add_match(struct rules_rule *rule, __u32 field)
{
	struct rules_match *match;

	match = grow((void **)&rule->matches, &rule->count, &rule->room,
		     sizeof(*match));
	if (match)
		match->field = field;
	return match;
}

/**
 * rules_add_value() - add a value to a list
 * @values: the list
 * @kind: what it is
 *
 * Return: the value, all zeros otherwise, or NULL if there is no memory.
 */
struct rules_value *rules_add_value(struct rules_values *values,
				    enum rules_kind kind)
{
	struct rules_value *value;

	value = grow((void **)&values->list, &values->count, &values->room,
		     sizeof(*value));
	if (value)
		value->kind = kind;
	return value;
}

/**
 * rules_add_prefix() - add a prefix to a list
 * @values: the list
 * @text: the prefix, which must be a good one
 *
 * Return: 0, or -1 if there is no memory, or it is no good one.
 */
int rules_add_prefix(struct rules_values *values, const char *text)
{
	struct rules_value *value = rules_add_value(values, RULES_PREFIX);
	char why[160];

	if (!value)
		return -1;
	if (prefix_parse(text, &value->prefix, why, sizeof(why)) < 0) {
		values->count--;
		return -1;
	}
	return 0;
}

/**
 * rules_free_values() - release a list of values
 * @values: the list, which is empty then
 */
void rules_free_values(struct rules_values *values)
{
	free(values->list);
	memset(values, 0, sizeof(*values));
}

/**
 * rules_free_rule() - release what a rule has
 * @rule: the rule, which is empty then
 */
void rules_free_rule(struct rules_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->count; i++)
		rules_free_values(&rule->matches[i].values);
	free(rule->matches);
	memset(rule, 0, sizeof(*rule));
}

/**
 * rules_clear_rules() - remove all rules
 * @rules: the ruleset
 */
void rules_clear_rules(struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->rule_count; i++)
		rules_free_rule(&rules->rules[i]);
	rules->rule_count = 0;
}

/**
 * rules_clear_groups() - remove all groups
 * @rules: the ruleset
 */
void rules_clear_groups(struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->group_count; i++) {
		rules_free_values(&rules->groups[i].endpoints);
		rules_free_values(&rules->groups[i].inside);
	}
	rules->group_count = 0;
}

/**
 * rules_clear_sets() - remove all sets
 * @rules: the ruleset
 */
void rules_clear_sets(struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->set_count; i++)
		rules_free_values(&rules->sets[i].elements);
	rules->set_count = 0;
}

/**
 * rules_free() - release a ruleset
 * @rules: the ruleset; rules_init() makes it usable again
 */
void rules_free(struct rules *rules)
{
	rules_clear_rules(rules);
	rules_clear_groups(rules);
	rules_clear_sets(rules);
	rules_free_values(&rules->options.inside);
	free(rules->rules);
	free(rules->groups);
	free(rules->sets);
	memset(rules, 0, sizeof(*rules));
}

static int by_value(const void *a, const void *b)
{
	const struct rules_value *x = a, *y = b;
	int order = rules_compare_values(x, y);

	/* of two that are the same, the later one is the one too many */
	if (!order && x->at.line != y->at.line)
		order = x->at.line < y->at.line ? -1 : 1;
	if (!order && x->at.column != y->at.column)
		order = x->at.column < y->at.column ? -1 : 1;
	return order;
}

static void sort_values(struct rules_values *values)
{
	size_t i;

	/* what comes from the printer is sorted, and may be large */
	for (i = 1; i < values->count; i++) {
		if (by_value(&values->list[i - 1], &values->list[i]) > 0)
			break;
	}
	if (i < values->count)
		qsort(values->list, values->count, sizeof(*values->list),
		      by_value);
}

static int by_field(const void *a, const void *b)
{
	const struct rules_match *x = a, *y = b;

	return x->field < y->field ? -1 : x->field > y->field;
}

static void sort_matches(struct rules_rule *rule)
{
	size_t i;

	/* people write most rules in that order */
	for (i = 1; i < rule->count; i++) {
		if (by_field(&rule->matches[i - 1], &rule->matches[i]) > 0)
			break;
	}
	if (i < rule->count)
		qsort(rule->matches, rule->count, sizeof(*rule->matches),
		      by_field);
}

static int by_set_name(const void *a, const void *b)
{
	const struct rules_set *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int by_group_name(const void *a, const void *b)
{
	const struct rules_group *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool is_default_inside(const struct rules_values *values)
{
	struct rules_values other = { .count = 0 };
	bool same = values->count == INSIDE;
	size_t i;

	for (i = 0; same && i < INSIDE; i++)
		same = !rules_add_prefix(&other, inside[i]);
	same = same && rules_equal_values(values, &other);
	rules_free_values(&other);
	return same;
}

/* What is written and what is left out must not differ if it means the same */
static void sort_options(struct rules_options *options)
{
	__u32 half = options->flow_max / 2;

	sort_values(&options->inside);
	if (options->has_inside && is_default_inside(&options->inside)) {
		options->has_inside = false;
		rules_free_values(&options->inside);
	}
	if (options->flow_max_endpoint == (half ? half : 1))
		options->flow_max_endpoint = 0;
}

/**
 * rules_sort() - put a ruleset into its proper order
 * @rules: the ruleset
 */
void rules_sort(struct rules *rules)
{
	size_t i;

	sort_options(&rules->options);
	for (i = 0; i < rules->set_count; i++)
		sort_values(&rules->sets[i].elements);
	for (i = 0; i < rules->group_count; i++) {
		sort_values(&rules->groups[i].endpoints);
		sort_values(&rules->groups[i].inside);
	}
	for (i = 0; i < rules->rule_count; i++)
		sort_matches(&rules->rules[i]);
	if (rules->set_count > 1)
		qsort(rules->sets, rules->set_count, sizeof(*rules->sets),
		      by_set_name);
	if (rules->group_count > 1)
		qsort(rules->groups, rules->group_count,
		      sizeof(*rules->groups), by_group_name);
}

static int name_of_set(const void *name, const void *set)
{
	return strcmp(name, ((const struct rules_set *)set)->name);
}

static int name_of_group(const void *name, const void *group)
{
	return strcmp(name, ((const struct rules_group *)group)->name);
}

/**
 * rules_find_set() - set by its name
 * @rules: a ruleset in its proper order
 * @name: the name
 *
 * Return: the set, or NULL if there is none.
 */
struct rules_set *rules_find_set(const struct rules *rules, const char *name)
{
	if (!rules->set_count)
		return NULL;
	return bsearch(name, rules->sets, rules->set_count,
		       sizeof(*rules->sets), name_of_set);
}

/**
 * rules_find_group() - group by its name
 * @rules: a ruleset in its proper order
 * @name: the name
 *
 * Return: the group, or NULL if there is none.
 */
struct rules_group *rules_find_group(const struct rules *rules,
				     const char *name)
{
	if (!rules->group_count)
		return NULL;
	return bsearch(name, rules->groups, rules->group_count,
		       sizeof(*rules->groups), name_of_group);
}
