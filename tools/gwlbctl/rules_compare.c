// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are two rulesets, or parts of them, the same? What the kernel would take as
 * the same is the same here; where it was written plays no part. Both sides
 * are in their proper order. Pure.
 */

#include <string.h>

#include "rules.h"

static int compare_u64(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

/**
 * rules_compare_values() - order values
 * @a: one value
 * @b: the other
 *
 * Return: negative, 0 or positive, as memcmp().
 */
int rules_compare_values(const struct rules_value *a,
			 const struct rules_value *b)
{
	int order;

	if (a->kind != b->kind)
		return compare_u64(a->kind, b->kind);
	switch (a->kind) {
	case RULES_PREFIX:
		return prefix_compare(&a->prefix, &b->prefix);
	case RULES_RANGE:
		order = compare_u64(a->range.first, b->range.first);
		return order ? order : compare_u64(a->range.last,
						   b->range.last);
	case RULES_ID:
		return compare_u64(a->id, b->id);
	default:
		return strcmp(a->name, b->name);
	}
}

/**
 * rules_equal_values() - are two lists the same
 * @a: one list
 * @b: the other
 *
 * Return: true if they are.
 */
bool rules_equal_values(const struct rules_values *a,
			const struct rules_values *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++) {
		if (rules_compare_values(&a->list[i], &b->list[i]))
			return false;
	}
	return true;
}

static bool equal_match(const struct rules_match *a,
			const struct rules_match *b)
{
	return a->field == b->field && a->invert == b->invert &&
	       a->bits == b->bits && a->mask == b->mask &&
	       rules_equal_values(&a->values, &b->values);
}

static bool equal_limit(const struct rules_rule *a, const struct rules_rule *b)
{
	if (a->limit_rate != b->limit_rate)
		return false;
	return !a->limit_rate || (a->limit_unit == b->limit_unit &&
				  a->limit_burst == b->limit_burst);
}

/**
 * rules_equal_rule() - are two rules the same
 * @a: one rule
 * @b: the other
 *
 * Return: true if they are.
 */
bool rules_equal_rule(const struct rules_rule *a, const struct rules_rule *b)
{
	size_t i;

	if (a->count != b->count || a->verdict != b->verdict ||
	    a->log != b->log || !equal_limit(a, b) ||
	    strcmp(a->name, b->name) != 0 ||
	    strcmp(a->comment, b->comment) != 0 ||
	    strcmp(a->log_text, b->log_text) != 0)
		return false;
	for (i = 0; i < a->count; i++) {
		if (!equal_match(&a->matches[i], &b->matches[i]))
			return false;
	}
	return true;
}

/**
 * rules_equal_set() - are two sets the same
 * @a: one set
 * @b: the other
 *
 * Return: true if they are.
 */
bool rules_equal_set(const struct rules_set *a, const struct rules_set *b)
{
	return !strcmp(a->name, b->name) && a->type == b->type &&
	       a->keep == b->keep &&
	       rules_equal_values(&a->elements, &b->elements);
}

/**
 * rules_equal_group() - are two groups the same
 * @a: one group
 * @b: the other
 *
 * Return: true if they are.
 */
bool rules_equal_group(const struct rules_group *a,
		       const struct rules_group *b)
{
	return !strcmp(a->name, b->name) && a->policy == b->policy &&
	       a->has_inside == b->has_inside &&
	       rules_equal_values(&a->endpoints, &b->endpoints) &&
	       rules_equal_values(&a->inside, &b->inside);
}

/**
 * rules_equal_options() - are the options of two rulesets the same
 * @a: one's options
 * @b: the other's
 *
 * Return: true if they are.
 */
bool rules_equal_options(const struct rules_options *a,
			 const struct rules_options *b)
{
	return a->policy == b->policy && a->has_inside == b->has_inside &&
	       a->pickup == b->pickup && a->refused == b->refused &&
	       a->on_full == b->on_full && a->flow_max == b->flow_max &&
	       a->flow_max_endpoint == b->flow_max_endpoint &&
	       !memcmp(a->timeout, b->timeout, sizeof(a->timeout)) &&
	       rules_equal_values(&a->inside, &b->inside);
}

/**
 * rules_equal() - are two rulesets the same
 * @a: one ruleset
 * @b: the other
 *
 * Return: true if they are.
 */
bool rules_equal(const struct rules *a, const struct rules *b)
{
	size_t i;

	if (a->set_count != b->set_count || a->group_count != b->group_count ||
	    a->rule_count != b->rule_count ||
	    !rules_equal_options(&a->options, &b->options))
		return false;
	for (i = 0; i < a->set_count; i++) {
		if (!rules_equal_set(&a->sets[i], &b->sets[i]))
			return false;
	}
	for (i = 0; i < a->group_count; i++) {
		if (!rules_equal_group(&a->groups[i], &b->groups[i]))
			return false;
	}
	for (i = 0; i < a->rule_count; i++) {
		if (!rules_equal_rule(&a->rules[i], &b->rules[i]))
			return false;
	}
	return true;
}
