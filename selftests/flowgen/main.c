// SPDX-License-Identifier: GPL-2.0-only
/*
 * flowgen: sends the packets of many flows in GWLB's way and says how many
 * came back byte for byte. Owns the order of sending; knows nothing of rules:
 * the test knows how many have to come back.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "flowgen.h"

#define NS	1000000000ULL

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

/* Sleeps until it is time for flow number @n since @start. Who is late does not
 * sleep, so that the rate is kept on the whole.
 */
static void pace(const struct timespec *start, uint64_t rate, uint64_t n)
{
	uint64_t ns = start->tv_nsec + n % rate * NS / rate;
	struct timespec at = {
		.tv_sec = start->tv_sec + n / rate + ns / NS,
		.tv_nsec = ns % NS,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) ==
	       EINTR && !stopped)
		;
}

static void generate(const struct gen *g, struct totals *t)
{
	static struct frame frames[BATCH_MAX + 1];
	uint64_t round, first, n, base = g->first, begun = 0;
	unsigned int i, step, count;
	struct timespec start;
	struct wire wire;

	wire_open(&wire, g);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (round = 0; !g->rounds || round < g->rounds; round++) {
		first = base;
		for (n = 0; n < g->flows; n += count) {
			count = g->batch;
			if (g->flows - n < count)
				count = g->flows - n;
			if (g->rate)
				pace(&start, g->rate, begun);
			begun += count;
			for (step = 0; step < g->steps; step++) {
				if (stopped)
					goto out;
				for (i = 0; i < count; i++)
					frame_put(&frames[i], g,
						  &g->step[step],
						  first + n + i);
				wire_exchange(&wire, g, frames, count, t);
			}
		}
		if (g->fresh)
			base += g->flows;
	}
out:
	/* A ping alone: who is late has until it is answered. */
	wire_exchange(&wire, g, frames, 0, t);
	wire_close(&wire);
}

int main(int argc, char **argv)
{
	struct gen gen = {
		.outer_port = 60000,
		.endpoint = 0x0123456789abcdef0,
		.endpoints = 1,
		.clients = 256,
		.port = 53,
		.flows = 1,
		.rounds = 1,
		.batch = 64,
	};
	struct totals t = {};

	gen_parse(&gen, argc, argv);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	generate(&gen, &t);
	printf("sent %ju returned %ju other %ju\n", (uintmax_t)t.sent,
	       (uintmax_t)t.returned, (uintmax_t)t.other);
	return 0;
}
