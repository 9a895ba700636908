// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPv4 addresses and prefixes as people write them. Owns that conversion,
 * touches nothing else.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cidr.h"

static __be32 mask(__u8 length)
{
	return length ? htonl(~0U << (32 - length)) : 0;
}

/* Not strtoul(), which takes signs, blanks and leading zeros. */
static int parse_length(const char *text, __u8 *length)
{
	unsigned int value = 0;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (i == 2 || text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	if (!i || value > 32 || (text[0] == '0' && i > 1))
		return -1;

	*length = (__u8)value;
	return 0;
}

/**
 * cidr_parse_address() - read an IPv4 address
 * @text: what the user wrote
 * @address: where it goes; untouched if it is refused
 * @why: where a sentence about the refusal goes
 * @size: size of @why
 *
 * Return: 0, or -EINVAL if this is no IPv4 address.
 */
int cidr_parse_address(const char *text, __be32 *address, char *why,
		       size_t size)
{
	struct in_addr in;

	if (strchr(text, ':')) {
		snprintf(why, size,
			 "\"%s\": the load balancer talks IPv4 only", text);
		return -EINVAL;
	}
	if (inet_pton(AF_INET, text, &in) != 1) {
		snprintf(why, size, "\"%s\" is not an IPv4 address", text);
		return -EINVAL;
	}

	*address = in.s_addr;
	return 0;
}

/**
 * cidr_parse() - read an IPv4 prefix
 * @text: what the user wrote: ADDRESS/LENGTH, or ADDRESS for a single one
 * @cidr: where it goes; untouched if it is refused
 * @why: where a sentence about the refusal goes
 * @size: size of @why
 *
 * Return: 0, -EINVAL if this is no prefix, or -ERANGE if it has host bits set:
 * such a thing is mostly a typing error in one of the two numbers, and guessing
 * which one would let in or keep out the wrong addresses.
 */
int cidr_parse(const char *text, struct cidr *cidr, char *why, size_t size)
{
	const char *slash = strchr(text, '/');
	struct cidr parsed = { .length = 32 };
	char address[INET_ADDRSTRLEN];
	char proper[CIDR_TEXT];
	size_t len;

	len = slash ? (size_t)(slash - text) : strlen(text);
	if (len >= sizeof(address) && !strchr(text, ':')) {
		snprintf(why, size, "\"%s\" is not an IPv4 prefix", text);
		return -EINVAL;
	}
	snprintf(address, sizeof(address), "%.*s", (int)len, text);
	if (cidr_parse_address(address, &parsed.address, why, size) < 0)
		return -EINVAL;
	if (slash && parse_length(slash + 1, &parsed.length) < 0) {
		snprintf(why, size,
			 "\"%s\": the prefix length must be 0 to 32", text);
		return -EINVAL;
	}

	if (parsed.address & ~mask(parsed.length)) {
		parsed.address &= mask(parsed.length);
		cidr_print(&parsed, proper);
		snprintf(why, size, "%s has host bits set, did you mean %s?",
			 text, proper);
		return -ERANGE;
	}

	*cidr = parsed;
	return 0;
}

/**
 * cidr_equal() - are two prefixes the same
 * @a: one prefix
 * @b: the other
 *
 * Return: true if they are.
 */
bool cidr_equal(const struct cidr *a, const struct cidr *b)
{
	return a->address == b->address && a->length == b->length;
}

/**
 * cidr_print() - write a prefix, always with its length
 * @cidr: the prefix
 * @text: where it goes
 */
void cidr_print(const struct cidr *cidr, char text[CIDR_TEXT])
{
	char address[CIDR_TEXT];

	cidr_print_address(cidr->address, address);
	snprintf(text, CIDR_TEXT, "%.15s/%u", address,
		 cidr->length % 100U);
}

/**
 * cidr_print_address() - write an address
 * @address: the address
 * @text: where it goes
 */
void cidr_print_address(__be32 address, char text[CIDR_TEXT])
{
	struct in_addr in = { .s_addr = address };

	inet_ntop(AF_INET, &in, text, CIDR_TEXT);
}
