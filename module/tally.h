/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tally: things that traffic is counted for, found by a 64-bit key and listed
 * in the order in which they were first seen. Nodes and endpoints are such
 * things. They are added by the walk and live as long as their table.
 */
#ifndef _GWLB_TALLY_H
#define _GWLB_TALLY_H

#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct gwlb_traffic;

/**
 * struct gwlb_tally - one thing that traffic is counted for
 * @head: its place in the hash table
 * @key: what it is found by
 * @traffic: its counters
 */
struct gwlb_tally {
	struct rhash_head head;
	u64 key;
	struct gwlb_traffic __percpu *traffic;
};

/**
 * struct gwlb_tally_table - all things of one kind
 * @hash: finds one by its key; read under RCU
 * @list: the same in the order seen, numbered from 1; read under RCU
 * @lock: serializes those who add
 * @others: counts for everything that found no place
 * @max: how many there may be
 */
struct gwlb_tally_table {
	struct rhashtable hash;
	struct xarray list;
	spinlock_t lock;	/* additions */
	struct gwlb_traffic __percpu *others;
	u32 max;
};

int gwlb_tally_table_init(struct gwlb_tally_table *table, u32 max);
void gwlb_tally_table_exit(struct gwlb_tally_table *table,
			   void (*free)(struct gwlb_tally *tally));
u32 gwlb_tally_table_count(const struct gwlb_tally_table *table);

struct gwlb_tally *gwlb_tally_find(struct gwlb_tally_table *table, u64 key);
struct gwlb_tally *gwlb_tally_next(struct gwlb_tally_table *table,
				   unsigned long *index);
bool gwlb_tally_full(const struct gwlb_tally_table *table);
int gwlb_tally_init(struct gwlb_tally *tally, u64 key);
struct gwlb_tally *gwlb_tally_add(struct gwlb_tally_table *table,
				  struct gwlb_tally *tally);

#endif /* _GWLB_TALLY_H */
