/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flow_table: the flows of a namespace. Owns the table, its limits and its
 * garbage collection.
 */
#ifndef _GWLB_FLOW_TABLE_H
#define _GWLB_FLOW_TABLE_H

#include <linux/atomic.h>
#include <linux/rhashtable.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "flow.h"
#include "flow_hash.h"

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
 * @guest: the namespace belongs to a user namespace that is not the host's;
 *	set before the first flow
 */
struct gwlb_flow_table {
	struct rhashtable hash;
	atomic64_t last_id;
	struct delayed_work gc;
	struct rhashtable_iter iter;
	struct gwlb_endpoint *crowded;
	atomic_t count;
	bool guest;
};

extern u64 gwlb_flow_secret[GWLB_FLOW_SECRETS];
extern unsigned int gwlb_flow_guests;

static __always_inline u32 gwlb_flow_hash(const void *data, u32 len, u32 seed)
{
	const struct gwlb_flow_key *key = data;
	const u64 *secret = gwlb_flow_secret;
	const u32 *low = key->low.all;
	const u32 *high = key->high.all;
	u64 sum;

	sum = gwlb_flow_sum(secret, key->zone, key->ports, key->kind,
			    low[0] + seed, high[0]);
	if (key->family == NFPROTO_IPV6) {
		sum += gwlb_flow_mix(secret + 6, low[1], high[1]);
		sum += gwlb_flow_mix(secret + 8, low[2], high[2]);
		sum += gwlb_flow_mix(secret + 10, low[3], high[3]);
	}
	return gwlb_flow_spread(sum);
}

/* Is this not the flow? */
static __always_inline int
gwlb_flow_compare(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct gwlb_flow *flow = obj;
	const struct gwlb_flow_key *a = arg->key, *b = &flow->key;

	if (a->low.ip != b->low.ip || a->high.ip != b->high.ip ||
	    a->ports != b->ports || a->kind != b->kind || a->zone != b->zone)
		return 1;
	return a->family == NFPROTO_IPV6 &&
		memcmp(&a->low, &b->low, 2 * sizeof(a->low));
}

static const struct rhashtable_params gwlb_flow_params = {
	.key_len = sizeof(struct gwlb_flow_key),
	.key_offset = offsetof(struct gwlb_flow, key),
	.head_offset = offsetof(struct gwlb_flow, head),
	.hashfn = gwlb_flow_hash,
	.obj_cmpfn = gwlb_flow_compare,
	.automatic_shrinking = true,
};

/**
 * gwlb_flow_lookup() - gwlb_flow_find(), where every packet does it
 * @table: the flows of the namespace
 * @key: the key
 *
 * Context: RCU read side
 * Return: the flow, which may be over; or NULL
 */
static __always_inline struct gwlb_flow *
gwlb_flow_lookup(struct gwlb_flow_table *table, const struct gwlb_flow_key *key)
{
	return rhashtable_lookup(&table->hash, key, gwlb_flow_params);
}

static __always_inline bool gwlb_flow_matches4(const struct gwlb_flow *flow,
					       const struct gwlb_flow_key4 *a)
{
	const struct gwlb_flow_key *b = &flow->key;

	/* What lies side by side is better not compared so: it is in registers,
	 * and would be put together in memory.
	 */
	return a->low == b->low.all[0] && a->ports == b->ports &&
		a->high == b->high.all[0] && a->kind == b->kind &&
		a->zone == b->zone;
}

/**
 * gwlb_flow_lookup4() - the same by a key of IPv4, in one place only
 * @table: the flows of the namespace
 * @key: the key
 * @found: gets the flow, which may be over
 *
 * That is the first and usually only step of rhashtable_lookup(), which wants
 * keys in memory, and this one need not get there. While the table gets another
 * size a flow may be missed.
 *
 * Context: RCU read side
 * Return: true if there is one; false if gwlb_flow_lookup() is to say
 */
static __always_inline bool gwlb_flow_lookup4(struct gwlb_flow_table *table,
					      const struct gwlb_flow_key4 *key,
					      struct gwlb_flow **found)
{
	struct bucket_table *buckets = rcu_dereference(table->hash.tbl);
	u64 sum = gwlb_flow_sum(gwlb_flow_secret, key->zone, key->ports,
				key->kind, key->low + buckets->hash_rnd,
				key->high);
	unsigned long hash = gwlb_flow_spread(sum) & (buckets->size - 1);
	struct rhash_head *head;
	struct gwlb_flow *flow;

	rht_for_each_rcu_from(head, rht_ptr_rcu(rht_bucket(buckets, hash)),
			      buckets, hash) {
		flow = container_of(head, struct gwlb_flow, head);
		if (likely(gwlb_flow_matches4(flow, key))) {
			*found = flow;
			return true;
		}
	}
	return false;
}

/**
 * gwlb_flow_seen() - count a packet of a flow
 * @flow: the flow
 * @flipped: its source is key.high
 * @packets: how many it stands for
 * @bytes: its length from the outer IP header on
 */
static inline void gwlb_flow_seen(struct gwlb_flow *flow, bool flipped,
				  u32 packets, u32 bytes)
{
	atomic64_add(packets, &flow->count[flipped].packets);
	atomic64_add(bytes, &flow->count[flipped].bytes);
}

int gwlb_flow_module_init(void);
void gwlb_flow_module_exit(void);
int gwlb_flow_table_init(struct gwlb_net *gn);
void gwlb_flow_table_exit(struct gwlb_net *gn);

struct gwlb_flow *gwlb_flow_find(struct gwlb_flow_table *table,
				 const struct gwlb_flow_key *key);
enum gwlb_reason gwlb_flow_alloc(struct gwlb_net *gn,
				 const struct gwlb_options *options,
				 struct gwlb_endpoint *endpoint,
				 struct gwlb_flow **flow);
struct gwlb_flow *gwlb_flow_publish(struct gwlb_net *gn,
				    struct gwlb_flow *flow);
void gwlb_flow_answered(struct gwlb_flow *flow);
bool gwlb_flow_remove(struct gwlb_net *gn, struct gwlb_flow *flow,
		      enum gwlb_flow_end end);
void gwlb_flow_gc_kick(struct gwlb_net *gn);

#endif /* _GWLB_FLOW_TABLE_H */
