/* SPDX-License-Identifier: GPL-2.0-only */
/* What /metrics tells. See metrics.c. */

#ifndef _GWLB_HEALTHD_METRICS_H
#define _GWLB_HEALTHD_METRICS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>

#include "config.h"
#include "counter.h"
#include "health.h"
#include "ruleset.h"
#include "traffic.h"

/**
 * struct metrics - what /metrics tells
 * @up: did the module answer; if not, there is only @health
 * @health: the outcome of all checks
 * @config: state and settings
 * @ruleset: its numbers, rules and policies
 * @has_rules: are there rules and policies; they are not for everybody
 * @counters: what happened to the packets
 * @endpoints: all endpoints
 * @connections: connections that the server has right now
 * @late: how many it closed as they took too long
 * @crowded: how many it closed to make room for others
 */
struct metrics {
	bool up;
	struct health health;
	struct config config;
	struct ruleset ruleset;
	bool has_rules;
	struct counters counters;
	struct endpoints endpoints;
	__u64 connections;
	__u64 late;
	__u64 crowded;
};

void metrics_print(FILE *to, const struct metrics *metrics);
void metrics_free(struct metrics *metrics);

#endif /* _GWLB_HEALTHD_METRICS_H */
