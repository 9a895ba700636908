/* SPDX-License-Identifier: GPL-2.0-only */
/* Stickiness: what GWLB remembers about each flow. */
#ifndef GWLBSIM_FLOW_H
#define GWLBSIM_FLOW_H

#include <linux/types.h>
#include <stdbool.h>

#include "options.h"
#include "tuple.h"

/* For everything but TCP; AWS lets nobody change it. */
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

/**
 * struct flow_counts - flows in the table
 * @all: all of them
 * @gwlb: by node
 * @appliance: by appliance
 * @endpoint: by endpoint
 */
struct flow_counts {
	unsigned long all;
	unsigned long gwlb[OPTIONS_GWLB_MAX];
	unsigned long appliance[OPTIONS_APPLIANCE_MAX];
	unsigned long endpoint[OPTIONS_ENDPOINT_MAX];
};

struct flow_table;

struct flow_table *flow_table_new(__u64 tcp_idle);
void flow_table_free(struct flow_table *table);
struct flow *flow_find(struct flow_table *table, const struct tuple *key,
		       __u64 now);
struct flow *flow_add(struct flow_table *table, const struct tuple *key,
		      unsigned int gwlb, unsigned int appliance, __u64 now);
void flow_move(struct flow_table *table, struct flow *flow,
	       unsigned int appliance);
__u64 flow_hash(const struct flow_table *table, const struct tuple *key);
__u16 flow_sport(const struct flow *flow);
void flow_expire(struct flow_table *table, __u64 now);
const struct flow_counts *flow_counts(const struct flow_table *table);

#endif
