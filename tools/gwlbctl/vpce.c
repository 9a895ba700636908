// SPDX-License-Identifier: GPL-2.0-only
/*
 * The name of a VPC endpoint, vpce-0123456789abcdef0, and the 64 bit number
 * that stands for it on the wire. Owns that conversion, touches nothing else.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "vpce.h"

#define PREFIX		"vpce-"
#define DIGITS		17
#define DIGITS_LEGACY	8

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/**
 * vpce_parse() - read the name of a VPC endpoint
 * @text: what the user wrote, digits in either case
 * @id: where the number goes; untouched if the name is refused
 * @why: where a sentence about the refusal goes
 * @size: size of @why
 *
 * Return: 0, -EINVAL if this is no name of an endpoint, or -ERANGE if it is one
 * that cannot be.
 */
int vpce_parse(const char *text, __u64 *id, char *why, size_t size)
{
	const char *digits = text + strlen(PREFIX);
	__u64 number = 0;
	size_t i, len;

	if (strncasecmp(text, PREFIX, strlen(PREFIX)) != 0) {
		snprintf(why, size, "\"%s\" does not begin with \"%s\"", text,
			 PREFIX);
		return -EINVAL;
	}

	len = strlen(digits);
	for (i = 0; i < len; i++) {
		if (digit(digits[i]) < 0) {
			snprintf(why, size,
				 "\"%s\" has other than hexadecimal digits after \"%s\"",
				 text, PREFIX);
			return -EINVAL;
		}
	}
	if (len != DIGITS && len != DIGITS_LEGACY) {
		snprintf(why, size,
			 "\"%s\" has %zu digits, an endpoint has %d (or, of old, %d)",
			 text, len, DIGITS, DIGITS_LEGACY);
		return -EINVAL;
	}
	/* 17 digits are 68 bits, the option on the wire has 64 */
	if (len == DIGITS && digits[0] != '0') {
		snprintf(why, size,
			 "\"%s\" is larger than 64 bits, the first digit must be 0",
			 text);
		return -ERANGE;
	}

	for (i = 0; i < len; i++)
		number = number << 4 | (__u64)digit(digits[i]);
	*id = number;
	return 0;
}

/**
 * vpce_print() - write the name of a VPC endpoint
 * @id: its number
 * @text: where the name goes
 *
 * Always the long form: endpoints of Gateway Load Balancers are younger than
 * the short one, and one number must not have two names.
 */
void vpce_print(__u64 id, char text[VPCE_TEXT])
{
	snprintf(text, VPCE_TEXT, PREFIX "%0*llx", DIGITS, id);
}
