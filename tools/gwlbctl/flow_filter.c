// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which flows are meant: the words of a command line, in the language of the
 * rules, as a struct flow_filter. Parses only.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow.h"
#include "flow_filter.h"
#include "names.h"
#include "vpce.h"

/**
 * struct word - one filter
 * @name: the word
 * @given: its bit in struct flow_filter
 * @parse: reads what comes after the word; returns 0, or -EINVAL or -ERANGE
 *	with a sentence in @why
 */
struct word {
	const char *name;
	__u32 given;
	int (*parse)(const char *text, struct flow_filter *filter, char *why,
		     size_t size);
};

/* Digits only; not strtoul(), which takes signs and blanks */
static int number(const char *text, __u64 max, __u64 *value)
{
	__u64 digit;

	if (!*text)
		return -1;
	*value = 0;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		digit = (__u64)(*text - '0');
		if (*value > (max - digit) / 10)
			return -1;
		*value = *value * 10 + digit;
	}
	return 0;
}

static int parse_id(const char *text, struct flow_filter *filter, char *why,
		    size_t size)
{
	if (number(text, ~0ULL, &filter->id) == 0)
		return 0;
	snprintf(why, size, "\"%s\" is not the number of a flow", text);
	return -EINVAL;
}

static int parse_endpoint(const char *text, struct flow_filter *filter,
			  char *why, size_t size)
{
	return vpce_parse(text, &filter->endpoint, why, size);
}

static int parse_group(const char *text, struct flow_filter *filter, char *why,
		       size_t size)
{
	size_t len = strlen(text);

	if (len && len < sizeof(filter->group)) {
		memcpy(filter->group, text, len + 1);
		return 0;
	}
	snprintf(why, size, "\"%.80s\" is not the name of a group", text);
	return -EINVAL;
}

static int parse_proto(const char *text, struct flow_filter *filter, char *why,
		       size_t size)
{
	__u64 value;
	__u32 named;

	if (names_find(names_protocols, text, &named)) {
		filter->protocol = (__u8)named;
		return 0;
	}
	if (number(text, 255, &value) == 0) {
		filter->protocol = (__u8)value;
		return 0;
	}
	snprintf(why, size, "\"%s\" is not a protocol: a name or 0 to 255",
		 text);
	return -EINVAL;
}

static int parse_from(const char *text, struct flow_filter *filter, char *why,
		      size_t size)
{
	return prefix_parse(text, &filter->source, why, size);
}

static int parse_to(const char *text, struct flow_filter *filter, char *why,
		    size_t size)
{
	return prefix_parse(text, &filter->destination, why, size);
}

static int parse_port(const char *text, __u16 *port, char *why, size_t size)
{
	__u64 value;

	if (number(text, 65535, &value) == 0) {
		*port = (__u16)value;
		return 0;
	}
	snprintf(why, size, "\"%s\" is not a port, 0 to 65535", text);
	return -EINVAL;
}

static int parse_sport(const char *text, struct flow_filter *filter, char *why,
		       size_t size)
{
	return parse_port(text, &filter->source_port, why, size);
}

static int parse_dport(const char *text, struct flow_filter *filter, char *why,
		       size_t size)
{
	return parse_port(text, &filter->destination_port, why, size);
}

static int parse_state(const char *text, struct flow_filter *filter, char *why,
		       size_t size)
{
	const struct name *name;
	size_t len;

	if (names_find(flow_states, text, &filter->state))
		return 0;
	snprintf(why, size, "\"%.80s\" is not a state; there are", text);
	for (name = flow_states; name->text; name++) {
		len = strlen(why);
		snprintf(why + len, size - len, " %s", name->text);
	}
	return -EINVAL;
}

static const struct word words[] = {
	{ "endpoint", 1U << GWLB_A_FLOW_ENDPOINT, parse_endpoint },
	{ "group", 1U << GWLB_A_FLOW_GROUP, parse_group },
	{ "proto", 1U << GWLB_A_FLOW_PROTOCOL, parse_proto },
	{ "from", 1U << GWLB_A_FLOW_SOURCE_PREFIX, parse_from },
	{ "to", 1U << GWLB_A_FLOW_DESTINATION_PREFIX, parse_to },
	{ "sport", 1U << GWLB_A_FLOW_SOURCE_PORT, parse_sport },
	{ "dport", 1U << GWLB_A_FLOW_DESTINATION_PORT, parse_dport },
	{ "state", 1U << GWLB_A_FLOW_STATE, parse_state },
	{ "id", 1U << GWLB_A_FLOW_ID, parse_id },
	{ NULL, 0, NULL },
};

static const struct word *find(const char *text)
{
	const struct word *word;

	for (word = words; word->name; word++) {
		if (!strcmp(word->name, text))
			return word;
	}
	return NULL;
}

/**
 * flow_filter_parse() - read which flows are meant
 * @args: words and their values, in turn
 * @count: how many these are
 * @filter: filled in; none of it given if @count is 0
 * @why: where a sentence goes about what is wrong
 * @size: size of @why
 *
 * Return: 0, -EINVAL for what cannot be read, or -ERANGE for what can be read
 * but makes no sense.
 */
int flow_filter_parse(const char *const *args, int count,
		      struct flow_filter *filter, char *why, size_t size)
{
	const struct word *word;
	int i, err;

	memset(filter, 0, sizeof(*filter));
	for (i = 0; i < count; i += 2) {
		word = find(args[i]);
		if (!word) {
			snprintf(why, size, "unknown filter \"%s\"", args[i]);
			return -EINVAL;
		}
		if (filter->given & word->given) {
			snprintf(why, size, "filter \"%s\" is given twice",
				 word->name);
			return -EINVAL;
		}
		if (i + 1 == count) {
			snprintf(why, size, "filter \"%s\" needs a value",
				 word->name);
			return -EINVAL;
		}
		err = word->parse(args[i + 1], filter, why, size);
		if (err < 0)
			return err;
		filter->given |= word->given;
	}
	return 0;
}

/**
 * flow_filter_complete() - print what the next word could be
 * @args: words and values so far
 * @count: how many these are
 *
 * Names of endpoints and groups are for the caller to print, as the kernel
 * must be asked for them.
 *
 * Return: the filter whose value comes next, or NULL.
 */
const char *flow_filter_complete(const char *const *args, int count)
{
	const struct name *name;
	const struct word *word;
	int i;

	if (count % 2) {
		word = find(args[count - 1]);
		if (!word)
			return NULL;
		name = word->parse == parse_state ? flow_states :
		       word->parse == parse_proto ? names_protocols : NULL;
		for (; name && name->text; name++)
			puts(name->text);
		return word->name;
	}
	for (word = words; word->name; word++) {
		for (i = 0; i < count; i += 2) {
			if (!strcmp(args[i], word->name))
				break;
		}
		if (i >= count)
			puts(word->name);
	}
	return NULL;
}
