// SPDX-License-Identifier: GPL-2.0-only
/*
 * ask: puts questions to the rules. See ask.h.
 */
#include <linux/in.h>
#include <linux/minmax.h>

#include "account.h"
#include "ask.h"
#include "event.h"
#include "flow.h"
#include "index.h"
#include "parse.h"
#include "ruleset.h"

/* The first rule that applies and decides, and all that only log on the way.
 * A live flow has been logged and has passed its limits when it began.
 */
static u32 ask_rules(const struct gwlb_question *q,
		     const struct gwlb_subject *s)
{
	const struct gwlb_ruleset *rs = q->rules;
	const struct gwlb_rule *rule;
	struct gwlb_candidates c;
	u32 i;

	gwlb_index_find(&rs->index, s, &c);
	for (i = gwlb_match(rs->rules, &c, s); i != GWLB_NO_RULE;
	     i = gwlb_match(rs->rules, &c, s)) {
		rule = &rs->rules[i];
		if (!s->live) {
			if (!gwlb_rule_may(rule))
				continue;
			if (rule->log)
				gwlb_event_log(q->gn, rs, i, q->pkt, q->skb);
		}
		if (rule->verdict != GWLB_VERDICT_CONTINUE)
			return i;
		if (!s->live)
			gwlb_account_count(rs->accounts[i], q->packets,
					   q->bytes);
	}
	return GWLB_NO_RULE;
}

static u64 ask(const struct gwlb_question *q, const struct gwlb_subject *s)
{
	const struct gwlb_ruleset *rs = q->rules;
	u32 i = ask_rules(q, s);

	if (q->asked)
		*q->asked = true;
	if (i != GWLB_NO_RULE)
		return gwlb_decision(q->generation, rs->rules[i].verdict, i);
	return gwlb_decision(q->generation, gwlb_ruleset_policy(rs, s->group),
			     gwlb_ruleset_policy_index(rs, s->group));
}

static void subject_init(const struct gwlb_question *q, u32 group,
			 struct gwlb_subject *s)
{
	const struct gwlb_pkt *pkt = q->pkt;

	*s = (struct gwlb_subject) {
		.endpoint = pkt->endpoint,
		.src = pkt->src,
		.dst = pkt->dst,
		.node = pkt->saddr,
		.group = group,
		.sport = pkt->sport,
		.dport = pkt->dport,
		.family = pkt->family,
		.proto = pkt->proto,
		.tcp_flags = pkt->tcp_flags,
		.icmp_type = pkt->icmp_type,
		.icmp_code = pkt->icmp_code,
		.fragment = 1 << pkt->frag,
		.direction = gwlb_ruleset_direction(q->rules, group,
						    pkt->family, &pkt->src),
	};
}

/**
 * gwlb_ask_packet() - ask the rules about a packet alone
 * @q: the packet
 * @group: index of its endpoint's group, or GWLB_NO_GROUP
 * @connection: what it is to the flows, one bit of enum gwlb_connection
 * @scope: which rules are asked
 *
 * Context: bottom halves off, RCU read side
 * Return: a decision, see gwlb_decision()
 */
u64 gwlb_ask_packet(const struct gwlb_question *q, u32 group, u8 connection,
		    enum gwlb_scope scope)
{
	struct gwlb_subject s;

	subject_init(q, group, &s);
	s.connection = connection;
	s.scope = scope;
	return ask(q, &s);
}

/**
 * gwlb_ask_reverse() - ask the rules about the flow that a packet answers
 * @q: the packet
 * @group: index of its endpoint's group, or GWLB_NO_GROUP
 *
 * As if the other side had sent the packet, and as the first one of a flow.
 *
 * Context: bottom halves off, RCU read side
 * Return: a decision, see gwlb_decision()
 */
u64 gwlb_ask_reverse(const struct gwlb_question *q, u32 group)
{
	struct gwlb_subject s;

	subject_init(q, group, &s);
	swap(s.src, s.dst);
	swap(s.sport, s.dport);
	s.direction = gwlb_ruleset_direction(q->rules, group, s.family,
					     &s.src);
	s.connection = GWLB_CONNECTION_NEW;
	s.scope = GWLB_SCOPE_ALL;
	return ask(q, &s);
}

/**
 * gwlb_ask_flow() - ask the rules about a flow, as they were asked at first
 * @q: a packet of it
 * @group: index of its endpoint's group by now, which is what the packet's key
 *	was made of; or GWLB_NO_GROUP
 * @flow: the flow
 * @live: it was accepted so far
 *
 * Context: bottom halves off, RCU read side
 * Return: a decision, see gwlb_decision()
 */
u64 gwlb_ask_flow(const struct gwlb_question *q, u32 group,
		  const struct gwlb_flow *flow, bool live)
{
	const union nf_inet_addr *src = gwlb_flow_source(flow);
	bool icmp = flow->key.proto == IPPROTO_ICMP ||
		flow->key.proto == IPPROTO_ICMPV6;
	struct gwlb_subject s = {
		.endpoint = flow->endpoint_id,
		.src = *src,
		.dst = *gwlb_flow_destination(flow),
		.node = flow->first_node,
		.group = group,
		.sport = icmp ? 0 : gwlb_flow_source_port(flow),
		.dport = icmp ? 0 : gwlb_flow_destination_port(flow),
		.family = flow->key.family,
		.proto = flow->key.proto,
		.tcp_flags = flow->tcp_flags,
		.icmp_type = flow->icmp_type,
		.icmp_code = flow->icmp_code,
		.fragment = flow->fragment,
		.direction = gwlb_ruleset_direction(q->rules, group,
						    flow->key.family, src),
		.connection = live ? GWLB_CONNECTION_ESTABLISHED :
			GWLB_CONNECTION_NEW,
		.live = live,
	};

	return ask(q, &s);
}
