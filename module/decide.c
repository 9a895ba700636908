// SPDX-License-Identifier: GPL-2.0-only
/*
 * decide: what is to become of a packet. See decide.h.
 *
 *   a packet of a flow      follow()   the flow's verdict; the rules are asked
 *                                      again if they have changed
 *   one that begins a flow  begin()    the rules, and the flow keeps what they
 *                                      say; those that may not begin one ask
 *                                      them each time
 *   an ICMP error           related()  the verdict of the flow that it quotes
 *   a later fragment        later()    the verdict of the first one
 *
 * Each of them decides once and counts once: a decision is a verdict and the
 * index of the rule or policy that it came from.
 */
#include <linux/in.h>
#include <linux/skbuff.h>

#include "account.h"
#include "decide.h"
#include "flow.h"
#include "flow_table.h"
#include "fragment.h"
#include "gwlb.h"
#include "inner.h"
#include "parse.h"
#include "place.h"
#include "ruleset.h"
#include "tcp.h"
#include "young.h"

/* Counts for whatever a decision came from. */
static void account(const struct gwlb_question *q, u64 decision)
{
	gwlb_account_count(q->rules->accounts[gwlb_decision_index(decision)],
			   q->packets, q->bytes);
}

/* Does everything that is done with every decision. */
static enum gwlb_reason settle(const struct gwlb_question *q, u64 decision)
{
	u32 index = gwlb_decision_index(decision);

	account(q, decision);
	switch (gwlb_decision_verdict(decision)) {
	case GWLB_VERDICT_ACCEPT:
		return GWLB_REASON_RETURNED;
	case GWLB_VERDICT_REJECT:
		return GWLB_REASON_DROP_REJECT;
	default:
		return index < q->rules->n_rules ? GWLB_REASON_DROP_RULE :
			GWLB_REASON_DROP_POLICY;
	}
}

static bool is_accepted(u64 decision)
{
	return gwlb_decision_verdict(decision) == GWLB_VERDICT_ACCEPT;
}

static u32 timeout(const struct gwlb_options *o, u8 proto, u8 state)
{
	switch (state) {
	case GWLB_FLOW_STATE_TCP_SYN:
	case GWLB_FLOW_STATE_TCP_SYN_ACK:
		return o->timeout_tcp_syn;
	case GWLB_FLOW_STATE_TCP_ESTABLISHED:
		return o->timeout_tcp_established;
	case GWLB_FLOW_STATE_TCP_CLOSING:
		return o->timeout_tcp_closing;
	case GWLB_FLOW_STATE_TCP_CLOSED:
		return o->timeout_tcp_closed;
	}
	switch (proto) {
	case IPPROTO_UDP:
		return o->timeout_udp;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return o->timeout_icmp;
	default:
		return o->timeout_other;
	}
}

static struct gwlb_tcp_state tcp_state(u32 progress)
{
	return (struct gwlb_tcp_state) {
		.state = progress & GWLB_FLOW_STATE,
		.fin = (progress & GWLB_FLOW_FINS) >> GWLB_FLOW_FIN_SHIFT,
	};
}

static u32 progress(struct gwlb_tcp_state s)
{
	return s.fin << GWLB_FLOW_FIN_SHIFT | s.state;
}

/* Is this a packet that moves nothing? Most are. */
static bool is_steady(int progress, enum gwlb_tcp_kind kind)
{
	progress &= GWLB_FLOW_STATE | GWLB_FLOW_FINS;
	return progress == GWLB_FLOW_STATE_ESTABLISHED ||
	       (progress == GWLB_FLOW_STATE_TCP_ESTABLISHED &&
		kind == GWLB_TCP_ACK);
}

static void set_timeout(const struct gwlb_question *q, struct gwlb_flow *flow,
			u8 state)
{
	WRITE_ONCE(flow->timeout, timeout(&q->rules->options, flow->key.proto,
					  state) * HZ);
}

