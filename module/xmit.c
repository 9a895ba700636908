// SPDX-License-Identifier: GPL-2.0-only
/*
 * xmit: the way back. See xmit.h.
 *
 * Only the outer addresses are exchanged. Neither the IPv4 header checksum
 * nor the UDP checksum changes by that, since a sum does not depend on the
 * order of what is summed, so no checksum is touched, finished or not (fact
 * sheet 1.2).
 */
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/route.h>

#include "gso.h"
#include "gwlb.h"
#include "node.h"
#include "xmit.h"

/* What the host has learned of the way is not asked, as anybody can teach it by
 * one ICMP error, and nobody between a load balancer and its target carries
 * less than they do; what was configured is.
 */
static u32 mtu_of(const struct rtable *rt)
{
	u32 mtu = dst_metric_raw(&rt->dst, RTAX_MTU);

	return mtu ? mtu : READ_ONCE(rt->dst.dev->mtu);
}

/**
 * gwlb_xmit_route() - send a packet back by the host's tables
 * @gn: the namespace
 * @node: the node it came from, or NULL
 * @skb: the packet, data at the outer IP header; consumed in any case
 *
 * POST_ROUTING does not see the packet, as conntrack has not seen it come in:
 * it would meet half a connection.
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED, or why it was dropped
 */
enum gwlb_reason gwlb_xmit_route(struct gwlb_net *gn, struct gwlb_node *node,
				 struct sk_buff *skb)
{
	struct net_device *dev;
	struct neighbour *neigh;
	enum gwlb_reason reason;
	bool is_v6gw = false;
	struct rtable *rt;

	rt = gwlb_node_route(gn, node, ip_hdr(skb));
	if (!rt)
		return gwlb_xmit_refuse(skb, GWLB_REASON_DROP_NO_ROUTE);
	skb_ext_reset(skb);
	gwlb_xmit_clean(skb);
	/* From here on the packet holds the route. */
	skb_dst_set(skb, &rt->dst);
	dev = rt->dst.dev;
	if (!gwlb_gso_fits(skb, mtu_of(rt)))
		return gwlb_xmit_refuse(skb, GWLB_REASON_DROP_TOO_BIG);
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dev)))
		return gwlb_xmit_refuse(skb, GWLB_REASON_DROP_NO_MEMORY);
	reason = gwlb_xmit_swap(skb);
	if (reason)
		return gwlb_xmit_refuse(skb, reason);

	skb->dev = dev;
	/* The destination is in the packet by now, if there is no gateway. */
	neigh = ip_neigh_for_gw(rt, skb, &is_v6gw);
	if (IS_ERR(neigh))
		return gwlb_xmit_refuse(skb, GWLB_REASON_DROP_NO_ROUTE);
	return gwlb_xmit_sent(neigh_output(neigh, skb, is_v6gw));
}
