// SPDX-License-Identifier: GPL-2.0-only
/*
 * replace: how long it takes to replace a ruleset, part by part: what gwlbctl
 * does to make a request of a rules file, and what the module does with it. A
 * guest that counts instructions knows no time; here it passes. What is not in
 * it is starting gwlbctl, handing the request to the kernel, where netlink
 * copies it and compares it with the family's policy, and freeing the old
 * ruleset, which happens later.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "rules_netlink.h"
#include "rules_text.h"

#define NS_PER_MS	1e6

/* What is good enough, in milliseconds */
#define REPLACE_BAR	100

/**
 * struct file - a rules file and what was made of it
 * @text: the file
 * @len: its length
 * @rules: the rules that it says
 * @message: the request that they are
 */
struct file {
	char *text;
	size_t len;
	struct rules rules;
	struct nlmsghdr *message;
};

/* The ruleset in force is that of one of them, the other one takes its place */
static struct file files[2];
static unsigned int other;

static void file_open(struct file *file, const char *path)
{
	FILE *f = fopen(path, "r"), *memory;
	int c;

	if (!f)
		err(1, "%s: \"make -C selftests/bench\" makes it", path);
	memory = open_memstream(&file->text, &file->len);
	if (!memory)
		err(1, NULL);
	while ((c = getc(f)) != EOF)
		putc(c, memory);
	fclose(memory);
	fclose(f);
}

/* The parts, in the order in which they are done. Each takes long enough to be
 * done once in a run.
 */

static unsigned long do_read(const unsigned int *draws, unsigned long n)
{
	struct file *file = &files[other];
	struct rules_error error;

	(void)draws;
	rules_free(&file->rules);
	if (rules_parse(file->text, file->len, &file->rules, &error))
		errx(1, "rules: %s", error.text);
	return n;
}

static unsigned long do_encode(const unsigned int *draws, unsigned long n)
{
	struct file *file = &files[other];
	struct rules_map map = { };

	(void)draws;
	free(file->message);
	file->message = rules_message(&file->rules, &map);
	rules_map_free(&map);
	return n;
}

static unsigned long do_validate(const unsigned int *draws, unsigned long n)
{
	(void)draws;
	return native_validate(files[other].message) ? 0 : n;
}

static unsigned long do_parse(const unsigned int *draws, unsigned long n)
{
	(void)draws;
	return native_prepare(files[other].message) ? 0 : n;
}

/* The parser has done it already: this is how much of its time it was. */
static unsigned long do_index(const unsigned int *draws, unsigned long n)
{
	(void)draws;
	return native_index() ? 0 : n;
}

static unsigned long do_replace(const unsigned int *draws, unsigned long n)
{
	(void)draws;
	return native_replace() ? 0 : n;
}

/* In the kernel somebody else does it, when nobody reads it any more. */
static unsigned long do_free(const unsigned int *draws, unsigned long n)
{
	(void)draws;
	native_settle();
	other = !other;
	return n;
}

/**
 * struct part - one part of it
 * @name: what is done
 * @fn: does it
 * @counts: somebody waits for it, and no other part has it in it
 */
struct part {
	const char *name;
	native_fn *fn;
	bool counts;
};

static const struct part parts[] = {
	{ "replace: gwlbctl reads the file", do_read, true },
	{ "replace: gwlbctl makes the request", do_encode, true },
	{ "replace: netlink validates it", do_validate, true },
	{ "replace: the module reads it", do_parse, true },
	{ "- of that, making the index", do_index, false },
	{ "replace: the module takes over accounts", do_replace, true },
	{ "- later, freeing the old rules", do_free, false },
};

#define PARTS	(sizeof(parts) / sizeof(parts[0]))

/**
 * replace() - measure replacing 10,000 rules by 10,000 others
 */
void replace(void)
{
	struct row all = {
		.name = "replacing 10,000 rules, together", .unit = "ms",
		.bar = REPLACE_BAR,
	};
	struct meter m[PARTS] = { };
	struct row row;
	size_t i;

	file_open(&files[0], RULES "/10000-first.rules");
	file_open(&files[1], RULES "/10000-last.rules");
	for (i = 0; i < PARTS; i++)
		m[i] = (struct meter){ .fn = parts[i].fn, .n = 1 };
	measure(m, PARTS);
	for (i = 0; i < PARTS; i++) {
		row = (struct row){
			.name = parts[i].name, .meter = &m[i], .unit = "ms",
			.per = NS_PER_MS,
		};
		report(&row);
		if (parts[i].counts)
			all.value += report_median(&m[i]) / NS_PER_MS;
	}
	report(&all);
}
