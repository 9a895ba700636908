/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse: from bytes to what the walk decides by. Owns struct gwlb_pkt; knows
 * no skb, allocates nothing, keeps no state, so that the same source is
 * tested and fuzzed in user space.
 */
#ifndef _GWLB_PARSE_H
#define _GWLB_PARSE_H

#include <linux/types.h>
#include <linux/in6.h>
#include <linux/netfilter.h>

/* The first word of each option as GWLB sends it: class, type, length */
#define GWLB_WORD_ENDPOINT	0x01080102
#define GWLB_WORD_ATTACHMENT	0x01080202
#define GWLB_WORD_COOKIE	0x01080301
#define GWLB_OPTIONS_LEN	32

/**
 * enum gwlb_frag - which part of an inner packet this is
 * @GWLB_FRAG_NONE: the whole packet, an IPv6 atomic fragment (RFC 6946) too
 * @GWLB_FRAG_FIRST: the first fragment, with the whole transport header
 * @GWLB_FRAG_LATER: a later fragment; it has no transport header
 */
enum gwlb_frag {
	GWLB_FRAG_NONE,
	GWLB_FRAG_FIRST,
	GWLB_FRAG_LATER,
};

/**
 * struct gwlb_buf - the bytes of one packet, from the outer IP header on
 * @data: the first byte; aligned as the stack aligns IP headers
 * @linear: how many bytes can be read at @data
 * @len: how many bytes the packet has, @linear at least
 * @big: the packet is a TCP aggregate, whose length fields may be 0 and then
 *       mean "all the rest" (BIG TCP)
 */
struct gwlb_buf {
	const u8 *data;
	u32 linear;
	u32 len;
	bool big;
};

/**
 * struct gwlb_pkt - what was read from one packet
 *
 * Offsets are from the outer IP header and stay valid when the bytes move, as
 * they do at every pull; that is why no pointer is kept.
 *
 * @saddr: outer source: the load balancer
 * @daddr: outer destination: us
 * @endpoint: id of the VPC endpoint
 * @src: inner source; an IPv4 address is in the first word, the rest is 0
 * @dst: inner destination, likewise
 * @sport: inner TCP or UDP source port; 0 if there is none
 * @dport: inner TCP or UDP destination port; 0 if there is none
 * @cookie: GWLB's flow cookie
 * @len: length of the whole packet in bytes
 * @frag_id: identification of the inner packet, if it is a fragment
 * @udp_off: outer UDP header
 * @inner_off: inner IP header
 * @l4_off: inner transport header; 0 in a later fragment
 * @frag_off: where its bytes go in the original packet, if it is a fragment
 * @frag_len: how many bytes of the original packet it has
 * @icmp_id: identifier of an ICMP query or its answer; 0 in all others
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: inner transport protocol, after all extension headers
 * @frag: enum gwlb_frag
 * @tcp_flags: byte 13 of the TCP header; 0 for all others
 * @icmp_type: type of an ICMP or ICMPv6 message
 * @icmp_code: its code
 */
struct gwlb_pkt {
	__be32 saddr;
	__be32 daddr;
	u64 endpoint;
	union nf_inet_addr src;
	union nf_inet_addr dst;
	__be16 sport;
	__be16 dport;
	u32 cookie;
	u32 len;
	u32 frag_id;
	u16 udp_off;
	u16 inner_off;
	u16 l4_off;
	u16 frag_off;
	u16 frag_len;
	__be16 icmp_id;
	u8 family;
	u8 proto;
	u8 frag;
	u8 tcp_flags;
	u8 icmp_type;
	u8 icmp_code;
};

/* Are @n bytes at @off linear? If they are there, but not linear, minus the
 * number of bytes that have to be; if they are not there, @reason.
 */
static inline int gwlb_want(const struct gwlb_buf *b, u32 off, u32 n,
			    int reason)
{
	if (off + n <= b->linear)
		return 0;
	if (off + n <= b->len)
		return -(int)(off + n);
	return reason;
}

int gwlb_parse_outer(const struct gwlb_buf *b, struct gwlb_pkt *pkt);
int gwlb_parse_tunnel(const struct gwlb_buf *b, struct gwlb_pkt *pkt);

#endif /* _GWLB_PARSE_H */
