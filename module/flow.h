/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flow: what a flow is. Who is in the table of flows, flow_table.c says, and
 * why one is accepted, decide.c.
 */
#ifndef _GWLB_FLOW_H
#define _GWLB_FLOW_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

#include <linux/gwlb.h>

struct gwlb_endpoint;

/**
 * struct gwlb_flow_key - what makes two packets belong to one flow
 *
 * Both directions have the same key: the lower of the two sides, by address and
 * then by port, is @low. Nothing is left unset, as it is hashed.
 *
 * @endpoint: id of the endpoint, 0 if it is in a group
 * @group: number of the group (struct gwlb_group.id), or 0
 * @low_port: port of one side; for ICMP the identifier if it is the one that
 *	asks, else 0
 * @high_port: port of the other, likewise
 * @ports: both
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: transport protocol
 * @icmp_type: of an ICMP message the type of the request that it belongs to
 * @pad: 0
 * @kind: these four
 * @low: address of one side
 * @high: address of the other
 */
struct gwlb_flow_key {
	u64 endpoint;
	u32 group;
	union {
		struct {
			__be16 low_port;
			__be16 high_port;
		};
		u32 ports;
	};
	union {
		struct {
			u8 family;
			u8 proto;
			u8 icmp_type;
			u8 pad;
		};
		u32 kind;
	};
	union nf_inet_addr low;
	union nf_inet_addr high;
};

/* A key's kind for TCP and UDP */
#define GWLB_FLOW_KIND(family, proto) \
	((__force u32)htonl((family) << 24 | (proto) << 16))

/**
 * struct gwlb_flow_key4 - the same for IPv4, in words
 * @endpoint: see above
 * @group: see above
 * @ports: see above
 * @kind: see above
 * @low: address of one side
 * @high: address of the other
 */
struct gwlb_flow_key4 {
	u64 endpoint;
	u32 group;
	u32 ports;
	u32 kind;
	u32 low;
	u32 high;
};

/**
 * enum gwlb_side - where a packet of a flow comes from
 * @GWLB_SIDE_ORIGINAL: from the side that began it
 * @GWLB_SIDE_REPLY: from the other side
 * @GWLB_SIDES: how many there are
 */
enum gwlb_side {
	GWLB_SIDE_ORIGINAL,
	GWLB_SIDE_REPLY,
	GWLB_SIDES,
};

/**
 * struct gwlb_flow_count - what came from one side
 * @packets: packets
 * @bytes: bytes of these, from the outer IP header on
 */
struct gwlb_flow_count {
	atomic64_t packets;
	atomic64_t bytes;
};

/**
 * struct gwlb_flow - one flow
 *
 * Found under RCU. Whoever removes it from the hash table (who that is, the
 * table decides) undoes the rest and frees it after a grace period.
 *
 * With many flows, memory is what a packet waits for. So it is three cache
 * lines, one for each paragraph below: what a flow is found by, what else each
 * packet reads or writes, and what few do.
 *
 * @head: its place in the hash table
 * @key: what it is found by; never changes
 * @decision: what was decided, see gwlb_decision(); atomic
 * @count: what came from each side
 * @last: when its last packet came, the lower half of jiffies: no flow is
 *	silent for so long that this is not enough
 * @timeout: how long it may be silent, in jiffies
 * @progress: enum gwlb_flow_state, and in bits 8 and 9, for TCP, which side
 *	sent a FIN; one word, as both sides change it
 * @cookie: GWLB's newest cookie
 * @node: the load balancer that its newest packet came from
 * @flipped: the side that began it is key.high
 * @first_side: enum gwlb_side that its first packet came from; the one that
 *	began it, unless that was not seen
 * @tcp_flags: those of its first packet
 * @replied: a packet came from the other side
 * @is_young: @young is in a list; changes under the endpoint's lock
 * @id: number of the flow, never given again in the namespace
 * @endpoint_id: id of @endpoint
 * @endpoint: the endpoint that its first packet came by; lives longer
 * @born: when it began, in jiffies
 * @young: its place in the list of flows of @endpoint that nobody has
 *	answered yet; under the endpoint's lock
 * @rcu: frees it, when @gone, as then it is in no list
 * @first_node: the load balancer that its first packet came from
 * @gone: it was removed, so that it is not to be in any list; under the
 *	endpoint's lock
 * @direction: enum gwlb_direction, of what the side that began it sends
 * @icmp_type: that of its first packet
 * @icmp_code: that of its first packet
 * @fragment: enum gwlb_fragment, of its first packet
 */
