/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reply: tells the sender of a rejected packet so, inside the same tunnel.
 */
#ifndef _GWLB_REPLY_H
#define _GWLB_REPLY_H

struct gwlb_net;
struct gwlb_pkt;
struct sk_buff;

int gwlb_reply_init(struct gwlb_net *gn);
void gwlb_reply_exit(struct gwlb_net *gn);
struct sk_buff *gwlb_reply_make(struct gwlb_net *gn, struct sk_buff *skb,
				const struct gwlb_pkt *pkt);

#endif /* _GWLB_REPLY_H */
