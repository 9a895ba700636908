// SPDX-License-Identifier: GPL-2.0-only
/*
 * xmit: the way back. See xmit.h.
 *
 * Only the outer addresses are exchanged. Neither the IPv4 header checksum
 * nor the UDP checksum changes by that, since a sum does not depend on the
 * order of what is summed, so no checksum is touched, finished or not (fact
 * sheet 1.2).
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/route.h>

#include "gso.h"
#include "gwlb.h"
#include "node.h"
#include "parse.h"
#include "xmit.h"

/* A tap may hold a clone of this packet, which has to keep what came in. */
static __always_inline enum gwlb_reason swap_addresses(struct sk_buff *skb)
{
	struct iphdr *iph;

	/* It is linear, or it could not have been parsed. */
	if (skb_cloned(skb) && skb_ensure_writable(skb, sizeof(*iph)))
		return GWLB_REASON_DROP_NO_MEMORY;
	iph = ip_hdr(skb);
	swap(iph->saddr, iph->daddr);
	return GWLB_REASON_RETURNED;
}

/* What was true of a received packet and is not of one to be sent. */
static __always_inline void make_outgoing(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, false);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
}

/* Hands the packet over; it is gone whatever the answer is. */
static enum gwlb_reason sent(int ret)
{
	return net_xmit_eval(ret) ? GWLB_REASON_DROP_TRANSMIT :
		GWLB_REASON_RETURNED;
}

static enum gwlb_reason refuse(struct sk_buff *skb, enum gwlb_reason reason)
{
	kfree_skb(skb);
	return reason;
}

/**
 * gwlb_xmit_route() - send a packet back by the host's tables
 * @gn: the namespace
 * @node: the node it came from, or NULL
 * @pkt: what was parsed
 * @skb: the packet, data at the outer IP header; consumed in any case
 *
 * POST_ROUTING does not see the packet, as conntrack has not seen it come in:
 * it would meet half a connection.
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED, or why it was dropped
 */
enum gwlb_reason gwlb_xmit_route(struct gwlb_net *gn, struct gwlb_node *node,
				 const struct gwlb_pkt *pkt,
				 struct sk_buff *skb)
{
	struct net_device *dev;
	struct neighbour *neigh;
	enum gwlb_reason reason;
	bool is_v6gw = false;
	struct rtable *rt;

	rt = gwlb_node_route(gn, node, pkt);
	if (!rt)
		return refuse(skb, GWLB_REASON_DROP_NO_ROUTE);
	make_outgoing(skb);
	/* From here on the packet holds the route. */
	skb_dst_set(skb, &rt->dst);
	dev = rt->dst.dev;
	if (!gwlb_gso_fits(skb, dst_mtu(&rt->dst)))
		return refuse(skb, GWLB_REASON_DROP_TOO_BIG);
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dev)))
		return refuse(skb, GWLB_REASON_DROP_NO_MEMORY);
	reason = swap_addresses(skb);
	if (reason)
		return refuse(skb, reason);

	skb->dev = dev;
	/* The destination is in the packet by now, if there is no gateway. */
	neigh = ip_neigh_for_gw(rt, skb, &is_v6gw);
	if (IS_ERR(neigh))
		return refuse(skb, GWLB_REASON_DROP_NO_ROUTE);
	return sent(neigh_output(neigh, skb, is_v6gw));
}

/* By halves of words, as an Ethernet header is aligned for. */
static void swap_ether(struct ethhdr *eth)
{
	u16 *a = (u16 *)eth->h_dest, *b = (u16 *)eth->h_source;

	swap(a[0], b[0]);
	swap(a[1], b[1]);
	swap(a[2], b[2]);
}

/**
 * gwlb_xmit_reflect() - send a packet out of where it came from, to whom it
 *	came from
 * @skb: the packet, data at the outer IP header; consumed in any case
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED, or why it was dropped
 */
enum gwlb_reason gwlb_xmit_reflect(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	enum gwlb_reason reason;

	if (dev->type != ARPHRD_ETHER || !skb_mac_header_was_set(skb) ||
	    skb_mac_offset(skb) != -ETH_HLEN)
		return refuse(skb, GWLB_REASON_DROP_NO_LINK);
	if (!gwlb_gso_fits(skb, dev->mtu))
		return refuse(skb, GWLB_REASON_DROP_TOO_BIG);
	reason = swap_addresses(skb);
	if (reason)
		return refuse(skb, reason);

	make_outgoing(skb);
	__skb_push(skb, ETH_HLEN);
	swap_ether(eth_hdr(skb));
	return sent(dev_queue_xmit(skb));
}
