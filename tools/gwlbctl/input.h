/* SPDX-License-Identifier: GPL-2.0-only */
/* A file that is read as a whole. See input.c. */

#ifndef _GWLBCTL_INPUT_H
#define _GWLBCTL_INPUT_H

#include "rules.h"

/**
 * struct input - a file
 * @name: what it is called in errors
 * @text: what is in it
 * @len: how much that is
 */
struct input {
	const char *name;
	char *text;
	size_t len;
};

int input_read(struct input *input, const char *path);
int input_rules(const char *path, struct input *input, struct rules *rules);
int input_refused(const struct input *input, struct rules_pos at,
		  const char *text);
void input_free(struct input *input);

#endif /* _GWLBCTL_INPUT_H */
