// SPDX-License-Identifier: GPL-2.0-only
/*
 * fragment: what was decided about first fragments. See fragment.h.
 *
 * Entries live for 60 seconds, as long as receivers wait for the rest of a
 * packet (RFC 8200, 4.5; RFC 1122, 3.3.2; Linux waits 30 with IPv4). When
 * there are too many the oldest of the endpoint that has most of them makes
 * way: whoever floods the table displaces his own, and so do several who do.
 */
#include <linux/jiffies.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "endpoint.h"
#include "fragment.h"
#include "parse.h"

#define FRAGMENT_TIMEOUT	(60 * HZ)
#define FRAGMENT_MAX		16384
#define FRAGMENT_MAX_ENDPOINT	4096
#define FRAGMENT_BREATH		256

static const struct rhashtable_params fragment_params = {
	.key_len = sizeof(struct gwlb_fragment_key),
	.key_offset = offsetof(struct gwlb_fragmented, key),
	.head_offset = offsetof(struct gwlb_fragmented, head),
	.automatic_shrinking = true,
};

/**
 * gwlb_fragment_table_init() - make an empty table
 * @table: the table
 *
 * Context: process
 * Return: 0 or -ENOMEM
 */
int gwlb_fragment_table_init(struct gwlb_fragment_table *table)
{
	spin_lock_init(&table->lock);
	INIT_LIST_HEAD(&table->list);
	table->count = 0;
	table->crowded = NULL;
	return rhashtable_init(&table->hash, &fragment_params);
}

/* What is not in the hash table, or not any more. The table's lock is held. */
static void unlist(struct gwlb_fragment_table *table,
		   struct gwlb_fragmented *fragment)
{
	list_del(&fragment->list);
	list_del(&fragment->own);
	fragment->endpoint->n_fragments--;
	table->count--;
	kfree_rcu(fragment, rcu);
}

/* The table's lock is held. */
static void forget(struct gwlb_fragment_table *table,
		   struct gwlb_fragmented *fragment)
{
	rhashtable_remove_fast(&table->hash, &fragment->head, fragment_params);
	unlist(table, fragment);
}

/* Whom a new one of this endpoint takes the place of, or NULL. The table's lock
 * is held.
 */
static struct gwlb_fragmented *oldest(const struct gwlb_fragment_table *table,
				      const struct gwlb_endpoint *endpoint)
{
	const struct gwlb_endpoint *from = endpoint;

	if (endpoint->n_fragments < FRAGMENT_MAX_ENDPOINT) {
		if (table->count < FRAGMENT_MAX)
			return NULL;
		if (table->crowded->n_fragments > endpoint->n_fragments)
			from = table->crowded;
	}
	if (!from->n_fragments)
		return list_first_entry(&table->list, struct gwlb_fragmented,
					list);
	return list_first_entry(&from->fragments, struct gwlb_fragmented, own);
}

/* The table's lock is held. */
static void enlist(struct gwlb_fragment_table *table,
		   struct gwlb_fragmented *fragment)
{
	struct gwlb_endpoint *endpoint = fragment->endpoint;

	list_add_tail(&fragment->list, &table->list);
	list_add_tail(&fragment->own, &endpoint->fragments);
	endpoint->n_fragments++;
	table->count++;
	if (!table->crowded ||
	    endpoint->n_fragments > table->crowded->n_fragments)
		table->crowded = endpoint;
}

static void fragment_free(void *ptr, void *arg)
{
	kfree(ptr);
}

/**
 * gwlb_fragment_table_exit() - free a table and all that is in it
 * @table: the table; nobody may be reading it any more
 *
 * Context: process
 */
void gwlb_fragment_table_exit(struct gwlb_fragment_table *table)
{
	rhashtable_free_and_destroy(&table->hash, fragment_free, NULL);
}

static void make_key(struct gwlb_fragment_key *key,
		     const struct gwlb_flow_key *zone,
		     const struct gwlb_pkt *pkt)
{
	memset(key, 0, sizeof(*key));
	key->src = pkt->src;
	key->dst = pkt->dst;
	key->zone = zone->zone;
	key->grouped = zone->flags & GWLB_FLOW_IN_GROUP;
	key->id = pkt->frag_id;
	key->family = pkt->family;
	if (pkt->family == NFPROTO_IPV4)
		key->proto = pkt->proto;
}

