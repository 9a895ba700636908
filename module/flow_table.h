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

/* What keys are hashed with: one word for each half word of a key. */
#define GWLB_FLOW_SECRETS	12

extern u64 gwlb_flow_secret[GWLB_FLOW_SECRETS];

static __always_inline u64 gwlb_flow_mix(const u64 *secret, u32 a, u32 b)
{
	return (secret[0] + a) * (secret[1] + b);
}

/* A multilinear hash: two keys have the same one no more often than chance has
 * it, whoever chose them, as the secret is random (Lemire and Kaser, 2014). An
 * endpoint and a group are never there both, so that they can share a word.
 * This is the part of it that all keys have, and all that IPv4 has.
 */
static __always_inline u64 gwlb_flow_sum(u64 endpoint, u32 group, u32 ports,
					 u32 kind, u32 low, u32 high)
{
	const u64 *secret = gwlb_flow_secret;

	return gwlb_flow_mix(secret, low, high) +
		gwlb_flow_mix(secret + 2, ports, kind) +
		gwlb_flow_mix(secret + 4, lower_32_bits(endpoint) + group,
			      upper_32_bits(endpoint));
}

static __always_inline u32 gwlb_flow_hash(const void *data, u32 len, u32 seed)
{
	const struct gwlb_flow_key *key = data;
	const u64 *secret = gwlb_flow_secret;
	const u32 *low = key->low.all;
	const u32 *high = key->high.all;
	u64 sum;

	sum = gwlb_flow_sum(key->endpoint, key->group, key->ports, key->kind,
			    low[0] + seed, high[0]);
	if (key->family == NFPROTO_IPV6) {
		sum += gwlb_flow_mix(secret + 6, low[1], high[1]);
		sum += gwlb_flow_mix(secret + 8, low[2], high[2]);
		sum += gwlb_flow_mix(secret + 10, low[3], high[3]);
	}
	return sum >> 32;
}

/* Is this not the flow? */
static __always_inline int
gwlb_flow_compare(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct gwlb_flow *flow = obj;
	const struct gwlb_flow_key *a = arg->key, *b = &flow->key;

	if (a->low.ip != b->low.ip || a->high.ip != b->high.ip ||
	    a->ports != b->ports || a->kind != b->kind ||
	    a->endpoint != b->endpoint || a->group != b->group)
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

/* Who is in a group has no endpoint, and the other way round. */
static __always_inline bool gwlb_flow_matches4(const struct gwlb_flow *flow,
					       const struct gwlb_flow_key4 *a)
{
	const struct gwlb_flow_key *b = &flow->key;

	return a->low == b->low.all[0] && a->high == b->high.all[0] &&
		a->ports == b->ports && a->kind == b->kind &&
		a->endpoint == b->endpoint &&
		(likely(a->endpoint) || a->group == b->group);
}

/**
 * gwlb_flow_lookup4() - the same by a key of IPv4, in one place only
 * @table: the flows of the namespace
 * @key: the key
 *
 * That is the first and usually only step of rhashtable_lookup(), which wants
 * keys in memory, and this one need not get there. While the table gets another
 * size a flow may be missed.
 *
 * Context: RCU read side
 * Return: the flow, which may be over; NULL if gwlb_flow_lookup() is to say
 */
static __always_inline struct gwlb_flow *
gwlb_flow_lookup4(struct gwlb_flow_table *table,
		  const struct gwlb_flow_key4 *key)
{
	struct bucket_table *buckets = rcu_dereference(table->hash.tbl);
	u64 sum = gwlb_flow_sum(key->endpoint, key->group, key->ports,
				key->kind, key->low + buckets->hash_rnd,
				key->high);
	u32 hash = sum >> 32 & (buckets->size - 1);
	struct rhash_head *head;
	struct gwlb_flow *flow;

	rht_for_each_rcu_from(head, rht_ptr_rcu(rht_bucket(buckets, hash)),
			      buckets, hash) {
		flow = container_of(head, struct gwlb_flow, head);
		if (likely(gwlb_flow_matches4(flow, key)))
			return flow;
	}
	return NULL;
}

/**
 * gwlb_flow_seen() - count a packet of a flow
 * @flow: the flow
 * @side: where the packet came from
 * @packets: how many it stands for
 * @bytes: its length from the outer IP header on
 */
static inline void gwlb_flow_seen(struct gwlb_flow *flow, enum gwlb_side side,
				  u32 packets, u32 bytes)
{
	atomic64_add(packets, &flow->count[side].packets);
	atomic64_add(bytes, &flow->count[side].bytes);
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
