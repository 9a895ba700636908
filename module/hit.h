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
#include "place.h"
#include "ruleset.h"
#include "tcp.h"
#include "usual.h"

/**
 * struct gwlb_hit - a packet's flow
 * @flow: the flow
 * @decision: what was decided about it
 * @reply: the packet comes from the side that did not begin it
 * @now: jiffies
 */
struct gwlb_hit {
	struct gwlb_flow *flow;
	u64 decision;
	bool reply;
	unsigned long now;
};

/* Can this packet not change the state of a flow that both sides know? */
static __always_inline bool gwlb_hit_is_plain(const struct gwlb_usual *h)
{
	return h->inner.protocol == IPPROTO_UDP ||
		(gwlb_usual_tcp_flags(h) & GWLB_TCP_FLAGS) == GWLB_TCP_FLAG_ACK;
}

/* Nor the flow itself, which is not over? A clock that is behind another
 * CPU's looks as if it were.
 */
static __always_inline bool gwlb_hit_is_steady(const struct gwlb_flow *flow,
					       u32 now)
{
	int progress = atomic_read(&flow->progress);

	if (unlikely(now - READ_ONCE(flow->last) > READ_ONCE(flow->timeout) ||
		     (progress != GWLB_FLOW_STATE_ESTABLISHED &&
		      progress != GWLB_FLOW_STATE_TCP_ESTABLISHED)))
		return false;
	/* Hints: whoever sees too little of them asks decide.c. */
	return data_race(flow->replied && !flow->is_young);
}

/**
 * gwlb_hit_find() - find the flow of a packet that changes nothing
 * @gn: the namespace
 * @rules: its rules
 * @h: the packet, which gwlb_is_usual()
 * @endpoint: id of its endpoint
 * @hit: gets the flow, also if it is not such a packet; NULL if there is none
 *
 * Context: bottom halves off, RCU read side
 * Return: true if it is such a packet; then gwlb_hit_take() follows
 */
static __always_inline bool gwlb_hit_find(struct gwlb_net *gn,
					  const struct gwlb_ruleset *rules,
					  const struct gwlb_usual *h,
					  u64 endpoint, struct gwlb_hit *hit)
{
	u32 src = (__force u32)h->inner.saddr;
	u32 dst = (__force u32)h->inner.daddr;
	bool flipped = gwlb_place_is_flipped4(src, dst, h->inner_ports);
	u32 group = gwlb_place_group(rules, endpoint);
	struct gwlb_flow_key4 key __uninitialized = {
		.endpoint = group == GWLB_NO_GROUP ? endpoint : 0,
		.group = group == GWLB_NO_GROUP ? 0 : rules->groups[group].id,
		.kind = GWLB_FLOW_KIND(NFPROTO_IPV4, h->inner.protocol),
		.ports = flipped ? rol32(h->inner_ports, 16) : h->inner_ports,
		.low = flipped ? dst : src,
		.high = flipped ? src : dst,
	};
	struct gwlb_flow *flow = gwlb_flow_lookup4(&gn->flows, &key);
	u64 accepted;

	hit->now = jiffies;
	hit->flow = flow;
	if (unlikely(!flow))
		return false;
	hit->reply = flipped != flow->flipped;
	hit->decision = atomic64_read(&flow->decision);
	accepted = gwlb_decision(gwlb_ruleset_generation(rules),
				 GWLB_VERDICT_ACCEPT, 0);
	return likely(gwlb_hit_is_steady(flow, hit->now) &&
		      (hit->decision ^ accepted) >>
		      GWLB_DECISION_INDEX_BITS == 0);
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
		gwlb_decision_generation(hit->decision) ==
			gwlb_ruleset_generation(rules) &&
		gwlb_decision_verdict(hit->decision) != GWLB_VERDICT_ACCEPT &&
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
	u32 index = gwlb_decision_index(hit->decision);

	gwlb_account_count(rules->accounts[index], 1, bytes);
	gwlb_flow_seen(hit->flow, hit->reply, 1, bytes);
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
	u32 index = gwlb_decision_index(hit->decision);
	struct gwlb_flow *flow = hit->flow;

	gwlb_account_count(rules->accounts[index], 1, bytes);
	WRITE_ONCE(flow->cookie, ntohl(h->cookie));
	WRITE_ONCE(flow->node, h->outer.saddr);
	gwlb_flow_seen(flow, hit->reply, 1, bytes);
	gwlb_flow_touch(flow, hit->now);
}

#endif /* _GWLB_HIT_H */
