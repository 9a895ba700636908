/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * counts: how often each piece of code was run. The compiler makes the
 * counters, as it does for gcov; this writes them to a file.
 */
#ifndef _COVERAGE_COUNTS_H
#define _COVERAGE_COUNTS_H

#include <linux/types.h>

/* The following is gcc's, which promises nothing: see report.py, too. */
#if __GNUC__ < 12 || __GNUC__ > 13
#error "Who knows what this compiler's counters look like?"
#endif

#define COUNTERS_KINDS	8

/**
 * struct counters - counters of a function
 * @n: how many
 * @values: they
 */
struct counters {
	u32 n;
	s64 *values;
};

/**
 * struct counted_function - a function
 * @object: the one that it counts for
 * @ident: its number
 * @lines: a checksum of where it is
 * @graph: one of what it consists of
 * @counters: the first kind, which is all that there are
 */
struct counted_function {
	const struct counted_object *object;
	u32 ident;
	u32 lines;
	u32 graph;
	struct counters counters;
};

/**
 * struct counted_object - what the compiler makes for each object
 * @version: of the file's format
 * @next: not ours
 * @stamp: says which .gcno belongs to it
 * @checksum: as well
 * @file: where a program would write it to
 * @merge: says which kinds there are: the first, hopefully
 * @n_functions: how many functions
 * @functions: they
 */
struct counted_object {
	u32 version;
	void *next;
	u32 stamp;
	u32 checksum;
	const char *file;
	void *merge[COUNTERS_KINDS];
	u32 n_functions;
	const struct counted_function *const *functions;
};

/* The list lies between these. */
extern const struct counted_object *const counts_begin[1];
extern const struct counted_object *const counts_end[1];

/* Where an entry of the list is */
#define COUNTS_ENTRY	__section(".gwlb_counts")

void counts_write(void);

#endif /* _COVERAGE_COUNTS_H */
