// SPDX-License-Identifier: GPL-2.0-only
/*
 * inner: the inner packet, from its IP header to that of its transport, and
 * the packet that it quotes if it is an ICMP error. See inner.h; what the
 * functions return is said in parse.c.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include <linux/gwlb.h>

#include "inner.h"

/* More IPv6 extension headers than that only serve to hide something. */
#define GWLB_MAX_EXT_HEADERS	8

static int parse_tcp(const struct gwlb_buf *b, struct gwlb_pkt *pkt, int cut)
{
	const struct tcphdr *th;
	int ret;

	ret = gwlb_want(b, pkt->l4_off, sizeof(*th), cut);
	if (ret)
		return ret;
	th = (const struct tcphdr *)(b->data + pkt->l4_off);
	if (th->doff * 4 < sizeof(*th))
		return GWLB_REASON_DROP_INNER_TRANSPORT;
	if (pkt->l4_off + th->doff * 4 > b->len)
		return cut;
	pkt->sport = th->source;
	pkt->dport = th->dest;
	pkt->tcp_flags = b->data[pkt->l4_off + 13];
	return 0;
}

/* A UDP length below the IP payload is no lie: UDP options live behind it
 * (RFC 9868).
 */
static int parse_udp(const struct gwlb_buf *b, struct gwlb_pkt *pkt, int cut)
{
	const struct udphdr *uh;
	u32 len;
	int ret;

	ret = gwlb_want(b, pkt->l4_off, sizeof(*uh), cut);
	if (ret)
		return ret;
	uh = (const struct udphdr *)(b->data + pkt->l4_off);
	len = ntohs(uh->len);
	if (len < sizeof(*uh))
		return GWLB_REASON_DROP_INNER_TRANSPORT;
	if (pkt->frag == GWLB_FRAG_NONE && pkt->l4_off + len > b->len)
		return GWLB_REASON_DROP_INNER_TRANSPORT;
	pkt->sport = uh->source;
	pkt->dport = uh->dest;
	return 0;
}

/* Has this message an identifier, which tells one conversation from another? */
static bool has_icmp_id(u8 family, u8 type)
{
	if (family == NFPROTO_IPV6)
		return type == ICMPV6_ECHO_REQUEST || type == ICMPV6_ECHO_REPLY;
	switch (type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMPREPLY:
	case ICMP_INFO_REQUEST:
	case ICMP_INFO_REPLY:
	case ICMP_ADDRESS:
	case ICMP_ADDRESSREPLY:
		return true;
	}
	return false;
}

/* All messages of ICMP (RFC 792) and ICMPv6 (RFC 4443) have 8 bytes at
 * least. The checksum is the receiver's business.
 */
static int parse_icmp(const struct gwlb_buf *b, struct gwlb_pkt *pkt, int cut)
{
	int ret;

	ret = gwlb_want(b, pkt->l4_off, sizeof(struct icmphdr), cut);
	if (ret)
		return ret;
	pkt->icmp_type = b->data[pkt->l4_off];
	pkt->icmp_code = b->data[pkt->l4_off + 1];
	if (has_icmp_id(pkt->family, pkt->icmp_type))
		pkt->icmp_id = *(const __be16 *)(b->data + pkt->l4_off + 4);
	return 0;
}

/* The inner packet ends where the outer one does: that was checked. */
static int parse_transport(const struct gwlb_buf *b, struct gwlb_pkt *pkt,
			   u32 off)
{
	int cut = pkt->frag == GWLB_FRAG_FIRST ?
		GWLB_REASON_DROP_INNER_TINY_FRAGMENT :
		GWLB_REASON_DROP_INNER_TRANSPORT;

	pkt->l4_off = off;
	switch (pkt->proto) {
	case IPPROTO_TCP:
		return parse_tcp(b, pkt, cut);
	case IPPROTO_UDP:
		return parse_udp(b, pkt, cut);
	case IPPROTO_ICMP:
		if (pkt->family == NFPROTO_IPV4)
			return parse_icmp(b, pkt, cut);
		return 0;
	case IPPROTO_ICMPV6:
		if (pkt->family == NFPROTO_IPV6)
			return parse_icmp(b, pkt, cut);
		return 0;
	}
	return 0;
}

