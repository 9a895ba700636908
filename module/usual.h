/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usual: reads a packet that is like nearly all of them, where the walk needs
 * it. As pure as parse.c, which reads all others.
 */
#ifndef _GWLB_USUAL_H
#define _GWLB_USUAL_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <net/ip.h>

#include <linux/gwlb.h>

#include "parse.h"

/* The first word of a Geneve header with these options around IPv4: version,
 * length of the options, flags and protocol. The flags that nobody minds are
 * not in the mask.
 */
#define GWLB_WORD_GENEVE	0x08000800
#define GWLB_MASK_GENEVE	0xff80ffff

/**
 * struct gwlb_usual - the headers of a packet as nearly all are
 * @outer: without options
 * @udp: to our port
 * @geneve: its first word
 * @vni: of no interest
 * @endpoint_word: first word of the option
 * @endpoint: id of the endpoint
 * @attachment_word: first word of the option
 * @attachment: of no interest
 * @cookie_word: first word of the option
 * @cookie: GWLB's flow cookie
 * @inner: without options
 * @inner_udp: if it is UDP
 * @inner_tcp: if it is TCP
 */
struct gwlb_usual {
	struct iphdr outer;
	struct udphdr udp;
	__be32 geneve;
	__be32 vni;
	__be32 endpoint_word;
	__be32 endpoint[2];
	__be32 attachment_word;
	__be32 attachment[2];
	__be32 cookie_word;
	__be32 cookie;
	struct iphdr inner;
	union {
		struct udphdr inner_udp;
		struct tcphdr inner_tcp;
	};
};

#define GWLB_USUAL_OFF(member)	((u32)offsetof(struct gwlb_usual, member))

/* Is it IPv4 without options, and no fragment? */
static inline bool gwlb_usual_is_plain(const struct iphdr *iph)
{
	return *(const u8 *)iph == 0x45 &&
		!(iph->frag_off & htons(IP_MF | IP_OFFSET));
}

static inline void gwlb_usual_address(union nf_inet_addr *to, __be32 address)
{
	to->ip6[0] = address;
	to->ip6[1] = 0;
	to->ip6[2] = 0;
	to->ip6[3] = 0;
}

/* Is the transport header there, and right? @len bytes begin with it. */
static inline bool gwlb_usual_transport(const struct gwlb_usual *h,
					u32 linear, u32 len)
{
	if (h->inner.protocol == IPPROTO_TCP)
		return linear >= sizeof(struct tcphdr) &&
			h->inner_tcp.doff * 4 >= sizeof(struct tcphdr) &&
			h->inner_tcp.doff * 4 <= len;
	return h->inner.protocol == IPPROTO_UDP &&
		ntohs(h->inner_udp.len) >= sizeof(struct udphdr) &&
		ntohs(h->inner_udp.len) <= len;
}

/**
 * gwlb_parse_usual() - read a packet that is like nearly all of them
 * @data: the packet, from the outer IP header on, which ip_rcv() checked
 * @linear: how many bytes can be read there
 * @len: how many bytes the packet has; not an aggregate
 * @pkt: gets everything, if it is such a packet, or else is left as it is
 *
 * That is IPv4 without options, GWLB's three options in their usual order, and
 * a whole IPv4 packet without options of TCP or UDP, with all headers linear
 * and nothing wrong about it. Asks once whether they are there and then only
 * compares, which takes a third of the time; whatever is different is for the
 * other functions, which would say 0 to all that this one likes.
 *
 * Return: true if it is
 */
static inline bool gwlb_parse_usual(const u8 *data, u32 linear, u32 len,
				    struct gwlb_pkt *pkt)
{
	const struct gwlb_usual *h = (const struct gwlb_usual *)data;

	if (linear < GWLB_USUAL_OFF(inner_udp) + sizeof(struct udphdr))
		return false;
	if (!gwlb_usual_is_plain(&h->outer) ||
	    h->outer.protocol != IPPROTO_UDP ||
	    h->udp.dest != htons(GWLB_UDP_PORT) ||
	    ntohs(h->udp.len) != len - GWLB_USUAL_OFF(udp))
		return false;
	if ((h->geneve & htonl(GWLB_MASK_GENEVE)) != htonl(GWLB_WORD_GENEVE) ||
	    h->endpoint_word != htonl(GWLB_WORD_ENDPOINT) ||
	    h->attachment_word != htonl(GWLB_WORD_ATTACHMENT) ||
	    h->cookie_word != htonl(GWLB_WORD_COOKIE))
		return false;
	if (!gwlb_usual_is_plain(&h->inner) ||
	    ntohs(h->inner.tot_len) != len - GWLB_USUAL_OFF(inner) ||
	    !gwlb_usual_transport(h, linear - GWLB_USUAL_OFF(inner_udp),
				  len - GWLB_USUAL_OFF(inner_udp)) ||
	    ip_fast_csum((const void *)&h->inner, 5))
		return false;

	pkt->saddr = h->outer.saddr;
	pkt->daddr = h->outer.daddr;
	pkt->endpoint = get_unaligned_be64(h->endpoint);
	gwlb_usual_address(&pkt->src, h->inner.saddr);
	gwlb_usual_address(&pkt->dst, h->inner.daddr);
	pkt->sport = h->inner_udp.source;
	pkt->dport = h->inner_udp.dest;
	pkt->cookie = ntohl(h->cookie);
	pkt->len = len;
	pkt->frag_id = 0;
	pkt->udp_off = GWLB_USUAL_OFF(udp);
	pkt->inner_off = GWLB_USUAL_OFF(inner);
	pkt->l4_off = GWLB_USUAL_OFF(inner_udp);
	pkt->frag_off = 0;
	pkt->frag_len = 0;
	pkt->icmp_id = 0;
	pkt->family = NFPROTO_IPV4;
	pkt->proto = h->inner.protocol;
	pkt->frag = GWLB_FRAG_NONE;
	pkt->tcp_flags = pkt->proto == IPPROTO_TCP ?
		data[GWLB_USUAL_OFF(inner_tcp) + 13] : 0;
	pkt->icmp_type = 0;
	pkt->icmp_code = 0;
	return true;
}

#endif /* _GWLB_USUAL_H */
