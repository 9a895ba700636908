/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seeds: requests that are as they should be, of each command. What they say is
 * by chance; names and types are few, so that what one request makes is what
 * the next ones ask for.
 */
#ifndef _SEEDS_H
#define _SEEDS_H

#include <stdint.h>

#include "message.h"
#include "state.h"

/**
 * struct surroundings - what requests are about
 * @state: what there was last
 * @device: a device that is there besides lo, or NULL
 * @flow: the newest flow that there was, 0 if there was none
 */
struct surroundings {
	struct state state;
	const char *device;
	uint64_t flow;
};

void seed(struct message *msg, const struct surroundings *around);
void seed_of(struct message *msg, uint8_t cmd,
	     const struct surroundings *around);
void seed_ruleset(struct message *msg, uint32_t n_rules, uint32_t n_elements,
		  bool may_keep);
void seed_elements(struct message *msg, uint32_t from, uint32_t n);

#endif
