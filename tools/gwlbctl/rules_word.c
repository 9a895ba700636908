// SPDX-License-Identifier: GPL-2.0-only
/*
 * Single words of a rules file that mean the same wherever they stand: names,
 * numbers, durations, rates, flags. Pure: a word in, a value or a sentence
 * out.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "rules_value.h"

/**
 * rules_is_name() - may a rule, a group or a set be called so
 * @word: the word
 *
 * Return: true if it may.
 */
bool rules_is_name(const char *word)
{
	size_t i;

	for (i = 0; word[i]; i++) {
		if (word[i] == '_' || (word[i] >= 'a' && word[i] <= 'z') ||
		    (word[i] >= 'A' && word[i] <= 'Z'))
			continue;
		if (i && (word[i] == '.' || word[i] == '-' ||
			  (word[i] >= '0' && word[i] <= '9')))
			continue;
		return false;
	}
	/* "group not" has to be the beginning of "group not x" */
	return i && i <= GWLB_NAME_LEN && strcmp(word, "not") != 0;
}

/**
 * rules_take_digits() - read a number at the beginning of a word
 * @word: the word
 * @max: the largest that may be
 * @number: set to it
 *
 * Return: what follows the number; NULL if there is none, or it is too large.
 */
const char *rules_take_digits(const char *word, __u32 max, __u32 *number)
{
	__u64 value = 0;
	size_t i;

	/* not strtoul(), which takes signs and blanks */
	for (i = 0; word[i] >= '0' && word[i] <= '9'; i++) {
		value = value * 10 + (unsigned int)(word[i] - '0');
		if (value > max)
			return NULL;
	}
	if (!i || (i > 1 && word[0] == '0'))
		return NULL;
	*number = (__u32)value;
	return word + i;
}

/**
 * rules_parse_number() - read a number
 * @word: the word
 * @max: the largest that may be
 * @number: set to it
 *
 * Return: 0, or -EINVAL if it is none, or too large.
 */
int rules_parse_number(const char *word, __u32 max, __u32 *number)
{
	const char *rest = rules_take_digits(word, max, number);

	return rest && !*rest ? 0 : -EINVAL;
}

/**
 * rules_parse_duration() - read how long something lasts
 * @word: the word: 90, 90s, 5m or 2h
 * @seconds: set to it, in seconds
 *
 * Return: 0, or -EINVAL if it is none, or too large.
 */
int rules_parse_duration(const char *word, __u32 *seconds)
{
	const char *rest;
	__u64 factor = 1;
	__u32 number;

	rest = rules_take_digits(word, 0xffffffff, &number);
	if (!rest)
		return -EINVAL;
	if (*rest == 'm')
		factor = 60;
	else if (*rest == 'h')
		factor = 3600;
	else if (*rest && *rest != 's')
		return -EINVAL;
	if ((*rest && rest[1]) || number * factor > 0xffffffff || !number)
		return -EINVAL;
	*seconds = (__u32)(number * factor);
	return 0;
}

/**
 * rules_parse_limit() - read a rate
 * @word: the word, such as 10/second
 * @rate: set to the number
 * @unit: set to enum gwlb_limit_unit
 *
 * Return: 0, or -EINVAL if it is none.
 */
int rules_parse_limit(const char *word, __u32 *rate, __u32 *unit)
{
	const char *rest = rules_take_digits(word, RULES_LIMIT_MAX, rate);

	if (!rest || !*rate || *rest != '/' ||
	    !names_find(names_units, rest + 1, unit))
		return -EINVAL;
	return 0;
}

static int parse_flag_list(const char *list, size_t len, __u32 *bits)
{
	char flag[8];
	size_t part;
	__u32 bit;

	*bits = 0;
	if (len == 4 && !strncmp(list, "none", 4))
		return 0;
	for (;;) {
		for (part = 0; part < len && list[part] != '|'; part++)
			;
		if (part >= sizeof(flag))
			return -1;
		memcpy(flag, list, part);
		flag[part] = '\0';
		if (!names_find(names_tcp_flags, flag, &bit))
			return -1;
		*bits |= bit;
		if (part == len)
			return 0;
		list += part + 1;
		len -= part + 1;
	}
}

/**
 * rules_parse_flags() - read TCP flags
 * @word: the word, such as syn/syn|ack
 * @bits: set to the first part
 * @mask: set to the second one
 * @why: where a sentence about a refusal goes
 * @size: size of @why
 *
 * Return: 0, -EINVAL if it is no such thing, or -ERANGE if it can never be:
 * with flags that are to be set but not looked at.
 */
int rules_parse_flags(const char *word, __u32 *bits, __u32 *mask, char *why,
		      size_t size)
{
	const char *slash = strchr(word, '/');

	if (!slash ||
	    parse_flag_list(word, (size_t)(slash - word), bits) < 0 ||
	    parse_flag_list(slash + 1, strlen(slash + 1), mask) < 0) {
		snprintf(why, size,
			 "expected TCP flags such as syn/syn|ack, got \"%.80s\"",
			 word);
		return -EINVAL;
	}
	if (*bits & ~*mask) {
		snprintf(why, size,
			 "%.80s can never be: flags before the slash must be among those behind it",
			 word);
		return -ERANGE;
	}
	return 0;
}
