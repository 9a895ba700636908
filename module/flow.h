/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flow: what a flow is. Who is in the table of flows, flow_table.c says, and
 * why one is accepted, decide.c.
 */
#ifndef _GWLB_FLOW_H
#define _GWLB_FLOW_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

#include <linux/gwlb.h>

struct gwlb_endpoint;
struct gwlb_node;

/**
 * struct gwlb_flow_key - what makes two packets belong to one flow
 *
 * Both directions have the same key: the lower of the two sides, by address and
 * then by port, is @low. Nothing is left unset, as it is hashed.
 *
 * @zone: id of the endpoint, or if it is in a group that group's number (struct
 *	gwlb_group.id)
 * @low_port: port of one side; for ICMP the identifier if it is the one that
 *	asks, else 0
 * @high_port: port of the other, likewise
 * @ports: both
 * @proto: transport protocol
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @icmp_type: of an ICMP message the type of the request that it belongs to
 * @flags: GWLB_FLOW_IN_GROUP, GWLB_FLOW_HIGH_ASKS
 * @kind: these four
 * @low: address of one side
 * @high: address of the other
 */
struct gwlb_flow_key {
	u64 zone;
	union {
		struct {
			__be16 low_port;
			__be16 high_port;
		};
		u32 ports;
	};
	union {
		struct {
			u8 proto;
			u8 family;
			u8 icmp_type;
			u8 flags;
		};
		u32 kind;
	};
	union nf_inet_addr low;
	union nf_inet_addr high;
};

/* Flags of a key: @zone is a group's number; @high sends the queries of ICMP */
#define GWLB_FLOW_IN_GROUP	BIT(0)
#define GWLB_FLOW_HIGH_ASKS	BIT(1)

/* A key's kind for TCP and UDP by an endpoint in no group; and what is to be
 * added for one in a group
 */
#define GWLB_FLOW_KIND(family, proto) \
	((__force u32)cpu_to_le32((family) << 8 | (proto)))
#define GWLB_FLOW_GROUPED \
	((__force u32)cpu_to_le32(GWLB_FLOW_IN_GROUP << 24))

/**
 * struct gwlb_flow_key4 - the same for IPv4, in words
 * @zone: see above
 * @ports: see above
 * @kind: see above
 * @low: address of one side
 * @high: address of the other
 */
struct gwlb_flow_key4 {
	u64 zone;
	u32 ports;
	u32 kind;
	u32 low;
	u32 high;
};

/**
 * enum gwlb_side - where a packet of a flow comes from
 * @GWLB_SIDE_ORIGINAL: from the side that began it
 * @GWLB_SIDE_REPLY: from the other side
 */
enum gwlb_side {
	GWLB_SIDE_ORIGINAL,
	GWLB_SIDE_REPLY,
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
 * @endpoint: the endpoint that its first packet came by; lives longer
 * @decision: what was decided, see gwlb_decision(); atomic
 * @count: what came from key.low, and from key.high
 * @last: when its last packet came, the lower half of jiffies: no flow is
 *	silent for so long that this is not enough
 * @timeout: how long it may be silent, in jiffies
 * @progress: enum gwlb_flow_state, struct gwlb_tcp_state.fin, and
 *	GWLB_FLOW_REPLIED and so on; one word, as both sides change it
 * @cookie: GWLB's newest cookie
 * @node: the load balancer that its newest packet came from; NULL if it has no
 *	place in the table; lives longer
 * @id: number of the flow, never given again in the namespace
 * @endpoint_id: id of @endpoint
 * @born: when it began, in jiffies
 * @young: its place in the list of flows of @endpoint that nobody has
 *	answered yet; under the endpoint's lock
 * @rcu: frees it, when @gone, as then it is in no list
 * @first_node: address of the load balancer that its first packet came from
 * @last_node: the same of its newest packet
 * @offer: if GWLB_FLOW_OFFERED, what acknowledges the SYN of the other side;
 *	written while it is young
 * @gone: it was removed, so that it is not to be in any list; under the
 *	endpoint's lock
 * @first_side: enum gwlb_side that its first packet came from; the one that
 *	began it, unless that was not seen
 * @tcp_flags: those of its first packet
 * @direction: enum gwlb_direction, of what the side that began it sends
 * @icmp_type: that of its first packet
 * @icmp_code: that of its first packet
 * @fragment: enum gwlb_fragment, of its first packet
 */
struct gwlb_flow {
	struct rhash_head head;
	struct gwlb_flow_key key;
	struct gwlb_endpoint *endpoint;

	atomic64_t decision;
	struct gwlb_flow_count count[2];
	u32 last;
	u32 timeout;
	atomic_t progress;
	__be32 cookie;
	struct gwlb_node *node;

