// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook: where packets come in, and the walk that each of them takes, also if it
 * came in by another hook (ingress.c):
 *
 *   admit()    is it Geneve, for us, from a node that may talk to us?
 *   inspect()  is what it carries well-formed?
 *   gwlb_decide()  do flows and rules allow it?
 *   gwlb_xmit()  send it back
 *
 * Each step says GWLB_REASON_RETURNED when nothing speaks against the packet,
 * or the reason why it is not returned; that reason is counted, once, by
 * conclude(). Nearly all packets take a short way instead, pass_on(), with the
 * same outcome. Until gwlb_xmit() takes the packet it belongs to the stack: who
 * stops before only says NF_ACCEPT or NF_DROP.
 */
#include <linux/if_vlan.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>

#include "config.h"
#include "decide.h"
#include "endpoint.h"
#include "gso.h"
#include "gwlb.h"
#include "hit.h"
#include "hook.h"
#include "ingress.h"
#include "node.h"
#include "parse.h"
#include "reply.h"
#include "ruleset.h"
#include "trace.h"
#include "usual.h"
#include "xmit.h"

/* Enough for all headers of a usual packet: one pull does it. */
#define GWLB_PULL	192

/**
 * struct gwlb_walk - a packet, or the segments of one, on their way
 * @q: what is to be decided about it; begins with the namespace
 * @config: settings of the namespace
 * @admitted: it may talk to us; else q.node says nothing
 */
struct gwlb_walk {
	struct gwlb_question q;
	const struct gwlb_config *config;
	bool admitted;
};

static enum gwlb_reason parse(struct sk_buff *skb, struct gwlb_pkt *pkt,
			      int (*step)(const struct gwlb_buf *b,
					  struct gwlb_pkt *pkt))
{
	for (;;) {
		struct gwlb_buf b = {
			.data = skb->data,
			.linear = min(skb_headlen(skb), pkt->len),
			.len = pkt->len,
			.big = skb_is_gso(skb),
		};
		int ret = step(&b, pkt);

		if (ret >= 0)
			return ret;
		/* Each time round more is linear, so this ends. */
		if (!pskb_may_pull(skb, max_t(u32, -ret,
					      min_t(u32, pkt->len,
						    GWLB_PULL))))
			return GWLB_REASON_DROP_NO_MEMORY;
	}
}

/* One configuration and one generation of the rules are for the whole walk. */
static void begin_walk(struct gwlb_walk *w, struct gwlb_net *gn)
{
	w->config = rcu_dereference(gn->config);
	w->admitted = false;
	w->q.gn = gn;
	w->q.rules = rcu_dereference(gn->rules);
	w->q.generation = gwlb_ruleset_generation(w->q.rules);
	w->q.asked = NULL;
}

