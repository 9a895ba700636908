// SPDX-License-Identifier: GPL-2.0-only
/*
 * The normal form of rules, as text: what "rule list" prints and what can be
 * loaded again. Reads the structs of rules.h, writes to a stream.
 */

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "rules_print.h"
#include "vpce.h"

/* A list that is not longer than this stays on one line */
#define LINE	80

static void icmp_text(struct rules_range range, const struct name *names,
		      char *text, size_t size)
{
	unsigned int type = range.first >> 8, last = range.last >> 8;
	unsigned int code = range.first & 0xff, end = range.last & 0xff;
	const char *name = names_of(names, type);

	if (type != last && !code && end == 0xff)
		snprintf(text, size, "%u-%u", type, last);
	else if (range.first != range.last && (type != last || code ||
					       end != 0xff))
		snprintf(text, size, "%u/%u-%u/%u", type, code, last, end);
	else if (range.first != range.last && name)
		snprintf(text, size, "%s", name);
	else if (range.first != range.last)
		snprintf(text, size, "%u", type);
	else if (name)
		snprintf(text, size, "%s/%u", name, code);
	else
		snprintf(text, size, "%u/%u", type, code);
}

static void range_text(struct rules_range range, __u32 field, char *text,
		       size_t size)
{
	const char *name = NULL;

	if (field == GWLB_FIELD_ICMP) {
		icmp_text(range, names_icmp, text, size);
		return;
	}
	if (field == GWLB_FIELD_ICMPV6) {
		icmp_text(range, names_icmpv6, text, size);
		return;
	}
	if (field == GWLB_FIELD_PROTOCOL)
		name = names_of(names_protocols, range.first);
	if (range.first != range.last)
		snprintf(text, size, "%u-%u", range.first, range.last);
	else if (name)
		snprintf(text, size, "%s", name);
	else
		snprintf(text, size, "%u", range.first);
}

/**
 * rules_value_text() - write one value of a match
 * @value: the value
 * @field: enum gwlb_field, the field of the match
 * @text: where it goes
 */
void rules_value_text(const struct rules_value *value, __u32 field,
		      char text[RULES_VALUE_TEXT])
{
	switch (value->kind) {
	case RULES_PREFIX:
		prefix_print(&value->prefix, text);
		break;
	case RULES_RANGE:
		range_text(value->range, field, text, RULES_VALUE_TEXT);
		break;
	case RULES_ID:
		vpce_print(value->id, text);
		break;
	case RULES_SET:
		snprintf(text, RULES_VALUE_TEXT, "@%s", value->name);
		break;
	case RULES_GROUP:
		snprintf(text, RULES_VALUE_TEXT, "%s", value->name);
		break;
	}
}

/**
 * rules_element_text() - write one element of a set
 * @value: the element
 * @text: where it goes
 */
void rules_element_text(const struct rules_value *value,
			char text[RULES_VALUE_TEXT])
{
	rules_value_text(value, GWLB_FIELD_DESTINATION_PORT, text);
}

static void print_list(FILE *to, const struct rules_values *values,
		       __u32 field)
{
	char text[RULES_VALUE_TEXT];
	size_t i;

	for (i = 0; i < values->count; i++) {
		rules_value_text(&values->list[i], field, text);
		fprintf(to, "%s%s", i ? ", " : "", text);
	}
}

static void print_bits(FILE *to, const struct name *names, __u32 bits,
		       const char *between)
{
	const char *comma = "";

	if (!bits)
		fputs("none", to);
	for (; names->text; names++) {
		if (!(bits & names->value))
			continue;
		fprintf(to, "%s%s", comma, names->text);
		comma = between;
	}
}

/**
 * rules_bit_names() - names of the bits of a field
 * @field: enum gwlb_field
 *
 * Return: the table, or NULL if values of this field are no bits.
 */
const struct name *rules_bit_names(__u32 field)
{
	switch (field) {
	case GWLB_FIELD_FAMILY:
		return names_families;
	case GWLB_FIELD_DIRECTION:
		return names_directions;
	case GWLB_FIELD_CONNECTION:
		return names_connections;
	case GWLB_FIELD_FRAGMENT:
		return names_fragments;
	default:
		return NULL;
	}
}

/**
 * rules_print_values() - write the values of a match
 * @to: where to
 * @match: the match
 */
void rules_print_values(FILE *to, const struct rules_match *match)
{
	if (match->field == GWLB_FIELD_TCP_FLAGS) {
		print_bits(to, names_tcp_flags, match->bits, "|");
		fputc('/', to);
		print_bits(to, names_tcp_flags, match->mask, "|");
	} else if (rules_bit_names(match->field)) {
		print_bits(to, rules_bit_names(match->field), match->bits,
			   ", ");
	} else {
		print_list(to, &match->values, match->field);
	}
}

