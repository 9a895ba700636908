// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes to the user: errors to stderr, JSON and numbers made readable to
 * stdout. Owns both streams' manners, not their contents.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "out.h"

static void complain(const char *prefix, const char *format, va_list ap)
{
	/* so that the two streams read in the right order on a terminal */
	fflush(stdout);
	fputs(prefix, stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

/**
 * out_error() - say why the command failed
 * @format: as printf(), without a newline
 *
 * Return: OUT_FAILED, so that a command can return it right away.
 */
int out_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	complain("Error: ", format, ap);
	va_end(ap);
	return OUT_FAILED;
}

/**
 * out_warning() - say what is odd, although the command did its work
 * @format: as printf(), without a newline
 */
void out_warning(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	complain("Warning: ", format, ap);
	va_end(ap);
}

/**
 * out_json() - print a value on a line of its own
 * @root: the value, which is released; NULL if making it failed
 *
 * Return: OUT_OK or OUT_FAILED.
 */
int out_json(json_t *root)
{
	char *text;

	if (!root)
		return out_error("out of memory");
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (!text)
		return out_error("out of memory");

	/* a stream that refuses is noticed by out_finish() */
	puts(text);
	free(text);
	return OUT_OK;
}

/**
 * out_u64() - a counter as JSON takes it
 * @value: the counter
 *
 * Return: the same number; JSON libraries, this one too, have 63 bits for it,
 * and the largest that they can hold is better than a negative one.
 */
json_int_t out_u64(__u64 value)
{
	return value > INT64_MAX ? INT64_MAX : (json_int_t)value;
}

/**
 * out_span() - a length of time, in its two largest units
 * @milliseconds: how long
 * @text: where it goes, like "1m05s"
 * @size: size of @text
 *
 * Return: @text.
 */
const char *out_span(__u64 milliseconds, char *text, size_t size)
{
	__u64 s = milliseconds / 1000;

	if (s < 60)
		snprintf(text, size, "%llu.%llus", s,
			 milliseconds % 1000 / 100);
	else if (s < 3600)
		snprintf(text, size, "%llum%02llus", s / 60, s % 60);
	else if (s < 86400)
		snprintf(text, size, "%lluh%02llum", s / 3600,
			 s % 3600 / 60);
	else
		snprintf(text, size, "%llud%02lluh", s / 86400,
			 s % 86400 / 3600);
	return text;
}

/**
 * out_ago() - how long ago something was
 * @milliseconds: how long
 * @text: where it goes, like "1m05s ago"
 * @size: size of @text
 *
 * Return: @text.
 */
const char *out_ago(__u64 milliseconds, char *text, size_t size)
{
	char span[32];

	snprintf(text, size, "%s ago",
		 out_span(milliseconds, span, sizeof(span)));
	return text;
}

/**
 * out_rate() - a rate with at most four digits
 * @value: the rate, not negative
 * @text: where it goes, like "583.2M"
 * @size: size of @text
 *
 * Return: @text.
 */
const char *out_rate(double value, char *text, size_t size)
{
	static const char units[] = " kMGTPE";
	size_t unit = 0;

	/* 999.95 would be rounded to 1000.0 */
	while (value >= 999.95 && unit + 2 < sizeof(units)) {
		value /= 1000;
		unit++;
	}
	if (unit)
		snprintf(text, size, "%.1f%c", value, units[unit]);
	else
		snprintf(text, size, "%.1f", value);
	return text;
}

/**
 * out_finish() - make sure that the user got all of it
 * @code: exit code so far
 *
 * Return: @code, or OUT_FAILED if stdout did not take what was printed.
 */
int out_finish(int code)
{
	int err = 0;

	if (fflush(stdout) != 0)
		err = errno;
	else if (ferror(stdout))
		err = EIO;
	if (!err)
		return code;

	fprintf(stderr, "Error: writing to standard output: %s\n",
		strerror(err));
	return code == OUT_OK ? OUT_FAILED : code;
}
