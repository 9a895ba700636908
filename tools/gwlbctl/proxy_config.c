// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a configuration file of geneve-proxy says: YAML, of which two sections
 * with five keys each are of use. Stricter than geneve-proxy, which takes
 * whatever Python can compare with a number: what it would have ignored, the
 * author of the file believed in. Owns what it returns.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "proxy_config.h"
#include "yaml_reader.h"

#define DROP_ALL	PROXY_LISTS

static const struct name sections[] = {
	{ "outbound", PROXY_OUTBOUND },
	{ "inbound", PROXY_INBOUND },
	{ NULL, 0 },
};

static const struct name keys[] = {
	{ "drop_all_traffic", DROP_ALL },
	{ "allowed_transport_protocols", PROXY_ALLOWED_PROTOCOLS },
	{ "blocked_transport_protocols", PROXY_BLOCKED_PROTOCOLS },
	{ "allowed_application_ports", PROXY_ALLOWED_PORTS },
	{ "blocked_application_ports", PROXY_BLOCKED_PORTS },
	{ NULL, 0 },
};

/* As PyYAML has them, but for on and off, which look like something else */
static const struct name booleans[] = {
	{ "true", true }, { "True", true }, { "TRUE", true },
	{ "false", false }, { "False", false }, { "FALSE", false },
	{ "yes", true }, { "Yes", true }, { "YES", true },
	{ "no", false }, { "No", false }, { "NO", false },
	{ NULL, 0 },
};

/* Decimal or, as in the file that geneve-proxy comes with, hexadecimal. What
 * begins with another 0 is octal for some and decimal for others.
 */
static bool number(const char *text, __u32 limit, __u32 *value)
{
	static const char digits[] = "0123456789abcdef";
	__u32 base = 10;
	const char *at;
	char c;

	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1]) {
		return false;
	}
	if (!*text)
		return false;
	for (*value = 0; *text; text++) {
		c = *text >= 'A' && *text <= 'F' ? (char)(*text + 32) : *text;
		at = strchr(digits, c);
		if (!at || (__u32)(at - digits) >= base)
			return false;
		*value = *value * base + (__u32)(at - digits);
		if (*value >= limit)
			return false;
	}
	return true;
}

/* All of the following return 0, or -1 after having filled in the error */
static int read_number(struct yaml_reader *reader, struct proxy_list *list,
		       bool ports)
{
	__u32 value;

	if (!yaml_is_plain(reader) ||
	    !number(yaml_scalar(reader), ports ? PROXY_PORTS : PROXY_PROTOCOLS,
		    &value))
		return yaml_expected(reader, ports ? "a port, 0 to 65535" :
				"a protocol, 0 to 255");
	if (list->has[value])
		return yaml_refuse(reader, "%u is there twice", value);
	list->has[value] = true;
	list->count++;
	return 0;
}

