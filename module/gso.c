// SPDX-License-Identifier: GPL-2.0-only
/*
 * gso: packets that are more than one. See gso.h.
 *
 * An aggregate that a tunnel made (SKB_GSO_UDP_TUNNEL*) holds the segments of
 * one inner TCP connection under one set of headers: one look says all. One
 * that was made of outer UDP datagrams (SKB_GSO_UDP_L4, fraglist) holds
 * datagrams that only share outer addresses and ports: each has an inner
 * packet of its own. To look at the first only would be a bypass.
 */
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/gso.h>
#include <net/ip.h>

#include "gso.h"
#include "parse.h"

#define GWLB_GSO_TUNNEL		(SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM)
#define GWLB_GSO_DATAGRAMS	(SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST)

/**
 * gwlb_gso_packets() - how many packets this is on the wire
 * @skb: the packet
 *
 * Return: 1 or more; for an aggregate from a guest, whose segments nobody has
 *         counted yet, 1
 */
u32 gwlb_gso_packets(const struct sk_buff *skb)
{
	return skb_is_gso(skb) ? max_t(u32, skb_shinfo(skb)->gso_segs, 1) : 1;
}

/**
 * gwlb_gso_bytes() - how many bytes its packets have on the wire
 * @skb: a tunnel's aggregate, or a plain packet; data at the outer IP header
 * @pkt: what was parsed, without a complaint
 *
 * Each segment has all headers, of which an aggregate has one set.
 *
 * Return: bytes from the outer IP header on
 */
u32 gwlb_gso_bytes(const struct sk_buff *skb, const struct gwlb_pkt *pkt)
{
	u32 more = gwlb_gso_packets(skb) - 1, headers = pkt->l4_off;

	if (!more || !headers)
		return pkt->len;
	if (pkt->proto == IPPROTO_TCP)
		headers += (skb->data[pkt->l4_off + 12] >> 4) * 4;
	else
		headers += sizeof(struct udphdr);
	return pkt->len + more * headers;
}

/**
 * gwlb_gso_is_mixed() - may there be several inner packets in it?
 * @skb: the packet
 *
 * Return: true if it has to be split before it is looked at
 */
bool gwlb_gso_is_mixed(const struct sk_buff *skb)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	if (!skb_is_gso(skb))
		return false;
	return !skb->encapsulation || !(type & GWLB_GSO_TUNNEL) ||
	       (type & SKB_GSO_FRAGLIST);
}

/**
 * gwlb_gso_is_sane() - does the device see the same inner packet as we do?
 * @skb: a tunnel's aggregate, or a plain packet
 * @pkt: what was parsed
 *
 * Whoever segments it goes by the offsets in the skb. If they are not what
 * was inspected, something else would be sent.
 *
 * Return: true if it may be sent as it is
 */
bool gwlb_gso_is_sane(const struct sk_buff *skb, const struct gwlb_pkt *pkt)
{
	if (!skb_is_gso(skb))
		return true;
	if (skb_inner_network_offset(skb) != pkt->inner_off)
		return false;
	return pkt->l4_off &&
	       skb_inner_transport_offset(skb) == pkt->l4_off;
}

/**
 * gwlb_gso_split() - take an aggregate apart
 * @skb: an aggregate whose data starts at the outer IP header; consumed if
 *       this succeeds, else still the caller's
 *
 * Context: bottom halves off
 * Return: a list of packets in order, linked by their next, each like @skb
 *         when it came; or NULL
 */
struct sk_buff *gwlb_gso_split(struct sk_buff *skb)
{
	int mac_len = -skb_mac_offset(skb);
	struct sk_buff *segs, *seg;

	/* The rest (UFO) would become outer fragments. */
	if (!skb_mac_header_was_set(skb) ||
	    !(skb_shinfo(skb)->gso_type & GWLB_GSO_DATAGRAMS))
		return NULL;

	/* Segmentation starts at the link layer header and copies it, which
	 * keeps it for those who answer by swapping it.
	 */
	__skb_push(skb, mac_len);
	segs = __skb_gso_segment(skb, NETIF_F_SG, false);
	if (IS_ERR_OR_NULL(segs)) {
		__skb_pull(skb, mac_len);
		return NULL;
	}
	consume_skb(skb);
	for (seg = segs; seg; seg = seg->next) {
		__skb_pull(seg, mac_len);
		skb_reset_network_header(seg);
		skb_set_transport_header(seg, ip_hdrlen(seg));
	}
	return segs;
}
