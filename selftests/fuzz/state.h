/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state: all that requests can change in a namespace, in one number.
 */
#ifndef _STATE_H
#define _STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "talk.h"

/**
 * struct state - what there is
 * @all: digest of everything, generations as well
 * @meaning: digest of everything but generations
 * @config: generation of the settings
 * @rules: generation of the ruleset
 * @trial: seconds until the ruleset before comes back, 0 if it does not
 * @flows: how many flows there are
 */
struct state {
	uint64_t all;
	uint64_t meaning;
	uint32_t config;
	uint32_t rules;
	uint32_t trial;
	uint32_t flows;
};

void digest(uint64_t *hash, const void *data, size_t len);
bool state_same(const struct state *a, const struct state *b);
const char *state_read(struct talk *talk, struct state *state);

#endif
