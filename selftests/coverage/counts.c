// SPDX-License-Identifier: GPL-2.0-only
/*
 * counts: how often each piece of code was run. See counts.h.
 *
 * The file is text, a line for each object and then one for each of its
 * functions, in hexadecimal. Each time the module goes it becomes longer.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "counts.h"

#define COUNTS_FILE	"/run/gwlb-counts"

/* No function has so many counters that its line is longer. */
#define LINE_MAX	65536

/**
 * struct writer - writes lines to a file
 * @file: the file
 * @pos: how much it has
 * @line: the line
 * @len: how much of it there is
 * @err: what went wrong, if anything
 */
struct writer {
	struct file *file;
	loff_t pos;
	char *line;
	u32 len;
	int err;
};

static __printf(2, 3) void add(struct writer *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	w->len += vscnprintf(w->line + w->len, LINE_MAX - w->len, format,
			     args);
	va_end(args);
}

static void end_line(struct writer *w)
{
	ssize_t done;

	add(w, "\n");
	/* It may have been cut. */
	if (w->len >= LINE_MAX - 1)
		w->err = -E2BIG;
	if (!w->err) {
		done = kernel_write(w->file, w->line, w->len, &w->pos);
		if (done != w->len)
			w->err = done < 0 ? done : -EIO;
	}
	w->len = 0;
}

static void write_function(struct writer *w, const struct counted_function *f)
{
	u32 i;

	add(w, "function %x %x %x", f->ident, f->lines, f->graph);
	for (i = 0; i < f->counters.n; i++)
		add(w, " %llx", READ_ONCE(f->counters.values[i]));
	end_line(w);
}

static void write_object(struct writer *w, const struct counted_object *o)
{
	u32 i;

	add(w, "object %x %x %x %s", o->version, o->stamp, o->checksum,
	    o->file);
	end_line(w);
	for (i = 0; i < o->n_functions; i++)
		if (o->functions[i] && o->functions[i]->object == o)
			write_function(w, o->functions[i]);
}

/* What the compiler has for programs, which add theirs to those of a file */
void __gcov_merge_add(s64 *values, u32 n);
void __gcov_merge_add(s64 *values, u32 n)
{
}

/**
 * counts_write() - write all counts to the end of the file
 *
 * Context: process
 */
void counts_write(void)
{
	const struct counted_object *const *o;
	struct writer w = { };

	w.line = kvmalloc(LINE_MAX, GFP_KERNEL);
	w.file = filp_open(COUNTS_FILE, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (!w.line)
		w.err = -ENOMEM;
	else if (IS_ERR(w.file))
		w.err = PTR_ERR(w.file);
	for (o = counts_begin + 1; !w.err && o < counts_end; o++)
		write_object(&w, *o);
	if (!IS_ERR(w.file))
		filp_close(w.file, NULL);
	kvfree(w.line);
	/* Not to be overlooked: run.sh takes it for a fault. */
	WARN(w.err, "counts are lost: %d\n", w.err);
}
