/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the parser share; nobody else needs it. See
 * rules_parser.c. All functions that return an int return 0, or -1 after
 * having filled in the error.
 */

#ifndef _GWLBCTL_RULES_PARSER_H
#define _GWLBCTL_RULES_PARSER_H

#include "names.h"
#include "rules_lex.h"
#include "rules_value.h"

/**
 * struct rules_parser - where parsing is
 * @lex: what comes after @token
 * @token: the token that is looked at
 * @rules: what is made of it all
 * @error: filled in when something is wrong
 */
struct rules_parser {
	struct rules_lex lex;
	struct rules_token token;
	struct rules *rules;
	struct rules_error *error;
};

int rules_next(struct rules_parser *parser);
int rules_expected(struct rules_parser *parser, const char *what);
int rules_refuse(struct rules_parser *parser, struct rules_pos at,
		 const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int rules_no_memory(struct rules_parser *parser);
int rules_limit(struct rules_parser *parser, size_t count, size_t max,
		const char *what);
bool rules_is(const struct rules_parser *parser, const char *word);
bool rules_is_end(const struct rules_parser *parser);
bool rules_word(const struct rules_parser *parser, char word[RULES_WORD]);
int rules_take_name(struct rules_parser *parser, char name[RULES_NAME],
		    const char *what);
int rules_take_enum(struct rules_parser *parser, const struct name *names,
		    __u32 *value, const char *what);
int rules_take_values(struct rules_parser *parser, __u32 field,
		      struct rules_values *values);
int rules_take_inside(struct rules_parser *parser, bool *given,
		      struct rules_values *inside);

int rules_take_set(struct rules_parser *parser);
int rules_take_group(struct rules_parser *parser);
int rules_take_rule(struct rules_parser *parser);

#endif /* _GWLBCTL_RULES_PARSER_H */
