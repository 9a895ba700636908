// SPDX-License-Identifier: GPL-2.0-only
/*
 * model: what has to become of a packet. Owns nothing but its two tables.
 *
 * What reads packets and asks rules is module/parse.c, inner.c, tcp.c, match.c
 * and index.c, as they are compiled for user space, and two oracles have to be
 * of the same opinion (selftests/unit/oracle.c and match_oracle.c). What is
 * around them is written anew here and in host.c, step by step as the README
 * describes the walk, with none of the module's short ways.
 */
#include <err.h>
#include <string.h>

#include "flows.h"
#include "host.h"
#include "inner.h"
#include "model.h"
#include "oracle.h"
#include "parse.h"

/**
 * struct question - a packet whose fate is to be decided
 * @m: the model
 * @buf: its bytes
 * @pkt: what was read
 * @group: group of its endpoint
 * @key: its flow
 * @from_a: it comes from side a
 * @kind: what it is, if it is TCP
 * @unsure: nobody knows what becomes of it
 */
struct question {
	struct model *m;
	struct gwlb_buf buf;
	const struct gwlb_pkt *pkt;
	u32 group;
	struct flow_key key;
	bool from_a;
	enum gwlb_tcp_kind kind;
	bool unsure;
};

/**
 * model_init() - begin a run
 * @m: the model
 * @plan: the rules that the module has
 * @stage: addresses
 * @mode: send mode that the module is in
 */
void model_init(struct model *m, const struct plan *plan,
		const struct stage *stage, enum gwlb_send_mode mode)
{
	m->plan = plan;
	m->stage = stage;
	m->mode = mode;
	m->flows = flows_new();
	m->fragments = fragments_new();
	m->now = 0;
}

/* Linear, so nothing has to be asked for. */
static struct gwlb_buf buffer(const __u8 *data, unsigned int len)
{
	return (struct gwlb_buf){ .data = data, .linear = len, .len = len };
}

/**
 * model_read() - read a packet that is not the host's
 * @data: the packet, from the outer IP header on
 * @len: its length
 * @pkt: gets what was read
 *
 * Return: why it is not returned, or GWLB_REASON_RETURNED
 */
enum gwlb_reason model_read(const __u8 *data, unsigned int len,
			    struct gwlb_pkt *pkt)
{
	struct gwlb_buf b = buffer(data, len);
	const char *objection;
	int ret;

	memset(pkt, 0, sizeof(*pkt));
	ret = gwlb_parse_outer(&b, pkt);
	if (!ret)
		ret = gwlb_parse_tunnel(&b, pkt);
	objection = oracle_objection(data, len);
	if (ret < 0 || !ret != !objection)
		errx(3, "parse.c says %d, its oracle says %s", ret,
		     objection ? objection : "nothing");
	return ret;
}

static struct gwlb_subject subject(const struct question *q, u8 connection,
				   enum gwlb_scope scope)
{
	const struct gwlb_pkt *pkt = q->pkt;

	return (struct gwlb_subject) {
		.endpoint = pkt->endpoint,
		.src = pkt->src,
		.dst = pkt->dst,
		.node = pkt->saddr,
		.group = q->group,
		.sport = pkt->sport,
		.dport = pkt->dport,
		.family = pkt->family,
		.proto = pkt->proto,
		.tcp_flags = pkt->tcp_flags,
		.icmp_type = pkt->icmp_type,
		.icmp_code = pkt->icmp_code,
		.direction = plan_direction(pkt->family, &pkt->src),
		.connection = connection,
		.fragment = 1 << pkt->frag,
		.scope = scope,
	};
}

static struct decision ask(const struct question *q, u8 connection,
			   enum gwlb_scope scope)
{
	struct gwlb_subject s = subject(q, connection, scope);

	return plan_ask(q->m->plan, &s);
}

/* As if the other side had begun */
static struct decision ask_reverse(const struct question *q)
{
	struct gwlb_subject s = subject(q, GWLB_CONNECTION_NEW,
					GWLB_SCOPE_ALL);

	s.src = q->pkt->dst;
	s.dst = q->pkt->src;
	s.sport = q->pkt->dport;
	s.dport = q->pkt->sport;
	s.direction = plan_direction(s.family, &s.src);
	return plan_ask(q->m->plan, &s);
}

static bool accepts(struct decision d)
{
	return d.verdict == GWLB_VERDICT_ACCEPT;
}

static enum gwlb_reason reason_of(struct decision d)
{
	if (accepts(d))
		return GWLB_REASON_RETURNED;
	if (d.verdict == GWLB_VERDICT_REJECT)
		return GWLB_REASON_DROP_REJECT;
	return d.rule ? GWLB_REASON_DROP_RULE : GWLB_REASON_DROP_POLICY;
}