struct gwlb_flow {
	struct rhash_head head;
	struct gwlb_flow_key key;

	atomic64_t decision;
	struct gwlb_flow_count count[GWLB_SIDES];
	u32 last;
	u32 timeout;
	atomic_t progress;
	u32 cookie;
	__be32 node;
	bool flipped : 1;
	u8 first_side : 1;
	u8 tcp_flags;
	bool replied;
	bool is_young;

	u64 id;
	u64 endpoint_id;
	struct gwlb_endpoint *endpoint;
	unsigned long born;
	union {
		struct list_head young;
		struct rcu_head rcu;
	};
	__be32 first_node;
	bool gone;
	u8 direction;
	u8 icmp_type;
	u8 icmp_code;
	u8 fragment;
};

/* What was decided about a flow, in one word that is read and written at once:
 * the generation of the ruleset, the verdict, and the index of the rule or
 * policy in gwlb_ruleset.accounts.
 */
#define GWLB_DECISION_INDEX_BITS	30

static inline u64 gwlb_decision(u32 generation, u32 verdict, u32 index)
{
	return (u64)generation << 32 | verdict << GWLB_DECISION_INDEX_BITS |
		index;
}

static inline u32 gwlb_decision_generation(u64 decision)
{
	return decision >> 32;
}

static inline u32 gwlb_decision_verdict(u64 decision)
{
	return (u32)decision >> GWLB_DECISION_INDEX_BITS;
}

static inline u32 gwlb_decision_index(u64 decision)
{
	return decision & ((1U << GWLB_DECISION_INDEX_BITS) - 1);
}

/* The sides of a flow as a packet of the side that began it has them */
static inline const union nf_inet_addr *
gwlb_flow_source(const struct gwlb_flow *flow)
{
	return flow->flipped ? &flow->key.high : &flow->key.low;
}

static inline const union nf_inet_addr *
gwlb_flow_destination(const struct gwlb_flow *flow)
{
	return flow->flipped ? &flow->key.low : &flow->key.high;
}

static inline __be16 gwlb_flow_source_port(const struct gwlb_flow *flow)
{
	return flow->flipped ? flow->key.high_port : flow->key.low_port;
}

static inline __be16 gwlb_flow_destination_port(const struct gwlb_flow *flow)
{
	return flow->flipped ? flow->key.low_port : flow->key.high_port;
}

/* How far it has come, enum gwlb_flow_state */
static inline u8 gwlb_flow_state(const struct gwlb_flow *flow)
{
	return atomic_read(&flow->progress);
}

/* Is it among those that nobody has answered? A hint, without the lock */
static inline bool gwlb_flow_is_young(const struct gwlb_flow *flow)
{
	return READ_ONCE(flow->is_young);
}

/* For how long it has been silent, in jiffies. Another CPU may be a little
 * ahead.
 */
static inline u32 gwlb_flow_silence(const struct gwlb_flow *flow)
{
	s32 silence = (u32)jiffies - READ_ONCE(flow->last);

	return silence > 0 ? silence : 0;
}

/* Has it been silent for too long? */
static inline bool gwlb_flow_is_over(const struct gwlb_flow *flow)
{
	return gwlb_flow_silence(flow) > READ_ONCE(flow->timeout);
}

/* Begins its silence anew. Many packets come within a jiffy, and a word that
 * is not written is not fought for.
 */
static inline void gwlb_flow_touch(struct gwlb_flow *flow, u32 now)
{
	if (READ_ONCE(flow->last) != now)
		WRITE_ONCE(flow->last, now);
}

#endif /* _GWLB_FLOW_H */
