// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ruleset as JSON, for programs: the same words as in a rules file, but
 * taken apart. Reads structs, makes JSON.
 */

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "out.h"
#include "rules_print.h"
#include "ruleset.h"

/* Adds to a list; forgets all of it when there is no memory */
static void append(json_t **list, json_t *entry)
{
	if (*list && json_array_append_new(*list, entry) < 0) {
		json_decref(*list);
		*list = NULL;
	} else if (!*list) {
		json_decref(entry);
	}
}

static json_t *values_json(const struct rules_values *values, __u32 field)
{
	char text[RULES_VALUE_TEXT];
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < values->count; i++) {
		rules_value_text(&values->list[i], field, text);
		append(&list, json_string(text));
	}
	return list;
}

static json_t *bits_json(const struct rules_match *match)
{
	const struct name *names = rules_bit_names(match->field);
	json_t *list = json_array();

	for (; names->text; names++) {
		if (match->bits & names->value)
			append(&list, json_string(names->text));
	}
	return list;
}

static json_t *flags_json(const struct rules_match *match)
{
	json_t *list = json_array();
	char *text = NULL;
	size_t size;
	FILE *to;

	to = open_memstream(&text, &size);
	if (to) {
		rules_print_values(to, match);
		fclose(to);
	}
	append(&list, text ? json_string(text) : NULL);
	free(text);
	return list;
}

static json_t *match_json(const struct rules_match *match)
{
	json_t *values;

	if (match->field == GWLB_FIELD_TCP_FLAGS)
		values = flags_json(match);
	else if (rules_bit_names(match->field))
		values = bits_json(match);
	else
		values = values_json(&match->values, match->field);
	return json_pack("{s:s, s:b, s:o}",
			 "field", names_of(names_fields, match->field),
			 "not", match->invert, "values", values);
}

static json_t *limit_json(const struct rules_rule *rule)
{
	if (!rule->limit_rate)
		return json_null();
	return json_pack("{s:I, s:s, s:I}",
			 "rate", (json_int_t)rule->limit_rate,
			 "unit", names_of(names_units, rule->limit_unit),
			 "burst", (json_int_t)rule->limit_burst);
}

static json_t *text_json(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}

static json_t *rule_json(const struct rules_rule *rule, size_t number,
			 const struct amount *amount)
{
	json_t *matches = json_array();
	size_t i;

	for (i = 0; i < rule->count; i++)
		append(&matches, match_json(&rule->matches[i]));
	return json_pack("{s:I, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:I, s:I}",
			 "number", (json_int_t)number,
			 "name", text_json(rule->name),
			 "matches", matches,
			 "log", rule->log,
			 "log-text", text_json(rule->log_text),
			 "limit", limit_json(rule),
			 "verdict", text_json(rule->verdict ?
				names_of(names_verdicts, rule->verdict) : ""),
			 "comment", text_json(rule->comment),
			 "packets", out_u64(amount->packets),
			 "bytes", out_u64(amount->bytes));
}

static json_t *inside_json(bool has, const struct rules_values *inside)
{
	return has ? values_json(inside, GWLB_FIELD_SOURCE) : json_null();
}

static json_t *options_json(const struct rules_options *options)
{
	__u32 half = options->flow_max / 2;
	json_t *timeouts = json_object();
	size_t i;

	for (i = 0; i < RULES_TIMEOUTS; i++)
		json_object_set_new(timeouts,
				    names_of(names_timeouts, (__u32)i),
				    json_integer(options->timeout[i]));
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:I, s:I, s:o}",
			 "policy", names_of(names_verdicts, options->policy),
			 "inside", inside_json(options->has_inside,
					       &options->inside),
			 "pickup", names_of(names_pickups, options->pickup),
			 "refused", names_of(names_refused, options->refused),
			 "on-full", names_of(names_on_full, options->on_full),
			 "flow-max", (json_int_t)options->flow_max,
			 "flow-max-endpoint",
			 (json_int_t)(options->flow_max_endpoint ?
				      options->flow_max_endpoint :
				      half ? half : 1),
			 "timeout", timeouts);
}