static bool is_loose(const struct question *q)
{
	return q->m->plan->pickup != GWLB_PICKUP_STRICT;
}

/* A packet of a flow. The ruleset is the same for all of a run. */
static enum gwlb_reason follow(const struct question *q, struct flow *flow,
			       bool from_a)
{
	if (!accepts(flow->decision))
		return GWLB_REASON_DROP_REMEMBERED;
	if (flow->key.kind[1] == PROTO_TCP)
		flow->tcp = gwlb_tcp_next(flow->tcp, q->kind,
					  from_a != flow->from_a, is_loose(q));
	return GWLB_REASON_RETURNED;
}

static bool answers(const struct gwlb_pkt *pkt)
{
	return is_icmp(pkt->family, pkt->proto) &&
	       is_icmp_answer(pkt->family, pkt->icmp_type);
}

static bool may_begin(const struct question *q, struct gwlb_tcp_state *tcp)
{
	if (q->pkt->proto == PROTO_TCP)
		return gwlb_tcp_begins(q->kind, is_loose(q), tcp);
	if (is_icmp_error(q->pkt))
		return false;
	return is_loose(q) || !answers(q->pkt);
}

/* A packet that begins a flow, if it may; @old was there before. */
static enum gwlb_reason begin(const struct question *q, struct flow *old,
			      struct decision *d)
{
	const struct plan *plan = q->m->plan;
	struct gwlb_tcp_state tcp = { 0 };
	bool reply = false;
	struct decision reverse;
	struct flow *flow;

	if (!may_begin(q, &tcp)) {
		*d = ask(q, GWLB_CONNECTION_INVALID, GWLB_SCOPE_ALL);
		return reason_of(*d);
	}
	*d = ask(q, GWLB_CONNECTION_NEW, GWLB_SCOPE_ALL);
	if (!accepts(*d) && q->pkt->proto == PROTO_TCP &&
	    q->kind == GWLB_TCP_ACK && plan->pickup == GWLB_PICKUP_EITHER) {
		reverse = ask_reverse(q);
		reply = accepts(reverse);
		if (reply)
			*d = reverse;
	}
	if (!accepts(*d) && (old || plan->refused == GWLB_REFUSED_FORGET))
		return reason_of(*d);
	flow = flows_add(q->m->flows, &q->key);
	flow->from_a = q->from_a != reply;
	flow->tcp = tcp;
	flow->first_flags = q->pkt->tcp_flags;
	flow->first_answers = answers(q->pkt);
	flow->decision = *d;
	return reason_of(*d);
}

/* Is a packet the first one of another flow, in the place of this one, be that
 * accepted or not?
 */
static bool begins_anew(const struct question *q, const struct flow *flow)
{
	if (q->pkt->proto == PROTO_TCP)
		return gwlb_tcp_begins_anew(flow->tcp,
					    gwlb_tcp_kind(flow->first_flags),
					    q->kind,
					    q->from_a != flow->from_a);
	return flow->first_answers && !answers(q->pkt) &&
	       !is_icmp_error(q->pkt);
}

/* A packet that has ports, or that belongs to a protocol without */
static enum gwlb_reason whole(const struct question *q, struct decision *d)
{
	struct flow *flow = NULL;

	if (q->kind != GWLB_TCP_BAD)
		flow = flows_find(q->m->flows, &q->key);
	if (!flow)
		return begin(q, NULL, d);
	if (begins_anew(q, flow))
		return begin(q, flow, d);
	if (q->pkt->proto == PROTO_TCP &&
	    gwlb_tcp_is_foreign(flow->tcp, q->kind)) {
		*d = ask(q, GWLB_CONNECTION_NEW, GWLB_SCOPE_ALL);
		return reason_of(*d);
	}
	*d = flow->decision;
	return follow(q, flow, q->from_a);
}

/* An ICMP error */
static enum gwlb_reason related(const struct question *q)
{
	struct flow *flow = NULL;
	struct gwlb_quote quote;
	struct flow_key key;
	struct decision d;

	/* The quoted packet was on its way from where the error goes to. */
	if (!gwlb_inner_quote(&q->buf, q->pkt, &quote) &&
	    !memcmp(&quote.src, &q->pkt->dst, sizeof(quote.src))) {
		flow_key_quote(&key, q->m->plan, q->pkt, &quote);
		flow = flows_find(q->m->flows, &key);
	}
	if (!flow)
		return reason_of(ask(q, GWLB_CONNECTION_INVALID,
				     GWLB_SCOPE_ALL));
	d = ask(q, GWLB_CONNECTION_RELATED, GWLB_SCOPE_RELATED);
	return reason_of(d.rule ? d : flow->decision);
}

/* What is known of its first fragment, if anything is for sure */
static struct fragmented *known(struct question *q, struct fragment_key *key)
{
	struct fragmented *first;

