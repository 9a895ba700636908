/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * burst: some packets at a time, and whether the module did to them what it
 * had to. See burst.c.
 */
#ifndef _PKTFUZZ_BURST_H
#define _PKTFUZZ_BURST_H

#include "counters.h"
#include "ring.h"

/* The packets, and a sentinel */
#define BURST_MAX	(RING_FRAMES - 1)
#define BURST_CAUGHT	(4 * RING_FRAMES)

/**
 * struct burst - packets that are on their way at the same time
 * @ring: the wire
 * @source: the module's counters
 * @mode: its send mode
 * @before: the counters before this burst
 * @shots: the packets
 * @n: how many
 * @sentinel: what is sent after them
 * @caught: what came back before the sentinel
 * @n_caught: how many
 * @strays: how many that belong to none of the packets
 * @answers: how many rejected packets were answered so far
 * @back: which of the packets came back
 * @wrong: something is not as it has to be
 */
struct burst {
	struct ring ring;
	struct counter_source source;
	enum gwlb_send_mode mode;
	struct counters before;
	struct shot shots[RING_FRAMES];
	unsigned int n;
	struct shot sentinel;
	struct caught caught[BURST_CAUGHT];
	unsigned int n_caught;
	unsigned int strays;
	unsigned long answers;
	bool back[RING_FRAMES];
	bool wrong;
};

bool burst_play(struct burst *b);

#endif /* _PKTFUZZ_BURST_H */
