// SPDX-License-Identifier: GPL-2.0-only
/*
 * reply: tells the sender of a rejected packet so. See reply.h.
 *
 * The kernel's own nf_reject makes the inner packet: a RST for TCP, an ICMP
 * error for the rest, none for what must not be answered. It is put behind the
 * rejected packet's own outer headers, whose endpoint and cookie take it back
 * to the sender, and goes out like every other packet (fact sheet 3: that GWLB
 * takes packets made by an appliance is likely, but nobody has shown it).
 */
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_reject.h>
#include <net/udp.h>

#include "account.h"
#include "gwlb.h"
#include "parse.h"
#include "reply.h"

/* A thousand replies in a second, and a hundred at once: enough for people,
 * too few to be of use as a reflector.
 */
#define REPLY_INTERVAL	(NSEC_PER_SEC / 1000)
#define REPLY_BURST	100

/**
 * gwlb_reply_init() - get ready to reply
 * @gn: the namespace
 *
 * Return: 0 or -ENOMEM
 */
int gwlb_reply_init(struct gwlb_net *gn)
{
	gn->replies = gwlb_account_alloc(REPLY_INTERVAL, REPLY_BURST);
	return gn->replies ? 0 : -ENOMEM;
}

/**
 * gwlb_reply_exit() - the namespace goes away
 * @gn: the namespace; no packet is in its hook any more
 */
void gwlb_reply_exit(struct gwlb_net *gn)
{
	gwlb_account_put(gn->replies);
}

/* Is this the address of one host? RFC 1122 names those that are not: zero,
 * loopback, broadcast, multicast, class E.
 */
static bool is_host(u8 family, const union nf_inet_addr *address)
{
	if (family == NFPROTO_IPV4)
		return !ipv4_is_zeronet(address->ip) &&
		       !ipv4_is_loopback(address->ip) &&
		       ntohl(address->ip) < INADDR_UNSPEC_GROUP;
	return !ipv6_addr_any(&address->in6) &&
	       !ipv6_addr_loopback(&address->in6) &&
	       !ipv6_addr_is_multicast(&address->in6);
}

/* Who sent it must be one host, and one that is not told of errors by errors
 * (RFC 1122, section 3.2.2; RFC 4443, section 2.4).
 */
static bool may_reply(const struct gwlb_pkt *pkt)
{
	if (pkt->frag == GWLB_FRAG_LATER)
		return false;
	if (!is_host(pkt->family, &pkt->src) ||
	    !is_host(pkt->family, &pkt->dst))
		return false;
	if (pkt->family == NFPROTO_IPV4)
		return pkt->proto != IPPROTO_ICMP ||
		       pkt->icmp_type == ICMP_ECHO;
	return pkt->proto != IPPROTO_ICMPV6 ||
	       pkt->icmp_type == ICMPV6_ECHO_REQUEST;
}

/* What is left to check of the inner transport's checksum; that of the outer
 * UDP is of no use for it.
 */
static void forget_outer_checksum(struct sk_buff *skb, u32 l4_off)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_checksum_start_offset(skb) == l4_off)
		return;
	skb->ip_summed = CHECKSUM_NONE;
}

static struct sk_buff *make_ipv4(struct net *net, struct sk_buff *skb,
				 const struct gwlb_pkt *pkt)
{
	if (pkt->proto == IPPROTO_TCP)
		return nf_reject_skb_v4_tcp_reset(net, skb, skb->dev,
						  NF_INET_PRE_ROUTING);
	return nf_reject_skb_v4_unreach(net, skb, skb->dev,
					NF_INET_PRE_ROUTING,
					pkt->proto == IPPROTO_UDP ?
					ICMP_PORT_UNREACH : ICMP_PKT_FILTERED);
}

static struct sk_buff *make_ipv6(struct net *net, struct sk_buff *skb,
				 const struct gwlb_pkt *pkt)
{
	/* With ipv6.disable=1 nf_reject finds no hop limit to use. */
	if (!ipv6_mod_enabled())
		return NULL;
	if (pkt->proto == IPPROTO_TCP)
		return nf_reject_skb_v6_tcp_reset(net, skb, skb->dev,
						  NF_INET_PRE_ROUTING);
	return nf_reject_skb_v6_unreach(net, skb, skb->dev,
					NF_INET_PRE_ROUTING,
					pkt->proto == IPPROTO_UDP ?
					ICMPV6_PORT_UNREACH :
					ICMPV6_ADM_PROHIBITED);
}

