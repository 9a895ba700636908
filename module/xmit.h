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

enum gwlb_reason gwlb_xmit(struct gwlb_net *gn, enum gwlb_send_mode mode,
			   struct gwlb_node *node, const struct gwlb_pkt *pkt,
			   struct sk_buff *skb);

#endif /* _GWLB_XMIT_H */
