// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the reading of single values of the command line, with a sentence on
 * stderr for what is wrong. Opens and changes nothing.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

#define NAME_MAX_LEN	63

/**
 * value_bad() - complain about the command line
 * @option: name of the option, or ""
 * @fmt: what is wrong, as for printf()
 *
 * Return: false, so that the caller can pass it on.
 */
bool value_bad(const char *option, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "gwlbsim: %s%s%s", *option ? "--" : "", option,
		*option ? ": " : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs(" (see --help)\n", stderr);
	return false;
}

/**
 * value_number() - read a decimal number
 * @option: name of the option
 * @text: the text
 * @min: the smallest that is allowed
 * @max: the largest that is allowed
 * @value: filled in
 *
 * Return: false after a message on stderr.
 */
bool value_number(const char *option, const char *text, unsigned int min,
		  unsigned int max, unsigned int *value)
{
	unsigned long n;
	char *end;

	/* strtoul() would take a sign and blanks as well */
	if (*text >= '0' && *text <= '9') {
		n = strtoul(text, &end, 10);
		if (!*end && n >= min && n <= max) {
			*value = n;
			return true;
		}
	}
	return value_bad(option, "expected %u to %u, got \"%s\"", min, max,
			 text);
}

/**
 * value_port() - read a TCP port
 * @option: name of the option
 * @text: the text
 * @len: how much of it
 * @port: filled in
 *
 * Return: false after a message on stderr.
 */
bool value_port(const char *option, const char *text, size_t len, __u16 *port)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
		n = n * 10 + text[i] - '0';
		if (n > 65535)
			break;
	}
	if (i < len || !n)
		return value_bad(option,
				 "expected a port from 1 to 65535, got \"%.*s\"",
				 (int)len, text);
	*port = n;
	return true;
}

/**
 * value_address() - read the IPv4 address of a host
 * @option: name of the option
 * @text: the text
 * @addr: filled in
 *
 * Return: false after a message on stderr.
 */
bool value_address(const char *option, const char *text, struct in_addr *addr)
{
	__u32 host;

	if (inet_pton(AF_INET, text, addr) != 1)
		return value_bad(option, "expected an IPv4 address, got \"%s\"",
				 text);
	host = ntohl(addr->s_addr);
	if (!(host >> 24) || host >> 24 == 127 || host >> 28 >= 14)
		return value_bad(option, "%s is no address of a host", text);
	return true;
}

static bool vpce(const char *text, __u64 *id)
{
	static const char prefix[] = "vpce-";
	size_t i = sizeof(prefix) - 1;
	size_t len = strlen(text);
	__u64 value = 0;

	if (len != i + 17 && len != i + 8)
		return false;
	if (strncmp(text, prefix, i) || (len == i + 17 && text[i] != '0'))
		return false;
	for (; i < len; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit = strchr(digits, text[i]);

		if (!digit)
			return false;
		value = value << 4 | (__u64)(digit - digits);
	}
	*id = value;
	return true;
}

/**
 * value_vpce() - read the id of a VPC endpoint
 * @option: name of the option
 * @text: the text
 * @id: filled in
 *
 * An id has 17 hexadecimal digits, of which the first is 0 (it would not fit
 * the 64-bit option otherwise), or 8 in old accounts.
 *
 * Return: false after a message on stderr.
 */
bool value_vpce(const char *option, const char *text, __u64 *id)
{
	if (vpce(text, id))
		return true;
	return value_bad(option,
			 "expected vpce- and 17 lower case hexadecimal digits, the first 0, got \"%s\"",
			 text);
}

/**
 * value_device() - may this be the name of a network device?
 * @option: name of the option
 * @text: the text
 *
 * Return: false after a message on stderr.
 */
bool value_device(const char *option, const char *text)
{
	if (*text && strlen(text) < IFNAMSIZ && !strpbrk(text, "/ %"))
		return true;
	return value_bad(option, "\"%s\" is no name of a device", text);
}

/**
 * value_name() - may this be the name of a zone or of a network namespace?
 * @option: name of the option
 * @text: the text
 *
 * Return: false after a message on stderr.
 */
bool value_name(const char *option, const char *text)
{
	if (*text && strlen(text) <= NAME_MAX_LEN && *text != '.' &&
	    !strpbrk(text, "/ \t\r\n"))
		return true;
	return value_bad(option, "\"%s\" is no name", text);
}

/**
 * value_choice() - read one of several words
 * @option: name of the option
 * @text: the text
 * @words: the words, the last one followed by NULL
 * @choice: filled in: index of the word
 *
 * Return: false after a message on stderr.
 */
bool value_choice(const char *option, const char *text,
		  const char *const *words, unsigned int *choice)
{
	char list[128] = "";
	unsigned int i;

	for (i = 0; words[i]; i++) {
		if (!strcmp(text, words[i])) {
			*choice = i;
			return true;
		}
		if (i)
			strncat(list, words[i + 1] ? ", " : " or ",
				sizeof(list) - strlen(list) - 1);
		strncat(list, words[i], sizeof(list) - strlen(list) - 1);
	}
	return value_bad(option, "expected %s, got \"%s\"", list, text);
}
