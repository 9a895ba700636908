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
 * length of the options, no flags, and protocol
 */
#define GWLB_WORD_GENEVE	0x08000800

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
 * @inner_ports: both ports, the source's first
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
		u32 inner_ports;
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

/* What 65535 gives 1 with, modulo 2^64, and how often it goes into that */
#define GWLB_INVERSE_65535	0xfffefffefffeffffULL
#define GWLB_TIMES_65535	0x0001000100010001ULL

/* A sum modulo 2^64 - 1, which 65535 divides; 0 only if both are */
static __always_inline u64 gwlb_usual_add(u64 a, u64 b)
{
	a += b;
	return a + (a < b);
}

/* Is the checksum of a header without options right? The sum of its halves of
 * words is a multiple of 65535 then, and so is that of larger parts, with what
 * is carried out at the top added below. That they are not all 0 is known.
 * What is a multiple of 65535 is once that is divided out modulo 2^64 no more
 * than it can be; all else is more.
 */
static __always_inline bool gwlb_usual_checksum(const struct iphdr *iph)
{
	const u64 *part = (const u64 *)iph;
	u64 sum = gwlb_usual_add(get_unaligned(part), get_unaligned(part + 1));

	sum = gwlb_usual_add(sum, (__force u32)iph->daddr);

	return likely(sum * GWLB_INVERSE_65535 <= GWLB_TIMES_65535);
}

/* Would ip_rcv() let it pass, and does nothing follow it? That a header is
 * without options is for somebody else to see.
 */
static __always_inline bool gwlb_usual_is_checked(const struct gwlb_usual *h,
						  u32 len)
{
	return likely(ntohs(h->outer.tot_len) == len &&
		      gwlb_usual_checksum(&h->outer));
}

/* Byte 13 of the TCP header */
static __always_inline u8 gwlb_usual_tcp_flags(const struct gwlb_usual *h)
{
	return ((const u8 *)&h->inner_tcp)[13];
}

/* Is the transport header there, and right? @len bytes begin with it. */
static __always_inline bool gwlb_usual_transport(const struct gwlb_usual *h,
						 u32 linear, u32 len)
{
	u32 tcp_len;

	if (h->inner.protocol == IPPROTO_TCP) {
		if (unlikely(linear < sizeof(struct tcphdr)))
			return false;
		/* The offset is the upper half of a byte, in words. */
		tcp_len = (((const u8 *)&h->inner_tcp)[12] & 0xf0) >> 2;
		return likely(tcp_len >= sizeof(struct tcphdr) &&
			      tcp_len <= len);
	}
	/* Hardly any is shorter than what it is in. */
	return likely(h->inner.protocol == IPPROTO_UDP &&
		      h->inner_udp.len == htons(len));
}

/**
 * gwlb_is_usual() - is it a packet that is like nearly all of them?
 * @h: the packet, from the outer IP header on
 * @linear: how many bytes of it can be read there; not more than @len
 * @len: how many bytes the packet has; not an aggregate
 * @early: ip_rcv() has not checked the outer IP header, so this does; else @len
 *	is 65535 at most
 *
 * That is IPv4 without options, GWLB's three options in their usual order, and
 * a whole IPv4 packet without options of TCP or UDP, with all headers linear
 * and nothing wrong about it. Asks once whether they are there and then only
 * compares, which takes a third of the time; whatever is different is for the
 * other functions, which would say 0 to all that this one likes.
 *
 * Return: true if it is
 */
static __always_inline bool gwlb_is_usual(const struct gwlb_usual *h,
					  u32 linear, u32 len, bool early)
{
	if (unlikely(linear < GWLB_USUAL_OFF(inner_udp) +
		     sizeof(struct udphdr)))
		return false;
	if (early && !gwlb_usual_is_checked(h, len))
		return false;
	if (unlikely(!gwlb_usual_is_plain(&h->outer) ||
		     h->outer.protocol != IPPROTO_UDP ||
		     h->udp.dest != htons(GWLB_UDP_PORT) ||
		     h->udp.len != htons(len - GWLB_USUAL_OFF(udp))))
		return false;
	if (unlikely(h->geneve != htonl(GWLB_WORD_GENEVE) ||
		     h->endpoint_word != htonl(GWLB_WORD_ENDPOINT) ||
		     h->attachment_word != htonl(GWLB_WORD_ATTACHMENT) ||
		     h->cookie_word != htonl(GWLB_WORD_COOKIE)))
		return false;
	if (unlikely(!gwlb_usual_is_plain(&h->inner) ||
		     h->inner.tot_len != htons(len - GWLB_USUAL_OFF(inner)) ||
		     !gwlb_usual_checksum(&h->inner)))
		return false;
	return gwlb_usual_transport(h, linear - GWLB_USUAL_OFF(inner_udp),
				    len - GWLB_USUAL_OFF(inner_udp));
}

/**
 * gwlb_read_usual() - read all of it
 * @h: the packet, which gwlb_is_usual()
 * @len: how many bytes it has
 * @pkt: gets everything
 */
static inline void gwlb_read_usual(const struct gwlb_usual *h, u32 len,
				   struct gwlb_pkt *pkt)
{
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
		gwlb_usual_tcp_flags(h) : 0;
	pkt->icmp_type = 0;
	pkt->icmp_code = 0;
}

#endif /* _GWLB_USUAL_H */
