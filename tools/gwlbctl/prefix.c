// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPv4 and IPv6 prefixes as people write them. Owns that conversion, touches
 * nothing else. The addresses of load balancers are IPv4 only: see cidr.c.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "prefix.h"

/* Not strtoul(), which takes signs, blanks and leading zeros. */
static int parse_length(const char *text, unsigned int max, __u8 *length)
{
	unsigned int value = 0;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (i == 3 || text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	if (!i || value > max || (text[0] == '0' && i > 1))
		return -1;

	*length = (__u8)value;
	return 0;
}

/**
 * prefix_bits() - how long an address of this family is
 * @prefix: a prefix
 *
 * Return: 32 or 128.
 */
__u8 prefix_bits(const struct prefix *prefix)
{
	return prefix->family == AF_INET ? 32 : 128;
}

/**
 * prefix_cut() - make a prefix shorter, and clear what is below it
 * @prefix: the prefix
 * @length: the new length, at most as long as the address
 */
void prefix_cut(struct prefix *prefix, __u8 length)
{
	size_t whole = length / 8;
	__u8 rest = length % 8;

	prefix->length = length;
	if (rest) {
		prefix->address[whole] &= (__u8)(0xff << (8 - rest));
		whole++;
	}
	memset(prefix->address + whole, 0, sizeof(prefix->address) - whole);
}

/**
 * prefix_is_proper() - could this be a prefix at all
 * @prefix: what came from somewhere else
 *
 * Return: true if its length fits and no bit is set below it.
 */
bool prefix_is_proper(const struct prefix *prefix)
{
	struct prefix cut = *prefix;

	if ((prefix->family != AF_INET && prefix->family != AF_INET6) ||
	    prefix->length > prefix_bits(prefix))
		return false;
	prefix_cut(&cut, cut.length);
	return !prefix_compare(&cut, prefix);
}

/**
 * prefix_parse() - read a prefix
 * @text: what the user wrote: ADDRESS/LENGTH, or ADDRESS for a single one
 * @prefix: where it goes; untouched if it is refused
 * @why: where a sentence about the refusal goes
 * @size: size of @why
 *
 * Return: 0, -EINVAL if this is no prefix, or -ERANGE if its length cannot be,
 * or it has host bits set: one of the two numbers is wrong then, and nobody
 * can know which.
 */
int prefix_parse(const char *text, struct prefix *prefix, char *why,
		 size_t size)
{
	const char *slash = strchr(text, '/');
	struct prefix parsed = { .family = AF_INET };
	char address[INET6_ADDRSTRLEN];
	char proper[PREFIX_TEXT];
	size_t len;

	if (strchr(text, ':'))
		parsed.family = AF_INET6;
	parsed.length = prefix_bits(&parsed);

	len = slash ? (size_t)(slash - text) : strlen(text);
	if (len >= sizeof(address)) {
		snprintf(why, size, "\"%.80s\" is not an address or prefix",
			 text);
		return -EINVAL;
	}
	memcpy(address, text, len);
	address[len] = '\0';
	if (inet_pton(parsed.family, address, parsed.address) != 1) {
		snprintf(why, size, "\"%.80s\" is not an address or prefix",
			 text);
		return -EINVAL;
	}
	if (slash && parse_length(slash + 1, parsed.length,
				  &parsed.length) < 0) {
		snprintf(why, size,
			 "\"%.80s\": the prefix length must be 0 to %u", text,
			 parsed.length);
		return -ERANGE;
	}

	if (!prefix_is_proper(&parsed)) {
		prefix_cut(&parsed, parsed.length);
		prefix_print(&parsed, proper);
		snprintf(why, size,
			 "%.80s has host bits set, did you mean %s?", text,
			 proper);
		return -ERANGE;
	}

	*prefix = parsed;
	return 0;
}

/**
 * prefix_print() - write a prefix, without its length if that is all of it
 * @prefix: the prefix
 * @text: where it goes
 */
void prefix_print(const struct prefix *prefix, char text[PREFIX_TEXT])
{
	size_t len;

	inet_ntop(prefix->family, prefix->address, text, PREFIX_TEXT);
	if (prefix->length == prefix_bits(prefix))
		return;
	len = strlen(text);
	snprintf(text + len, PREFIX_TEXT - len, "/%u", prefix->length);
}

/**
 * prefix_compare() - order prefixes: IPv4 first, then by address, then shorter
 * ones first
 * @a: one prefix
 * @b: the other
 *
 * Return: negative, 0 or positive, as memcmp().
 */
int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int order;

	/* AF_INET is the smaller of the two */
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	order = memcmp(a->address, b->address, sizeof(a->address));
	if (order)
		return order;
	return (int)a->length - (int)b->length;
}
