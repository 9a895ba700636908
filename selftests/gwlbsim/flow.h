/* SPDX-License-Identifier: GPL-2.0-only */
/* Stickiness: what GWLB remembers about each flow. */
#ifndef GWLBSIM_FLOW_H
#define GWLBSIM_FLOW_H

#include <linux/types.h>
#include <stdbool.h>

#include "tuple.h"

#define FLOW_TIMEOUT_TCP_MS	350000
#define FLOW_TIMEOUT_OTHER_MS	120000

/**
 * struct flow - one flow, both directions
 * @key: what identifies it
 * @hash: hash of the key
 * @cookie: what GWLB writes into option 3
 * @gwlb: index of the GWLB address that it is sent from
 * @appliance: index of the appliance that it sticks to
 * @used: when the last packet passed, in ms
 * @chain: next in the same bucket
 * @older: previous in the order of use
 * @newer: next in the order of use
 */
struct flow {
	struct tuple key;
	__u64 hash;
	__u32 cookie;
	__u16 gwlb;
	__u16 appliance;
	__u64 used;
	struct flow *chain;
	struct flow *older;
	struct flow *newer;
};

/* What flow_pick() is asked for; the choices do not depend on each other. */
enum {
	FLOW_PICK_GWLB,
	FLOW_PICK_APPLIANCE,
};

struct flow_table;

struct flow_table *flow_table_new(void);
void flow_table_free(struct flow_table *table);
struct flow *flow_find(struct flow_table *table, const struct tuple *key,
		       __u64 now);
struct flow *flow_add(struct flow_table *table, const struct tuple *key,
		      __u64 now);
__u16 flow_sport(const struct flow *flow);
unsigned int flow_pick(const struct flow *flow, unsigned int salt,
		       unsigned int n);
void flow_expire(struct flow_table *table, __u64 now);
unsigned long flow_count(const struct flow_table *table);

#endif
