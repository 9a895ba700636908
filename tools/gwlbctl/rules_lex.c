// SPDX-License-Identifier: GPL-2.0-only
/*
 * A rules file, cut into words, strings, marks and ends of lines, each with
 * its line and column. Pure: bytes in, tokens out; copies nothing but strings,
 * which are short.
 */

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "rules_lex.h"
#include "utf8.h"

/* What words are made of: names, numbers, addresses, flags. A table, as most
 * characters of a file are in words.
 */
static const bool word_chars[UCHAR_MAX + 1] = {
	['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true,
	['_'] = true, ['.'] = true, [':'] = true, ['/'] = true, ['@'] = true,
	['|'] = true, ['+'] = true, ['-'] = true,
};

static bool is_word(char c)
{
	return word_chars[(unsigned char)c];
}

/**
 * rules_lex_start() - begin to read
 * @lex: filled in
 * @text: the file
 * @len: its length
 */
void rules_lex_start(struct rules_lex *lex, const char *text, size_t len)
{
	*lex = (struct rules_lex) {
		.next = text, .end = text + len, .pos = { 1, 1 },
	};
}

static int refuse(struct rules_error *error, struct rules_pos at,
		  const char *text)
{
	error->at = at;
	snprintf(error->text, sizeof(error->text), "%s", text);
	return -1;
}

/* The character at lex->next is none that may stand here */
static int unexpected(const struct rules_lex *lex, const char *what,
		      struct rules_error *error)
{
	size_t bytes;
	__u32 code;

	error->at = lex->pos;
	bytes = utf8_decode(lex->next, (size_t)(lex->end - lex->next), &code);
	if (!bytes)
		snprintf(error->text, sizeof(error->text),
			 "expected UTF-8, got byte 0x%02x",
			 (unsigned char)*lex->next);
	else if (utf8_is_printable(code))
		snprintf(error->text, sizeof(error->text),
			 "expected %s, got \"%.*s\"", what, (int)bytes,
			 lex->next);
	else
		snprintf(error->text, sizeof(error->text),
			 "expected %s, got U+%04X", what, code);
	return -1;
}

/* One printable character of a string or a comment, or a tab */
static int take_char(struct rules_lex *lex, const char *what, size_t *bytes,
		     struct rules_error *error)
{
	__u32 code;

	*bytes = utf8_decode(lex->next, (size_t)(lex->end - lex->next), &code);
	if (!*bytes || (code != '\t' && !utf8_is_printable(code)))
		return unexpected(lex, what, error);
	lex->next += *bytes;
	lex->pos.column++;
	return 0;
}

/* Is this the end of a line, also one from Windows */
static bool at_line_end(const struct rules_lex *lex)
{
	if (lex->next == lex->end || *lex->next == '\n')
		return true;
	return *lex->next == '\r' && lex->next + 1 < lex->end &&
	       lex->next[1] == '\n';
}

static int skip_comment(struct rules_lex *lex, struct rules_error *error)
{
	size_t bytes;

	while (!at_line_end(lex)) {
		if (take_char(lex, "printable text in a comment", &bytes,
			      error) < 0)
			return -1;
	}
	return 0;
}

static void skip_line_end(struct rules_lex *lex)
{
	if (*lex->next == '\r')
		lex->next++;
	lex->next++;
	lex->pos.line++;
	lex->pos.column = 1;
}

/* Blanks, comments, and ends of lines where they mean nothing */
static int skip(struct rules_lex *lex, struct rules_error *error)
{
	while (lex->next < lex->end) {
		if (*lex->next == ' ' || *lex->next == '\t') {
			lex->next++;
			lex->pos.column++;
		} else if (*lex->next == '#') {
			if (skip_comment(lex, error) < 0)
				return -1;
		} else if ((lex->open || lex->comma) && at_line_end(lex)) {
			skip_line_end(lex);
		} else {
			break;
		}
	}
	return 0;
}

static int take_string(struct rules_lex *lex, struct rules_token *token,
		       struct rules_error *error)
{
	struct rules_pos escape;
	size_t bytes, used = 0;

	token->kind = RULES_TOKEN_STRING;
	lex->next++;
	lex->pos.column++;
	for (;;) {
		if (at_line_end(lex))
			return refuse(error, token->at,
				      "expected a \" at the end of this string, got the end of the line");
		if (*lex->next == '"')
			break;
		if (*lex->next == '\\') {
			escape = lex->pos;
			lex->next++;
			lex->pos.column++;
			if (at_line_end(lex) ||
			    (*lex->next != '"' && *lex->next != '\\'))
				return refuse(error, escape,
					      "expected \\\" or \\\\ in a string, got another \\");
		} else if (*lex->next == '\t') {
			return unexpected(lex, "printable text in a string",
					  error);
		}
		if (take_char(lex, "printable text in a string", &bytes,
			      error) < 0)
			return -1;
		if (used + bytes >= sizeof(token->string)) {
			snprintf(error->text, sizeof(error->text),
				 "expected a string of at most %u bytes, got a longer one",
				 GWLB_TEXT_LEN);
			error->at = token->at;
			return -1;
		}
		memcpy(token->string + used, lex->next - bytes, bytes);
		used += bytes;
	}
	lex->next++;
	lex->pos.column++;
	token->string[used] = '\0';
	return 0;
}

static void take_word(struct rules_lex *lex, struct rules_token *token)
{
	token->kind = RULES_TOKEN_WORD;
	while (lex->next < lex->end && is_word(*lex->next))
		lex->next++;
	token->len = (size_t)(lex->next - token->text);
	lex->pos.column += (__u32)token->len;
}

/**
 * rules_lex_next() - take the next token
 * @lex: where we are
 * @token: set to it
 * @error: filled in if there is none
 *
 * Return: 0, or -1 for what belongs into no rules file.
 */
int rules_lex_next(struct rules_lex *lex, struct rules_token *token,
		   struct rules_error *error)
{
	static const char marks[] = ",{};";

	if (skip(lex, error) < 0)
		return -1;
	token->at = lex->pos;
	token->text = lex->next;
	token->len = 0;

	lex->comma = false;
	if (lex->next == lex->end) {
		token->kind = RULES_TOKEN_FILE;
		return 0;
	}
	if (at_line_end(lex)) {
		token->kind = RULES_TOKEN_LINE;
		skip_line_end(lex);
		return 0;
	}
	if (*lex->next == '"')
		return take_string(lex, token, error);
	if (is_word(*lex->next)) {
		take_word(lex, token);
		return 0;
	}
	if (!*lex->next || !strchr(marks, *lex->next))
		return unexpected(lex, "a word, a string or a mark", error);

	switch (*lex->next) {
	case ',':
		token->kind = RULES_TOKEN_COMMA;
		lex->comma = true;
		break;
	case '{':
		token->kind = RULES_TOKEN_OPEN;
		lex->open = true;
		break;
	case '}':
		token->kind = RULES_TOKEN_CLOSE;
		lex->open = false;
		break;
	default:
		token->kind = RULES_TOKEN_SEMICOLON;
		break;
	}
	token->len = 1;
	lex->next++;
	lex->pos.column++;
	return 0;
}

/**
 * rules_lex_got() - a token in the words of an error
 * @token: the token
 * @text: where it may be put; a long one is cut
 *
 * Return: the words.
 */
const char *rules_lex_got(const struct rules_token *token,
			  char text[RULES_GOT])
{
	switch (token->kind) {
	case RULES_TOKEN_STRING:
		return "a string";
	case RULES_TOKEN_LINE:
		return "the end of the line";
	case RULES_TOKEN_FILE:
		return "the end of the file";
	default:
		/* words and marks have no other characters than ASCII */
		snprintf(text, RULES_GOT, "\"%.*s%s\"",
			 token->len > 48 ? 45 : (int)token->len, token->text,
			 token->len > 48 ? "..." : "");
		return text;
	}
}
