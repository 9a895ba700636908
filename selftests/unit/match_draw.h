/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * match_draw: rules and packets from bytes, random ones or a fuzzer's. See
 * match_draw.c.
 */
#ifndef _UNIT_MATCH_DRAW_H
#define _UNIT_MATCH_DRAW_H

#include <stddef.h>

#include "match_oracle.h"

/* What is in a set, and how many sets of each there are, one after the other */
#define DRAW_TYPES	3
#define DRAW_SETS	(3 * DRAW_TYPES)

/**
 * struct drawer - where bytes come from
 * @data: the next byte; NULL if random numbers are taken
 * @left: how many there are; after the last one all are 0
 * @state: random numbers; not 0
 * @sets: sets for rules to name: of addresses, ports, endpoints, addresses ...
 */
struct drawer {
	const unsigned char *data;
	size_t left;
	unsigned long long state;
	struct oracle_set sets[DRAW_SETS];
};

unsigned int draw_below(struct drawer *d, unsigned int n);
void draw_sets(struct drawer *d);
void draw_rule(struct drawer *d, struct oracle_rule *rule);
void draw_subject(struct drawer *d, struct gwlb_subject *s);

#endif /* _UNIT_MATCH_DRAW_H */
