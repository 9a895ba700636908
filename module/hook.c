// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook: where packets come in, and the walk that each of them takes:
 *
 *   admit()    is it Geneve, for us, from a node that may talk to us?
 *   inspect()  is what it carries well-formed?
 *   gwlb_decide()  do flows and rules allow it?
 *   gwlb_xmit()  send it back
 *
 * Each step says GWLB_REASON_RETURNED when nothing speaks against the packet,
 * or the reason why it is not returned; that reason is counted, once, by
 * conclude(). Until gwlb_xmit() takes the packet it belongs to the stack: who
 * stops before only says NF_ACCEPT or NF_DROP.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>

#include "config.h"
#include "decide.h"
#include "endpoint.h"
#include "gso.h"
#include "gwlb.h"
#include "hook.h"
#include "node.h"
#include "parse.h"
#include "reply.h"
#include "ruleset.h"
#include "trace.h"
#include "xmit.h"

/* Enough for all headers of a usual packet: one pull does it. */
#define GWLB_PULL	192

/**
 * struct gwlb_walk - a packet, or the segments of one, on their way
 * @gn: the namespace
 * @config: its settings
 * @rules: its ruleset
 * @generation: generation of @rules, which moves on when a set changes
 * @node: who sent it; NULL if not yet known or without a place in the table
 * @endpoint: where it came by; NULL if not yet known
 * @admitted: @node is known, or known to have no place
 */
struct gwlb_walk {
	struct gwlb_net *gn;
	const struct gwlb_config *config;
	const struct gwlb_ruleset *rules;
	u32 generation;
	struct gwlb_node *node;
	struct gwlb_endpoint *endpoint;
	bool admitted;
};

static enum gwlb_reason parse(struct sk_buff *skb, struct gwlb_pkt *pkt,
			      int (*step)(const struct gwlb_buf *b,
					  struct gwlb_pkt *pkt))
{
	for (;;) {
		struct gwlb_buf b = {
			.data = skb->data,
			.linear = skb_headlen(skb),
			.len = skb->len,
			.big = skb_is_gso(skb),
		};
		int ret = step(&b, pkt);

		if (ret >= 0)
			return ret;
		/* Each time round more is linear, so this ends. */
		if (!pskb_may_pull(skb, max_t(u32, -ret,
					      min_t(u32, skb->len,
						    GWLB_PULL))))
			return GWLB_REASON_DROP_NO_MEMORY;
	}
}

static enum gwlb_reason admit(struct gwlb_walk *w, struct sk_buff *skb,
			      struct gwlb_pkt *pkt)
{
	enum gwlb_reason reason;

	reason = parse(skb, pkt, gwlb_parse_outer);
	if (reason)
		return reason;
	if (skb->pkt_type != PACKET_HOST)
		return GWLB_REASON_PASS_NOT_HOST;
	reason = gwlb_node_admit(w->gn, w->config, pkt, &w->node);
	w->admitted = !reason;
	return reason;
}

static enum gwlb_reason inspect(struct sk_buff *skb, struct gwlb_pkt *pkt)
{
	enum gwlb_reason reason;

	reason = parse(skb, pkt, gwlb_parse_tunnel);
	if (reason)
		return reason;
	if (!gwlb_gso_is_sane(skb, pkt))
		return GWLB_REASON_DROP_GSO;
	return GWLB_REASON_RETURNED;
}

/* Do flows and rules allow it? */
static enum gwlb_reason decide(struct gwlb_walk *w, struct sk_buff *skb,
			       const struct gwlb_pkt *pkt, u32 packets,
			       u32 bytes)
{
	struct gwlb_question q = {
		.gn = w->gn,
		.rules = w->rules,
		.generation = w->generation,
		.endpoint = w->endpoint,
		.pkt = pkt,
		.skb = skb,
		.packets = packets,
		.bytes = bytes,
	};

	return gwlb_decide(&q);
}

/* Tells the sender of a packet that is rejected. */
static void reply(struct gwlb_walk *w, struct sk_buff *skb,
		  const struct gwlb_pkt *pkt)
{
	struct sk_buff *answer = gwlb_reply_make(w->gn, skb, pkt);

	if (answer)
		gwlb_xmit(w->gn, w->config->send_mode, w->node, pkt, answer);
}

/* Counts a packet's fate, everywhere where it counts. */
static void conclude(const struct gwlb_walk *w, const struct gwlb_pkt *pkt,
		     enum gwlb_reason reason, u32 packets, u32 bytes)
{
	struct gwlb_net *gn = w->gn;

