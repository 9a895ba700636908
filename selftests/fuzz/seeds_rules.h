/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seeds_rules: names, prefixes, elements, and what a ruleset has of them.
 */
#ifndef _SEEDS_RULES_H
#define _SEEDS_RULES_H

#include "message.h"

/* How many sets and groups there are: s0, s1 ..., each of a type that its
 * number tells, and g0, g1 ...
 */
#define SEED_SETS	6
#define SEED_GROUPS	4

void put_name(struct item **list, uint16_t type, char kind, uint32_t number);
void put_prefix(struct item **list, uint16_t type);
void put_values(struct item **list, uint32_t set, uint32_t n);

#endif