	fragment_key(key, q->m->plan, q->pkt);
	first = fragments_find(q->m->fragments, key);
	if (first && q->m->now - first->born > MODEL_FRAGMENT_AGE)
		q->unsure = true;
	return first;
}

/* What the first fragment says of the protocol counts. */
static struct decision ask_later(const struct question *q,
				 const struct fragmented *first)
{
	struct gwlb_subject s = subject(q, GWLB_CONNECTION_INVALID,
					GWLB_SCOPE_LATER);

	if (first)
		s.proto = first->flow.kind[1];
	return plan_ask(q->m->plan, &s);
}

static enum gwlb_reason later(struct question *q)
{
	struct fragment_key key;
	struct fragmented *first = known(q, &key);
	struct decision d;
	struct flow *flow;

	if (q->unsure)
		return GWLB_REASON_RETURNED;
	if (first && q->pkt->frag_off < first->len)
		return GWLB_REASON_DROP_FRAGMENT_OVERLAP;
	d = ask_later(q, first);
	if (d.rule)
		return reason_of(d);
	if (first) {
		/* It does not tell what it does to a connection. */
		q->kind = GWLB_TCP_BAD;
		d = first->decision;
		flow = flows_find(q->m->flows, &first->flow);
		/* The first one may have been refused where its flow is not,
		 * as a SYN of another connection is.
		 */
		if (flow && (accepts(d) || !accepts(flow->decision)))
			return follow(q, flow, first->from_a);
	}
	return accepts(d) ? GWLB_REASON_RETURNED :
		GWLB_REASON_DROP_FRAGMENT_LOST;
}

/* A first fragment. What would be refused without it need not be known. */
static enum gwlb_reason first(struct question *q)
{
	const struct plan *plan = q->m->plan;
	struct fragment_key key;
	struct fragmented *old = known(q, &key), *new;
	enum gwlb_verdict policy = q->group == GWLB_NO_GROUP ? plan->policy :
		plan->group_policy[q->group];
	unsigned int len = q->pkt->frag_len;
	enum gwlb_reason reason;
	struct decision d;

	if (fragments_count(q->m->fragments) >= MODEL_FRAGMENTS)
		q->unsure = true;
	if (q->unsure)
		return GWLB_REASON_RETURNED;
	reason = whole(q, &d);
	if (!accepts(d) && policy != GWLB_VERDICT_ACCEPT)
		return reason;
	/* A shorter one may not uncover what the other one showed. Of one that
	 * is refused nobody has anything.
	 */
	if (!accepts(d))
		len = 0;
	if (old && old->len > len)
		len = old->len;
	new = fragments_add(q->m->fragments, &key);
	new->flow = q->key;
	new->from_a = q->from_a;
	new->decision = d;
	new->len = len;
	new->born = q->m->now;
	return reason;
}

static enum gwlb_reason decide(struct question *q)
{
	const struct gwlb_pkt *pkt = q->pkt;
	struct decision d;

	q->group = plan_group(q->m->plan, pkt->endpoint);
	if (pkt->frag == GWLB_FRAG_LATER)
		return later(q);
	q->kind = pkt->proto == PROTO_TCP ? gwlb_tcp_kind(pkt->tcp_flags) :
		GWLB_TCP_ACK;
	q->from_a = flow_key_packet(&q->key, q->m->plan, pkt);
	if (pkt->frag == GWLB_FRAG_FIRST)
		return first(q);
	if (is_icmp_error(pkt))
		return related(q);
	return whole(q, &d);
}

/**
 * model_judge() - what becomes of a packet?
 * @m: the model, which has seen it afterwards
 * @v: the frame
 * @fate: gets that
 */
void model_judge(struct model *m, const struct frame_view *v,
		 struct fate *fate)
{
	struct question q = { .m = m, .pkt = &fate->pkt };
	struct gwlb_pkt inside;

	memset(fate, 0, sizeof(*fate));
	m->now++;
	fate->len = host_len(v);
	fate->seen = fate->len;
	if (!fate->seen)
		return;
	q.buf = buffer(v->data, fate->len);
	fate->reason = gwlb_parse_outer(&q.buf, &fate->pkt);
	if (!fate->reason)
		fate->reason = host_admit(m->stage, v->link, &fate->pkt);
	if (fate->reason)
		return;
	fate->reason = model_read(v->data, fate->len, &inside);
	if (fate->reason)
		return;
	fate->pkt = inside;
	fate->reason = decide(&q);
	fate->unsure = q.unsure;
	if (fate->reason == GWLB_REASON_DROP_REJECT)
		fate->answer = host_may_answer(&fate->pkt);
	if (!fate->reason)
		fate->reason = host_transmit(m->stage, m->mode,
					     &fate->pkt);
}
