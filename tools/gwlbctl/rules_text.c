// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a rules file to a ruleset: the file as a whole, and the options. Sets
 * and groups are in rules_text_block.c, rules in rules_text_rule.c. Pure: text
 * in, ruleset or error out.
 */

#include <stdio.h>
#include <string.h>

#include "rules_parser.h"
#include "rules_text.h"

#define NUMBER	"a number from 1 to 4294967295"
#define TIMEOUT	"tcp-syn, tcp-established, tcp-closing, tcp-closed, udp, icmp or other"

static int take_policy(struct rules_parser *parser)
{
	return rules_take_enum(parser, names_verdicts,
			       &parser->rules->options.policy,
			       "accept, drop or reject");
}

static int take_inside(struct rules_parser *parser)
{
	struct rules_options *options = &parser->rules->options;

	return rules_take_inside(parser, &options->has_inside,
				 &options->inside);
}

static int take_pickup(struct rules_parser *parser)
{
	return rules_take_enum(parser, names_pickups,
			       &parser->rules->options.pickup,
			       "loose, strict or either");
}

static int take_refused(struct rules_parser *parser)
{
	return rules_take_enum(parser, names_refused,
			       &parser->rules->options.refused,
			       "forget or remember");
}

static int take_on_full(struct rules_parser *parser)
{
	return rules_take_enum(parser, names_on_full,
			       &parser->rules->options.on_full,
			       "drop or stateless");
}

static int take_number(struct rules_parser *parser, __u32 *number)
{
	char word[RULES_WORD];

	if (!rules_word(parser, word) ||
	    rules_parse_number(word, 0xffffffff, number) < 0 || !*number)
		return rules_expected(parser, NUMBER);
	return rules_next(parser);
}

static int take_flow_max(struct rules_parser *parser)
{
	return take_number(parser, &parser->rules->options.flow_max);
}

static int take_flow_max_endpoint(struct rules_parser *parser)
{
	return take_number(parser, &parser->rules->options.flow_max_endpoint);
}

/* Each may be given once; the place where says if it was */
static int once(struct rules_parser *parser, __u32 attr, struct rules_pos at,
		const char *name)
{
	struct rules_pos *before = &parser->rules->options.at[attr];

	if (before->line)
		return rules_refuse(parser, at,
				    "%s is given already, in line %u", name,
				    before->line);
	*before = at;
	return 0;
}

static int take_timeout(struct rules_parser *parser)
{
	struct rules_options *options = &parser->rules->options;
	struct rules_pos at = parser->token.at;
	char word[RULES_WORD];
	__u32 which;

	if (rules_take_enum(parser, names_timeouts, &which, TIMEOUT) < 0)
		return -1;
	if (once(parser, GWLB_A_OPTIONS_TIMEOUT_TCP_SYN + which, at,
		 names_of(names_timeouts, which)) < 0)
		return -1;
	if (!rules_word(parser, word) ||
	    rules_parse_duration(word, &options->timeout[which]) < 0)
		return rules_expected(parser,
				      "a duration such as 90s, 5m or 2h");
	return rules_next(parser);
}

static const struct {
	const char *word;
	int (*take)(struct rules_parser *parser);
	/* an option that may be given once, or 0 */
	__u32 once;
} statements[] = {
	{ "rule", rules_take_rule, 0 },
	{ "set", rules_take_set, 0 },
	{ "group", rules_take_group, 0 },
	{ "policy", take_policy, GWLB_A_OPTIONS_POLICY },
	{ "inside", take_inside, GWLB_A_OPTIONS_INSIDE },
	{ "pickup", take_pickup, GWLB_A_OPTIONS_PICKUP },
	{ "refused", take_refused, GWLB_A_OPTIONS_REFUSED },
	{ "on-full", take_on_full, GWLB_A_OPTIONS_ON_FULL },
	{ "flow-max", take_flow_max, GWLB_A_OPTIONS_FLOW_MAX },
	{ "flow-max-endpoint", take_flow_max_endpoint,
	  GWLB_A_OPTIONS_FLOW_MAX_ENDPOINT },
	{ "timeout", take_timeout, 0 },
};

