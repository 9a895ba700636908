// SPDX-License-Identifier: GPL-2.0-only
/*
 * One rule of a rules file. Part of the parser in rules_text.c.
 */

#include <string.h>

#include "rules_parser.h"
#include "rules_print.h"

/* The clauses of a rule, in the order in which they come; but a limit may also
 * stand before the log
 */
enum clause {
	CLAUSE_MATCH,
	CLAUSE_LOG,
	CLAUSE_LIMIT,
	CLAUSE_VERDICT,
	CLAUSE_COMMENT,
	CLAUSE_END,
};

static int take_bits(struct rules_parser *parser, struct rules_match *match)
{
	__u32 bit;

	for (;;) {
		if (rules_take_enum(parser, rules_bit_names(match->field),
				    &bit,
				    rules_expected_value(match->field)) < 0)
			return -1;
		match->bits |= bit;
		if (parser->token.kind != RULES_TOKEN_COMMA)
			return 0;
		if (rules_next(parser) < 0)
			return -1;
	}
}

static int take_flags(struct rules_parser *parser, struct rules_match *match)
{
	char word[RULES_WORD];
	char why[320];

	if (!rules_word(parser, word))
		return rules_expected(parser,
				      rules_expected_value(match->field));
	if (rules_parse_flags(word, &match->bits, &match->mask, why,
			      sizeof(why)) < 0)
		return rules_refuse(parser, parser->token.at, "%s", why);
	return rules_next(parser);
}

static int take_match(struct rules_parser *parser, struct rules_rule *rule,
		      __u32 field)
{
	const struct name *bits = rules_bit_names(field);
	struct rules_match *match;
	size_t i;

	for (i = 0; i < rule->count; i++) {
		if (rule->matches[i].field == field)
			return rules_refuse(parser, parser->token.at,
					    "%s is given already in this rule",
					    names_of(names_fields, field));
	}
	match = rules_add_match(rule, field);
	if (!match)
		return rules_no_memory(parser);
	match->at = parser->token.at;
	if (rules_next(parser) < 0)
		return -1;
	if (!bits && rules_is(parser, "not")) {
		match->invert = true;
		if (rules_next(parser) < 0)
			return -1;
	}
	if (bits)
		return take_bits(parser, match);
	if (field == GWLB_FIELD_TCP_FLAGS)
		return take_flags(parser, match);
	return rules_take_values(parser, field, &match->values);
}

static int take_log(struct rules_parser *parser, struct rules_rule *rule)
{
	rule->log = true;
	if (rules_next(parser) < 0)
		return -1;
	if (parser->token.kind != RULES_TOKEN_STRING)
		return 0;
	memcpy(rule->log_text, parser->token.string, sizeof(rule->log_text));
	return rules_next(parser);
}

static int take_limit(struct rules_parser *parser, struct rules_rule *rule)
{
	char word[RULES_WORD];

	if (rules_next(parser) < 0)
		return -1;
	if (!rules_word(parser, word) ||
	    rules_parse_limit(word, &rule->limit_rate, &rule->limit_unit) < 0)
		return rules_expected(parser,
				      "a limit such as 10/second (or minute, or hour), up to 1000000");
	if (rules_next(parser) < 0)
		return -1;
	if (!rules_is(parser, "burst"))
		return 0;
	if (rules_next(parser) < 0)
		return -1;
	if (!rules_word(parser, word) ||
	    rules_parse_number(word, RULES_LIMIT_MAX,
			       &rule->limit_burst) < 0 || !rule->limit_burst)
		return rules_expected(parser, "a number from 1 to 1000000");
	return rules_next(parser);
}

static int take_comment(struct rules_parser *parser, struct rules_rule *rule)
{
	if (rules_next(parser) < 0)
		return -1;
	if (parser->token.kind != RULES_TOKEN_STRING)
		return rules_expected(parser, "a string, in \"\"");
	memcpy(rule->comment, parser->token.string, sizeof(rule->comment));
	return rules_next(parser);
}

/* Which clause the token begins, and the number that its word stands for */
static enum clause clause_of(const struct rules_parser *parser, __u32 *value)
{
	char word[RULES_WORD];