/* Moves a flow's state on; false if it was closed, and is. */
static noinline bool move(const struct gwlb_question *q,
			  struct gwlb_flow *flow, enum gwlb_side side,
			  enum gwlb_tcp_kind kind)
{
	bool loose = q->rules->options.pickup != GWLB_PICKUP_STRICT;
	int old = atomic_read(&flow->progress), new;
	struct gwlb_tcp_state s;
	bool over;

	do {
		s = tcp_state(old);
		over = s.state == GWLB_FLOW_STATE_TCP_CLOSED;
		if (flow->key.proto == IPPROTO_TCP)
			s = gwlb_tcp_next(s, kind, side, loose);
		else if (side == GWLB_SIDE_REPLY)
			s.state = GWLB_FLOW_STATE_ESTABLISHED;
		over &= s.state == GWLB_FLOW_STATE_TCP_CLOSED;
		new = progress(s) |
			(old & ~(GWLB_FLOW_STATE | GWLB_FLOW_FINS));
	} while (new != old &&
		 !atomic_try_cmpxchg(&flow->progress, &old, new));
	if (!over)
		set_timeout(q, flow, s.state);
	return !over;
}

/* Does to a flow what one of its packets does. A closed one is not kept alive
 * by what still trickles in.
 */
static __always_inline void advance(const struct gwlb_question *q,
				    struct gwlb_flow *flow,
				    enum gwlb_side side,
				    enum gwlb_tcp_kind kind)
{
	bool live = is_steady(atomic_read(&flow->progress), kind) ||
		move(q, flow, side, kind);
	bool other = side != flow->first_side;

	if (other && !gwlb_flow_is_replied(flow))
		atomic_or(GWLB_FLOW_REPLIED, &flow->progress);
	if (gwlb_flow_is_young(flow))
		gwlb_young_packet(q, flow, other, kind);
	if (live)
		gwlb_flow_touch(flow, jiffies);
}

/* Asks the rules about a flow, because they have changed; timeouts may have,
 * too.
 */
static noinline u64 decide_again(const struct gwlb_question *q, u32 group,
				 struct gwlb_flow *flow, u64 decision)
{
	u8 state = gwlb_flow_state(flow);

	decision = gwlb_ask_flow(q, group, flow, is_accepted(decision));
	atomic64_set(&flow->decision, decision);
	if (is_accepted(decision) && state != GWLB_FLOW_STATE_TCP_CLOSED)
		set_timeout(q, flow, state);
	return decision;
}

/* What is decided about a flow. The rules' generation is compared before the
 * verdict is believed, so a new ruleset acts on the very next packet.
 */
static u64 decision_now(const struct gwlb_question *q, u32 group,
			struct gwlb_flow *flow, u64 decision)
{
	if (gwlb_decision_generation(decision) == q->generation)
		return decision;
	return decide_again(q, group, flow, decision);
}

/* A packet of a flow that is not accepted, or not any more */
static noinline enum gwlb_reason refuse(const struct gwlb_question *q,
					struct gwlb_flow *flow,
					bool flipped, u64 before, u64 decision)
{
	enum gwlb_reason reason = settle(q, decision);

	if (q->rules->options.refused == GWLB_REFUSED_FORGET) {
		gwlb_flow_remove(q->gn, flow, GWLB_FLOW_END_REFUSED);
		return reason;
	}
	gwlb_flow_came_from(flow, q->node, q->pkt->saddr);
	gwlb_flow_seen(flow, flipped, q->packets, q->bytes);
	gwlb_flow_touch(flow, jiffies);
	return is_accepted(before) ? reason : GWLB_REASON_DROP_REMEMBERED;
}