static int take_statement(struct rules_parser *parser)
{
	struct rules_pos at = parser->token.at;
	size_t i, count = sizeof(statements) / sizeof(statements[0]);

	for (i = 0; i < count; i++) {
		if (rules_is(parser, statements[i].word))
			break;
	}
	if (i == count)
		return rules_expected(parser,
				      "rule, set, group, policy, inside, pickup, refused, on-full, flow-max, flow-max-endpoint or timeout");

	if (statements[i].once && once(parser, statements[i].once, at,
				       statements[i].word) < 0)
		return -1;
	/* rules, sets and groups begin where their word is */
	if (statements[i].take == rules_take_rule ||
	    statements[i].take == rules_take_set ||
	    statements[i].take == rules_take_group)
		return statements[i].take(parser);
	if (rules_next(parser) < 0)
		return -1;
	return statements[i].take(parser);
}

static int take_file(struct rules_parser *parser)
{
	if (rules_next(parser) < 0)
		return -1;
	while (parser->token.kind != RULES_TOKEN_FILE) {
		if (!rules_is_end(parser)) {
			if (take_statement(parser) < 0)
				return -1;
			if (!rules_is_end(parser))
				return rules_expected(parser,
						      "the end of the line");
		}
		if (parser->token.kind != RULES_TOKEN_FILE &&
		    rules_next(parser) < 0)
			return -1;
	}
	return 0;
}

/**
 * rules_parse() - make a ruleset of a rules file
 * @text: the file
 * @len: its length
 * @rules: filled in, in its proper order; needs no rules_free() after an error
 * @error: filled in if it is refused
 *
 * Return: 0, or -1 if it is refused.
 */
int rules_parse(const char *text, size_t len, struct rules *rules,
		struct rules_error *error)
{
	struct rules_parser parser = { .rules = rules, .error = error };

	memset(error, 0, sizeof(*error));
	rules_init(rules);
	rules_lex_start(&parser.lex, text, len);
	if (take_file(&parser) < 0)
		goto refused;
	rules_sort(rules);
	if (rules_check(rules, error) < 0)
		goto refused;
	return 0;
refused:
	rules_free(rules);
	return -1;
}

/**
 * rules_parse_elements() - read a list of elements of one set
 * @text: the list: words with blanks, commas or ends of lines between
 * @len: its length
 * @values: filled in; give it to rules_free_values() also after an error
 * @error: filled in if it is refused
 *
 * Return: 0, or -1 if it is refused. What type of set it is for is guessed
 * from the first element.
 */
int rules_parse_elements(const char *text, size_t len,
			 struct rules_values *values,
			 struct rules_error *error)
{
	struct rules_parser parser = { .error = error };
	struct rules_value *value;
	char word[RULES_WORD];
	bool guessed = false;
	char why[320];
	__u32 type;

	memset(error, 0, sizeof(*error));
	memset(values, 0, sizeof(*values));
	rules_lex_start(&parser.lex, text, len);
	/* as between braces */
	parser.lex.open = true;
	for (;;) {
		if (rules_next(&parser) < 0)
			return -1;
		if (parser.token.kind == RULES_TOKEN_FILE)
			return 0;
		if (parser.token.kind == RULES_TOKEN_COMMA)
			continue;
		if (!rules_word(&parser, word) ||
		    (!guessed && rules_guess_type(word, &type) < 0))
			return rules_expected(&parser,
					      "an address, a port or an endpoint");
		guessed = true;
		if (rules_limit(&parser, values->count, GWLB_MAX_ELEMENTS,
				"elements") < 0)
			return -1;
		value = rules_add_value(values, RULES_RANGE);
		if (!value)
			return rules_no_memory(&parser);
		value->at = parser.token.at;
		if (rules_parse_element(word, type, value, why,
					sizeof(why)) < 0)
			return rules_refuse(&parser, parser.token.at, "%s",
					    why);
	}
}
