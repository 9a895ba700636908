// SPDX-License-Identifier: GPL-2.0-only
/*
 * The values of each field, and the elements of sets, as words of a rules
 * file. Pure: a word in, a value or a sentence out.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "rules_value.h"
#include "vpce.h"

/**
 * rules_expected_value() - what the values of a field are, in words
 * @field: enum gwlb_field
 *
 * Return: the words.
 */
const char *rules_expected_value(__u32 field)
{
	switch (field) {
	case GWLB_FIELD_ENDPOINT:
		return "an endpoint (vpce-...) or @SET";
	case GWLB_FIELD_GROUP:
		return "the name of a group";
	case GWLB_FIELD_NODE:
	case GWLB_FIELD_SOURCE:
	case GWLB_FIELD_DESTINATION:
		return "an address, a prefix or @SET";
	case GWLB_FIELD_PROTOCOL:
		return "a protocol: a name, or numbers up to 255";
	case GWLB_FIELD_SOURCE_PORT:
	case GWLB_FIELD_DESTINATION_PORT:
		return "a port or a range of ports up to 65535, or @SET";
	case GWLB_FIELD_ICMP:
		return "an ICMP type, by its name or number, or TYPE/CODE";
	case GWLB_FIELD_ICMPV6:
		return "an ICMPv6 type, by its name or number, or TYPE/CODE";
	case GWLB_FIELD_TCP_FLAGS:
		return "TCP flags such as syn/syn|ack";
	case GWLB_FIELD_FAMILY:
		return "ipv4 or ipv6";
	case GWLB_FIELD_DIRECTION:
		return "in or out";
	case GWLB_FIELD_CONNECTION:
		return "new, established, related or invalid";
	default:
		return "none, first or later";
	}
}

static int unexpected(const char *word, __u32 field, char *why, size_t size)
{
	snprintf(why, size, "expected %s, got \"%.80s\"",
		 rules_expected_value(field), word);
	return -EINVAL;
}

static int parse_range(const char *word, __u32 max, struct rules_range *range)
{
	__u32 first, last;

	word = rules_take_digits(word, max, &first);
	if (!word)
		return -EINVAL;
	last = first;
	if (*word == '-')
		word = rules_take_digits(word + 1, max, &last);
	if (!word || *word)
		return -EINVAL;
	range->first = (__u16)first;
	range->last = (__u16)last;
	return 0;
}

static int parse_protocol(const char *word, struct rules_range *range)
{
	__u32 number;

	if (!names_find(names_protocols, word, &number))
		return parse_range(word, 255, range);
	range->first = (__u16)number;
	range->last = (__u16)number;
	return 0;
}

/* TYPE or TYPE/CODE in numbers; without a code, all of them are meant */
static const char *take_icmp(const char *word, struct rules_range *range)
{
	__u32 type, code;

	word = rules_take_digits(word, 255, &type);
	if (!word)
		return NULL;
	range->first = (__u16)(type << 8);
	range->last = (__u16)(type << 8 | 0xff);
	if (*word != '/')
		return word;
	word = rules_take_digits(word + 1, 255, &code);
	if (!word)
		return NULL;
	range->first = (__u16)(type << 8 | code);
	range->last = range->first;
	return word;
}

static int parse_icmp(const char *word, const struct name *names,
		      struct rules_range *range)
{
	const char *slash = strchr(word, '/');
	struct rules_range end;
	char name[RULES_WORD];
	__u32 type, code;

	if (*word >= '0' && *word <= '9') {
		word = take_icmp(word, range);
		if (word && *word == '-') {
			word = take_icmp(word + 1, &end);
			if (word)
				range->last = end.last;
		}
		return word && !*word ? 0 : -EINVAL;
	}

	snprintf(name, sizeof(name), "%.*s",
		 slash ? (int)(slash - word) : (int)strlen(word), word);
	if (!names_find(names, name, &type))
		return -EINVAL;
	range->first = (__u16)(type << 8);
	range->last = (__u16)(type << 8 | 0xff);
	if (!slash)
		return 0;
	if (rules_parse_number(slash + 1, 255, &code) < 0)
		return -EINVAL;
	range->first = (__u16)(type << 8 | code);
	range->last = range->first;
	return 0;
}

static int parse_numbers(const char *word, __u32 field,
			 struct rules_value *value, char *why, size_t size)
{
	int err;

	value->kind = RULES_RANGE;
	if (field == GWLB_FIELD_PROTOCOL)
		err = parse_protocol(word, &value->range);
	else if (field == GWLB_FIELD_ICMP)
		err = parse_icmp(word, names_icmp, &value->range);
	else if (field == GWLB_FIELD_ICMPV6)
		err = parse_icmp(word, names_icmpv6, &value->range);
	else
		err = parse_range(word, 65535, &value->range);
	if (err < 0)
		return unexpected(word, field, why, size);
	if (value->range.first > value->range.last) {
		snprintf(why, size, "%.80s ends before it begins", word);
		return -ERANGE;
	}
	return 0;
}

