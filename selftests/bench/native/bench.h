/* SPDX-License-Identifier: GPL-2.0-only */
/* bench: what the files of the program's own part know of each other. */
#ifndef _BENCH_BENCH_H
#define _BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "native.h"

#define RUNS	11
#define DRAWS	(1UL << 20)

/**
 * struct meter - something that is measured
 * @fn: does it @n times
 * @draws: with these; read one after the other, so that they are there in time
 * @n: so often in one run
 * @set: in this set, counted from 0
 * @ns: nanoseconds for each time, by run, afterwards in ascending order
 * @misses: cache misses for each time, of all runs; below 0 if nobody counts
 * @idle: what its loop itself takes, to be taken off; or NULL
 */
struct meter {
	native_fn *fn;
	const unsigned int *draws;
	unsigned long n;
	unsigned int set;
	double ns[RUNS];
	double misses;
	const struct meter *idle;
};

/**
 * struct row - one line of the report
 * @name: what was measured
 * @meter: how long it took; NULL if it is no time
 * @value: what was measured then
 * @unit: of that
 * @per: so many nanoseconds are one of @unit; 0 for one
 * @baseline: what it is compared with, or NULL
 * @base: what that took; NULL for a bar on the value itself
 * @bar: the highest ratio, or value, that is good enough; 0 if there is no bar
 */
struct row {
	const char *name;
	const struct meter *meter;
	double value;
	const char *unit;
	double per;
	const char *baseline;
	const struct meter *base;
	double bar;
};

/* main.c */
void measure(struct meter *meters, size_t n);

/* counter.c */
void counter_open(void);
void counter_start(void);
double counter_stop(void);

/* memory.c */
unsigned int random_below(unsigned int n);
void shuffle(unsigned int *list, size_t n);
void chase_prepare(unsigned long bytes);
native_fn chase;
unsigned long huge_kilobytes(void);

/* prefixes.c */
struct prefixes;
struct prefixes *prefixes_draw(unsigned int n);
void prefixes_print(const struct prefixes *p, void *file);
void prefixes_members(const struct prefixes *p, unsigned int *draws, size_t n);
void prefixes_strangers(const struct prefixes *p, unsigned int *draws,
			size_t n);

/* rules.c */
struct nlmsghdr;
struct rules;
struct rules_map;
struct nlmsghdr *rules_message(const struct rules *rules,
			       struct rules_map *map);
void rules_use(const char *text);

/* replace.c */
void replace(void);

/* report.c */
double report_median(const struct meter *meter);
void report_begin(const char *configuration);
void report(const struct row *row);
void report_end(void);

#endif /* _BENCH_BENCH_H */
