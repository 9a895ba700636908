/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hit: the flow of a packet that changes nothing: nearly every packet is of a
 * flow that both sides know, that the rules accept as they are now, and that
 * it does not move on. What decide.c would do with such a packet is little,
 * and is here. All others are for decide.c, and nothing has been done to them.
 */
#ifndef _GWLB_HIT_H
#define _GWLB_HIT_H

#include <linux/in.h>

#include "account.h"
#include "flow.h"
#include "flow_table.h"
#include "gwlb.h"
#include "node.h"
#include "place.h"
#include "ruleset.h"
#include "tcp.h"
#include "usual.h"

/**
 * struct gwlb_hit - a packet's flow
 * @flow: the flow
 * @differs: what was decided about it, without what the rules accept; of one
 *	that they accept that is the index
 * @flipped: its source is key.high
 * @now: jiffies
 */
struct gwlb_hit {
	struct gwlb_flow *flow;
	u64 differs;
	bool flipped;
	unsigned long now;
};

/* Can this packet not change the state of a flow that both sides know? */
static __always_inline bool gwlb_hit_is_plain(const struct gwlb_usual *h)
{
	return h->inner.protocol == IPPROTO_UDP ||
		(gwlb_usual_tcp_flags(h) & GWLB_TCP_FLAGS) == GWLB_TCP_FLAG_ACK;
}

/* Nor the flow itself, which is not over, and not young any more? A clock that
 * is behind another CPU's looks as if it were over.
 */
static __always_inline bool gwlb_hit_is_steady(const struct gwlb_flow *flow,
					       u32 progress, u32 now)
{
	progress &= ~(GWLB_FLOW_FLIPPED | GWLB_FLOW_OFFERED);
	if (progress != (GWLB_FLOW_STATE_TCP_ESTABLISHED | GWLB_FLOW_REPLIED) &&
	    unlikely(progress !=
		     (GWLB_FLOW_STATE_ESTABLISHED | GWLB_FLOW_REPLIED)))
		return false;
	return likely(now - READ_ONCE(flow->last) <= READ_ONCE(flow->timeout));
}

/**
 * gwlb_hit_find() - find the flow of a packet that changes nothing
 * @gn: the namespace
 * @rules: its rules
 * @h: the packet, which gwlb_is_usual()
 * @grouped: there are groups
 * @hit: gets the flow, also if it is not such a packet; NULL if there is none
 *
 * Context: bottom halves off, RCU read side
 * Return: true if it is such a packet; then gwlb_hit_take() follows
 */
static __always_inline bool gwlb_hit_find(struct gwlb_net *gn,
					  const struct gwlb_ruleset *rules,
					  const struct gwlb_usual *h,
					  bool grouped, struct gwlb_hit *hit)
{
	u64 endpoint = get_unaligned_be64(h->endpoint);
	u32 src = (__force u32)h->inner.saddr;
	u32 dst = (__force u32)h->inner.daddr;
	bool flipped = gwlb_place_is_flipped4(src, dst, h->inner_ports);
	struct gwlb_flow_key4 key __uninitialized = {
		.zone = endpoint,
		.kind = GWLB_FLOW_KIND(NFPROTO_IPV4, h->inner.protocol),
		.ports = flipped ? rol32(h->inner_ports, 16) : h->inner_ports,
		.low = flipped ? dst : src,
		.high = flipped ? src : dst,
	};
	struct gwlb_flow *flow;
	u32 progress;
	u32 group;

	if (grouped) {
		group = gwlb_ruleset_group(rules, endpoint);
		if (group != GWLB_NO_GROUP) {
			key.zone = rules->groups[group].id;
			key.kind |= GWLB_FLOW_GROUPED;
		}
	}
	if (unlikely(!gwlb_flow_lookup4(&gn->flows, &key, &flow))) {
		hit->flow = NULL;
		return false;
	}
	hit->flow = flow;
	hit->now = jiffies;
	hit->flipped = flipped;
	progress = atomic_read(&flow->progress);
	/* What is not an index then is the verdict or the generation. */
	hit->differs = atomic64_read(&flow->decision) ^
		gwlb_ruleset_accepted(rules);
	return likely(gwlb_hit_is_steady(flow, progress, hit->now) &&
		      hit->differs < 1U << GWLB_DECISION_INDEX_BITS);
}

