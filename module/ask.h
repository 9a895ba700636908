/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ask: puts questions to the rules. Owns what such a question is, and what
 * rules do on the way to an answer: they log, and they use up their limits.
 */
#ifndef _GWLB_ASK_H
#define _GWLB_ASK_H

#include <linux/types.h>

#include "match.h"

struct gwlb_endpoint;
struct gwlb_flow;
struct gwlb_net;
struct gwlb_node;
struct gwlb_pkt;
struct gwlb_ruleset;
struct sk_buff;

/**
 * struct gwlb_question - a packet that something is to be decided about
 * @gn: the namespace
 * @rules: its ruleset
 * @generation: generation of @rules, read before anything of it is asked
 * @endpoint: where the packet came by
 * @node: who sent it; NULL if it has no place in the table
 * @pkt: what was parsed
 * @skb: the packet, data at the outer IP header; only read
 * @packets: how many it stands for
 * @bytes: its length from the outer IP header on
 * @asked: set if the rules were asked; NULL if nobody wants to know
 */
struct gwlb_question {
	struct gwlb_net *gn;
	const struct gwlb_ruleset *rules;
	u32 generation;
	struct gwlb_endpoint *endpoint;
	struct gwlb_node *node;
	const struct gwlb_pkt *pkt;
	struct sk_buff *skb;
	u32 packets;
	u32 bytes;
	bool *asked;
};

u64 gwlb_ask_packet(const struct gwlb_question *q, u32 group, u8 connection,
		    enum gwlb_scope scope);
u64 gwlb_ask_reverse(const struct gwlb_question *q, u32 group);
u64 gwlb_ask_flow(const struct gwlb_question *q, u32 group,
		  const struct gwlb_flow *flow, bool live);

#endif /* _GWLB_ASK_H */
