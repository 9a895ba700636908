// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes that somebody wrote down: plain digits, or a dump by tcpdump -x, -X or
 * xxd, with offsets in front and characters behind. Pure.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hex.h"

/**
 * struct dump - where we are in the text
 * @text: the text
 * @len: its length
 * @next: the next character
 * @begin: where its line begins
 * @line: number of that
 * @offsets: does this line begin with an offset
 */
struct dump {
	const char *text;
	size_t len;
	size_t next;
	size_t begin;
	__u32 line;
	bool offsets;
};

static int digit(const struct dump *dump, size_t at)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *found;

	if (at >= dump->len || !dump->text[at])
		return -1;
	found = strchr(digits, dump->text[at]);
	return found ? (int)(found - digits) % 16 : -1;
}

static bool is_one_of(char c, const char *characters)
{
	return c && strchr(characters, c);
}

static bool is_blank(const struct dump *dump, size_t at)
{
	return at < dump->len && is_one_of(dump->text[at], " \t\r");
}

static bool is_prefix(const struct dump *dump, size_t at)
{
	return at + 2 < dump->len && dump->text[at] == '0' &&
	       is_one_of(dump->text[at + 1], "xX") && digit(dump, at + 2) >= 0;
}

static int refuse(const struct dump *dump, const char *text,
		  struct rules_error *error)
{
	char c = dump->next < dump->len ? dump->text[dump->next] : '\n';

	error->at.line = dump->line;
	error->at.column = (__u32)(dump->next - dump->begin) + 1;
	if (text)
		snprintf(error->text, sizeof(error->text), "%s", text);
	else if (c > ' ' && c < 127)
		snprintf(error->text, sizeof(error->text),
			 "\"%c\" is no hexadecimal digit", c);
	else
		snprintf(error->text, sizeof(error->text),
			 "0x%02x is no hexadecimal digit", (__u8)c);
	return -EINVAL;
}

/* Begins a line: skips an offset, which has a colon and a blank behind it. One
 * without them would be read as bytes.
 */
static int begin(struct dump *dump, struct rules_error *error)
{
	size_t at, first;

	dump->begin = dump->next;
	dump->line++;
	dump->offsets = false;
	while (is_blank(dump, dump->next))
		dump->next++;
	at = dump->next + (is_prefix(dump, dump->next) ? 2 : 0);
	first = at;
	while (digit(dump, at) >= 0)
		at++;
	if (at < dump->len && dump->text[at] == ':' && at > first &&
	    (is_blank(dump, at + 1) || at + 1 == dump->len)) {
		dump->offsets = true;
		dump->next = at + 1;
		while (is_blank(dump, dump->next))
			dump->next++;
	} else if ((at - first == 4 || at - first == 8) &&
		   is_blank(dump, at) && is_blank(dump, at + 1) &&
		   digit(dump, at + 2) >= 0) {
		return refuse(dump, "is that an offset? It needs a colon behind it",
			      error);
	}
	return 0;
}

static void skip_characters(struct dump *dump)
{
	while (dump->next < dump->len && dump->text[dump->next] != '\n')
		dump->next++;
}

/* What is between bytes; true if there was something */
static bool skip_between(struct dump *dump)
{
	size_t at = dump->next;

	if (at >= dump->len)
		return false;
	if (dump->offsets && is_blank(dump, at) && is_blank(dump, at + 1)) {
		skip_characters(dump);
		return true;
	}
	if (is_blank(dump, at) || is_one_of(dump->text[at], ":,")) {
		dump->next++;
		return true;
	}
	return false;
}

static int read_byte(struct dump *dump, __u8 *byte, struct rules_error *error)
{
	int high, low;

	if (is_prefix(dump, dump->next))
		dump->next += 2;
	high = digit(dump, dump->next);
	if (high < 0)
		return refuse(dump, NULL, error);
	dump->next++;
	low = digit(dump, dump->next);
	if (low < 0)
		return refuse(dump, "a byte has two digits, and the second one is missing",
			      error);
	dump->next++;
	*byte = (__u8)(high << 4 | low);
	return 0;
}

/**
 * hex_read() - read bytes
 * @text: what somebody wrote
 * @len: its length
 * @bytes: gets the bytes; half of @len is room enough
 * @count: set to how many these are
 * @error: filled in if there is something else
 *
 * Return: 0 or -EINVAL.
 */
int hex_read(const char *text, size_t len, __u8 *bytes, size_t *count,
	     struct rules_error *error)
{
	struct dump dump = { .text = text, .len = len };
	int err = begin(&dump, error);

	*count = 0;
	while (!err && dump.next < len) {
		if (text[dump.next] == '\n') {
			dump.next++;
			err = begin(&dump, error);
		} else if (!skip_between(&dump)) {
			err = read_byte(&dump, &bytes[*count], error);
			*count += !err;
		}
	}
	return err;
}
