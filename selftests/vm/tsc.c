// SPDX-License-Identifier: GPL-2.0-only
/*
 * tsc.c - prints how many kHz the time stamp counter of this machine has
 *
 * An emulator without a hypervisor passes it on to the guest as it is. The
 * guest would have to compare it with devices, and where others want the CPU,
 * too, is wrong by factors now and then.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct moment {
	uint64_t tsc;
	uint64_t ns;
};

/* Of many readings the one that took least: nobody came between. */
static struct moment now(void)
{
	struct moment best = { 0 };
	uint64_t least = UINT64_MAX;
	struct timespec ts;
	int i;

	for (i = 0; i < 1000; i++) {
		uint64_t before = __rdtsc(), took;

		clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
		took = __rdtsc() - before;
		if (took >= least)
			continue;
		least = took;
		best.tsc = before + took / 2;
		best.ns = (uint64_t)ts.tv_sec * 1000000000 +
			  (uint64_t)ts.tv_nsec;
	}
	return best;
}

int main(void)
{
	static const struct timespec pause = { .tv_nsec = 50000000 };
	struct moment from = now(), to;

	nanosleep(&pause, NULL);
	to = now();
	printf("%" PRIu64 "\n",
	       (to.tsc - from.tsc) * 1000000 / (to.ns - from.ns));
	return 0;
}