static int parse_prefix(const char *word, __u32 field,
			struct rules_value *value, char *why, size_t size)
{
	int err;

	value->kind = RULES_PREFIX;
	err = prefix_parse(word, &value->prefix, why, size);
	if (err == -EINVAL)
		return unexpected(word, field, why, size);
	if (!err && field == GWLB_FIELD_NODE &&
	    prefix_bits(&value->prefix) != 32) {
		snprintf(why, size, "%.80s: the load balancer talks IPv4 only",
			 word);
		return -ERANGE;
	}
	return err;
}

static int parse_endpoint(const char *word, __u32 field,
			  struct rules_value *value, char *why, size_t size)
{
	value->kind = RULES_ID;
	/* what does not even begin like one is not meant to be one */
	if (strncasecmp(word, "vpce-", 5) != 0)
		return unexpected(word, field, why, size);
	return vpce_parse(word, &value->id, why, size);
}

/**
 * rules_parse_value() - read one value of a match
 * @word: the word
 * @field: enum gwlb_field, one whose values are no flags
 * @value: its kind and value are set
 * @why: where a sentence about a refusal goes
 * @size: size of @why
 *
 * Return: 0, -EINVAL if it is no such value, -ERANGE if it is one that cannot
 * be.
 */
int rules_parse_value(const char *word, __u32 field,
		      struct rules_value *value, char *why, size_t size)
{
	bool sets = field <= GWLB_FIELD_DESTINATION_PORT &&
		    field != GWLB_FIELD_GROUP && field != GWLB_FIELD_PROTOCOL;

	if ((sets && word[0] == '@') || field == GWLB_FIELD_GROUP) {
		value->kind = sets ? RULES_SET : RULES_GROUP;
		if (!rules_is_name(word + sets))
			return unexpected(word, field, why, size);
		memset(value->name, 0, sizeof(value->name));
		memcpy(value->name, word + sets, strlen(word + sets));
		return 0;
	}
	switch (field) {
	case GWLB_FIELD_ENDPOINT:
		return parse_endpoint(word, field, value, why, size);
	case GWLB_FIELD_NODE:
	case GWLB_FIELD_SOURCE:
	case GWLB_FIELD_DESTINATION:
		return parse_prefix(word, field, value, why, size);
	default:
		return parse_numbers(word, field, value, why, size);
	}
}

/**
 * rules_parse_element() - read one element of a set
 * @word: the word
 * @type: enum gwlb_set_type
 * @value: its kind and value are set
 * @why: where a sentence about a refusal goes
 * @size: size of @why
 *
 * Return: see rules_parse_value().
 */
int rules_parse_element(const char *word, __u32 type,
			struct rules_value *value, char *why, size_t size)
{
	static const __u32 fields[] = {
		[GWLB_SET_TYPE_ADDRESS] = GWLB_FIELD_SOURCE,
		[GWLB_SET_TYPE_PORT] = GWLB_FIELD_SOURCE_PORT,
		[GWLB_SET_TYPE_ENDPOINT] = GWLB_FIELD_ENDPOINT,
	};
	static const char *const what[] = {
		[GWLB_SET_TYPE_ADDRESS] = "an address or a prefix",
		[GWLB_SET_TYPE_PORT] = "a port or a range of ports up to 65535",
		[GWLB_SET_TYPE_ENDPOINT] = "an endpoint (vpce-...)",
	};
	int err = -EINVAL;

	/* there are no sets in sets */
	if (word[0] != '@')
		err = rules_parse_value(word, fields[type], value, why, size);
	if (err == -EINVAL && (word[0] == '@' ||
			       !strncmp(why, "expected", 8)))
		snprintf(why, size, "expected %s, got \"%.80s\"", what[type],
			 word);
	return err;
}

/**
 * rules_guess_type() - what is this an element of
 * @word: the word
 * @type: set to enum gwlb_set_type
 *
 * Return: 0, or -EINVAL if it looks like nothing of the kind.
 */
int rules_guess_type(const char *word, __u32 *type)
{
	if (!strncasecmp(word, "vpce-", 5))
		*type = GWLB_SET_TYPE_ENDPOINT;
	else if (strpbrk(word, ".:"))
		*type = GWLB_SET_TYPE_ADDRESS;
	else if (word[0] >= '0' && word[0] <= '9')
		*type = GWLB_SET_TYPE_PORT;
	else
		return -EINVAL;
	return 0;
}
