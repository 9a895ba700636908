/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run: requests of one actor, and what was found out about them.
 */
#ifndef _RUN_H
#define _RUN_H

#include <stddef.h>
#include <stdint.h>

#include "actor.h"
#include "seeds.h"
#include "state.h"
#include "talk.h"

/* So many requests a finding may be about */
#define MAX_SUSPECTS	64

/**
 * struct suspect - a request that was sent since the state was read
 * @index: its number
 * @len: how many bytes
 * @bytes: the first of them
 */
struct suspect {
	uint64_t index;
	size_t len;
	uint8_t bytes[512];
};

/**
 * struct run - a run
 * @actor: who sends
 * @seed: what chance begins with
 * @index: number of the request
 * @talk: his conversation
 * @traffic: a command that sends packets, or NULL
 * @witness: a socket to who reads the state for him, or -1
 * @around: what requests are about
 * @suspects: what was sent since the state was read
 * @n_suspects: how many
 * @batch: how many at most
 * @accepted: by command, how many requests of each were accepted
 * @dumped: by command, how many dumps of each
 * @outcomes: by outcome, how many requests
 * @told: of how many that were accepted an event told
 */
struct run {
	const struct actor *actor;
	uint64_t seed;
	uint64_t index;
	struct talk talk;
	const char *traffic;
	int witness;
	struct surroundings around;
	struct suspect suspects[MAX_SUSPECTS];
	uint32_t n_suspects;
	uint32_t batch;
	uint64_t accepted[256];
	uint64_t dumped[256];
	uint64_t outcomes[3];
	uint64_t told;
};

void run_found(const struct run *run, const char *what, bool last)
	__attribute__((noreturn));
void run_read_state(struct run *run, struct state *state);
void run_compare_state(struct run *run);
void run_one(struct run *run);
void run_traffic(struct run *run);

#endif
