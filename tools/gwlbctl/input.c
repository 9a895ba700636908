// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file that is read as a whole, and how its mistakes are told. Owns the
 * memory that it is read into, and stderr's format for places in files.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "out.h"
#include "rules_text.h"

#define CHUNK		65536
/* Far beyond any ruleset: a device without an end shall not eat all memory */
#define LARGEST		(1UL << 30)

static int read_all(struct input *input, int fd)
{
	size_t room = 0;
	ssize_t got;
	char *text;

	for (;;) {
		if (room - input->len < CHUNK) {
			room = room ? room * 2 : CHUNK;
			text = realloc(input->text, room);
			if (!text)
				return -ENOMEM;
			input->text = text;
		}
		got = read(fd, input->text + input->len, room - input->len);
		if (!got)
			return 0;
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			input->len += (size_t)got;
		if (input->len > LARGEST)
			return -EFBIG;
	}
}

/**
 * input_read() - read a file
 * @input: filled in; give it to input_free() also after an error
 * @path: where it is; "-" for the standard input
 *
 * Return: OUT_OK, or OUT_FAILED after having told the user.
 */
int input_read(struct input *input, const char *path)
{
	int fd = STDIN_FILENO;
	int err;

	*input = (struct input) { .name = path };
	if (!strcmp(path, "-"))
		input->name = "stdin";
	else
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return out_error("%s: %s", path, strerror(errno));
	err = read_all(input, fd);
	if (fd != STDIN_FILENO)
		close(fd);
	if (err < 0)
		return out_error("%s: %s", input->name, strerror(-err));
	return OUT_OK;
}

/**
 * input_refused() - say what is wrong with a file, in the manner of compilers
 * @input: the file
 * @at: where in it
 * @text: a sentence
 *
 * Return: OUT_FAILED.
 */
int input_refused(const struct input *input, struct rules_pos at,
		  const char *text)
{
	fflush(stdout);
	fprintf(stderr, "%s:%u:%u: %s\n", input->name, at.line, at.column,
		text);
	return OUT_FAILED;
}

/**
 * input_rules() - read a rules file
 * @path: where it is; "-" for the standard input
 * @input: filled in; give it to input_free() also after an error
 * @rules: filled in; give it to rules_free() also after an error
 *
 * Return: OUT_OK, or OUT_FAILED after having told the user.
 */
int input_rules(const char *path, struct input *input, struct rules *rules)
{
	struct rules_error error;
	int code;

	rules_init(rules);
	code = input_read(input, path);
	if (code != OUT_OK)
		return code;
	if (rules_parse(input->text, input->len, rules, &error) < 0)
		return input_refused(input, error.at, error.text);
	return OUT_OK;
}

/**
 * input_free() - forget a file
 * @input: the file
 */
void input_free(struct input *input)
{
	free(input->text);
	input->text = NULL;
	input->len = 0;
}