	gwlb_stats_count(gn->stats, reason, packets, bytes);
	if (w->admitted)
		gwlb_traffic_count(w->node ? w->node->tally.traffic :
				   gn->nodes.others, reason, packets, bytes);
	if (w->endpoint)
		gwlb_traffic_count(w->endpoint->tally.traffic, reason,
				   packets, bytes);
	trace_gwlb_verdict(pkt, reason, bytes);
}

/* The walk of one packet. @reason: what admit() said. */
static unsigned int walk(struct gwlb_walk *w, struct sk_buff *skb,
			 struct gwlb_pkt *pkt, enum gwlb_reason reason)
{
	u32 packets = gwlb_gso_packets(skb);
	unsigned int verdict;
	u32 bytes = skb->len;

	w->endpoint = NULL;
	if (!reason)
		reason = inspect(skb, pkt);
	if (pkt->inner_off)
		w->endpoint = gwlb_endpoint_get(&w->gn->endpoints,
						pkt->endpoint);
	if (!reason)
		reason = decide(w, skb, pkt, packets, bytes);

	if (!reason) {
		reason = gwlb_xmit(w->gn, w->config->send_mode, w->node, pkt,
				   skb);
		verdict = NF_STOLEN;
	} else if (gwlb_reason_class(reason) == GWLB_CLASS_PASS) {
		verdict = NF_ACCEPT;
	} else {
		if (reason == GWLB_REASON_DROP_REJECT)
			reply(w, skb, pkt);
		verdict = NF_DROP;
	}
	conclude(w, pkt, reason, packets, bytes);
	return verdict;
}

/* The walk of each datagram of an aggregate that was admitted. They have
 * the same outer addresses, so that none of them can be the host's.
 */
static unsigned int walk_segments(struct gwlb_walk *w, struct sk_buff *skb,
				  struct gwlb_pkt *pkt)
{
	struct sk_buff *segs, *seg, *next;
	struct gwlb_pkt one;

	segs = gwlb_gso_split(skb);
	if (!segs)
		return walk(w, skb, pkt, GWLB_REASON_DROP_GSO);

	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		one = *pkt;
		one.len = seg->len;
		if (walk(w, seg, &one, GWLB_REASON_RETURNED) == NF_DROP)
			kfree_skb(seg);
	}
	return NF_STOLEN;
}

/* A packet usually comes in softirq, but one that was queued to user space
 * before us comes back in that process, preemptible; counters and cached
 * routes belong to a CPU.
 */
static unsigned int gwlb_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct gwlb_net *gn = priv;
	struct gwlb_walk w = {
		.gn = gn,
		.config = rcu_dereference(gn->config),
		.rules = rcu_dereference(gn->rules),
	};
	struct gwlb_pkt pkt = {};
	enum gwlb_reason reason;
	unsigned int verdict;

	local_bh_disable();
	w.generation = gwlb_ruleset_generation(w.rules);
	reason = admit(&w, skb, &pkt);
	if (!reason && gwlb_gso_is_mixed(skb))
		verdict = walk_segments(&w, skb, &pkt);
	else
		verdict = walk(&w, skb, &pkt, reason);
	local_bh_enable();
	return verdict;
}

/**
 * gwlb_hook_init() - prepare the hook of a namespace
 * @gn: the namespace
 *
 * Before defragmentation, conntrack and the raw table: none of them is to
 * see GWLB's packets, whose answers would look like new connections. After
 * ip_rcv() has checked the outer IP header.
 */
void gwlb_hook_init(struct gwlb_net *gn)
{
	gn->ops = (struct nf_hook_ops) {
		.hook = gwlb_hook,
		.priv = gn,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_RAW_BEFORE_DEFRAG,
	};
}

/**
 * gwlb_hook_register() - begin to take packets
 * @gn: the namespace; its lock is held
 *
 * Context: process
 * Return: 0 or an error
 */
int gwlb_hook_register(struct gwlb_net *gn)
{
	return nf_register_net_hook(gn->net, &gn->ops);
}

/**
 * gwlb_hook_unregister() - take no more packets
 * @gn: the namespace; its lock is held, or it is going away
 *
 * Unregistering does not wait for packets that are in the hook, so this
 * does.
 *
 * Context: process, sleeps
 */
void gwlb_hook_unregister(struct gwlb_net *gn)
{
	nf_unregister_net_hook(gn->net, &gn->ops);
	synchronize_net();
}
