/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flow_table: the flows of a namespace. Owns the table, its limits and its
 * garbage collection.
 */
#ifndef _GWLB_FLOW_TABLE_H
#define _GWLB_FLOW_TABLE_H

#include <linux/atomic.h>
#include <linux/rhashtable-types.h>
#include <linux/workqueue.h>

#include "flow.h"

struct gwlb_endpoint;
struct gwlb_net;
struct gwlb_options;

/**
 * struct gwlb_flow_table - all flows of a namespace
 * @hash: finds a flow by its key
 * @last_id: number of the newest flow
 * @gc: removes those that are over
 * @iter: how far @gc has come
 * @crowded: the endpoint that seemed to have most flows that nobody answered;
 *	a hint, under RCU like all endpoints
 * @count: how many there are; not more than the ruleset allows
 */
struct gwlb_flow_table {
	struct rhashtable hash;
	atomic64_t last_id;
	struct delayed_work gc;
	struct rhashtable_iter iter;
	struct gwlb_endpoint *crowded;
	atomic_t count;
};

int gwlb_flow_module_init(void);
void gwlb_flow_module_exit(void);
int gwlb_flow_table_init(struct gwlb_net *gn);
void gwlb_flow_table_exit(struct gwlb_net *gn);

struct gwlb_flow *gwlb_flow_find(struct gwlb_net *gn,
				 const struct gwlb_flow_key *key);
enum gwlb_reason gwlb_flow_alloc(struct gwlb_net *gn,
				 const struct gwlb_options *options,
				 struct gwlb_endpoint *endpoint,
				 struct gwlb_flow **flow);
struct gwlb_flow *gwlb_flow_publish(struct gwlb_net *gn,
				    struct gwlb_flow *flow);
void gwlb_flow_seen(struct gwlb_flow *flow, enum gwlb_side side,
		    u32 packets, u32 bytes);
void gwlb_flow_answered(struct gwlb_flow *flow);
bool gwlb_flow_remove(struct gwlb_net *gn, struct gwlb_flow *flow,
		      enum gwlb_flow_end end);
void gwlb_flow_gc_kick(struct gwlb_net *gn);

#endif /* _GWLB_FLOW_TABLE_H */