/* A packet of a flow. */
static __always_inline enum gwlb_reason follow(const struct gwlb_question *q,
					       const struct gwlb_place *p,
					       struct gwlb_flow *flow,
					       enum gwlb_tcp_kind kind,
					       u64 *decision)
{
	enum gwlb_side side = p->flipped == gwlb_flow_flipped(flow) ?
		GWLB_SIDE_ORIGINAL : GWLB_SIDE_REPLY;
	u64 before = atomic64_read(&flow->decision);
	u64 d = decision_now(q, p->group, flow, before);

	*decision = d;
	if (!is_accepted(d))
		return refuse(q, flow, p->flipped, before, d);
	account(q, d);
	WRITE_ONCE(flow->cookie, htonl(q->pkt->cookie));
	gwlb_flow_came_from(flow, q->node, q->pkt->saddr);
	gwlb_flow_seen(flow, p->flipped, q->packets, q->bytes);
	advance(q, flow, side, kind);
	return GWLB_REASON_RETURNED;
}

static enum gwlb_icmp_kind icmp_kind(const struct gwlb_pkt *pkt)
{
	return gwlb_place_icmp_kind(pkt->family, pkt->proto, pkt->icmp_type);
}

/* May a flow begin with this packet, and in which state? */
static bool may_begin(const struct gwlb_question *q, enum gwlb_tcp_kind kind,
		      struct gwlb_tcp_state *s)
{
	bool loose = q->rules->options.pickup != GWLB_PICKUP_STRICT;
	const struct gwlb_pkt *pkt = q->pkt;

	if (pkt->proto == IPPROTO_TCP)
		return gwlb_tcp_begins(kind, loose, s);
	s->state = GWLB_FLOW_STATE_NEW;
	s->fin = 0;
	switch (icmp_kind(pkt)) {
	case GWLB_ICMP_ERROR:
		/* It is fragmented: what it quotes is not looked at. */
		return false;
	case GWLB_ICMP_ANSWER:
		return loose;
	default:
		return true;
	}
}

/* Makes the flow of a packet that came from @side of it. */
static enum gwlb_reason make_flow(const struct gwlb_question *q,
				  const struct gwlb_place *p,
				  enum gwlb_side side,
				  struct gwlb_tcp_state s, u64 decision,
				  struct gwlb_flow **flow)
{
	const struct gwlb_options *o = &q->rules->options;
	const struct gwlb_pkt *pkt = q->pkt;
	enum gwlb_reason reason;
	struct gwlb_flow *f;

	reason = gwlb_flow_alloc(q->gn, o, q->endpoint, &f);
	if (reason)
		return reason;
	gwlb_place_keep(p, &f->key);
	/* First, as it says which side its source is. */
	atomic_set(&f->progress, progress(s) |
		   (p->flipped != (side == GWLB_SIDE_REPLY) ?
		    GWLB_FLOW_FLIPPED : 0));
	f->first_side = side;
	f->endpoint_id = pkt->endpoint;
	f->direction = gwlb_ruleset_direction(q->rules, p->group, pkt->family,
					      gwlb_flow_source(f));
	f->tcp_flags = pkt->tcp_flags;
	f->icmp_type = pkt->icmp_type;
	f->icmp_code = pkt->icmp_code;
	f->fragment = 1 << pkt->frag;
	f->first_node = pkt->saddr;
	f->last_node = pkt->saddr;
	f->node = q->node;
	f->cookie = htonl(pkt->cookie);
	f->timeout = timeout(o, pkt->proto, s.state) * HZ;
	atomic64_set(&f->decision, decision);

	*flow = gwlb_flow_publish(q->gn, f);
	return IS_ERR(*flow) ? GWLB_REASON_DROP_NO_MEMORY :
		GWLB_REASON_RETURNED;
}

/* Asks the rules about a packet without a flow. After a failover it may be the
 * answering side of a connection that is heard of first, and the only one for
 * as long as it has data to send.
 */
static u64 decide_first(const struct gwlb_question *q, u32 group,
			enum gwlb_tcp_kind kind, enum gwlb_side *side)
{
	u64 decision = gwlb_ask_packet(q, group, GWLB_CONNECTION_NEW,
				       GWLB_SCOPE_ALL);
	u64 reverse;