/* @off is where in the original packet the @len bytes of this fragment go,
 * behind the @head bytes that its length counts as well.
 */
static int check_fragment(struct gwlb_pkt *pkt, u32 head, u32 off, u32 len,
			  bool more)
{
	if (!len || (more && len % 8) || head + off + len > IP_MAX_MTU)
		return GWLB_REASON_DROP_INNER_FRAGMENT;
	pkt->frag = off ? GWLB_FRAG_LATER : GWLB_FRAG_FIRST;
	pkt->frag_off = off;
	pkt->frag_len = len;
	/* Only 8 bytes came before: the TCP flags are in this one, and could
	 * overwrite what the first one showed (RFC 1858, section 3.2). With
	 * IPv6 any protocol may be written here: only the first fragment's
	 * counts (RFC 8200, section 4.5).
	 */
	if (off == 8 &&
	    (pkt->proto == IPPROTO_TCP || pkt->family == NFPROTO_IPV6))
		return GWLB_REASON_DROP_INNER_TINY_FRAGMENT;
	return 0;
}

static int check_inner_length(u32 claimed, u32 there)
{
	if (claimed > there)
		return GWLB_REASON_DROP_INNER_TRUNCATED;
	if (claimed < there)
		return GWLB_REASON_DROP_INNER_TRAILING;
	return 0;
}

static int parse_ipv4(const struct gwlb_buf *b, struct gwlb_pkt *pkt)
{
	u32 there = b->len - pkt->inner_off;
	const struct iphdr *iph;
	u32 hlen, tot, off;
	bool more;
	int ret;

	ret = gwlb_want(b, pkt->inner_off, sizeof(*iph),
			GWLB_REASON_DROP_INNER_TRUNCATED);
	if (ret)
		return ret;
	iph = (const struct iphdr *)(b->data + pkt->inner_off);
	hlen = iph->ihl * 4;
	if (hlen < sizeof(*iph))
		return GWLB_REASON_DROP_INNER_HEADER;
	ret = gwlb_want(b, pkt->inner_off, hlen,
			GWLB_REASON_DROP_INNER_TRUNCATED);
	if (ret)
		return ret;
	if (ip_fast_csum((const void *)iph, iph->ihl))
		return GWLB_REASON_DROP_INNER_CHECKSUM;
	tot = ntohs(iph->tot_len);
	if (!tot && b->big)
		tot = there;
	if (tot < hlen)
		return GWLB_REASON_DROP_INNER_HEADER;
	ret = check_inner_length(tot, there);
	if (ret)
		return ret;

	pkt->family = NFPROTO_IPV4;
	pkt->proto = iph->protocol;
	pkt->src.ip = iph->saddr;
	pkt->dst.ip = iph->daddr;
	off = (ntohs(iph->frag_off) & IP_OFFSET) * 8;
	more = iph->frag_off & htons(IP_MF);
	if (off || more) {
		pkt->frag_id = ntohs(iph->id);
		ret = check_fragment(pkt, hlen, off, tot - hlen, more);
		if (ret || off)
			return ret;
	}
	return parse_transport(b, pkt, pkt->inner_off + hlen);
}

/* Reads the fragment header at @off, of which 8 bytes are there. */
static int parse_ipv6_fragment(const struct gwlb_buf *b, struct gwlb_pkt *pkt,
			       u32 off)
{
	const struct frag_hdr *fh = (const struct frag_hdr *)(b->data + off);
	u32 head = off - pkt->inner_off - sizeof(struct ipv6hdr);
	u32 frag_off = ntohs(fh->frag_off) & IP6_OFFSET;
	bool more = fh->frag_off & htons(IP6_MF);

	/* For a later fragment this is as far as the chain can be read. */
	pkt->proto = fh->nexthdr;
	if (!frag_off && !more)
		return 0;
	pkt->frag_id = ntohl(fh->identification);
	return check_fragment(pkt, head, frag_off,
			      b->len - off - sizeof(*fh), more);
}

