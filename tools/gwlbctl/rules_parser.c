// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the parts of the parser share: looking at tokens, errors, names and
 * lists of values. Owns nothing; the token that is looked at is always the
 * first one that was not used yet.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rules_parser.h"

/**
 * rules_next() - look at the next token
 * @parser: the parser
 *
 * Return: 0 or -1.
 */
int rules_next(struct rules_parser *parser)
{
	return rules_lex_next(&parser->lex, &parser->token, parser->error);
}

/**
 * rules_refuse() - say what is wrong
 * @parser: the parser
 * @at: where
 * @format: as printf()
 *
 * Return: -1.
 */
int rules_refuse(struct rules_parser *parser, struct rules_pos at,
		 const char *format, ...)
{
	va_list ap;

	parser->error->at = at;
	va_start(ap, format);
	vsnprintf(parser->error->text, sizeof(parser->error->text), format,
		  ap);
	va_end(ap);
	return -1;
}

/**
 * rules_expected() - say that something else has to stand here
 * @parser: the parser
 * @what: what
 *
 * Return: -1.
 */
int rules_expected(struct rules_parser *parser, const char *what)
{
	char got[RULES_GOT];

	return rules_refuse(parser, parser->token.at, "expected %s, got %s",
			    what, rules_lex_got(&parser->token, got));
}

/**
 * rules_no_memory() - say so
 * @parser: the parser
 *
 * Return: -1.
 */
int rules_no_memory(struct rules_parser *parser)
{
	return rules_refuse(parser, parser->token.at, "out of memory");
}

/**
 * rules_limit() - is there room for one more
 * @parser: the parser; the token is what the complaint is about
 * @count: how many there are
 * @max: how many there may be
 * @what: what they are
 *
 * Return: 0 or -1.
 */
int rules_limit(struct rules_parser *parser, size_t count, size_t max,
		const char *what)
{
	if (count < max)
		return 0;
	return rules_refuse(parser, parser->token.at,
			    "expected at most %zu %s, got another one", max,
			    what);
}

/**
 * rules_is() - is the token this word
 * @parser: the parser
 * @word: the word
 *
 * Return: true if it is.
 */
bool rules_is(const struct rules_parser *parser, const char *word)
{
	const struct rules_token *token = &parser->token;

	return token->kind == RULES_TOKEN_WORD && strlen(word) == token->len &&
	       !memcmp(word, token->text, token->len);
}

/**
 * rules_is_end() - is the token the end of a statement
 * @parser: the parser
 *
 * Return: true if it is.
 */
bool rules_is_end(const struct rules_parser *parser)
{
	return parser->token.kind == RULES_TOKEN_LINE ||
	       parser->token.kind == RULES_TOKEN_FILE ||
	       parser->token.kind == RULES_TOKEN_SEMICOLON;
}

/**
 * rules_word() - copy the token
 * @parser: the parser
 * @word: where to
 *
 * Return: false if it is no word, or one that is too long to mean anything.
 */
bool rules_word(const struct rules_parser *parser, char word[RULES_WORD])
{
	const struct rules_token *token = &parser->token;

	if (token->kind != RULES_TOKEN_WORD || token->len >= RULES_WORD)
		return false;
	memcpy(word, token->text, token->len);
	word[token->len] = '\0';
	return true;
}

/**
 * rules_take_name() - take a name
 * @parser: the parser
 * @name: set to it
 * @what: whose name
 *
 * Return: 0 or -1.
 */
int rules_take_name(struct rules_parser *parser, char name[RULES_NAME],
		    const char *what)
{
	char word[RULES_WORD];

	if (!rules_word(parser, word) || !rules_is_name(word))
		return rules_expected(parser, what);
	memcpy(name, word, strlen(word) + 1);
	return rules_next(parser);
}

/**
 * rules_take_enum() - take a word that stands for a number
 * @parser: the parser
 * @names: which words there are
 * @value: set to the number
 * @what: these words, for people
 *
 * Return: 0 or -1.
 */
int rules_take_enum(struct rules_parser *parser, const struct name *names,
		    __u32 *value, const char *what)
{
	char word[RULES_WORD];

	if (!rules_word(parser, word) || !names_find(names, word, value))
		return rules_expected(parser, what);
	return rules_next(parser);
}

static int take_value(struct rules_parser *parser, __u32 field,
		      struct rules_values *values)
{
	struct rules_value *value;
	char word[RULES_WORD];
	char why[320];

	if (!rules_word(parser, word))
		return rules_expected(parser, rules_expected_value(field));
	if (rules_limit(parser, values->count, GWLB_MAX_VALUES,
			"values; a set has room for more") < 0)
		return -1;
	value = rules_add_value(values, RULES_RANGE);
	if (!value)
		return rules_no_memory(parser);
	value->at = parser->token.at;
	if (rules_parse_value(word, field, value, why, sizeof(why)) < 0)
		return rules_refuse(parser, parser->token.at, "%s", why);
	return rules_next(parser);
}

/**
 * rules_take_values() - take values with commas between
 * @parser: the parser
 * @field: enum gwlb_field
 * @values: they are added there
 *
 * Return: 0 or -1.
 */
int rules_take_values(struct rules_parser *parser, __u32 field,
		      struct rules_values *values)
{
	for (;;) {
		if (take_value(parser, field, values) < 0)
			return -1;
		if (parser->token.kind != RULES_TOKEN_COMMA)
			return 0;
		if (rules_next(parser) < 0)
			return -1;
	}
}

/**
 * rules_take_inside() - take prefixes with commas between, or "none"
 * @parser: the parser
 * @given: set, as there is a list now, though it may be empty
 * @inside: they are added there
 *
 * Return: 0 or -1.
 */
int rules_take_inside(struct rules_parser *parser, bool *given,
		      struct rules_values *inside)
{
	struct rules_value *value;
	char word[RULES_WORD];
	char why[320];

	*given = true;
	if (rules_is(parser, "none"))
		return rules_next(parser);
	for (;;) {
		if (!rules_word(parser, word))
			return rules_expected(parser,
					      "an address or a prefix");
		if (rules_limit(parser, inside->count, GWLB_MAX_INSIDE,
				"inside prefixes") < 0)
			return -1;
		value = rules_add_value(inside, RULES_PREFIX);
		if (!value)
			return rules_no_memory(parser);
		value->at = parser->token.at;
		if (rules_parse_element(word, GWLB_SET_TYPE_ADDRESS, value,
					why, sizeof(why)) < 0)
			return rules_refuse(parser, parser->token.at, "%s",
					    why);
		if (rules_next(parser) < 0)
			return -1;
		if (parser->token.kind != RULES_TOKEN_COMMA)
			return 0;
		if (rules_next(parser) < 0)
			return -1;
	}
}
