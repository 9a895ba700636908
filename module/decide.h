/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decide: what is to become of a packet, by flows, fragments and rules. Owns
 * no state; is the only one who knows when rules are asked.
 */
#ifndef _GWLB_DECIDE_H
#define _GWLB_DECIDE_H

#include <linux/gwlb.h>

struct gwlb_endpoint;
struct gwlb_net;
struct gwlb_pkt;
struct gwlb_ruleset;
struct sk_buff;

/**
 * struct gwlb_question - a packet that something is to be decided about
 * @gn: the namespace
 * @rules: its ruleset
 * @generation: generation of @rules, read before anything of it is asked
 * @endpoint: where the packet came by
 * @pkt: what was parsed
 * @skb: the packet, data at the outer IP header; only read
 * @packets: how many it stands for
 * @bytes: its length from the outer IP header on
 */
struct gwlb_question {
	struct gwlb_net *gn;
	const struct gwlb_ruleset *rules;
	u32 generation;
	struct gwlb_endpoint *endpoint;
	const struct gwlb_pkt *pkt;
	struct sk_buff *skb;
	u32 packets;
	u32 bytes;
};

enum gwlb_reason gwlb_decide(const struct gwlb_question *q);

#endif /* _GWLB_DECIDE_H */