static bool is_ext_header(u8 nexthdr)
{
	return nexthdr == NEXTHDR_HOP || nexthdr == NEXTHDR_ROUTING ||
	       nexthdr == NEXTHDR_FRAGMENT || nexthdr == NEXTHDR_AUTH ||
	       nexthdr == NEXTHDR_DEST;
}

/* One step along the chain of extension headers (RFC 8200, section 4): reads
 * the one at *off, moves *off behind it and leaves the next one's type in
 * pkt->proto. @n headers came before.
 */
static int parse_ext_header(const struct gwlb_buf *b, struct gwlb_pkt *pkt,
			    u32 *off, u32 n, bool *fragmented)
{
	const struct ipv6_opt_hdr *eh;
	u8 type = pkt->proto;
	u32 len;
	int ret, cut;

	if (n == GWLB_MAX_EXT_HEADERS || (type == NEXTHDR_HOP && n) ||
	    (type == NEXTHDR_FRAGMENT && *fragmented))
		return GWLB_REASON_DROP_INNER_CHAIN;

	/* The first fragment has to hold the whole chain (RFC 7112). */
	cut = pkt->frag == GWLB_FRAG_FIRST ?
		GWLB_REASON_DROP_INNER_TINY_FRAGMENT :
		GWLB_REASON_DROP_INNER_TRUNCATED;
	ret = gwlb_want(b, *off, sizeof(struct frag_hdr), cut);
	if (ret)
		return ret;

	if (type == NEXTHDR_FRAGMENT) {
		*fragmented = true;
		ret = parse_ipv6_fragment(b, pkt, *off);
		*off += sizeof(struct frag_hdr);
		return ret;
	}

	eh = (const struct ipv6_opt_hdr *)(b->data + *off);
	len = type == NEXTHDR_AUTH ? ipv6_authlen(eh) : ipv6_optlen(eh);
	if (*off + len > b->len)
		return cut;
	*off += len;
	pkt->proto = eh->nexthdr;
	return 0;
}

static int parse_ipv6(const struct gwlb_buf *b, struct gwlb_pkt *pkt)
{
	u32 there = b->len - pkt->inner_off;
	const struct ipv6hdr *ip6h;
	bool fragmented = false;
	u32 off, tot, n;
	int ret;

	ret = gwlb_want(b, pkt->inner_off, sizeof(*ip6h),
			GWLB_REASON_DROP_INNER_TRUNCATED);
	if (ret)
		return ret;
	ip6h = (const struct ipv6hdr *)(b->data + pkt->inner_off);
	tot = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (!ip6h->payload_len && b->big)
		tot = there;
	ret = check_inner_length(tot, there);
	if (ret)
		return ret;

	pkt->family = NFPROTO_IPV6;
	pkt->proto = ip6h->nexthdr;
	pkt->src.in6 = ip6h->saddr;
	pkt->dst.in6 = ip6h->daddr;
	off = pkt->inner_off + sizeof(*ip6h);
	for (n = 0; is_ext_header(pkt->proto); n++) {
		ret = parse_ext_header(b, pkt, &off, n, &fragmented);
		if (ret || pkt->frag == GWLB_FRAG_LATER)
			return ret;
	}
	return parse_transport(b, pkt, off);
}

/**
 * gwlb_inner_parse() - read the inner packet
 * @b: the packet
 * @pkt: what is known so far; src, dst and frag are 0; gets the rest
 * @version: 4 or 6, as the first byte of the inner packet says
 *
 * Return: 0, a reason of class "drop", or minus the bytes that are needed
 */
int gwlb_inner_parse(const struct gwlb_buf *b, struct gwlb_pkt *pkt,
		     u8 version)
{
	return version == 4 ? parse_ipv4(b, pkt) : parse_ipv6(b, pkt);
}

