/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tally: things that traffic is counted for, found by a 64-bit key and listed
 * in the order in which they were first seen. Nodes and endpoints are such
 * things. They are added by the walk and live as long as their table.
 */
#ifndef _GWLB_TALLY_H
#define _GWLB_TALLY_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct gwlb_count;
struct gwlb_traffic;

/* Lists in a table: a page of them, eight endpoints in each at the most. */
#define GWLB_TALLY_BITS		9

/**
 * struct gwlb_tally - one thing that traffic is counted for
 * @next: the next one in the same list of the hash table
 * @key: what it is found by
 * @traffic: its counters
 */
struct gwlb_tally {
	struct gwlb_tally __rcu *next;
	u64 key;
	struct gwlb_traffic __percpu *traffic;
};

/**
 * struct gwlb_tally_table - all things of one kind
 * @hash: lists that a thing is found in by its key; read under RCU
 * @multiplier: says which list that is; random, so that nobody can choose keys
 *	that are all in one
 * @list: the same in the order seen, numbered from 1; read under RCU
 * @lock: serializes those who add
 * @others: counts for everything that found no place
 * @count: how many there are
 * @max: how many there may be
 */
struct gwlb_tally_table {
	struct gwlb_tally __rcu **hash;
	u64 multiplier;
	struct xarray list;
	spinlock_t lock;	/* additions */
	struct gwlb_traffic __percpu *others;
	u32 count;
	u32 max;
};

/* In which list is a key? Two keys are in the same one no more often than
 * chance has it, whatever they are, since the multiplier is random and odd
 * (Dietzfelbinger and others, 1997).
 */
static inline struct gwlb_tally __rcu **
gwlb_tally_list(const struct gwlb_tally_table *table, u64 key)
{
	return &table->hash[key * table->multiplier >> (64 - GWLB_TALLY_BITS)];
}

/**
 * gwlb_tally_find() - find a thing by its key
 * @table: the table
 * @key: the key
 *
 * Here, as the walk asks it.
 *
 * Context: RCU read side
 * Return: the thing, or NULL
 */
static __always_inline struct gwlb_tally *
gwlb_tally_find(const struct gwlb_tally_table *table, u64 key)
{
	struct gwlb_tally *tally;

	for (tally = rcu_dereference(*gwlb_tally_list(table, key));
	     tally && unlikely(tally->key != key);
	     tally = rcu_dereference(tally->next))
		;
	return tally;
}

int gwlb_tally_table_init(struct gwlb_tally_table *table, u32 max);
void gwlb_tally_table_exit(struct gwlb_tally_table *table,
			   void (*free)(struct gwlb_tally *tally));
u32 gwlb_tally_table_count(const struct gwlb_tally_table *table);
void gwlb_tally_returned(struct gwlb_tally_table *table,
			 struct gwlb_count *sum);

struct gwlb_tally *gwlb_tally_next(struct gwlb_tally_table *table,
				   unsigned long *index);
bool gwlb_tally_full(const struct gwlb_tally_table *table);
int gwlb_tally_init(struct gwlb_tally *tally, u64 key);
struct gwlb_tally *gwlb_tally_add(struct gwlb_tally_table *table,
				  struct gwlb_tally *tally);

#endif /* _GWLB_TALLY_H */