/**
 * gwlb_hit_endpoint() - the endpoint of a packet
 * @gn: the namespace
 * @flow: its flow
 * @h: the packet
 * @grouped: there may be groups
 * @endpoint: gets it
 *
 * A flow is of one endpoint, which it knows, unless that is in a group.
 *
 * Context: RCU read side
 * Return: true if it is known; false if gwlb_endpoint_get() is to say
 */
static __always_inline bool
gwlb_hit_endpoint(const struct gwlb_net *gn, const struct gwlb_flow *flow,
		  const struct gwlb_usual *h, bool grouped,
		  const struct gwlb_tally **endpoint)
{
	if (!grouped || likely(!flow->key.flags)) {
		*endpoint = &flow->endpoint->tally;
		return true;
	}
	*endpoint = gwlb_tally_find(&gn->endpoints.table,
				    get_unaligned_be64(h->endpoint));
	return *endpoint;
}

/**
 * gwlb_hit_node() - who sent a packet, if it may, as far as is known
 * @gn: the namespace
 * @config: its settings
 * @flow: the packet's flow, of which nearly all packets are from the same one
 * @key: the node's key
 *
 * Context: RCU read side
 * Return: the node; NULL if gwlb_node_admit() is to be asked
 */
static __always_inline struct gwlb_node *
gwlb_hit_node(const struct gwlb_net *gn, const struct gwlb_config *config,
	      struct gwlb_flow *flow, u64 key)
{
	struct gwlb_node *node = READ_ONCE(flow->node);

	if (unlikely(!node || node->tally.key != key)) {
		node = gwlb_node_find(gn, config, key);
		if (node)
			gwlb_flow_came_from(flow, node, htonl(key >> 32));
		return node;
	}
	return gwlb_node_may(gn, config, node) ? node : NULL;
}

/**
 * gwlb_hit_is_refused() - is it a packet of a flow that is known as refused?
 * @rules: the rules
 * @hit: the flow, which gwlb_hit_find() did not like
 *
 * Whatever state the flow is in, its packets change nothing.
 *
 * Context: bottom halves off, RCU read side
 * Return: true if it is; then gwlb_hit_refuse() follows
 */
static __always_inline bool
gwlb_hit_is_refused(const struct gwlb_ruleset *rules,
		    const struct gwlb_hit *hit)
{
	return !gwlb_flow_is_over(hit->flow) &&
		!gwlb_decision_generation(hit->differs) &&
		gwlb_decision_verdict(hit->differs) &&
		rules->options.refused != GWLB_REFUSED_FORGET;
}

/**
 * gwlb_hit_refuse() - do to a flow and its rule what a refused packet does
 * @rules: the rules
 * @hit: the flow
 * @bytes: the packet's length from the outer IP header on
 */
static __always_inline void gwlb_hit_refuse(const struct gwlb_ruleset *rules,
					    const struct gwlb_hit *hit,
					    u32 bytes)
{
	u32 index = gwlb_decision_index(hit->differs);

	gwlb_account_count(rules->accounts[index], 1, bytes);
	gwlb_flow_seen(hit->flow, hit->flipped, 1, bytes);
	gwlb_flow_touch(hit->flow, hit->now);
}

/**
 * gwlb_hit_take() - do to a flow and its rule what the packet does
 * @rules: the rules
 * @h: the packet
 * @hit: what gwlb_hit_find() found
 * @bytes: the packet's length from the outer IP header on
 */
static __always_inline void gwlb_hit_take(const struct gwlb_ruleset *rules,
					  const struct gwlb_usual *h,
					  const struct gwlb_hit *hit, u32 bytes)
{
	struct gwlb_flow *flow = hit->flow;

	gwlb_account_count(rules->accounts[hit->differs], 1, bytes);
	WRITE_ONCE(flow->cookie, h->cookie);
	gwlb_flow_seen(flow, hit->flipped, 1, bytes);
	gwlb_flow_touch(flow, hit->now);
}

#endif /* _GWLB_HIT_H */
