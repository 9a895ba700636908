// SPDX-License-Identifier: GPL-2.0-only
/*
 * host: what the appliance's host and its addresses have to do with the fate
 * of a packet. Owns nothing. From RFC 1122 and from what the README says of
 * counters.
 */
#include <arpa/inet.h>
#include <string.h>

#include "flows.h"
#include "host.h"

/**
 * host_len() - how long is the packet, for the host's stack?
 * @v: the frame
 *
 * RFC 1122, section 3.2.1: what is not IPv4, cut short or damaged is discarded
 * silently, before any hook. What follows the packet is the link's.
 *
 * Return: its length, or 0 if it is discarded
 */
unsigned int host_len(const struct frame_view *v)
{
	unsigned int head, len;

	if (v->link == LINK_OTHERHOST || v->size < 20)
		return 0;
	head = v->data[0] % 16 * 4;
	if (v->data[0] >> 4 != 4 || head < 20 || head > v->size ||
	    packet_sum(v->data, head, 0) != 0xffff)
		return 0;
	len = packet_get16(v->data + 2);
	return len < head || len > v->size ? 0 : len;
}

/**
 * host_admit() - is a packet for us, and may its sender talk to us?
 * @s: addresses
 * @link: to whom the frame went
 * @pkt: the packet, of which outer addresses are known
 *
 * The order is that of the README's table: what comes first is said.
 *
 * Return: why it is not admitted, or GWLB_REASON_RETURNED
 */
enum gwlb_reason host_admit(const struct stage *s, enum case_link link,
			    const struct gwlb_pkt *pkt)
{
	u32 net = ntohl(s->gwlb) >> 8, source = ntohl(pkt->saddr);

	if (link == LINK_BROADCAST || link == LINK_MULTICAST)
		return GWLB_REASON_PASS_NOT_HOST;
	if (pkt->daddr != s->appliance && pkt->daddr != s->second)
		return GWLB_REASON_PASS_NOT_LOCAL;
	/* RFC 1122, 3.2.1.3; to Linux 0.0.0.1 and so on are unicast. */
	if (!source || source >> 24 == 127 || source >> 28 == 14 ||
	    source == ~0U || pkt->saddr == s->broadcast)
		return GWLB_REASON_DROP_BAD_SOURCE;
	if (pkt->saddr == s->appliance || pkt->saddr == s->second)
		return GWLB_REASON_DROP_LOOP;
	if (source >> 8 != net && pkt->saddr != s->unrouted)
		return GWLB_REASON_DROP_NOT_PEER;
	return GWLB_REASON_RETURNED;
}

/**
 * host_transmit() - does a packet find its way back?
 * @s: addresses
 * @mode: send mode
 * @pkt: the packet
 *
 * Return: why it does not, or GWLB_REASON_RETURNED
 */
enum gwlb_reason host_transmit(const struct stage *s, enum gwlb_send_mode mode,
			       const struct gwlb_pkt *pkt)
{
	if (mode == GWLB_SEND_MODE_ROUTE && pkt->saddr == s->unrouted)
		return GWLB_REASON_DROP_NO_ROUTE;
	if (pkt->len > s->mtu)
		return GWLB_REASON_DROP_TOO_BIG;
	return GWLB_REASON_RETURNED;
}

/* One host, and not one that is unknown or oneself (RFC 1122, 3.2.1.3;
 * RFC 4291, 2.5)
 */
static bool is_host(u8 family, const union nf_inet_addr *address)
{
	static const __u8 loopback[16] = { [15] = 1 }, any[16] = { 0 };
	const __u8 *at = (const __u8 *)address;

	if (family == NFPROTO_IPV4)
		return memcmp(at, any, 4) && at[0] != 127 && at[0] < 224;
	return memcmp(at, any, 16) && memcmp(at, loopback, 16) &&
	       at[0] != 0xff;
}

/**
 * host_may_answer() - may a packet that is rejected be answered?
 * @pkt: the packet
 *
 * Errors and answers are not answered by errors (RFC 1122, 3.2.2; RFC 4443,
 * 2.4), nor is what cannot be told from these.
 *
 * Return: true if it may
 */
bool host_may_answer(const struct gwlb_pkt *pkt)
{
	if (pkt->frag == GWLB_FRAG_LATER ||
	    !is_host(pkt->family, &pkt->src) ||
	    !is_host(pkt->family, &pkt->dst))
		return false;
	return !is_icmp(pkt->family, pkt->proto) ||
	       pkt->icmp_type == (pkt->family == NFPROTO_IPV4 ? 8 : 128);
}