	*side = GWLB_SIDE_ORIGINAL;
	if (is_accepted(decision) || q->pkt->proto != IPPROTO_TCP ||
	    kind != GWLB_TCP_ACK ||
	    q->rules->options.pickup != GWLB_PICKUP_EITHER)
		return decision;
	reverse = gwlb_ask_reverse(q, group);
	if (!is_accepted(reverse))
		return decision;
	*side = GWLB_SIDE_REPLY;
	return reverse;
}

/* A packet without a flow, which may begin one if the rules accept it. Then it
 * takes the place of @old, a connection that was before it, if there is one;
 * else that lives on: nobody ends it who may not begin another.
 */
static noinline enum gwlb_reason begin(const struct gwlb_question *q,
				       const struct gwlb_place *p,
				       enum gwlb_tcp_kind kind,
				       struct gwlb_flow *old, u64 *decision)
{
	const struct gwlb_options *o = &q->rules->options;
	enum gwlb_reason full, reason;
	struct gwlb_tcp_state s;
	struct gwlb_flow *flow;
	enum gwlb_side side;

	if (!may_begin(q, kind, &s)) {
		*decision = gwlb_ask_packet(q, p->group,
					    GWLB_CONNECTION_INVALID,
					    GWLB_SCOPE_ALL);
		return settle(q, *decision);
	}
	*decision = decide_first(q, p->group, kind, &side);
	reason = settle(q, *decision);
	if (reason && (old || o->refused == GWLB_REFUSED_FORGET))
		return reason;
	if (old)
		gwlb_flow_remove(q->gn, old, GWLB_FLOW_END_REUSED);
	full = make_flow(q, p, side, s, *decision, &flow);
	if (full) {
		/* Refused or stateless, it needs no flow. */
		if (reason || o->on_full == GWLB_ON_FULL_STATELESS)
			return reason;
		return full;
	}
	gwlb_flow_seen(flow, p->flipped, q->packets, q->bytes);
	return reason;
}

/* @flow, or NULL if there is none, or it is over. */
static struct gwlb_flow *live(const struct gwlb_question *q,
			      struct gwlb_flow *flow)
{
	if (!flow || !gwlb_flow_is_over(flow))
		return flow;
	gwlb_flow_remove(q->gn, flow, GWLB_FLOW_END_TIMEOUT);
	return NULL;
}

static struct gwlb_flow *find_live(const struct gwlb_question *q,
				   const struct gwlb_flow_key *key)
{
	return live(q, gwlb_flow_find(&q->gn->flows, key));
}

/* A SYN where there is a flow: of another connection, which takes its place; or
 * of none that is known, and then the rules are asked, but the flow goes on as
 * its hosts do; or of this one.
 */
static noinline enum gwlb_reason syn(const struct gwlb_question *q,
				     const struct gwlb_place *p,
				     struct gwlb_flow *flow, u64 *decision)
{
	struct gwlb_tcp_state s = tcp_state(atomic_read(&flow->progress));
	bool reply = p->flipped != gwlb_flow_flipped(flow);

	/* Whatever was decided: a flow that was refused by other rules would be
	 * asked about as what it began with, be that what they let pass.
	 */
	if (gwlb_tcp_begins_anew(s, gwlb_tcp_kind(flow->tcp_flags),
				 GWLB_TCP_SYN, reply))
		return begin(q, p, GWLB_TCP_SYN, flow, decision);
	if (!gwlb_tcp_is_foreign(s, GWLB_TCP_SYN))
		return follow(q, p, flow, GWLB_TCP_SYN, decision);
	*decision = gwlb_ask_packet(q, p->group, GWLB_CONNECTION_NEW,
				    GWLB_SCOPE_ALL);
	return settle(q, *decision);
}

/* A packet with a transport header, or of a protocol without. */
static __always_inline enum gwlb_reason whole(const struct gwlb_question *q,
					      const struct gwlb_place *p,
					      u64 *decision)
{
	enum gwlb_tcp_kind kind = q->pkt->proto == IPPROTO_TCP ?
		gwlb_tcp_kind(q->pkt->tcp_flags) : GWLB_TCP_ACK;
	struct gwlb_flow *flow = NULL;

	/* What no TCP sends neither moves a flow nor makes use of it. */
	if (kind != GWLB_TCP_BAD)
		flow = live(q, gwlb_flow_lookup(&q->gn->flows, &p->key));
	if (!flow)
		return begin(q, p, kind, NULL, decision);
	if (kind == GWLB_TCP_SYN)
		return syn(q, p, flow, decision);
	return follow(q, p, flow, kind, decision);
}

