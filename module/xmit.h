/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xmit: the way back. Owns the only place where a packet is written to.
 */
#ifndef _GWLB_XMIT_H
#define _GWLB_XMIT_H

#include <linux/bitops.h>
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/unaligned.h>

#include <linux/gwlb.h>

#include "gso.h"

struct gwlb_net;
struct gwlb_node;

enum gwlb_reason gwlb_xmit_route(struct gwlb_net *gn, struct gwlb_node *node,
				 struct sk_buff *skb);

/* What most packets need is here. */

/* A tap may hold a clone of this packet, which has to keep what came in. */
static __always_inline enum gwlb_reason gwlb_xmit_swap(struct sk_buff *skb)
{
	struct iphdr *iph;
	u64 *addresses;

	/* It is linear, or it could not have been parsed. */
	if (unlikely(skb_cloned(skb) &&
		     skb_ensure_writable(skb, sizeof(*iph))))
		return GWLB_REASON_DROP_NO_MEMORY;
	iph = (struct iphdr *)skb->data;
	/* Both at once */
	addresses = (u64 *)&iph->saddr;
	put_unaligned(rol64(get_unaligned(addresses), 32), addresses);
	return GWLB_REASON_RETURNED;
}

/* Apart, as hardly any has one of these */
static noinline void gwlb_xmit_forget(struct sk_buff *skb)
{
	skb_dst_drop(skb);
	nf_reset_ct(skb);
}

/* Apart, likewise. Says whether it came in clear, and as it is in front of us:
 * a bridge that takes it out of PPPoE leaves what it came in where it was.
 */
static noinline bool gwlb_xmit_forget_extensions(struct sk_buff *skb)
{
	bool clear = !secpath_exists(skb) &&
		     skb_mac_header_len(skb) == ETH_HLEN;

	skb_ext_reset(skb);
	return clear;
}

/* What was true of a received packet and is not of one to be sent. Of what
 * skb_scrub_packet() does, that is what a packet can have that was for us, and
 * that somebody on its way out would look at; but for extensions.
 */
static __always_inline void gwlb_xmit_clean(struct sk_buff *skb)
{
	skb_orphan(skb);
	if (unlikely(skb->_skb_refdst | skb_get_nfct(skb)))
		gwlb_xmit_forget(skb);
	nf_reset_trace(skb);
#ifdef CONFIG_NET_SWITCHDEV
	skb->offload_fwd_mark = 0;
	skb->offload_l3_fwd_mark = 0;
#endif
	ipvs_reset(skb);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
}

/* Hands the packet over; it is gone whatever the answer is. */
static inline enum gwlb_reason gwlb_xmit_sent(int ret)
{
	return net_xmit_eval(ret) ? GWLB_REASON_DROP_TRANSMIT :
		GWLB_REASON_RETURNED;
}

static inline enum gwlb_reason
gwlb_xmit_refuse(struct sk_buff *skb, enum gwlb_reason reason)
{
	kfree_skb(skb);
	return reason;
}

/* In two parts, where a whole word may be anywhere */
static inline void gwlb_xmit_swap_ether(struct ethhdr *eth)
{
	u32 *a = (u32 *)eth->h_dest, *b = (u32 *)eth->h_source;
	u32 address = get_unaligned(a);

	put_unaligned(get_unaligned(b), a);
	put_unaligned(address, b);
	swap(*(u16 *)&a[1], *(u16 *)&b[1]);
}

/**
 * gwlb_xmit_reflect() - send a packet out of where it came from, to whom it
 *	came from
 * @skb: the packet, data at the outer IP header; consumed in any case
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED, or why it was dropped
 */
static inline enum gwlb_reason gwlb_xmit_reflect(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	enum gwlb_reason reason;

	/* The stack has measured it, when it found where the packet begins; but
	 * skb_copy() and its likes lose that, so a copy is measured here.
	 */
	if (unlikely(dev->type != ARPHRD_ETHER ||
		     (skb->mac_len != ETH_HLEN &&
		      skb_mac_header_len(skb) != ETH_HLEN)))
		return gwlb_xmit_refuse(skb, GWLB_REASON_DROP_NO_LINK);
	if (unlikely(!gwlb_gso_fits(skb, dev->mtu)))
		return gwlb_xmit_refuse(skb, GWLB_REASON_DROP_TOO_BIG);
	reason = gwlb_xmit_swap(skb);
	if (unlikely(reason))
		return gwlb_xmit_refuse(skb, reason);

	/* What came by IPsec was moved since it was measured, and is not to go
	 * back in clear.
	 */
	if (skb_has_extensions(skb) && !gwlb_xmit_forget_extensions(skb))
		return gwlb_xmit_refuse(skb, GWLB_REASON_DROP_NO_LINK);
	gwlb_xmit_clean(skb);
	__skb_push(skb, ETH_HLEN);
	gwlb_xmit_swap_ether((struct ethhdr *)skb->data);
	return gwlb_xmit_sent(dev_queue_xmit(skb));
}

/**
 * gwlb_xmit() - send a packet back to where it came from
 * @gn: the namespace
 * @mode: how
 * @node: the node it came from, or NULL
 * @skb: the packet, data at the outer IP header; consumed in any case
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED, or why it was dropped
 */
static inline enum gwlb_reason gwlb_xmit(struct gwlb_net *gn,
					 enum gwlb_send_mode mode,
					 struct gwlb_node *node,
					 struct sk_buff *skb)
{
	if (mode == GWLB_SEND_MODE_REFLECT)
		return gwlb_xmit_reflect(skb);
	return gwlb_xmit_route(gn, node, skb);
}

#endif /* _GWLB_XMIT_H */
