/* SPDX-License-Identifier: GPL-2.0-only */
/* YAML, read event by event, with little patience. See yaml_reader.c. */

#ifndef _GWLBCTL_YAML_READER_H
#define _GWLBCTL_YAML_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "rules.h"

/**
 * struct yaml_reader - where reading is
 * @parser: libyaml's
 * @event: what is looked at
 * @text: the file
 * @len: its length
 * @error: filled in when something is wrong
 */
struct yaml_reader {
	yaml_parser_t parser;
	yaml_event_t event;
	const char *text;
	size_t len;
	struct rules_error *error;
};

int yaml_start(struct yaml_reader *reader, const char *text, size_t len,
	       struct rules_error *error);
void yaml_end(struct yaml_reader *reader);
int yaml_next(struct yaml_reader *reader);
int yaml_refuse(struct yaml_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int yaml_expected(struct yaml_reader *reader, const char *what);
bool yaml_is_plain(const struct yaml_reader *reader);
bool yaml_is_null(const struct yaml_reader *reader);
const char *yaml_scalar(const struct yaml_reader *reader);
struct rules_pos yaml_at(const struct yaml_reader *reader);

#endif /* _GWLBCTL_YAML_READER_H */
