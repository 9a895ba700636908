// SPDX-License-Identifier: GPL-2.0-only
/*
 * native: what parsing, flows, rules, sets and replacing rules cost, with
 * caches as they are.
 * Counting instructions in a guest, as the other benchmarks do, shows nothing
 * of memory: a table of a million flows takes as many as one of ten.
 *
 * Things that are compared are measured in turn, so that what else the machine
 * does meets them alike. Time is that of the thread: what others run is not in
 * it, but what they do to the caches is.
 *
 *   native [parse|flows|rules|sets|replace]...
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "packet.h"

#define MOST_FLOWS	1000000

/* What is good enough: a flow among many, in reads of memory and in bytes with
 * all that belongs to it, and a large set against a small one
 */
#define HIT_BAR		2.5
#define BYTES_BAR	256
#define SET_BAR		1.5

static const unsigned int flow_counts[] = { 1, 10000, MOST_FLOWS };
static const unsigned int rule_counts[] = { 10, 1000, 10000 };
static const unsigned int set_sizes[] = { 100, 1000000 };

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * native_fail() - the kernel's part cannot go on
 * @why: a sentence
 */
void native_fail(const char *why)
{
	errx(1, "%s", why);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static unsigned int *draws_new(void)
{
	unsigned int *draws = calloc(DRAWS, sizeof(*draws));

	if (!draws)
		err(1, NULL);
	return draws;
}

/* One run. What it was asked has to be right: nobody is fast who is wrong. */
static void run(struct meter *m, unsigned int i)
{
	unsigned long right;
	double start, misses;

	native_choose(m->set);
	counter_start();
	start = now();
	right = m->fn(m->draws, m->n);
	m->ns[i] = (now() - start) / m->n;
	misses = counter_stop();
	if (right != m->n)
		errx(1, "%lu of %lu answers are wrong", m->n - right, m->n);
	m->misses += misses / m->n / RUNS;
}

/**
 * measure() - measure some things in turn
 * @meters: they; the first run of each is for the caches
 * @n: how many
 */
void measure(struct meter *meters, size_t n)
{
	unsigned int i;
	size_t k;

	for (k = 0; k < n; k++) {
		run(&meters[k], 0);
		meters[k].misses = 0;
	}
	for (i = 0; i < RUNS; i++)
		for (k = 0; k < n; k++)
			run(&meters[k], i);
	for (k = 0; k < n; k++)
		qsort(meters[k].ns, RUNS, sizeof(double), ascending);
}

static void report_time(const char *name, const struct meter *meter)
{
	struct row row = { .name = name, .meter = meter, .unit = "ns" };

	report(&row);
}

static void report_against(const char *name, const struct meter *meter,
			   const char *baseline, const struct meter *base,
			   double bar)
{
	struct row row = {
		.name = name, .meter = meter, .unit = "ns",
		.baseline = baseline, .base = base, .bar = bar,
	};

	report(&row);
}

static void parse_version(int version)
{
	static const char *const names[] = {
		[4] = "parse, IPv4 and TCP", [6] = "parse, IPv6 and TCP",
	};
	struct meter m = { .fn = native_parse, .n = DRAWS };
	static struct packet p;

	packet_start(&p);
	packet_tunnel(&p, htonl(0x0a800001), htonl(0x0a800101));
	packet_ip(&p, version);
	packet_tcp(&p, 0);
	packet_fill(&p, 64);
	packet_finish(&p);
	native_packet(p.data, p.len);
	measure(&m, 1);
	report_time(names[version], &m);
}

static void parse(void)
{
	parse_version(4);
	parse_version(6);
}

/* All flows once, and then again, each time in another order */
static void draw_flows(unsigned int *draws, unsigned int n)
{
	size_t i, from, len;

	for (from = 0; from < DRAWS; from += len) {
		len = DRAWS - from < n ? DRAWS - from : n;
		for (i = 0; i < len; i++)
			draws[from + i] = i;
		shuffle(draws + from, len);
	}
	for (i = 0; i < DRAWS; i++)
		draws[i] |= native_random() & NATIVE_REPLY;
}

/* Flows, after those that are there already: up to @n of them. @empty is what
 * was in use before there were any.
 */
static void flows_of(unsigned int n, unsigned int before, unsigned long empty,
		     unsigned int *draws)
{
	struct meter idle = { .fn = native_idle, .n = DRAWS, .draws = draws };
	struct row memory = {
		.name = "memory of one of them", .unit = "bytes",
		.bar = BYTES_BAR,
	};
	struct meter m[4] = { idle };
	char name[4][80];
	unsigned long bytes;
	size_t i;

	if (native_flows(before, n))
		errx(1, "some flows were not made");
	bytes = native_bytes() - empty;
	draw_flows(draws, n);
	chase_prepare(bytes);
	for (i = 1; i < ARRAY_SIZE(m); i++)
		m[i] = idle;
	m[1].fn = chase;
	m[2].fn = native_find;
	m[3].fn = native_hit;
	m[2].idle = &m[0];
	m[3].idle = &m[0];
	measure(m, ARRAY_SIZE(m));

	snprintf(name[0], 80, "making packets of %u flows, taken off", n);
	snprintf(name[1], 80, "one read somewhere in %.1f MB", bytes / 1e6);
	snprintf(name[2], 80, "find one of %u flows", n);
	snprintf(name[3], 80, "decide by one of %u flows", n);
	report_time(name[0], &m[0]);
	report_time(name[1], &m[1]);
	report_against(name[2], &m[2], name[1], &m[1], 0);
	report_against(name[3], &m[3], name[1], &m[1],
		       n == MOST_FLOWS ? HIT_BAR : 0);
	memory.value = (double)bytes / n;
	if (n == MOST_FLOWS)
		report(&memory);
}

static void flows(void)
{
	unsigned long empty = native_bytes();
	unsigned int i, before = 0;
	unsigned int *draws = draws_new();

	rules_use("policy accept\nflow-max-endpoint 1048576\n");
	for (i = 0; i < ARRAY_SIZE(flow_counts); i++) {
		flows_of(flow_counts[i], before, empty, draws);
		before = flow_counts[i];
	}
	free(draws);
}

/* The text of @n rules, of which the last is as likely to apply as the first */
static char *rules_text(unsigned int n)
{
	unsigned int i;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		err(1, NULL);
	for (i = 0; i < n; i++)
		fprintf(f, "rule to 10.%u.%u.0/24 proto tcp dport 443 accept\n",
			i / 256, i % 256);
	fclose(f);
	return text;
}

static void rules(void)
{
	struct meter m = { .fn = native_ask, .n = DRAWS / 64 };
	unsigned int *draws = draws_new();
	char name[80], *text;
	unsigned int i;
	size_t k;

	m.draws = draws;
	for (i = 0; i < ARRAY_SIZE(rule_counts); i++) {
		text = rules_text(rule_counts[i]);
		rules_use(text);
		free(text);
		for (k = 0; k < DRAWS; k++)
			draws[k] = random_below(rule_counts[i]);
		measure(&m, 1);
		snprintf(name, sizeof(name), "ask %u rules", rule_counts[i]);
		report_time(name, &m);
	}
	free(draws);
}

/* The text of a set of each size, with prefixes @p */
static char *sets_text(struct prefixes **p)
{
	unsigned int i;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		err(1, NULL);
	for (i = 0; i < ARRAY_SIZE(set_sizes); i++) {
		p[i] = prefixes_draw(set_sizes[i]);
		fprintf(f, "set s%u address {\n", i);
		prefixes_print(p[i], f);
		fputs("\n}\n", f);
	}
	fclose(f);
	return text;
}

/* Both sizes, with addresses that are in the set, and with some that are not */
static void sets(void)
{
	struct prefixes *p[ARRAY_SIZE(set_sizes)];
	unsigned int *draws[4];
	struct meter m[4] = { };
	char name[4][80], *text;
	unsigned int i;

	text = sets_text(p);
	rules_use(text);
	free(text);
	for (i = 0; i < 4; i++) {
		draws[i] = draws_new();
		if (i < 2)
			prefixes_members(p[i % 2], draws[i], DRAWS);
		else
			prefixes_strangers(p[i % 2], draws[i], DRAWS);
		m[i] = (struct meter){
			.fn = i < 2 ? native_member : native_stranger,
			.n = DRAWS, .draws = draws[i], .set = i % 2,
		};
		snprintf(name[i], 80, "an address %s a set of %u",
			 i < 2 ? "in" : "not in", set_sizes[i % 2]);
	}
	measure(m, 4);
	for (i = 0; i < 4; i += 2) {
		report_time(name[i], &m[i]);
		report_against(name[i + 1], &m[i + 1], name[i], &m[i],
			       SET_BAR);
		free(draws[i]);
		free(draws[i + 1]);
	}
}

/**
 * struct part - one part of all
 * @name: its name, to choose it by
 * @measure: what it does
 */
struct part {
	const char *name;
	void (*measure)(void);
};

static const struct part parts[] = {
	{ "parse", parse }, { "flows", flows }, { "rules", rules },
	{ "sets", sets }, { "replace", replace },
};

static bool chosen(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 1;
}

/* What all rows have in common, in words */
static const char *configuration(void)
{
	static char text[512];
	char line[256], model[128] = "unknown";
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "model name : %127[^\n]", model) == 1)
			break;
	if (f)
		fclose(f);
	snprintf(text, sizeof(text),
		 "objects as for Linux %s, %s, huge pages for all tables and for what they are compared with",
		 KERNEL, model);
	return text;
}

int main(int argc, char **argv)
{
	unsigned int i;

	counter_open();
	if (native_start())
		errx(1, "no start");
	report_begin(configuration());
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (chosen(parts[i].name, argc, argv))
			parts[i].measure();
	printf("\n%lu MB are in huge pages\n", huge_kilobytes() >> 10);
	report_end();
	return 0;
}
