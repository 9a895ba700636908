// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of a rules file that have braces: sets and groups. Parts of the
 * parser in rules_text.c.
 */

#include <string.h>

#include "rules_parser.h"

static const char *const elements[] = {
	[GWLB_SET_TYPE_ADDRESS] = "an address or a prefix",
	[GWLB_SET_TYPE_PORT] = "a port or a range of ports up to 65535",
	[GWLB_SET_TYPE_ENDPOINT] = "an endpoint (vpce-...)",
};

static int take_element(struct rules_parser *parser, __u32 type,
			struct rules_values *values)
{
	struct rules_value *value;
	char word[RULES_WORD];
	char why[320];

	if (!rules_word(parser, word))
		return rules_expected(parser, elements[type]);
	if (rules_limit(parser, values->count, GWLB_MAX_ELEMENTS,
			"elements in a set") < 0)
		return -1;
	value = rules_add_value(values, RULES_RANGE);
	if (!value)
		return rules_no_memory(parser);
	value->at = parser->token.at;
	if (rules_parse_element(word, type, value, why, sizeof(why)) < 0)
		return rules_refuse(parser, parser->token.at, "%s", why);
	return rules_next(parser);
}

/* A comma may also stand behind the last one, for files that programs make */
static int take_elements(struct rules_parser *parser, struct rules_set *set)
{
	while (parser->token.kind != RULES_TOKEN_CLOSE) {
		if (take_element(parser, set->type, &set->elements) < 0)
			return -1;
		if (parser->token.kind == RULES_TOKEN_CLOSE)
			break;
		if (parser->token.kind != RULES_TOKEN_COMMA)
			return rules_expected(parser, "\",\" or \"}\"");
		if (rules_next(parser) < 0)
			return -1;
	}
	return rules_next(parser);
}

/**
 * rules_take_set() - take a set
 * @parser: the parser, at the word "set"
 *
 * Return: 0 or -1.
 */
int rules_take_set(struct rules_parser *parser)
{
	struct rules_pos at = parser->token.at;
	char name[RULES_NAME];
	struct rules_set *set;
	__u32 type;

	if (rules_limit(parser, parser->rules->set_count, GWLB_MAX_SETS,
			"sets") < 0 ||
	    rules_next(parser) < 0 ||
	    rules_take_name(parser, name, "the name of a set") < 0 ||
	    rules_take_enum(parser, names_set_types, &type,
			    "address, port or endpoint") < 0)
		return -1;
	set = rules_add_set(parser->rules, name, type);
	if (!set)
		return rules_no_memory(parser);
	set->at = at;

	if (rules_is_end(parser)) {
		set->keep = true;
		return 0;
	}
	if (parser->token.kind != RULES_TOKEN_OPEN)
		return rules_expected(parser,
				      "\"{\" or the end of the line");
	if (rules_next(parser) < 0)
		return -1;
	return take_elements(parser, set);
}

static int take_endpoints(struct rules_parser *parser,
			  struct rules_values *values)
{
	for (;;) {
		if (take_element(parser, GWLB_SET_TYPE_ENDPOINT, values) < 0)
			return -1;
		if (parser->token.kind != RULES_TOKEN_COMMA)
			return 0;
		if (rules_next(parser) < 0)
			return -1;
	}
}

static int take_part(struct rules_parser *parser, struct rules_group *group)
{
	if (rules_is(parser, "endpoint")) {
		if (group->endpoints.count)
			return rules_refuse(parser, parser->token.at,
					    "endpoint is given already in this group");
		if (rules_next(parser) < 0)
			return -1;
		return take_endpoints(parser, &group->endpoints);
	}
	if (rules_is(parser, "policy")) {
		if (group->policy)
			return rules_refuse(parser, parser->token.at,
					    "policy is given already in this group");
		if (rules_next(parser) < 0)
			return -1;
		return rules_take_enum(parser, names_verdicts, &group->policy,
				       "accept, drop or reject");
	}
	if (rules_is(parser, "inside")) {
		if (group->has_inside)
			return rules_refuse(parser, parser->token.at,
					    "inside is given already in this group");
		if (rules_next(parser) < 0)
			return -1;
		return rules_take_inside(parser, &group->has_inside,
					 &group->inside);
	}
	return rules_expected(parser, "endpoint, policy, inside or \"}\"");
}

/**
 * rules_take_group() - take a group
 * @parser: the parser, at the word "group"
 *
 * Return: 0 or -1.
 */
int rules_take_group(struct rules_parser *parser)
{
	struct rules_pos at = parser->token.at;
	struct rules_group *group;
	char name[RULES_NAME];

	if (rules_limit(parser, parser->rules->group_count, GWLB_MAX_GROUPS,
			"groups") < 0 ||
	    rules_next(parser) < 0 ||
	    rules_take_name(parser, name, "the name of a group") < 0)
		return -1;
	group = rules_add_group(parser->rules, name);
	if (!group)
		return rules_no_memory(parser);
	group->at = at;

	if (parser->token.kind != RULES_TOKEN_OPEN)
		return rules_expected(parser, "\"{\"");
	if (rules_next(parser) < 0)
		return -1;
	while (parser->token.kind != RULES_TOKEN_CLOSE) {
		if (parser->token.kind == RULES_TOKEN_SEMICOLON) {
			if (rules_next(parser) < 0)
				return -1;
		} else if (take_part(parser, group) < 0) {
			return -1;
		}
	}
	return rules_next(parser);
}
