// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads what the kernel writes into lines, from left to right; blanks in front
 * of what is read do not matter. What cannot be read is left where it is, and
 * nothing is set. Unlike sscanf() it says when a number is too large. Pure.
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"

#define BLANKS	" \t\n"

static const char *next(const char *at)
{
	return at + strspn(at, BLANKS);
}

/**
 * scan_number() - read a number
 * @at: where; moved behind it
 * @base: 10 or 16
 * @max: the largest that may be
 * @value: set to it
 *
 * Return: true; false if there is none without a sign, or it is larger.
 */
bool scan_number(const char **at, int base, __u64 max, __u64 *value)
{
	const char *begin = next(*at);
	unsigned long long number;
	char *end;

	if (!isxdigit((unsigned char)*begin))
		return false;
	errno = 0;
	number = strtoull(begin, &end, base);
	if (end == begin || errno || number > max)
		return false;
	*value = number;
	*at = end;
	return true;
}

/**
 * scan_literal() - read what is known
 * @at: where; moved behind it
 * @literal: what has to be there
 *
 * Return: true; false if something else is there.
 */
bool scan_literal(const char **at, const char *literal)
{
	const char *begin = next(*at);
	size_t len = strlen(literal);

	if (strncmp(begin, literal, len) != 0)
		return false;
	*at = begin + len;
	return true;
}

/**
 * scan_word() - read what goes to the next blank
 * @at: where; moved behind it
 * @word: gets it
 * @size: room for it, with the zero at its end
 *
 * Return: true; false if there is none, or it is too long.
 */
bool scan_word(const char **at, char *word, size_t size)
{
	const char *begin = next(*at);
	size_t len = strcspn(begin, BLANKS);

	if (!len || len >= size)
		return false;
	memcpy(word, begin, len);
	word[len] = '\0';
	*at = begin + len;
	return true;
}

/**
 * scan_skip() - leave words out
 * @at: where; moved behind them, to the end of the line if there are fewer
 * @words: how many
 */
void scan_skip(const char **at, unsigned int words)
{
	while (words--) {
		*at = next(*at);
		*at += strcspn(*at, BLANKS);
	}
}