static void print_text(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

/**
 * rules_write_rule() - write a rule, without a newline
 * @to: where to
 * @rule: the rule
 */
void rules_write_rule(FILE *to, const struct rules_rule *rule)
{
	const struct rules_match *match;
	size_t i;

	fputs("rule", to);
	if (rule->name[0])
		fprintf(to, " %s:", rule->name);
	for (i = 0; i < rule->count; i++) {
		match = &rule->matches[i];
		fprintf(to, " %s%s ", names_of(names_fields, match->field),
			match->invert ? " not" : "");
		rules_print_values(to, match);
	}
	if (rule->log)
		fputs(" log", to);
	if (rule->log && rule->log_text[0]) {
		fputc(' ', to);
		print_text(to, rule->log_text);
	}
	if (rule->limit_rate)
		fprintf(to, " limit %u/%s", rule->limit_rate,
			names_of(names_units, rule->limit_unit));
	if (rule->limit_rate && rule->limit_burst != RULES_BURST)
		fprintf(to, " burst %u", rule->limit_burst);
	if (rule->verdict != GWLB_VERDICT_CONTINUE)
		fprintf(to, " %s", names_of(names_verdicts, rule->verdict));
	if (rule->comment[0]) {
		fputs(" comment ", to);
		print_text(to, rule->comment);
	}
}

/**
 * rules_print_rule() - write a rule
 * @to: where to
 * @rule: the rule
 */
void rules_print_rule(FILE *to, const struct rules_rule *rule)
{
	rules_write_rule(to, rule);
	fputc('\n', to);
}

static bool fits(const struct rules_values *values, size_t used)
{
	char text[RULES_VALUE_TEXT];
	size_t i;

	for (i = 0; i < values->count && used <= LINE; i++) {
		rules_element_text(&values->list[i], text);
		used += strlen(text) + 2;
	}
	return used <= LINE;
}

/**
 * rules_print_set() - write a set
 * @to: where to
 * @set: the set
 */
void rules_print_set(FILE *to, const struct rules_set *set)
{
	const struct rules_values *elements = &set->elements;
	char text[RULES_VALUE_TEXT];
	size_t i;

	fprintf(to, "set %s %s", set->name,
		names_of(names_set_types, set->type));
	if (set->keep) {
		fputc('\n', to);
		return;
	}
	/* "set ", two blanks, and the braces with theirs */
	if (!elements->count) {
		fputs(" { }\n", to);
		return;
	}
	if (fits(elements, strlen(set->name) + 20)) {
		fputs(" { ", to);
		print_list(to, elements, GWLB_FIELD_DESTINATION_PORT);
		fputs(" }\n", to);
		return;
	}
	fputs(" {\n", to);
	for (i = 0; i < elements->count; i++) {
		rules_element_text(&elements->list[i], text);
		fprintf(to, "\t%s%s\n", text,
			i + 1 < elements->count ? "," : "");
	}
	fputs("}\n", to);
}

static void print_inside(FILE *to, const struct rules_values *inside)
{
	fputs("inside ", to);
	if (inside->count)
		print_list(to, inside, GWLB_FIELD_SOURCE);
	else
		fputs("none", to);
}

/**
 * rules_print_group() - write a group
 * @to: where to
 * @group: the group
 */
void rules_print_group(FILE *to, const struct rules_group *group)
{
	char text[RULES_VALUE_TEXT];
	const char *next = "\n\t";
	size_t i;

	if (!group->endpoints.count && !group->policy && !group->has_inside) {
		fprintf(to, "group %s { }\n", group->name);
		return;
	}
	fprintf(to, "group %s {", group->name);
	for (i = 0; i < group->endpoints.count; i++) {
		rules_element_text(&group->endpoints.list[i], text);
		fprintf(to, "%s%s", i ? ",\n\t\t" : "\n\tendpoint ", text);
		next = ";\n\t";
	}
	if (group->policy) {
		fprintf(to, "%spolicy %s", next,
			names_of(names_verdicts, group->policy));
		next = ";\n\t";
	}
	if (group->has_inside) {
		fputs(next, to);
		print_inside(to, &group->inside);
	}
	fputs("\n}\n", to);
}

static void print_duration(FILE *to, __u32 seconds)
{
	if (seconds % 3600 == 0)
		fprintf(to, "%uh\n", seconds / 3600);
	else if (seconds % 60 == 0)
		fprintf(to, "%um\n", seconds / 60);
	else
		fprintf(to, "%us\n", seconds);
}

/**
 * rules_print_options() - write those options that are not the default
 * @to: where to
 * @options: the options
 */
void rules_print_options(FILE *to, const struct rules_options *options)
{
	struct rules defaults;
	size_t i;

	rules_init(&defaults);
	if (options->policy != defaults.options.policy)
		fprintf(to, "policy %s\n",
			names_of(names_verdicts, options->policy));
	if (options->has_inside) {
		print_inside(to, &options->inside);
		fputc('\n', to);
	}
	if (options->pickup != defaults.options.pickup)
		fprintf(to, "pickup %s\n",
			names_of(names_pickups, options->pickup));
	if (options->refused != defaults.options.refused)
		fprintf(to, "refused %s\n",
			names_of(names_refused, options->refused));
	if (options->on_full != defaults.options.on_full)
		fprintf(to, "on-full %s\n",
			names_of(names_on_full, options->on_full));
	if (options->flow_max != defaults.options.flow_max)
		fprintf(to, "flow-max %u\n", options->flow_max);
	if (options->flow_max_endpoint)
		fprintf(to, "flow-max-endpoint %u\n",
			options->flow_max_endpoint);
	for (i = 0; i < RULES_TIMEOUTS; i++) {
		if (options->timeout[i] == defaults.options.timeout[i])
			continue;
		fprintf(to, "timeout %s ", names_of(names_timeouts, (__u32)i));
		print_duration(to, options->timeout[i]);
	}
}

/**
 * rules_print() - write a whole ruleset
 * @to: where to
 * @rules: the ruleset
 */
void rules_print(FILE *to, const struct rules *rules)
{
	size_t i;

	rules_print_options(to, &rules->options);
	for (i = 0; i < rules->set_count; i++)
		rules_print_set(to, &rules->sets[i]);
	for (i = 0; i < rules->group_count; i++)
		rules_print_group(to, &rules->groups[i]);
	for (i = 0; i < rules->rule_count; i++)
		rules_print_rule(to, &rules->rules[i]);
}
