/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xmit: the way back. Owns the only place where a packet is written to.
 */
#ifndef _GWLB_XMIT_H
#define _GWLB_XMIT_H

#include <linux/gwlb.h>

struct gwlb_net;
struct gwlb_node;
struct gwlb_pkt;
struct sk_buff;

enum gwlb_reason gwlb_xmit_reflect(struct sk_buff *skb);
enum gwlb_reason gwlb_xmit_route(struct gwlb_net *gn, struct gwlb_node *node,
				 const struct gwlb_pkt *pkt,
				 struct sk_buff *skb);

/**
 * gwlb_xmit() - send a packet back to where it came from
 * @gn: the namespace
 * @mode: how
 * @node: the node it came from, or NULL
 * @pkt: what was parsed
 * @skb: the packet, data at the outer IP header; consumed in any case
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED, or why it was dropped
 */
static inline enum gwlb_reason gwlb_xmit(struct gwlb_net *gn,
					 enum gwlb_send_mode mode,
					 struct gwlb_node *node,
					 const struct gwlb_pkt *pkt,
					 struct sk_buff *skb)
{
	if (mode == GWLB_SEND_MODE_REFLECT)
		return gwlb_xmit_reflect(skb);
	return gwlb_xmit_route(gn, node, pkt, skb);
}

#endif /* _GWLB_XMIT_H */
