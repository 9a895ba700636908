/* SPDX-License-Identifier: GPL-2.0-only */
/* A rules file, cut into words. See rules_lex.c. */

#ifndef _GWLBCTL_RULES_LEX_H
#define _GWLBCTL_RULES_LEX_H

#include "rules.h"

/* How much of a token is quoted in an error */
#define RULES_GOT	64

enum rules_token_kind {
	RULES_TOKEN_WORD,
	RULES_TOKEN_STRING,
	RULES_TOKEN_COMMA,
	RULES_TOKEN_OPEN,
	RULES_TOKEN_CLOSE,
	RULES_TOKEN_SEMICOLON,
	RULES_TOKEN_LINE,
	RULES_TOKEN_FILE,
};

/**
 * struct rules_token - one token
 * @kind: what it is
 * @at: where it begins
 * @text: the word, as it is in the file
 * @len: its length
 * @string: what a string means, without its quotes
 */
struct rules_token {
	enum rules_token_kind kind;
	struct rules_pos at;
	const char *text;
	size_t len;
	char string[RULES_TEXT];
};

/**
 * struct rules_lex - where reading a file is
 * @next: what comes next
 * @end: end of the file
 * @pos: place of @next
 * @open: is there a brace that was not closed yet
 * @comma: was the last token a comma
 */
struct rules_lex {
	const char *next;
	const char *end;
	struct rules_pos pos;
	bool open;
	bool comma;
};

void rules_lex_start(struct rules_lex *lex, const char *text, size_t len);
int rules_lex_next(struct rules_lex *lex, struct rules_token *token,
		   struct rules_error *error);
const char *rules_lex_got(const struct rules_token *token,
			  char text[RULES_GOT]);

#endif /* _GWLBCTL_RULES_LEX_H */
