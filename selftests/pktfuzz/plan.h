/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan: the rules of a run, drawn from its seed. See plan.c.
 */
#ifndef _PKTFUZZ_PLAN_H
#define _PKTFUZZ_PLAN_H

#include <stdio.h>

#include "match_build.h"
#include "match_draw.h"

#define PLAN_RULES	24
#define PLAN_GROUPS	4

/* The flow that sentinels are of; the first rule accepts it. */
#define PLAN_SENTINEL_SRC	0xc633644d	/* 198.51.100.77 */
#define PLAN_SENTINEL_DST	0xc633644e
#define PLAN_SENTINEL_PORT	53

/**
 * struct plan - one ruleset
 * @d: random numbers, and the sets
 * @n: how many rules
 * @rules: the rules as they are written
 * @built: the same, ready to be asked
 * @policy: what becomes of packets about which no rule decides
 * @pickup: what becomes of connections whose beginning was not seen
 * @refused: what is kept of refused flows
 * @groups: there are groups; the first ones have an endpoint each
 * @group_policy: their policies
 */
struct plan {
	struct drawer d;
	unsigned int n;
	struct oracle_rule rules[PLAN_RULES + 1];
	struct built_rules built;
	enum gwlb_verdict policy;
	enum gwlb_pickup pickup;
	enum gwlb_refused refused;
	bool groups;
	enum gwlb_verdict group_policy[PLAN_GROUPS];
};

/**
 * struct decision - what a ruleset says
 * @verdict: that
 * @rule: a rule says so, not a policy
 */
struct decision {
	enum gwlb_verdict verdict;
	bool rule;
};

void plan_draw(struct plan *plan, unsigned long long seed);
void plan_print(const struct plan *plan, FILE *to);
u32 plan_group(const struct plan *plan, u64 endpoint);
u8 plan_direction(u8 family, const union nf_inet_addr *source);
struct decision plan_ask(const struct plan *plan, struct gwlb_subject *s);

#endif /* _PKTFUZZ_PLAN_H */