	if (!rules_word(parser, word))
		return CLAUSE_END;
	if (names_find(names_fields, word, value))
		return CLAUSE_MATCH;
	if (names_find(names_verdicts, word, value))
		return CLAUSE_VERDICT;
	if (!strcmp(word, "log"))
		return CLAUSE_LOG;
	if (!strcmp(word, "limit"))
		return CLAUSE_LIMIT;
	if (!strcmp(word, "comment"))
		return CLAUSE_COMMENT;
	return CLAUSE_END;
}

static int take_clause(struct rules_parser *parser, struct rules_rule *rule,
		       enum clause clause, __u32 value)
{
	switch (clause) {
	case CLAUSE_MATCH:
		return take_match(parser, rule, value);
	case CLAUSE_LOG:
		return take_log(parser, rule);
	case CLAUSE_LIMIT:
		return take_limit(parser, rule);
	case CLAUSE_VERDICT:
		rule->verdict = value;
		return rules_next(parser);
	default:
		return take_comment(parser, rule);
	}
}

/* A name is a word with a colon at its end */
static int take_rule_name(struct rules_parser *parser, struct rules_rule *rule)
{
	const struct rules_token *token = &parser->token;
	char word[RULES_WORD];

	if (token->kind != RULES_TOKEN_WORD ||
	    token->text[token->len - 1] != ':')
		return 0;
	if (!rules_word(parser, word))
		return rules_expected(parser, "the name of a rule and \":\"");
	word[token->len - 1] = '\0';
	if (!rules_is_name(word))
		return rules_expected(parser, "the name of a rule and \":\"");
	memcpy(rule->name, word, strlen(word) + 1);
	return rules_next(parser);
}

static bool may_follow(const struct rules_rule *rule, enum clause clause,
		       enum clause last)
{
	switch (clause) {
	case CLAUSE_MATCH:
		return last == CLAUSE_MATCH;
	case CLAUSE_LOG:
		return last <= CLAUSE_LIMIT && !rule->log;
	case CLAUSE_LIMIT:
		return last <= CLAUSE_LIMIT && !rule->limit_rate;
	default:
		return clause != CLAUSE_END && last < clause;
	}
}

static int unexpected(struct rules_parser *parser,
		      const struct rules_rule *rule, enum clause last)
{
	static const char *const what[] = {
		[CLAUSE_MATCH] = "a match, log, limit, accept, drop, reject, comment or the end of the rule",
		[CLAUSE_LOG] = "limit, accept, drop, reject, comment or the end of the rule",
		[CLAUSE_LIMIT] = "log, accept, drop, reject, comment or the end of the rule",
		[CLAUSE_VERDICT] = "comment or the end of the rule",
		[CLAUSE_COMMENT] = "the end of the rule",
	};

	if (rule->log && rule->limit_rate && last <= CLAUSE_LIMIT)
		return rules_expected(parser,
				      "accept, drop, reject, comment or the end of the rule");
	/* the comma is what is missing most often */
	if (last == CLAUSE_MATCH && rule->count)
		return rules_expected(parser,
				      "\",\", a match, log, limit, accept, drop, reject, comment or the end of the rule");
	return rules_expected(parser, what[last]);
}

/**
 * rules_take_rule() - take a rule
 * @parser: the parser, at the word "rule"
 *
 * Return: 0 or -1.
 */
int rules_take_rule(struct rules_parser *parser)
{
	enum clause clause, last = CLAUSE_MATCH;
	struct rules_rule *rule;
	__u32 value = 0;

	if (rules_limit(parser, parser->rules->rule_count, GWLB_MAX_RULES,
			"rules") < 0)
		return -1;
	rule = rules_add_rule(parser->rules);
	if (!rule)
		return rules_no_memory(parser);
	rule->at = parser->token.at;
	if (rules_next(parser) < 0 || take_rule_name(parser, rule) < 0)
		return -1;

	while (!rules_is_end(parser)) {
		clause = clause_of(parser, &value);
		if (!may_follow(rule, clause, last))
			return unexpected(parser, rule, last);
		if (take_clause(parser, rule, clause, value) < 0)
			return -1;
		last = clause;
	}
	if (rule->verdict == GWLB_VERDICT_CONTINUE && !rule->log)
		return rules_expected(parser, "accept, drop, reject or log");
	return 0;
}