/* The flow that an ICMP error quotes. The quoted packet was on its way from
 * where the error is going to.
 */
static struct gwlb_flow *quoted_flow(const struct gwlb_question *q,
				     struct gwlb_place *p)
{
	const struct gwlb_pkt *pkt = q->pkt;
	struct gwlb_quote quote;
	int ret;

	for (;;) {
		struct gwlb_buf b = {
			.data = q->skb->data,
			.linear = skb_headlen(q->skb),
			.len = q->skb->len,
		};

		ret = gwlb_inner_quote(&b, pkt, &quote);
		if (ret >= 0)
			break;
		if (!pskb_may_pull(q->skb, -ret))
			return NULL;
	}
	if (ret || memcmp(&quote.src, &pkt->dst, sizeof(quote.src)))
		return NULL;
	gwlb_place_quote(p, q->rules, pkt, &quote);
	return find_live(q, &p->key);
}

/* An ICMP error. It goes with the flow that it quotes, but does not move it:
 * anybody on the way can send one.
 */
static noinline enum gwlb_reason related(const struct gwlb_question *q,
					 struct gwlb_place *p, u64 *decision)
{
	struct gwlb_flow *flow = quoted_flow(q, p);
	u64 d;

	if (!flow) {
		*decision = gwlb_ask_packet(q, p->group,
					    GWLB_CONNECTION_INVALID,
					    GWLB_SCOPE_ALL);
		return settle(q, *decision);
	}
	d = gwlb_ask_packet(q, p->group, GWLB_CONNECTION_RELATED,
			    GWLB_SCOPE_RELATED);
	if (gwlb_decision_index(d) >= q->rules->n_rules)
		d = decision_now(q, p->group, flow,
				 atomic64_read(&flow->decision));
	*decision = d;
	return settle(q, d);
}

/* Asks the rules about a later fragment. With IPv6 it may say what it likes of
 * the protocol: what the first one says counts (RFC 8200, 4.5).
 */
static u64 ask_later(const struct gwlb_question *q, const struct gwlb_place *p,
		     const struct gwlb_fragmented *first)
{
	struct gwlb_question asked = *q;
	struct gwlb_pkt pkt = *q->pkt;

	if (first)
		pkt.proto = first->flow.proto;
	asked.pkt = &pkt;
	return gwlb_ask_packet(&asked, p->group, GWLB_CONNECTION_INVALID,
			       GWLB_SCOPE_LATER);
}

/* Was the first fragment refused, by the rules as they are, though its flow is
 * not? One that would have begun another leaves that flow as it is.
 */
static bool is_refused_of(const struct gwlb_question *q,
			  const struct gwlb_flow *flow,
			  const struct gwlb_fragmented *first)
{
	return gwlb_decision_generation(first->decision) == q->generation &&
	       !is_accepted(first->decision) &&
	       is_accepted(atomic64_read(&flow->decision));
}

/* A later fragment: unless a rule speaks of such, it goes where the first one
 * went. What it does to a connection cannot be seen: nothing, then.
 */