static int read_list(struct yaml_reader *reader, struct proxy_list *list,
		     bool ports)
{
	if (yaml_is_null(reader))
		return 0;
	if (reader->event.type != YAML_SEQUENCE_START_EVENT)
		return yaml_expected(reader, "a list");
	list->given = true;
	for (;;) {
		if (yaml_next(reader) < 0)
			return -1;
		if (reader->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (read_number(reader, list, ports) < 0)
			return -1;
	}
}

static int read_drop_all(struct yaml_reader *reader, bool *drop_all)
{
	__u32 value;

	if (yaml_is_null(reader))
		return 0;
	if (!yaml_is_plain(reader) ||
	    !names_find(booleans, yaml_scalar(reader), &value))
		return yaml_expected(reader, "true or false");
	*drop_all = value;
	return 0;
}

/* Not strcmp() alone: a string in YAML may have a zero in it */
static bool is_key(const struct yaml_reader *reader, const struct name *names,
		   __u32 *key)
{
	size_t len;

	if (reader->event.type != YAML_SCALAR_EVENT)
		return false;
	len = reader->event.data.scalar.length;
	return strlen(yaml_scalar(reader)) == len &&
	       names_find(names, yaml_scalar(reader), key);
}

/* Reads a key of a mapping, which must be one of @names and new. At the end of
 * the mapping @found is false.
 */
static int read_key(struct yaml_reader *reader, const struct name *names,
		    __u32 *seen, bool *found, __u32 *key)
{
	if (yaml_next(reader) < 0)
		return -1;
	*found = reader->event.type != YAML_MAPPING_END_EVENT;
	if (!*found)
		return 0;
	if (!is_key(reader, names, key)) {
		yaml_expected(reader, names == sections ?
			      "\"outbound\" or \"inbound\"" :
			      "a key of geneve-proxy");
		return -1;
	}
	if (*seen & 1U << *key)
		return yaml_refuse(reader, "\"%s\" is there twice",
			      names_of(names, *key));
	*seen |= 1U << *key;
	return 0;
}

static int read_section(struct yaml_reader *reader,
			struct proxy_section *section)
{
	struct rules_pos at;
	__u32 seen = 0, key;
	bool found;
	int err;

	if (yaml_next(reader) < 0)
		return -1;
	if (reader->event.type != YAML_MAPPING_START_EVENT)
		return yaml_expected(reader, "a mapping");
	for (;;) {
		if (read_key(reader, keys, &seen, &found, &key) < 0)
			return -1;
		if (!found)
			return 0;
		at = yaml_at(reader);
		if (yaml_next(reader) < 0)
			return -1;
		if (key == DROP_ALL) {
			err = read_drop_all(reader, &section->drop_all);
		} else {
			section->lists[key].at = at;
			err = read_list(reader, &section->lists[key],
					key == PROXY_ALLOWED_PORTS ||
					key == PROXY_BLOCKED_PORTS);
		}
		if (err < 0)
			return -1;
	}
}

/* Without one of its sections geneve-proxy does not even start */
static int check_sections(struct yaml_reader *reader, __u32 seen)
{
	const struct name *name;

	for (name = sections; name->text; name++) {
		if (!(seen & 1U << name->value))
			return yaml_refuse(reader, "section \"%s\" is missing",
				      name->text);
	}
	return 0;
}

/* The stream and its document begin together, and end together. */
static int next_but_one(struct yaml_reader *reader)
{
	if (yaml_next(reader) < 0)
		return -1;
	return yaml_next(reader);
}

static int read_file(struct yaml_reader *reader, struct proxy_config *config)
{
	__u32 seen = 0, key;
	bool found;

	/* the beginning of the stream, then that of the document */
	if (next_but_one(reader) < 0)
		return -1;
	if (reader->event.type == YAML_STREAM_END_EVENT)
		return yaml_refuse(reader, "the file is empty");
	if (yaml_next(reader) < 0)
		return -1;
	if (reader->event.type != YAML_MAPPING_START_EVENT)
		return yaml_expected(reader, "a mapping");
	for (;;) {
		if (read_key(reader, sections, &seen, &found, &key) < 0)
			return -1;
		if (!found)
			break;
		if (read_section(reader, &config->sections[key]) < 0)
			return -1;
	}
	if (check_sections(reader, seen) < 0)
		return -1;

	/* the end of the document, then that of the stream */
	if (next_but_one(reader) < 0)
		return -1;
	if (reader->event.type != YAML_STREAM_END_EVENT)
		return yaml_refuse(reader, "expected the end of the file");
	return 0;
}

/**
 * proxy_config_parse() - read a configuration file of geneve-proxy
 * @text: the file
 * @len: its length
 * @error: where and why it is refused
 *
 * Return: what it says, for free(); or NULL after having filled in @error.
 */
struct proxy_config *proxy_config_parse(const char *text, size_t len,
					struct rules_error *error)
{
	struct proxy_config *config = calloc(1, sizeof(*config));
	struct yaml_reader reader;

	if (!config) {
		*error = (struct rules_error) { .text = "out of memory" };
		return NULL;
	}
	if (yaml_start(&reader, text, len, error) < 0) {
		free(config);
		return NULL;
	}
	if (read_file(&reader, config) < 0) {
		free(config);
		config = NULL;
	}
	yaml_end(&reader);
	return config;
}
