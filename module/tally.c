// SPDX-License-Identifier: GPL-2.0-only
/*
 * tally: things that traffic is counted for. See tally.h.
 *
 * Nothing is removed before the table goes, so a reader needs no reference:
 * the hook that reads has ended when a table is freed, and a dump holds the
 * namespace.
 */
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "stats.h"
#include "tally.h"

/**
 * gwlb_tally_table_init() - make an empty table
 * @table: the table
 * @max: how many things it may hold
 *
 * Context: process
 * Return: 0 or -ENOMEM
 */
int gwlb_tally_table_init(struct gwlb_tally_table *table, u32 max)
{
	table->others = gwlb_traffic_alloc(GFP_KERNEL_ACCOUNT);
	if (!table->others)
		return -ENOMEM;
	table->hash = kcalloc(1 << GWLB_TALLY_BITS, sizeof(*table->hash),
			      GFP_KERNEL_ACCOUNT);
	if (!table->hash) {
		free_percpu(table->others);
		return -ENOMEM;
	}
	get_random_bytes(&table->multiplier, sizeof(table->multiplier));
	table->multiplier |= 1;
	xa_init_flags(&table->list, XA_FLAGS_ALLOC1);
	spin_lock_init(&table->lock);
	table->max = max;
	return 0;
}

/**
 * gwlb_tally_table_exit() - free a table and all that is in it
 * @table: the table; nobody may be reading it any more
 * @free: frees one thing, but not its counters
 *
 * Context: process
 */
void gwlb_tally_table_exit(struct gwlb_tally_table *table,
			   void (*free)(struct gwlb_tally *tally))
{
	struct gwlb_tally *tally;
	unsigned long index;

	kfree(table->hash);
	xa_for_each(&table->list, index, tally) {
		free_percpu(tally->traffic);
		free(tally);
	}
	xa_destroy(&table->list);
	free_percpu(table->others);
}

/**
 * gwlb_tally_table_count() - how many things are in a table
 * @table: the table
 *
 * Return: the number
 */
u32 gwlb_tally_table_count(const struct gwlb_tally_table *table)
{
	return READ_ONCE(table->count);
}

/**
 * gwlb_tally_next() - go through a table in the order things were seen
 * @table: the table
 * @index: where the last one was, 0 at the start; moved on
 *
 * Context: RCU read side
 * Return: the next thing, or NULL at the end
 */
struct gwlb_tally *gwlb_tally_next(struct gwlb_tally_table *table,
				   unsigned long *index)
{
	return xa_find_after(&table->list, index, ULONG_MAX, XA_PRESENT);
}

/**
 * gwlb_tally_returned() - how much was sent back to all things in a table
 * @table: the table
 * @sum: is added to
 *
 * Context: process
 */
void gwlb_tally_returned(struct gwlb_tally_table *table,
			 struct gwlb_count *sum)
{
	struct gwlb_traffic_sum one;
	struct gwlb_tally *tally;
	unsigned long index = 0;

	gwlb_traffic_sum(table->others, &one);
	gwlb_count_add(sum, &one.returned);
	rcu_read_lock();
	while ((tally = gwlb_tally_next(table, &index))) {
		gwlb_traffic_sum(tally->traffic, &one);
		gwlb_count_add(sum, &one.returned);
	}
	rcu_read_unlock();
}

/**
 * gwlb_tally_full() - is there no place for one more?
 * @table: the table
 *
 * A hint, which saves making a thing that cannot be added.
 *
 * Return: true if there is none
 */
bool gwlb_tally_full(const struct gwlb_tally_table *table)
{
	return gwlb_tally_table_count(table) >= table->max;
}

/**
 * gwlb_tally_init() - give a new thing its key and its counters
 * @tally: the thing
 * @key: its key
 *
 * Context: bottom halves off
 * Return: 0 or -ENOMEM
 */
int gwlb_tally_init(struct gwlb_tally *tally, u64 key)
{
	tally->key = key;
	tally->traffic = gwlb_traffic_alloc(GFP_ATOMIC);
	return tally->traffic ? 0 : -ENOMEM;
}

/* What is found by its key is in the list by then. */
static int tally_insert(struct gwlb_tally_table *table,
			struct gwlb_tally *tally)
{
	struct gwlb_tally __rcu **list = gwlb_tally_list(table, tally->key);
	u32 index;
	int err;

	RCU_INIT_POINTER(tally->next,
			 rcu_dereference_protected(*list, true));
	err = xa_alloc_bh(&table->list, &index, tally,
			  XA_LIMIT(1, table->max), GFP_ATOMIC | __GFP_NOWARN);
	if (err)
		return err;
	WRITE_ONCE(table->count, table->count + 1);
	rcu_assign_pointer(*list, tally);
	return 0;
}

/**
 * gwlb_tally_add() - add a thing, unless somebody was faster
 * @table: the table
 * @tally: the thing, ready to be found
 *
 * Context: bottom halves off
 * Return: @tally, which belongs to the table now; or the thing with the same
 *         key that was there already, or NULL when there is no place: then
 *         @tally is still the caller's
 */
struct gwlb_tally *gwlb_tally_add(struct gwlb_tally_table *table,
				  struct gwlb_tally *tally)
{
	struct gwlb_tally *old;

	spin_lock_bh(&table->lock);
	old = gwlb_tally_find(table, tally->key);
	if (!old && !tally_insert(table, tally))
		old = tally;
	spin_unlock_bh(&table->lock);
	return old;
}