	u64 id;
	u64 endpoint_id;
	unsigned long born;
	union {
		struct list_head young;
		struct rcu_head rcu;
	};
	__be32 first_node;
	__be32 last_node;
	u32 offer;
	bool gone;
	u8 first_side;
	u8 tcp_flags;
	u8 direction;
	u8 icmp_type;
	u8 icmp_code;
	u8 fragment;
};

/* What is in gwlb_flow.progress: the state, what else tcp.c knows (struct
 * gwlb_tcp_state.fin), whether a packet came from the other side, whether
 * @young is in a list, which changes under the endpoint's lock, whether a SYN
 * came from the other side while it was, and whether the side that began it is
 * key.high, which never changes.
 */
#define GWLB_FLOW_STATE		0xff
#define GWLB_FLOW_FIN_SHIFT	8
#define GWLB_FLOW_FINS		(0xff << GWLB_FLOW_FIN_SHIFT)
#define GWLB_FLOW_REPLIED	BIT(16)
#define GWLB_FLOW_YOUNG		BIT(17)
#define GWLB_FLOW_OFFERED	BIT(18)
#define GWLB_FLOW_FLIPPED	BIT(31)

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

/* A decision that so many changes of the rules were made after is old. */
#define GWLB_DECISION_OLD	((u32)BIT(30))

/* The same verdict, of no rule, and no older than that: nobody has rules of
 * that generation any more, and three times as many changes have to be made
 * until somebody has them again.
 */
static inline u64 gwlb_decision_outdated(u32 generation, u64 decision)
{
	return gwlb_decision(generation - GWLB_DECISION_OLD,
			     gwlb_decision_verdict(decision), 0);
}

/* Is the side that began it key.high? */
static inline bool gwlb_flow_flipped(const struct gwlb_flow *flow)
{
	return atomic_read(&flow->progress) & GWLB_FLOW_FLIPPED;
}

/* The sides of a flow as a packet of the side that began it has them */
static inline const union nf_inet_addr *
gwlb_flow_source(const struct gwlb_flow *flow)
{
	return gwlb_flow_flipped(flow) ? &flow->key.high : &flow->key.low;
}

static inline const union nf_inet_addr *
gwlb_flow_destination(const struct gwlb_flow *flow)
{
	return gwlb_flow_flipped(flow) ? &flow->key.low : &flow->key.high;
}

static inline __be16 gwlb_flow_source_port(const struct gwlb_flow *flow)
{
	return gwlb_flow_flipped(flow) ? flow->key.high_port :
		flow->key.low_port;
}

static inline __be16 gwlb_flow_destination_port(const struct gwlb_flow *flow)
{
	return gwlb_flow_flipped(flow) ? flow->key.low_port :
		flow->key.high_port;
}

/* How far it has come, enum gwlb_flow_state */
static inline u8 gwlb_flow_state(const struct gwlb_flow *flow)
{
	return atomic_read(&flow->progress) & GWLB_FLOW_STATE;
}

/* Is it among those that nobody has answered? A hint, without the lock */
static inline bool gwlb_flow_is_young(const struct gwlb_flow *flow)
{
	return atomic_read(&flow->progress) & GWLB_FLOW_YOUNG;
}

/* Did a packet come from the other side? */
static inline bool gwlb_flow_is_replied(const struct gwlb_flow *flow)
{
	return atomic_read(&flow->progress) & GWLB_FLOW_REPLIED;
}

/* Its newest packet is from @node, which has this address. Nearly all come from
 * the same one, and what is not written is not fought for.
 */
static inline void gwlb_flow_came_from(struct gwlb_flow *flow,
				       struct gwlb_node *node, __be32 address)
{
	if (READ_ONCE(flow->node) != node)
		WRITE_ONCE(flow->node, node);
	if (READ_ONCE(flow->last_node) != address)
		WRITE_ONCE(flow->last_node, address);
}

/* For how long it has been silent, in jiffies. Another CPU may be a little
 * ahead.
 */
static inline u32 gwlb_flow_silence(const struct gwlb_flow *flow)
{
	s32 silence = (u32)jiffies - READ_ONCE(flow->last);

	return max(silence, 0);
}

/* Has it been silent for too long? */
static inline bool gwlb_flow_is_over(const struct gwlb_flow *flow)
{
	return gwlb_flow_silence(flow) > READ_ONCE(flow->timeout);
}

/* Begins its silence anew. Who does so has counted a packet, too, which is in
 * the same cache line.
 */
static inline void gwlb_flow_touch(struct gwlb_flow *flow, u32 now)
{
	WRITE_ONCE(flow->last, now);
}

#endif /* _GWLB_FLOW_H */