/* May who sent it talk to us? */
static __always_inline enum gwlb_reason admit(struct gwlb_walk *w,
					      const struct sk_buff *skb,
					      const struct gwlb_pkt *pkt)
{
	enum gwlb_reason reason = GWLB_REASON_RETURNED;

	w->admitted = false;
	if (skb->pkt_type != PACKET_HOST)
		return GWLB_REASON_PASS_NOT_HOST;
	w->q.node = gwlb_node_find(w->q.gn, w->config,
				   gwlb_node_key(pkt->saddr, pkt->daddr));
	if (!w->q.node)
		reason = gwlb_node_admit(w->q.gn, w->config, pkt, &w->q.node);
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

/* Tells the sender of a packet that is rejected. */
static void reply(struct gwlb_walk *w)
{
	struct sk_buff *answer = gwlb_reply_make(w->q.gn, w->q.skb, w->q.pkt);

	if (answer)
		gwlb_xmit(w->q.gn, w->config->send_mode, w->q.node, answer);
}

/* Counts a packet's fate, everywhere where it counts. @admitted: w->admitted;
 * what is returned was, so its node counts it for the namespace, too.
 */
static __always_inline void conclude(const struct gwlb_walk *w, bool admitted,
				     enum gwlb_reason reason, u32 packets,
				     u32 bytes)
{
	struct gwlb_endpoint *endpoint = w->q.endpoint;
	struct gwlb_net *gn = w->q.gn;
	struct gwlb_node *node;

	if (reason)
		gwlb_stats_count(gn->stats, reason, packets, bytes);
	if (admitted) {
		node = w->q.node;
		gwlb_traffic_count(node ? node->tally.traffic :
				   gn->nodes.others, reason, packets, bytes,
				   jiffies);
	}
	if (endpoint)
		gwlb_traffic_count(endpoint->tally.traffic, reason, packets,
				   bytes, jiffies);
	trace_gwlb_verdict(w->q.pkt, reason, bytes);
}

/* The end of the walk of a packet that is not sent back */
static noinline unsigned int refuse(struct gwlb_walk *w,
				    enum gwlb_reason reason)
{
	bool passed = gwlb_reason_class(reason) == GWLB_CLASS_PASS;

	/* The other place will see it, too. */
	if (passed && READ_ONCE(w->q.gn->moving))
		return NF_ACCEPT;
	if (reason == GWLB_REASON_DROP_REJECT)
		reply(w);
	conclude(w, w->admitted, reason, w->q.packets, w->q.bytes);
	return passed ? NF_ACCEPT : NF_DROP;
}

/* The walk of one packet. @usual: it was read by gwlb_parse_usual().
 * @reason: what admit() said.
 */
static __always_inline unsigned int walk(struct gwlb_walk *w,
					 struct sk_buff *skb,
					 struct gwlb_pkt *pkt, bool usual,
					 enum gwlb_reason reason)
{
	u32 packets = usual ? 1 : gwlb_gso_packets(skb);
	struct gwlb_question *q = &w->q;
	u32 bytes = pkt->len;

	q->endpoint = NULL;
	q->pkt = pkt;
	q->skb = skb;
	q->packets = packets;
	q->bytes = bytes;
	if (!reason && !usual) {
		reason = inspect(skb, pkt);
		if (!reason)
			bytes = gwlb_gso_bytes(skb, pkt);
		q->bytes = bytes;
	}
	if (usual ? !reason : w->admitted && pkt->inner_off)
		q->endpoint = gwlb_endpoint_get(&q->gn->endpoints,
						pkt->endpoint);
	/* Do flows and rules allow it? */
	if (!reason)
		reason = gwlb_decide(q);
	if (reason)
		return refuse(w, reason);
	reason = gwlb_xmit(q->gn, w->config->send_mode, w->q.node, skb);
	conclude(w, true, reason, packets, bytes);
	return NF_STOLEN;
}

static noinline unsigned int walk_any(struct gwlb_walk *w, struct sk_buff *skb,
				      struct gwlb_pkt *pkt,
				      enum gwlb_reason reason)
{
	return walk(w, skb, pkt, false, reason);
}

/* The walk of each datagram of an aggregate that was admitted. They have
 * the same outer addresses, so that none of them can be the host's.
 */
static unsigned int walk_segments(struct gwlb_walk *w, struct sk_buff *skb,
				  struct gwlb_pkt *pkt)
{
	enum gwlb_reason reason = GWLB_REASON_RETURNED;
	struct sk_buff *segs, *seg, *next;
	struct gwlb_pkt one;
	bool asked = false;
	u32 looks = 0;

	segs = gwlb_gso_split(skb);
	if (!segs)
		return walk_any(w, skb, pkt, GWLB_REASON_DROP_GSO);

	w->q.asked = &asked;
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		one = *pkt;
		one.len = seg->len;
		/* Nobody's user is to have the CPU for long. Datagrams of flows
		 * that are known take none of it.
		 */
		if (asked)
			looks += w->q.rules->looks;
		if (looks + w->q.rules->looks > GWLB_GUEST_LOOKS)
			reason = GWLB_REASON_DROP_GSO;
		asked = false;
		if (walk_any(w, seg, &one, reason) == NF_DROP)
			kfree_skb(seg);
	}
	return NF_STOLEN;
}

/* The walk of a packet that is not like nearly all */
static noinline unsigned int take_unusual(struct gwlb_net *gn,
					  struct sk_buff *skb, u32 len,
					  bool early)
{
	struct gwlb_pkt pkt = { .len = len };
	enum gwlb_reason reason;
	struct gwlb_walk w;

	begin_walk(&w, gn);
	reason = parse(skb, &pkt, gwlb_parse_outer);
	if (!reason)
		reason = admit(&w, skb, &pkt);
	if (!reason && early)
		reason = gwlb_ingress_adopt(skb, pkt.len, pkt.udp_off);
	if (!reason && gwlb_gso_is_mixed(skb))
		return walk_segments(&w, skb, &pkt);
	return walk_any(&w, skb, &pkt, reason);
}

/* The walk of a packet that is, but of which more is to be known or done than
 * pass_on() does
 */
static noinline unsigned int take_usual(struct gwlb_net *gn,
					struct sk_buff *skb, u32 len,
					bool early)
{
	/* Too large to be set to 0 for each packet */
	struct gwlb_pkt pkt __uninitialized;
	struct gwlb_walk w __uninitialized;
	enum gwlb_reason reason;

	begin_walk(&w, gn);
	gwlb_read_usual((const struct gwlb_usual *)skb->data, len, &pkt);
	reason = admit(&w, skb, &pkt);
	if (!reason && early)
		reason = gwlb_ingress_adopt(skb, len, pkt.udp_off);
	return walk(&w, skb, &pkt, true, reason);
}

