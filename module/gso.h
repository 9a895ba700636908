/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gso: packets that are more than one. Owns the question which aggregates are
 * one flow and which have to be taken apart before anybody looks inside.
 */
#ifndef _GWLB_GSO_H
#define _GWLB_GSO_H

#include <linux/skbuff.h>
#include <net/gso.h>

struct gwlb_pkt;

u32 gwlb_gso_packets(const struct sk_buff *skb);
u32 gwlb_gso_bytes(const struct sk_buff *skb, const struct gwlb_pkt *pkt);
bool gwlb_gso_is_mixed(const struct sk_buff *skb);
bool gwlb_gso_is_sane(const struct sk_buff *skb, const struct gwlb_pkt *pkt);
struct sk_buff *gwlb_gso_split(struct sk_buff *skb);

/**
 * gwlb_gso_fits() - is it small enough, or are all its segments?
 * @skb: the packet, data at the outer IP header
 * @mtu: largest IP packet that can be sent
 *
 * Return: true if so
 */
static inline bool gwlb_gso_fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb->len <= mtu)
		return true;
	return skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu);
}

#endif /* _GWLB_GSO_H */