static bool is_over(const struct gwlb_fragmented *fragment)
{
	return time_after(jiffies, fragment->born + FRAGMENT_TIMEOUT);
}

/**
 * gwlb_fragment_remember() - keep what was decided about a first fragment
 * @table: the table
 * @endpoint: where it came by
 * @flow: key of the flow that it belongs to
 * @flipped: its source is @flow->high
 * @pkt: the first fragment
 * @decision: what was decided about it
 * @shown: bytes of it that go on, from its beginning; 0 if it was refused
 *
 * Identifications are used again, so the newest counts. Without memory
 * nothing is kept, and nothing is forgotten, or what overlaps would pass; the
 * later fragments are treated as if the first had not been seen.
 *
 * Context: bottom halves off
 */
void gwlb_fragment_remember(struct gwlb_fragment_table *table,
			    struct gwlb_endpoint *endpoint,
			    const struct gwlb_flow_key *flow, bool flipped,
			    const struct gwlb_pkt *pkt, u64 decision,
			    u32 shown)
{
	struct gwlb_fragmented *fragment, *old, *evicted = NULL;
	int err;

	fragment = kmalloc(sizeof(*fragment), GFP_ATOMIC | __GFP_NOWARN);
	if (!fragment)
		return;
	make_key(&fragment->key, flow, pkt);
	fragment->endpoint = endpoint;
	fragment->flow = *flow;
	fragment->flipped = flipped;
	fragment->decision = decision;
	fragment->born = jiffies;
	fragment->shown = shown;

	spin_lock_bh(&table->lock);
	old = rhashtable_lookup_fast(&table->hash, &fragment->key,
				     fragment_params);
	if (old) {
		/* A shorter one may not uncover what the other one showed, not
		 * even if it is another flow's: receivers do not ask.
		 */
		if (!is_over(old))
			fragment->shown = max(fragment->shown, old->shown);
		err = rhashtable_replace_fast(&table->hash, &old->head,
					      &fragment->head,
					      fragment_params);
	} else {
		evicted = oldest(table, endpoint);
		err = rhashtable_insert_fast(&table->hash, &fragment->head,
					     fragment_params);
	}
	if (err) {
		kfree(fragment);
	} else {
		if (old)
			unlist(table, old);
		if (evicted)
			forget(table, evicted);
		enlist(table, fragment);
	}
	spin_unlock_bh(&table->lock);
}

/**
 * gwlb_fragment_find() - find what was decided about the first fragment
 * @table: the table
 * @zone: a key of which only the zone counts, and whether it is a group
 * @pkt: a later fragment
 *
 * Context: RCU read side
 * Return: the first fragment, or NULL
 */
struct gwlb_fragmented *
gwlb_fragment_find(struct gwlb_fragment_table *table,
		   const struct gwlb_flow_key *zone,
		   const struct gwlb_pkt *pkt)
{
	struct gwlb_fragment_key key;
	struct gwlb_fragmented *fragment;

	make_key(&key, zone, pkt);
	fragment = rhashtable_lookup(&table->hash, &key, fragment_params);
	return fragment && !is_over(fragment) ? fragment : NULL;
}

/**
 * gwlb_fragment_expire() - forget those whose time is over
 * @table: the table
 *
 * Context: process
 */
void gwlb_fragment_expire(struct gwlb_fragment_table *table)
{
	struct gwlb_fragmented *fragment;
	u32 n = 0;

	spin_lock_bh(&table->lock);
	while ((fragment = list_first_entry_or_null(&table->list,
						    struct gwlb_fragmented,
						    list)) &&
	       is_over(fragment)) {
		forget(table, fragment);
		if (++n % FRAGMENT_BREATH)
			continue;
		spin_unlock_bh(&table->lock);
		cond_resched();
		spin_lock_bh(&table->lock);
	}
	spin_unlock_bh(&table->lock);
}