/* Counts the fate of a packet on the short way. */
static __always_inline void conclude_hit(const struct gwlb_net *gn,
					 const struct gwlb_node *node,
					 const struct gwlb_tally *endpoint,
					 enum gwlb_reason reason, u32 bytes)
{
	unsigned long now = jiffies;

	if (reason)
		gwlb_stats_count(gn->stats, reason, 1, bytes);
	gwlb_traffic_count(node->tally.traffic, reason, 1, bytes, now);
	gwlb_traffic_count(endpoint->traffic, reason, 1, bytes, now);
}

/* Counts one that could not be sent. @bytes is as wide as the counters, or it
 * would be kept twice for all packets.
 */
static noinline void conclude_lost(const struct gwlb_net *gn,
				   const struct gwlb_node *node,
				   const struct gwlb_tally *endpoint,
				   enum gwlb_reason reason,
				   unsigned long bytes)
{
	conclude_hit(gn, node, endpoint, reason, bytes);
}

/* The same way for packets of flows that are known as refused. @rules are those
 * that @hit was compared with, as its index means nothing to others. @hit is by
 * value, as it would have to be in memory for all packets otherwise.
 */
static noinline unsigned int drop_refused(struct gwlb_net *gn,
					  const struct gwlb_config *config,
					  const struct gwlb_ruleset *rules,
					  const struct sk_buff *skb,
					  struct gwlb_hit hit)
{
	const struct gwlb_usual *h = (const struct gwlb_usual *)skb->data;
	const struct gwlb_tally *endpoint;
	struct gwlb_node *node;

	if (!gwlb_hit_is_refused(rules, &hit))
		return NF_ACCEPT;
	node = gwlb_hit_node(gn, config, hit.flow,
			     get_unaligned_be64(&h->outer.saddr));
	if (!node ||
	    !gwlb_hit_endpoint(gn, hit.flow, h, true, &endpoint))
		return NF_ACCEPT;
	gwlb_hit_refuse(rules, &hit, skb->len);
	conclude_hit(gn, node, endpoint, GWLB_REASON_DROP_REMEMBERED,
		     skb->len);
	return NF_DROP;
}

/* The short way of nearly all packets, which neither change anything nor are
 * traced: from nodes and endpoints that are known, of flows that
 * gwlb_hit_find() finds, or that are known as refused. None of them is padded.
 * Says NF_ACCEPT of all others, to which nothing has been done then.
 */
static __always_inline unsigned int
pass_on_by(struct gwlb_net *gn, const struct gwlb_config *config,
	   const struct gwlb_ruleset *rules, struct sk_buff *skb, u32 len,
	   bool early, bool grouped)
{
	const struct gwlb_usual *h = (const struct gwlb_usual *)skb->data;
	const struct gwlb_tally *endpoint;
	enum gwlb_send_mode mode;
	enum gwlb_reason reason;
	struct gwlb_node *node;
	struct gwlb_hit hit __uninitialized;

	if (unlikely(!gwlb_hit_find(gn, rules, h, grouped, &hit))) {
		if (!hit.flow)
			return NF_ACCEPT;
		return drop_refused(gn, config, rules, skb, hit);
	}
	node = gwlb_hit_node(gn, config, hit.flow,
			     get_unaligned_be64(&h->outer.saddr));
	if (unlikely(!node))
		return NF_ACCEPT;
	mode = config->send_mode;
	if (unlikely(!gwlb_hit_endpoint(gn, hit.flow, h, grouped, &endpoint)))
		return NF_ACCEPT;

	gwlb_hit_take(rules, h, &hit, len);
	if (early)
		gwlb_ingress_adopt_usual(skb, mode, GWLB_USUAL_OFF(udp));
	reason = gwlb_xmit(gn, mode, node, skb);
	if (unlikely(reason))
		conclude_lost(gn, node, endpoint, reason, len);
	else
		conclude_hit(gn, node, endpoint, GWLB_REASON_RETURNED, len);
	return NF_STOLEN;
}

/* The same if there are groups */
static noinline unsigned int
pass_on_grouped(struct gwlb_net *gn, const struct gwlb_config *config,
		const struct gwlb_ruleset *rules, struct sk_buff *skb, u32 len,
		bool early)
{
	return pass_on_by(gn, config, rules, skb, len, early, true);
}

static __always_inline unsigned int pass_on(struct gwlb_net *gn,
					    const struct gwlb_config *config,
					    struct sk_buff *skb, u32 len,
					    bool early)
{
	const struct gwlb_ruleset *rules = rcu_dereference(gn->rules);

	if (unlikely(!gwlb_hit_is_plain((const struct gwlb_usual *)skb->data) ||
		     skb->pkt_type != PACKET_HOST) ||
	    trace_gwlb_verdict_enabled())
		return NF_ACCEPT;
	if (unlikely(rules->n_groups))
		return pass_on_grouped(gn, config, rules, skb, len, early);
	return pass_on_by(gn, config, rules, skb, len, early, false);
}