static noinline enum gwlb_reason later(const struct gwlb_question *q)
{
	struct gwlb_fragmented *first;
	struct gwlb_flow *flow;
	struct gwlb_place p;
	u64 d, policy;

	gwlb_place_zone(&p, q->rules, q->pkt->endpoint);
	first = gwlb_fragment_find(&q->gn->fragments, &p.key, q->pkt);
	if (first && q->pkt->frag_off < first->shown)
		return GWLB_REASON_DROP_FRAGMENT_OVERLAP;

	policy = ask_later(q, &p, first);
	if (gwlb_decision_index(policy) < q->rules->n_rules)
		return settle(q, policy);
	flow = first ? find_live(q, &first->flow) : NULL;
	if (flow && !is_refused_of(q, flow, first)) {
		p.key = first->flow;
		p.flipped = first->flipped;
		return follow(q, &p, flow, GWLB_TCP_BAD, &d);
	}
	/* What was decided by other rules is not known any more. */
	d = first ? first->decision : 0;
	if (!first || gwlb_decision_generation(d) != q->generation)
		d = policy;
	return settle(q, d) ? GWLB_REASON_DROP_FRAGMENT_LOST :
		GWLB_REASON_RETURNED;
}

/* What was decided about a first fragment, for those that follow; unless it was
 * refused and the policy refuses them without that. One that found no place for
 * its flow was, whatever the rules say.
 */
static noinline void remember(const struct gwlb_question *q,
			      const struct gwlb_place *p,
			      enum gwlb_reason reason, u64 decision)
{
	struct gwlb_flow_key key;

	if (reason && is_accepted(decision))
		decision = gwlb_decision(q->generation, GWLB_VERDICT_DROP,
					 gwlb_decision_index(decision));
	if (!is_accepted(decision) &&
	    gwlb_ruleset_policy(q->rules, p->group) != GWLB_VERDICT_ACCEPT)
		return;
	gwlb_place_keep(p, &key);
	gwlb_fragment_remember(&q->gn->fragments, q->endpoint, &key,
			       p->flipped, q->pkt, decision,
			       is_accepted(decision) ? q->pkt->frag_len : 0);
	gwlb_flow_gc_kick(q->gn);
}

/* Has an answer to what nobody has seen begun it? Accepted or not, the rules
 * were not asked about the question then, but are when it comes.
 */
static bool begun_by_answer(const struct gwlb_flow *flow)
{
	return gwlb_place_icmp_kind(flow->key.family, flow->key.proto,
				    flow->icmp_type) == GWLB_ICMP_ANSWER;
}

/* A packet that is a fragment, or ICMP; true if that decides. */
static noinline bool special(const struct gwlb_question *q,
			     struct gwlb_place *p, enum gwlb_reason *reason)
{
	const struct gwlb_pkt *pkt = q->pkt;
	enum gwlb_icmp_kind icmp;
	struct gwlb_flow *flow;
	u64 decision;

	if (pkt->frag == GWLB_FRAG_LATER) {
		*reason = later(q);
		return true;
	}
	gwlb_place_packet(p, q->rules, pkt);
	icmp = icmp_kind(pkt);
	if (icmp == GWLB_ICMP_ERROR && pkt->frag == GWLB_FRAG_NONE) {
		*reason = related(q, p, &decision);
		return true;
	}
	if (icmp != GWLB_ICMP_OTHER)
		return false;
	flow = find_live(q, &p->key);
	if (!flow || !begun_by_answer(flow))
		return false;
	*reason = begin(q, p, GWLB_TCP_ACK, flow, &decision);
	if (pkt->frag == GWLB_FRAG_FIRST)
		remember(q, p, *reason, decision);
	return true;
}

/**
 * gwlb_decide() - may this packet go back?
 * @q: the packet
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED, or why it is dropped
 */
enum gwlb_reason gwlb_decide(const struct gwlb_question *q)
{
	const struct gwlb_pkt *pkt = q->pkt;
	/* Too large to be set to 0 for each packet */
	struct gwlb_place p __uninitialized;
	enum gwlb_reason reason;
	u64 decision;

	if (likely(pkt->frag == GWLB_FRAG_NONE &&
		   pkt->proto != IPPROTO_ICMP &&
		   pkt->proto != IPPROTO_ICMPV6))
		gwlb_place_transport(&p, q->rules, pkt);
	else if (special(q, &p, &reason))
		return reason;
	reason = whole(q, &p, &decision);
	if (unlikely(pkt->frag == GWLB_FRAG_FIRST))
		remember(q, &p, reason, decision);
	return reason;
}
