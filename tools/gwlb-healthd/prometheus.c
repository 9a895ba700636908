// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prometheus' text format, version 0.0.4: families, samples, and what has to
 * be escaped in them. Writes to a stream, knows nothing of what is counted.
 */

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "prometheus.h"

/* In a help text a quote stands for itself. There may be 10 MB of this, so what
 * needs no escape, which is nearly all, goes in one piece.
 */
static void put_escaped(FILE *to, const char *text, const char *special)
{
	size_t plain;

	while (*text) {
		plain = strcspn(text, special);
		fwrite_unlocked(text, 1, plain, to);
		text += plain;
		if (!*text)
			break;
		putc_unlocked('\\', to);
		putc_unlocked(*text == '\n' ? 'n' : *text, to);
		text++;
	}
}

/**
 * prometheus_family() - begin a family; all its samples have to follow
 * @to: where it goes
 * @name: its name
 * @type: "counter" or "gauge"
 * @help: a sentence
 */
void prometheus_family(FILE *to, const char *name, const char *type,
		       const char *help)
{
	fprintf(to, "# HELP %s ", name);
	put_escaped(to, help, "\\\n");
	fprintf(to, "\n# TYPE %s %s\n", name, type);
}

/**
 * prometheus_sample() - write one sample
 * @to: where it goes
 * @name: name of its family
 * @value: its value
 *
 * More arguments are the labels, name and value in turn, and a NULL at the
 * end. A label without a value is the same as none to Prometheus.
 */
void prometheus_sample(FILE *to, const char *name, __u64 value, ...)
{
	const char *label;
	char before = '{';
	va_list ap;

	fputs_unlocked(name, to);
	va_start(ap, value);
	while ((label = va_arg(ap, const char *))) {
		putc_unlocked(before, to);
		fputs_unlocked(label, to);
		fputs_unlocked("=\"", to);
		put_escaped(to, va_arg(ap, const char *), "\"\\\n");
		putc_unlocked('"', to);
		before = ',';
	}
	va_end(ap);
	if (before == ',')
		putc_unlocked('}', to);
	fprintf(to, " %llu\n", value);
}
