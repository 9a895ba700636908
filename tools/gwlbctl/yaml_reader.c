// SPDX-License-Identifier: GPL-2.0-only
/*
 * YAML, read event by event, with little patience: no aliases, anchors and
 * tags, which can make a small file mean a huge one, and a word mean something
 * else. Every mistake has its place. Owns what libyaml needs.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "utf8.h"
#include "yaml_reader.h"

/* How much of the file is quoted in an error */
#define GOT	48

static const struct name nulls[] = {
	{ "", 0 }, { "~", 0 }, { "null", 0 }, { "Null", 0 }, { "NULL", 0 },
	{ NULL, 0 },
};

static struct rules_pos pos_of(const yaml_mark_t *mark)
{
	return (struct rules_pos) {
		.line = (__u32)mark->line + 1,
		.column = (__u32)mark->column + 1,
	};
}

/**
 * yaml_at() - where the event begins
 * @reader: where reading is
 *
 * Return: the place.
 */
struct rules_pos yaml_at(const struct yaml_reader *reader)
{
	return pos_of(&reader->event.start_mark);
}

/**
 * yaml_refuse() - say what is wrong with the event
 * @reader: where reading is
 * @format: as printf()
 *
 * Return: -1.
 */
int yaml_refuse(struct yaml_reader *reader, const char *format, ...)
{
	va_list ap;

	reader->error->at = yaml_at(reader);
	va_start(ap, format);
	vsnprintf(reader->error->text, sizeof(reader->error->text), format,
		  ap);
	va_end(ap);
	return -1;
}

/* Of bytes that are no text at all libyaml only tells how many came before */
static struct rules_pos pos_of_offset(const struct yaml_reader *reader)
{
	struct rules_pos pos = { 1, 1 };
	size_t i;

	for (i = 0; i < reader->parser.problem_offset && i < reader->len;
	     i++) {
		if (reader->text[i] == '\n') {
			pos.line++;
			pos.column = 1;
		} else if (((__u8)reader->text[i] & 0xc0) != 0x80) {
			pos.column++;
		}
	}
	return pos;
}

static int refuse_yaml(struct yaml_reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	struct rules_error *error = reader->error;

	if (parser->error == YAML_READER_ERROR)
		error->at = pos_of_offset(reader);
	else
		error->at = pos_of(&parser->problem_mark);
	if (parser->error == YAML_MEMORY_ERROR)
		snprintf(error->text, sizeof(error->text), "out of memory");
	else
		snprintf(error->text, sizeof(error->text), "not YAML: %s",
			 parser->problem ? parser->problem :
			 "it makes no sense");
	return -1;
}

static int check_node(struct yaml_reader *reader)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	const yaml_event_t *event = &reader->event;

	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return yaml_refuse(reader, "aliases are not understood");
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor)
		return yaml_refuse(reader, "anchors are not understood");
	if (tag)
		return yaml_refuse(reader, "tags are not understood");
	return 0;
}

/**
 * yaml_start() - begin to read a file
 * @reader: filled in; give it to yaml_end()
 * @text: the file
 * @len: its length
 * @error: filled in when something is wrong
 *
 * Return: 0, or -1 if there is no memory.
 */
int yaml_start(struct yaml_reader *reader, const char *text, size_t len,
	       struct rules_error *error)
{
	memset(error, 0, sizeof(*error));
	*reader = (struct yaml_reader) {
		.text = text, .len = len, .error = error,
	};
	if (!yaml_parser_initialize(&reader->parser)) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		return -1;
	}
	yaml_parser_set_input_string(&reader->parser,
				     (const unsigned char *)text, len);
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	return 0;
}

/**
 * yaml_end() - read no further
 * @reader: where reading was
 */
void yaml_end(struct yaml_reader *reader)
{
	yaml_event_delete(&reader->event);
	yaml_parser_delete(&reader->parser);
}

/**
 * yaml_next() - go on to the next event
 * @reader: where reading is
 *
 * Return: 0, or -1 after having filled in the error.
 */
int yaml_next(struct yaml_reader *reader)
{
	yaml_event_delete(&reader->event);
	if (!yaml_parser_parse(&reader->parser, &reader->event))
		return refuse_yaml(reader);
	return check_node(reader);
}

/**
 * yaml_scalar() - the text of a scalar
 * @reader: where reading is: at a scalar
 *
 * Return: the text.
 */
const char *yaml_scalar(const struct yaml_reader *reader)
{
	return (const char *)reader->event.data.scalar.value;
}

/**
 * yaml_is_plain() - can it be more than a string
 * @reader: where reading is
 *
 * Return: true for a scalar that is neither quoted nor a block.
 */
bool yaml_is_plain(const struct yaml_reader *reader)
{
	return reader->event.type == YAML_SCALAR_EVENT &&
	       reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/**
 * yaml_is_null() - is there nothing where a value could be
 * @reader: where reading is
 *
 * Return: true for each way to write that.
 */
bool yaml_is_null(const struct yaml_reader *reader)
{
	__u32 ignored;

	return yaml_is_plain(reader) &&
	       names_find(nulls, yaml_scalar(reader), &ignored);
}

/* The beginning of a scalar, harmless to a terminal */
static void quote(const struct yaml_reader *reader, char got[GOT + 4])
{
	size_t len = reader->event.data.scalar.length;
	const char *text = yaml_scalar(reader);
	size_t used = 0, bytes, width;

	while (len) {
		bytes = utf8_printable(text, len);
		width = bytes ? bytes : 1;
		if (used + width > GOT)
			break;
		if (bytes)
			memcpy(got + used, text, bytes);
		else
			got[used] = '?';
		used += width;
		text += width;
		len -= width;
	}
	if (len) {
		memcpy(got + used, "...", 3);
		used += 3;
	}
	got[used] = '\0';
}

/**
 * yaml_expected() - say that the event is none of what could be here
 * @reader: where reading is
 * @what: what could be here
 *
 * Return: -1.
 */
int yaml_expected(struct yaml_reader *reader, const char *what)
{
	char got[GOT + 4];

	switch (reader->event.type) {
	case YAML_SEQUENCE_START_EVENT:
		return yaml_refuse(reader, "expected %s, got a list", what);
	case YAML_MAPPING_START_EVENT:
		return yaml_refuse(reader, "expected %s, got a mapping", what);
	case YAML_SCALAR_EVENT:
		break;
	default:
		return yaml_refuse(reader, "expected %s", what);
	}
	if (yaml_is_null(reader))
		return yaml_refuse(reader, "expected %s, got nothing", what);
	quote(reader, got);
	return yaml_refuse(reader, "expected %s, got %s\"%s\"", what,
			   yaml_is_plain(reader) ? "" : "the string ", got);
}