/* Is it like nearly all? @linear: what of @len bytes can be read */
static __always_inline bool is_usual(struct sk_buff *skb, u32 linear, u32 len,
				     bool early)
{
	return likely(!skb_is_gso(skb) &&
		      gwlb_is_usual((const struct gwlb_usual *)skb->data,
				    linear, len, early));
}

/**
 * gwlb_hook_early() - the walk of a packet that ip_rcv() has not seen
 * @gn: the namespace
 * @skb: the packet, data at an outer IP header that was checked; not shared
 * @len: length of the IP packet, which may be followed by padding
 *
 * What is passed is left as it came.
 *
 * Context: bottom halves off, RCU read side
 * Return: a verdict of netfilter
 */
unsigned int gwlb_hook_early(struct gwlb_net *gn, struct sk_buff *skb, u32 len)
{
	/* Padding can be read, too, and must not be. */
	u32 linear = min(skb_headlen(skb), len);

	if (rcu_dereference(gn->config)->state != GWLB_STATE_UP)
		return NF_ACCEPT;
	if (is_usual(skb, linear, len, false))
		return take_usual(gn, skb, len, true);
	return take_unusual(gn, skb, len, true);
}

/**
 * gwlb_hook_ingress() - the hook on a device
 * @priv: the namespace
 * @skb: a packet, as the device gave it
 * @state: of no interest
 *
 * The short way, once more for packets that nobody has checked. All others are
 * left to gwlb_ingress_walk(), untouched. That includes all packets if the
 * state is not up, as no node is known to be allowed by such settings.
 *
 * Context: bottom halves off, RCU read side
 * Return: a verdict of netfilter
 */
unsigned int __flatten gwlb_hook_ingress(void *priv, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	struct gwlb_net *gn = priv;
	const struct gwlb_config *config = rcu_dereference(gn->config);
	unsigned int verdict = NF_ACCEPT;

	if (likely(skb->protocol == htons(ETH_P_IP) &&
		   !skb_vlan_tag_present(skb) && !skb_shared(skb) &&
		   is_usual(skb, skb_headlen(skb), skb->len, true)))
		verdict = pass_on(gn, config, skb, skb->len, true);
	if (likely(verdict != NF_ACCEPT))
		return verdict;
	return gwlb_ingress_walk(gn, skb);
}

static unsigned int gwlb_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state);

/* One that was queued to user space before us comes back in that process,
 * preemptible; counters and cached routes belong to a CPU.
 */
static noinline unsigned int
take_from_process(void *priv, struct sk_buff *skb,
		  const struct nf_hook_state *state)
{
	unsigned int verdict;

	local_bh_disable();
	verdict = gwlb_hook(priv, skb, state);
	local_bh_enable();
	return verdict;
}

/* A packet usually comes in softirq, or at least with bottom halves off. All of
 * the short way is to be one function.
 */
static unsigned int __flatten gwlb_hook(void *priv, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	const struct gwlb_config *config;
	struct gwlb_net *gn = priv;
	unsigned int verdict;

	if (unlikely(!softirq_count()))
		return take_from_process(priv, skb, state);
	config = rcu_dereference(gn->config);
	/* Hooks are registered before they are to do anything. */
	if (unlikely(config->state != GWLB_STATE_UP))
		return NF_ACCEPT;
	if (!is_usual(skb, skb_headlen(skb), skb->len, false))
		return take_unusual(gn, skb, skb->len, false);
	verdict = pass_on(gn, config, skb, skb->len, false);
	if (likely(verdict != NF_ACCEPT))
		return verdict;
	return take_usual(gn, skb, skb->len, false);
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
 * gwlb_hook_register() - register the hook in PRE_ROUTING, unless it is
 * @gn: the namespace; its config_lock is held
 *
 * Context: process
 * Return: 0 or an error
 */
int gwlb_hook_register(struct gwlb_net *gn)
{
	int err;

	if (gn->hooked)
		return 0;
	err = nf_register_net_hook(gn->net, &gn->ops);
	gn->hooked = !err;
	return err;
}

/**
 * gwlb_hook_unregister() - unregister it, if it is registered
 * @gn: the namespace; its config_lock is held
 *
 * Does not wait for packets that are in the hook.
 *
 * Context: process
 * Return: true if it was
 */
bool gwlb_hook_unregister(struct gwlb_net *gn)
{
	if (!gn->hooked)
		return false;
	nf_unregister_net_hook(gn->net, &gn->ops);
	gn->hooked = false;
	return true;
}
