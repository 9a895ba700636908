// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may stand in a ruleset, as far as one part of it depends on others: no
 * name and no element twice, nothing that is not declared, nothing too large.
 * Of several mistakes the first one in the file is told. Pure.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "rules_netlink.h"
#include "rules_print.h"

/**
 * struct check - what was found so far
 * @rules: what is looked at
 * @error: the first mistake
 * @failed: is there one
 */
struct check {
	const struct rules *rules;
	struct rules_error *error;
	bool failed;
};

/**
 * struct owned - something that is to be there once only
 * @name: its name, or that of the group which it is in
 * @id: its number
 * @at: where it was written
 */
struct owned {
	const char *name;
	__u64 id;
	struct rules_pos at;
};

static bool before(struct rules_pos a, struct rules_pos b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

static void complain(struct check *check, struct rules_pos at,
		     const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void complain(struct check *check, struct rules_pos at,
		     const char *format, ...)
{
	va_list ap;

	if (check->failed && !before(at, check->error->at))
		return;
	check->failed = true;
	check->error->at = at;
	va_start(ap, format);
	vsnprintf(check->error->text, sizeof(check->error->text), format, ap);
	va_end(ap);
}

/* Of two that exclude each other the one that came later */
static struct rules_pos later(struct rules_pos a, struct rules_pos b)
{
	return before(a, b) ? b : a;
}

/* Elements are sorted, so that what collides is side by side */
static void check_elements(struct check *check, const struct rules_set *set)
{
	const struct rules_value *list = set->elements.list;
	const struct rules_value *a = list, *b;
	char text[RULES_VALUE_TEXT], other[RULES_VALUE_TEXT];
	struct rules_pos at;
	size_t i;

	for (i = 1; i < set->elements.count; i++) {
		b = &list[i];
		if (!rules_compare_values(a, b)) {
			rules_element_text(b, text);
			complain(check, later(a->at, b->at),
				 "%s is in set \"%s\" already", text,
				 set->name);
		} else if (b->kind == RULES_RANGE &&
			   b->range.first <= a->range.last) {
			at = later(a->at, b->at);
			rules_element_text(a, text);
			rules_element_text(b, other);
			if (before(b->at, a->at))
				complain(check, at, "%s overlaps %s", text,
					 other);
			else
				complain(check, at, "%s overlaps %s", other,
					 text);
		}
		/* the one that reaches farther */
		if (b->kind != RULES_RANGE || b->range.last >= a->range.last)
			a = b;
	}
}

static void check_inside(struct check *check,
			 const struct rules_values *inside)
{
	char text[RULES_VALUE_TEXT];
	size_t i;

	for (i = 1; i < inside->count; i++) {
		if (rules_compare_values(&inside->list[i - 1],
					 &inside->list[i]))
			continue;
		rules_element_text(&inside->list[i], text);
		complain(check, later(inside->list[i - 1].at,
				      inside->list[i].at),
			 "%s is inside already", text);
	}
}

static void check_sets(struct check *check)
{
	const struct rules_set *set = check->rules->sets;
	size_t i;

	for (i = 0; i < check->rules->set_count; i++) {
		check_elements(check, &set[i]);
		if (i && !strcmp(set[i - 1].name, set[i].name))
			complain(check, later(set[i - 1].at, set[i].at),
				 "there is a set \"%s\" already", set[i].name);
	}
}

static int by_id(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return before(x->at, y->at) ? -1 : before(y->at, x->at);
}

static int by_name(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return before(x->at, y->at) ? -1 : before(y->at, x->at);
}

static int check_endpoints(struct check *check)
{
	const struct rules *rules = check->rules;
	size_t i, j, count = 0, all = 0;
	char text[RULES_VALUE_TEXT];
	struct rules_value value;
	struct owned *list;

	for (i = 0; i < rules->group_count; i++)
		all += rules->groups[i].endpoints.count;
	list = calloc(all + 1, sizeof(*list));
	if (!list)
		return -1;
	for (i = 0; i < rules->group_count; i++) {
		for (j = 0; j < rules->groups[i].endpoints.count; j++)
			list[count++] = (struct owned) {
				.name = rules->groups[i].name,
				.id = rules->groups[i].endpoints.list[j].id,
				.at = rules->groups[i].endpoints.list[j].at,
			};
	}
	qsort(list, count, sizeof(*list), by_id);
	for (i = 1; i < count; i++) {
		if (list[i - 1].id != list[i].id)
			continue;
		value.kind = RULES_ID;
		value.id = list[i].id;
		rules_element_text(&value, text);
		complain(check, list[i].at, "%s is in group \"%s\" already",
			 text, list[i - 1].name);
	}
	free(list);
	return 0;
}

static int check_groups(struct check *check)
{
	const struct rules_group *group = check->rules->groups;
	size_t i;

	check_inside(check, &check->rules->options.inside);
	for (i = 0; i < check->rules->group_count; i++) {
		check_inside(check, &group[i].inside);
		if (rules_group_size(&group[i]) > RULES_NEST_MAX)
			complain(check, group[i].at,
				 "group \"%s\" is too large: it has more than 64 KB in the kernel's format",
				 group[i].name);
		if (i && !strcmp(group[i - 1].name, group[i].name))
			complain(check, later(group[i - 1].at, group[i].at),
				 "there is a group \"%s\" already",
				 group[i].name);
	}
	return check_endpoints(check);
}

static __u32 type_of_field(__u32 field)
{
	switch (field) {
	case GWLB_FIELD_ENDPOINT:
		return GWLB_SET_TYPE_ENDPOINT;
	case GWLB_FIELD_SOURCE_PORT:
	case GWLB_FIELD_DESTINATION_PORT:
		return GWLB_SET_TYPE_PORT;
	default:
		return GWLB_SET_TYPE_ADDRESS;
	}
}

static void check_value(struct check *check, const struct rules_match *match,
			const struct rules_value *value)
{
	const struct rules_set *set;
	__u32 type;

	if (value->kind == RULES_GROUP &&
	    !rules_find_group(check->rules, value->name))
		complain(check, value->at, "there is no group \"%s\"",
			 value->name);
	if (value->kind != RULES_SET)
		return;
	set = rules_find_set(check->rules, value->name);
	type = type_of_field(match->field);
	if (!set)
		complain(check, value->at, "there is no set \"%s\"",
			 value->name);
	else if (set->type != type)
		complain(check, value->at,
			 "set \"%s\" is one of type %s, not of type %s",
			 value->name, names_of(names_set_types, set->type),
			 names_of(names_set_types, type));
}

static void check_rule(struct check *check, const struct rules_rule *rule)
{
	size_t i, j;

	if (rules_rule_size(rule) > RULES_NEST_MAX)
		complain(check, rule->at,
			 "this rule is too large: it has more than 64 KB in the kernel's format");
	for (i = 0; i < rule->count; i++) {
		for (j = 0; j < rule->matches[i].values.count; j++)
			check_value(check, &rule->matches[i],
				    &rule->matches[i].values.list[j]);
	}
}

static int check_rule_names(struct check *check)
{
	const struct rules *rules = check->rules;
	size_t i, count = 0;
	struct owned *list;

	list = calloc(rules->rule_count + 1, sizeof(*list));
	if (!list)
		return -1;
	for (i = 0; i < rules->rule_count; i++) {
		if (rules->rules[i].name[0])
			list[count++] = (struct owned) {
				.name = rules->rules[i].name,
				.at = rules->rules[i].at,
			};
	}
	qsort(list, count, sizeof(*list), by_name);
	for (i = 1; i < count; i++) {
		if (!strcmp(list[i - 1].name, list[i].name))
			complain(check, list[i].at,
				 "there is a rule \"%s\" already",
				 list[i].name);
	}
	free(list);
	return 0;
}

/**
 * rules_check() - does a ruleset make sense
 * @rules: the ruleset, in its proper order
 * @error: filled in if it does not
 *
 * Return: 0, or -1 if it does not.
 */
int rules_check(const struct rules *rules, struct rules_error *error)
{
	struct check check = { .rules = rules, .error = error };
	size_t i;

	check_sets(&check);
	if (check_groups(&check) < 0 || check_rule_names(&check) < 0) {
		memset(error, 0, sizeof(*error));
		snprintf(error->text, sizeof(error->text), "out of memory");
		return -1;
	}
	for (i = 0; i < rules->rule_count; i++)
		check_rule(&check, &rules->rules[i]);
	return check.failed ? -1 : 0;
}