static json_t *policies_json(const struct ruleset *ruleset)
{
	const struct ruleset_policy *policy = ruleset->policies;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < ruleset->policy_count; i++, policy++)
		append(&list, json_pack("{s:o, s:s, s:I, s:I}",
					"group", text_json(policy->group),
					"policy", names_of(names_verdicts,
							   policy->verdict),
					"packets",
					out_u64(policy->amount.packets),
					"bytes",
					out_u64(policy->amount.bytes)));
	return list;
}

/* Sets with the number of their elements, as these may be many */
static json_t *set_counts_json(const struct ruleset *ruleset)
{
	const struct rules_set *set = ruleset->rules.sets;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < ruleset->rules.set_count; i++, set++)
		append(&list, json_pack("{s:s, s:s, s:I}", "name", set->name,
					"type", names_of(names_set_types,
							 set->type),
					"count",
					(json_int_t)set->elements.count));
	return list;
}

static json_t *group_list(const struct ruleset *ruleset)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < ruleset->rules.group_count; i++)
		append(&list, ruleset_group_json(ruleset,
						 &ruleset->rules.groups[i]));
	return list;
}

/**
 * ruleset_rules_json() - a whole ruleset as JSON, without elements of sets
 * @ruleset: the ruleset
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *ruleset_rules_json(const struct ruleset *ruleset)
{
	json_t *rules = json_array();
	size_t i;

	for (i = 0; i < ruleset->rules.rule_count; i++)
		append(&rules, rule_json(&ruleset->rules.rules[i], i + 1,
					 &ruleset->counts[i]));
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "generation", (json_int_t)ruleset->info.generation,
			 "confirm", ruleset->info.pending ?
			 json_integer(ruleset->info.confirm) : json_null(),
			 "options", options_json(&ruleset->rules.options),
			 "sets", set_counts_json(ruleset),
			 "groups", group_list(ruleset),
			 "rules", rules,
			 "policies", policies_json(ruleset));
}

/**
 * ruleset_sets_json() - sets with their elements as JSON
 * @ruleset: the ruleset
 * @only: name of the one that is wanted, or NULL for all
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *ruleset_sets_json(const struct ruleset *ruleset, const char *only)
{
	const struct rules_set *set = ruleset->rules.sets;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < ruleset->rules.set_count; i++, set++) {
		if (only && strcmp(only, set->name) != 0)
			continue;
		append(&list, json_pack("{s:s, s:s, s:o}", "name", set->name,
					"type", names_of(names_set_types,
							 set->type),
					"elements",
					values_json(&set->elements,
						    GWLB_FIELD_SOURCE_PORT)));
	}
	return json_pack("{s:I, s:o}", "generation",
			 (json_int_t)ruleset->info.generation, "sets", list);
}

/* The policy that applies to a group, and what it did */
static const struct ruleset_policy *
policy_of(const struct ruleset *ruleset, const struct rules_group *group)
{
	size_t i;

	for (i = 0; i < ruleset->policy_count; i++) {
		if (!strcmp(ruleset->policies[i].group, group->name))
			return &ruleset->policies[i];
	}
	return NULL;
}

/**
 * ruleset_group_json() - a group as JSON
 * @ruleset: the ruleset it is in
 * @group: the group
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *ruleset_group_json(const struct ruleset *ruleset,
			   const struct rules_group *group)
{
	const struct ruleset_policy *policy = policy_of(ruleset, group);
	const struct amount none = { .packets = 0 };
	const struct amount *amount = policy ? &policy->amount : &none;

	return json_pack("{s:s, s:o, s:o, s:o, s:I, s:I}",
			 "name", group->name,
			 "endpoints", values_json(&group->endpoints,
						  GWLB_FIELD_ENDPOINT),
			 "policy", text_json(group->policy ?
				names_of(names_verdicts, group->policy) : ""),
			 "inside", inside_json(group->has_inside,
					       &group->inside),
			 "packets", out_u64(amount->packets),
			 "bytes", out_u64(amount->bytes));
}

/**
 * ruleset_groups_json() - all groups as JSON
 * @ruleset: the ruleset
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *ruleset_groups_json(const struct ruleset *ruleset)
{
	return json_pack("{s:I, s:o}", "generation",
			 (json_int_t)ruleset->info.generation, "groups",
			 group_list(ruleset));
}
