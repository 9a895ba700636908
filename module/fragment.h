/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fragment: what was decided about the first fragment of a packet, for those
 * that follow. Nothing is reassembled.
 */
#ifndef _GWLB_FRAGMENT_H
#define _GWLB_FRAGMENT_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>

#include "flow.h"

struct gwlb_endpoint;
struct gwlb_pkt;

/**
 * struct gwlb_fragment_key - what the fragments of one packet have in common
 * @src: source
 * @dst: destination
 * @zone: as in struct gwlb_flow_key
 * @id: identification
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: IPv4: transport protocol (RFC 791); IPv6: 0 (RFC 8200)
 * @grouped: 1 if @zone is a group's number
 * @pad: 0
 */
struct gwlb_fragment_key {
	union nf_inet_addr src;
	union nf_inet_addr dst;
	u64 zone;
	u32 id;
	u8 family;
	u8 proto;
	u8 grouped;
	u8 pad;
};

/**
 * struct gwlb_fragmented - a packet whose first fragment was seen
 * @head: its place in the hash table
 * @key: what it is found by
 * @flow: key of the flow that it belongs to
 * @decision: what was decided about the first fragment if there is no such
 *	flow, see gwlb_decision()
 * @born: when that was, in jiffies
 * @shown: where the longest first fragment ends that receivers may have
 * @flipped: the source of the packet is flow.high
 * @endpoint: the endpoint that it came by
 * @list: its place in the list of all, oldest first; under the table's lock
 * @own: its place in the list of its endpoint, likewise
 * @rcu: frees it
 */
struct gwlb_fragmented {
	struct rhash_head head;
	struct gwlb_fragment_key key;
	struct gwlb_flow_key flow;
	u64 decision;
	unsigned long born;
	u32 shown;
	bool flipped;
	struct gwlb_endpoint *endpoint;
	struct list_head list;
	struct list_head own;
	struct rcu_head rcu;
};

/**
 * struct gwlb_fragment_table - all of them in a namespace
 * @hash: finds one by its key; read under RCU
 * @lock: guards changes of all of this, and the endpoints' lists
 * @list: all of them, oldest first
 * @count: how many there are
 * @crowded: an endpoint that had more of them than any other, when it got its
 *	newest one; NULL before the first. It may have fewer by now, until one
 *	that has more gets another.
 */
struct gwlb_fragment_table {
	struct rhashtable hash;
	spinlock_t lock;	/* hash, lists, counts */
	struct list_head list;
	u32 count;
	struct gwlb_endpoint *crowded;
};

int gwlb_fragment_table_init(struct gwlb_fragment_table *table);
void gwlb_fragment_table_exit(struct gwlb_fragment_table *table);
void gwlb_fragment_remember(struct gwlb_fragment_table *table,
			    struct gwlb_endpoint *endpoint,
			    const struct gwlb_flow_key *flow, bool flipped,
			    const struct gwlb_pkt *pkt, u64 decision,
			    u32 shown);
struct gwlb_fragmented *
gwlb_fragment_find(struct gwlb_fragment_table *table,
		   const struct gwlb_flow_key *zone,
		   const struct gwlb_pkt *pkt);
void gwlb_fragment_expire(struct gwlb_fragment_table *table);

#endif /* _GWLB_FRAGMENT_H */
