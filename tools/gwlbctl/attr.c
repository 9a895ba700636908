// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strict reading of netlink attributes. libmnl's own loops end silently at
 * the first attribute that does not fit; half an answer that looks like a
 * whole one would print zeros for counters that were never read. Pure.
 */

#include <linux/genetlink.h>
#include <string.h>

#include "attr.h"
#include "utf8.h"

/**
 * attr_parse() - sort attributes by their type
 * @attrs: the first attribute
 * @len: bytes that are there
 * @tb: filled with one attribute per type, the last if there are several, or
 *	NULL; has @max + 1 entries
 * @max: the highest type of interest; what a newer module sends beyond it is
 *	skipped
 *
 * Return: 0, or -1 if the attributes do not fill @len exactly.
 */
int attr_parse(const void *attrs, size_t len, const struct nlattr **tb,
	       unsigned int max)
{
	const char *at = attrs;
	const struct nlattr *attr;
	size_t used;

	memset(tb, 0, sizeof(*tb) * (max + 1));
	while (len) {
		attr = (const void *)at;
		if (len < sizeof(*attr) || attr->nla_len < sizeof(*attr) ||
		    attr->nla_len > len)
			return -1;
		if (mnl_attr_get_type(attr) <= max)
			tb[mnl_attr_get_type(attr)] = attr;
		/* the last one may come without its padding */
		used = MNL_ALIGN(attr->nla_len);
		if (used > len)
			used = len;
		at += used;
		len -= used;
	}
	return 0;
}

/**
 * attr_parse_nest() - sort the attributes in a nest by their type
 * @nest: the nest
 * @tb: see attr_parse()
 * @max: see attr_parse()
 *
 * Return: 0, or -1 if the nest is malformed.
 */
int attr_parse_nest(const struct nlattr *nest, const struct nlattr **tb,
		    unsigned int max)
{
	return attr_parse(mnl_attr_get_payload(nest),
			  mnl_attr_get_payload_len(nest), tb, max);
}

/**
 * attr_parse_msg() - sort the attributes of a generic netlink message
 * @nlh: the message
 * @tb: see attr_parse()
 * @max: see attr_parse()
 *
 * Return: 0, or -1 if the message is malformed.
 */
int attr_parse_msg(const struct nlmsghdr *nlh, const struct nlattr **tb,
		   unsigned int max)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const char *payload = mnl_nlmsg_get_payload(nlh);

	if (len < sizeof(struct genlmsghdr))
		return -1;
	return attr_parse(payload + sizeof(struct genlmsghdr),
			  len - sizeof(struct genlmsghdr), tb, max);
}

static int scalar(const struct nlattr *attr, void *value, size_t size)
{
	/* 64 bit values are only aligned to 4 bytes: copy, never cast */
	if (mnl_attr_get_payload_len(attr) != size)
		return -1;
	memcpy(value, mnl_attr_get_payload(attr), size);
	return 0;
}

/**
 * attr_u8() - read an 8 bit number
 * @attr: the attribute
 * @value: where it goes
 *
 * Return: 0, or -1 if the attribute has another size.
 */
int attr_u8(const struct nlattr *attr, __u8 *value)
{
	return scalar(attr, value, sizeof(*value));
}

/**
 * attr_u16() - read a 16 bit number
 * @attr: the attribute
 * @value: where it goes, in the byte order of the message
 *
 * Return: 0, or -1 if the attribute has another size.
 */
int attr_u16(const struct nlattr *attr, __u16 *value)
{
	return scalar(attr, value, sizeof(*value));
}

/**
 * attr_u32() - read a 32 bit number
 * @attr: the attribute
 * @value: where it goes, in the byte order of the message
 *
 * Return: 0, or -1 if the attribute has another size.
 */
int attr_u32(const struct nlattr *attr, __u32 *value)
{
	return scalar(attr, value, sizeof(*value));
}

/**
 * attr_u64() - read a 64 bit number
 * @attr: the attribute
 * @value: where it goes
 *
 * Return: 0, or -1 if the attribute has another size.
 */
int attr_u64(const struct nlattr *attr, __u64 *value)
{
	return scalar(attr, value, sizeof(*value));
}

/**
 * attr_string() - read a string
 * @attr: the attribute
 * @text: where it goes, cut to fit; what is not printable ASCII becomes '?',
 *	so that it can go to a terminal and into JSON
 * @size: size of @text
 *
 * Return: 0, or -1 if the string does not end within the attribute.
 */
int attr_string(const struct nlattr *attr, char *text, size_t size)
{
	const char *payload = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);
	size_t i;

	if (!memchr(payload, '\0', len))
		return -1;
	for (i = 0; payload[i] && i + 1 < size; i++)
		text[i] = payload[i] >= ' ' && payload[i] <= '~' ?
			  payload[i] : '?';
	text[i] = '\0';
	return 0;
}

/**
 * attr_text() - read a string that may hold any character
 * @attr: the attribute
 * @text: where it goes, cut to fit; what is no printable character becomes
 *	'?', byte by byte
 * @size: size of @text
 *
 * Return: 0, or -1 if the string does not end within the attribute.
 */
int attr_text(const struct nlattr *attr, char *text, size_t size)
{
	const char *at = mnl_attr_get_payload(attr);
	const char *end = memchr(at, '\0', mnl_attr_get_payload_len(attr));
	size_t bytes;

	if (!end)
		return -1;
	while (at < end) {
		bytes = utf8_printable(at, (size_t)(end - at));
		/* no half characters */
		if ((bytes ? bytes : 1) >= size)
			break;
		if (bytes)
			memcpy(text, at, bytes);
		else
			*text = '?';
		bytes = bytes ? bytes : 1;
		text += bytes;
		size -= bytes;
		at += bytes;
	}
	*text = '\0';
	return 0;
}
