/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mutate: random packets that are nearly right. See mutate.c.
 */
#ifndef _UNIT_MUTATE_H
#define _UNIT_MUTATE_H

#include "packet.h"

/**
 * struct mutator - a source of random numbers
 * @state: where it is; not 0
 */
struct mutator {
	__u64 state;
};

unsigned int mutate_below(struct mutator *m, unsigned int n);
void mutate(struct mutator *m, struct packet *p, const struct packet *other);
void mutate_repair_outer(struct packet *p);
void mutate_repair_udp(struct packet *p);
void mutate_repair_inner(struct packet *p);

#endif /* _UNIT_MUTATE_H */
