/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * endpoint: VPC endpoints, added when they are first seen. Owns their table
 * and what each of them holds of the table of flows.
 */
#ifndef _GWLB_ENDPOINT_H
#define _GWLB_ENDPOINT_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "tally.h"

struct gwlb_net;

/**
 * struct gwlb_endpoint - one VPC endpoint, or all that found no place
 * @tally: its id and its counters
 * @lock: guards @young and @n_young
 * @young: its flows that nobody has answered yet, oldest first
 * @n_young: how many these are
 * @flows: how many flows it has
 * @fragments: its fragmented packets, oldest first; under the lock of the
 *	table of these
 * @n_fragments: how many these are
 */
struct gwlb_endpoint {
	struct gwlb_tally tally;
	spinlock_t lock;	/* young, n_young */
	struct list_head young;
	u32 n_young;
	atomic_t flows;
	struct list_head fragments;
	u32 n_fragments;
};

/**
 * struct gwlb_endpoint_table - all endpoints of a namespace
 * @table: those that have a place
 * @others: stands for all that have none; shares its counters with @table
 */
struct gwlb_endpoint_table {
	struct gwlb_tally_table table;
	struct gwlb_endpoint others;
};

int gwlb_endpoint_table_init(struct gwlb_endpoint_table *endpoints);
void gwlb_endpoint_table_exit(struct gwlb_endpoint_table *endpoints);
struct gwlb_endpoint *gwlb_endpoint_add(struct gwlb_endpoint_table *endpoints,
					u64 id);

/**
 * gwlb_endpoint_get() - find an endpoint, or add it
 * @endpoints: all of them
 * @id: its id
 *
 * Context: bottom halves off, RCU read side
 * Return: the endpoint; if there is no place for it, what stands for all of
 *	   those
 */
static inline struct gwlb_endpoint *
gwlb_endpoint_get(struct gwlb_endpoint_table *endpoints, u64 id)
{
	struct gwlb_tally *tally = gwlb_tally_find(&endpoints->table, id);

	if (tally)
		return container_of(tally, struct gwlb_endpoint, tally);
	return gwlb_endpoint_add(endpoints, id);
}

#endif /* _GWLB_ENDPOINT_H */