/* Reads ports or identifier of a quoted packet whose transport header begins
 * at @off. Of it 8 bytes are quoted at least (RFC 792).
 */
static int quote_transport(const struct gwlb_buf *b, u8 family, u32 off,
			   struct gwlb_quote *quote)
{
	int ret = gwlb_want(b, off, 8, 1);
	u8 type;

	if (ret)
		return ret;
	switch (quote->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		quote->sport = *(const __be16 *)(b->data + off);
		quote->dport = *(const __be16 *)(b->data + off + 2);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (quote->proto != (family == NFPROTO_IPV4 ? IPPROTO_ICMP :
				     IPPROTO_ICMPV6))
			break;
		type = b->data[off];
		quote->icmp_type = type;
		if (has_icmp_id(family, type))
			quote->icmp_id = *(const __be16 *)(b->data + off + 4);
		break;
	}
	return 0;
}

static int quote_ipv4(const struct gwlb_buf *b, u32 off,
		      struct gwlb_quote *quote)
{
	const struct iphdr *iph;
	int ret;

	ret = gwlb_want(b, off, sizeof(*iph), 1);
	if (ret)
		return ret;
	iph = (const struct iphdr *)(b->data + off);
	if (iph->version != 4 || iph->ihl < 5 ||
	    iph->frag_off & htons(IP_OFFSET))
		return 1;
	quote->src.ip = iph->saddr;
	quote->dst.ip = iph->daddr;
	quote->proto = iph->protocol;
	return quote_transport(b, NFPROTO_IPV4, off + iph->ihl * 4, quote);
}

static int quote_ipv6(const struct gwlb_buf *b, u32 off,
		      struct gwlb_quote *quote)
{
	const struct ipv6_opt_hdr *eh;
	const struct ipv6hdr *ip6h;
	const struct frag_hdr *fh;
	u32 n;
	int ret;

	ret = gwlb_want(b, off, sizeof(*ip6h), 1);
	if (ret)
		return ret;
	ip6h = (const struct ipv6hdr *)(b->data + off);
	if (ip6h->version != 6)
		return 1;
	quote->src.in6 = ip6h->saddr;
	quote->dst.in6 = ip6h->daddr;
	quote->proto = ip6h->nexthdr;
	off += sizeof(*ip6h);
	for (n = 0; is_ext_header(quote->proto); n++) {
		if (n == GWLB_MAX_EXT_HEADERS)
			return 1;
		ret = gwlb_want(b, off, sizeof(struct frag_hdr), 1);
		if (ret)
			return ret;
		eh = (const struct ipv6_opt_hdr *)(b->data + off);
		if (quote->proto == NEXTHDR_FRAGMENT) {
			fh = (const struct frag_hdr *)(b->data + off);
			if (fh->frag_off & htons(IP6_OFFSET))
				return 1;
			off += sizeof(*fh);
		} else if (quote->proto == NEXTHDR_AUTH) {
			off += ipv6_authlen(eh);
		} else {
			off += ipv6_optlen(eh);
		}
		quote->proto = eh->nexthdr;
	}
	return quote_transport(b, NFPROTO_IPV6, off, quote);
}

/**
 * gwlb_inner_quote() - read the packet that an ICMP error quotes
 * @b: the packet
 * @pkt: what gwlb_parse_tunnel() found: an ICMP or ICMPv6 message, not
 *	fragmented
 * @quote: gets addresses, ports and protocol of the quoted packet
 *
 * The quote is cut short somewhere, so its lengths are not compared with
 * anything.
 *
 * Return: 0, 1 if the quote does not tell a flow, or minus the bytes that are
 *	   needed
 */
int gwlb_inner_quote(const struct gwlb_buf *b, const struct gwlb_pkt *pkt,
		     struct gwlb_quote *quote)
{
	u32 off = pkt->l4_off + sizeof(struct icmphdr);

	memset(quote, 0, sizeof(*quote));
	if (pkt->family == NFPROTO_IPV4)
		return quote_ipv4(b, off, quote);
	return quote_ipv6(b, off, quote);
}