/* The inner packet of the reply. The rejected one is shown to nf_reject as if
 * it had come without its outer headers.
 */
static struct sk_buff *make_inner(struct net *net, struct sk_buff *skb,
				  const struct gwlb_pkt *pkt)
{
	struct sk_buff *reply;

	forget_outer_checksum(skb, pkt->l4_off);
	__skb_pull(skb, pkt->inner_off);
	skb_reset_network_header(skb);
	if (pkt->family == NFPROTO_IPV4)
		reply = make_ipv4(net, skb, pkt);
	else
		reply = make_ipv6(net, skb, pkt);
	__skb_push(skb, pkt->inner_off);
	skb_reset_network_header(skb);
	return reply;
}

/* Puts the outer headers of @skb in front of @reply, lengths and checksums
 * made right. The addresses are still those of @skb.
 */
static int wrap(struct sk_buff *reply, const struct sk_buff *skb,
		const struct gwlb_pkt *pkt)
{
	struct udphdr *udph;
	struct iphdr *iph;
	u32 len;

	if (reply->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(reply))
		return -ENOMEM;
	if (skb_cow_head(reply, pkt->inner_off + ETH_HLEN +
			 LL_RESERVED_SPACE(skb->dev)))
		return -ENOMEM;
	iph = __skb_push(reply, pkt->inner_off);
	if (skb_copy_bits(skb, 0, iph, pkt->inner_off))
		return -EINVAL;
	skb_reset_network_header(reply);
	skb_set_transport_header(reply, pkt->udp_off);
	reply->protocol = htons(ETH_P_IP);
	reply->ip_summed = CHECKSUM_NONE;

	iph->tot_len = htons(reply->len);
	ip_send_check(iph);
	udph = udp_hdr(reply);
	len = reply->len - pkt->udp_off;
	udph->len = htons(len);
	/* GWLB may do without a checksum: then so does the answer. */
	if (!udph->check)
		return 0;
	udph->check = 0;
	udph->check = csum_tcpudp_magic(iph->saddr, iph->daddr, len,
					IPPROTO_UDP,
					skb_checksum(reply, pkt->udp_off, len,
						     0));
	if (!udph->check)
		udph->check = CSUM_MANGLED_0;
	return 0;
}

/* The link layer header too, for those who answer by swapping it. */
static void copy_link(struct sk_buff *reply, const struct sk_buff *skb)
{
	if (!skb_mac_header_was_set(skb) || skb_mac_offset(skb) != -ETH_HLEN)
		return;
	memcpy(__skb_push(reply, ETH_HLEN), skb_mac_header(skb), ETH_HLEN);
	skb_reset_mac_header(reply);
	reply->mac_len = ETH_HLEN;
	__skb_pull(reply, ETH_HLEN);
}

/**
 * gwlb_reply_make() - answer a packet that is rejected
 * @gn: the namespace
 * @skb: the packet, data at the outer IP header; still the caller's, who drops
 *	it: its checksum state is not what it was
 * @pkt: what was parsed
 *
 * Context: bottom halves off, RCU read side
 * Return: a packet to be sent back like @skb, by gwlb_xmit(), addresses not
 *	   yet swapped; NULL if it is not to be answered, if there were too
 *	   many lately, or if there is no memory
 */
struct sk_buff *gwlb_reply_make(struct gwlb_net *gn, struct sk_buff *skb,
				const struct gwlb_pkt *pkt)
{
	struct sk_buff *reply;

	/* To read a packet as far as an answer needs costs more than it does
	 * to drop it, so nobody can have that as often as he likes.
	 */
	if (!may_reply(pkt) || !gwlb_account_may(gn->replies))
		return NULL;
	reply = make_inner(gn->net, skb, pkt);
	if (!reply)
		return NULL;
	reply->dev = skb->dev;
	/* What would not have been answered has not cost a token. */
	if (!gwlb_account_take(gn->replies) || wrap(reply, skb, pkt)) {
		kfree_skb(reply);
		return NULL;
	}
	copy_link(reply, skb);
	gwlb_account_count(gn->replies, 1, reply->len);
	return reply;
}
