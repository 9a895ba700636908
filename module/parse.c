// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse: from bytes to what the walk decides by. See parse.h.
 *
 * All functions here return 0 when nothing speaks against the packet so far,
 * a reason (enum gwlb_reason, never 0) when it is not to be returned, or
 * minus the number of bytes that have to be linear before they can say: the
 * caller pulls them and calls again.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <net/geneve.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include <linux/gwlb.h>

#include "parse.h"

/* Amazon's option class and its three types (fact sheet 1.1) */
#define GWLB_OPT_CLASS		0x0108
#define GWLB_OPT_ENDPOINT	1	/* 8 bytes */
#define GWLB_OPT_ATTACHMENT	2	/* 8 bytes */
#define GWLB_OPT_COOKIE		3	/* 4 bytes */

/* The first word of each option as GWLB sends it: class, type, length */
#define GWLB_WORD_ENDPOINT	0x01080102
#define GWLB_WORD_ATTACHMENT	0x01080202
#define GWLB_WORD_COOKIE	0x01080301
#define GWLB_OPTIONS_LEN	32

/* More IPv6 extension headers than that only serve to hide something. */
#define GWLB_MAX_EXT_HEADERS	8

static int want(const struct gwlb_buf *b, u32 off, u32 n, int reason)
{
	if (off + n <= b->linear)
		return 0;
	if (off + n <= b->len)
		return -(int)(off + n);
	return reason;
}

/**
 * gwlb_parse_outer() - is this a Geneve packet, by its outer headers?
 * @b: the packet; the outer IP header was checked by ip_rcv()
 * @pkt: gets outer addresses, length and @udp_off
 *
 * Reads nothing that does not have to be known of every packet of the host.
 *
 * Return: 0, a reason of class "pass", or minus the bytes that are needed
 */
int gwlb_parse_outer(const struct gwlb_buf *b, struct gwlb_pkt *pkt)
{
	const struct udphdr *udph;
	const struct iphdr *iph;
	int ret;

	ret = want(b, 0, sizeof(*iph), GWLB_REASON_PASS_OTHER);
	if (ret)
		return ret;
	iph = (const struct iphdr *)b->data;
	if (iph->protocol != IPPROTO_UDP)
		return GWLB_REASON_PASS_OTHER;
	if (iph->frag_off & htons(IP_MF | IP_OFFSET))
		return GWLB_REASON_PASS_FRAGMENT;

	pkt->udp_off = iph->ihl * 4;
	ret = want(b, pkt->udp_off, sizeof(*udph), GWLB_REASON_PASS_OTHER);
	if (ret)
		return ret;
	udph = (const struct udphdr *)(b->data + pkt->udp_off);
	if (udph->dest != htons(GWLB_UDP_PORT))
		return GWLB_REASON_PASS_OTHER;

	pkt->saddr = iph->saddr;
	pkt->daddr = iph->daddr;
	pkt->len = b->len;
	return 0;
}

static int parse_one_option(const u8 *opts, u32 pos, u32 opts_len,
			    struct gwlb_pkt *pkt, u32 *seen)
{
	const struct geneve_opt *opt = (const struct geneve_opt *)(opts + pos);
	u32 len = opt->length * 4;
	u32 expected;

	if (pos + sizeof(*opt) + len > opts_len)
		return GWLB_REASON_DROP_OPTION_OVERRUN;
	if (opt->opt_class != htons(GWLB_OPT_CLASS) ||
	    opt->type < GWLB_OPT_ENDPOINT || opt->type > GWLB_OPT_COOKIE)
		return opt->type & GENEVE_CRIT_OPT_TYPE ?
			GWLB_REASON_DROP_OPTION_CRITICAL : 0;

	expected = opt->type == GWLB_OPT_COOKIE ? 4 : 8;
	if (len != expected)
		return GWLB_REASON_DROP_OPTION_LENGTH;
	if (*seen & BIT(opt->type))
		return GWLB_REASON_DROP_OPTION_DUPLICATE;
	*seen |= BIT(opt->type);

	if (opt->type == GWLB_OPT_ENDPOINT)
		pkt->endpoint = get_unaligned_be64(opt + 1);
	else if (opt->type == GWLB_OPT_COOKIE)
		pkt->cookie = get_unaligned_be32(opt + 1);
	return 0;
}

/* The order, number and length of options may change (fact sheet 1.4), so
 * they are walked; but so far they are always the same, so that is asked
 * first.
 */
static int parse_options(const u8 *opts, u32 opts_len, struct gwlb_pkt *pkt)
{
	u32 seen = 0;
	u32 pos = 0;
	int ret;

	if (opts_len == GWLB_OPTIONS_LEN &&
	    get_unaligned_be32(opts) == GWLB_WORD_ENDPOINT &&
	    get_unaligned_be32(opts + 12) == GWLB_WORD_ATTACHMENT &&
	    get_unaligned_be32(opts + 24) == GWLB_WORD_COOKIE) {
		pkt->endpoint = get_unaligned_be64(opts + 4);
		pkt->cookie = get_unaligned_be32(opts + 28);
		return 0;
	}

	/* Lengths are in words of 4 bytes, so a header never overruns. */
	while (pos < opts_len) {
		const struct geneve_opt *opt = (const void *)(opts + pos);

		ret = parse_one_option(opts, pos, opts_len, pkt, &seen);
		if (ret)
			return ret;
		pos += sizeof(*opt) + opt->length * 4;
	}
	if (!(seen & BIT(GWLB_OPT_ENDPOINT)))
		return GWLB_REASON_DROP_NO_ENDPOINT;
	if (!(seen & BIT(GWLB_OPT_COOKIE)))
		return GWLB_REASON_DROP_NO_COOKIE;
	return 0;
}

static int parse_tcp(const struct gwlb_buf *b, struct gwlb_pkt *pkt, int cut)
{
	const struct tcphdr *th;
	int ret;

	ret = want(b, pkt->l4_off, sizeof(*th), cut);
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

	ret = want(b, pkt->l4_off, sizeof(*uh), cut);
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

	ret = want(b, pkt->l4_off, sizeof(struct icmphdr), cut);
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
	 * overwrite what the first one showed (RFC 1858, section 3.2).
	 */
	if (pkt->proto == IPPROTO_TCP && off == 8)
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

	ret = want(b, pkt->inner_off, sizeof(*iph),
		   GWLB_REASON_DROP_INNER_TRUNCATED);
	if (ret)
		return ret;
	iph = (const struct iphdr *)(b->data + pkt->inner_off);
	hlen = iph->ihl * 4;
	if (hlen < sizeof(*iph))
		return GWLB_REASON_DROP_INNER_HEADER;
	ret = want(b, pkt->inner_off, hlen, GWLB_REASON_DROP_INNER_TRUNCATED);
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
	ret = want(b, *off, sizeof(struct frag_hdr), cut);
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

	ret = want(b, pkt->inner_off, sizeof(*ip6h),
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
 * gwlb_parse_tunnel() - read Geneve header, options and inner packet
 * @b: a packet that gwlb_parse_outer() let through
 * @pkt: what gwlb_parse_outer() filled in; gets the rest
 *
 * RFC 8926 for Geneve; the fact sheet, section 1, for what GWLB sends and
 * which deviations from it are harmless.
 *
 * Return: 0, a reason of class "drop", or minus the bytes that are needed
 */
int gwlb_parse_tunnel(const struct gwlb_buf *b, struct gwlb_pkt *pkt)
{
	u32 off = pkt->udp_off + sizeof(struct udphdr);
	const struct genevehdr *gnvh;
	const struct udphdr *udph;
	u32 len, opts_len;
	u8 version;
	int ret;

	udph = (const struct udphdr *)(b->data + pkt->udp_off);
	len = ntohs(udph->len);
	if (len != b->len - pkt->udp_off && (len || !b->big))
		return GWLB_REASON_DROP_UDP_LENGTH;

	ret = want(b, off, sizeof(*gnvh), GWLB_REASON_DROP_GENEVE_TRUNCATED);
	if (ret)
		return ret;
	gnvh = (const struct genevehdr *)(b->data + off);
	if (gnvh->ver)
		return GWLB_REASON_DROP_GENEVE_VERSION;
	if (gnvh->oam)
		return GWLB_REASON_DROP_GENEVE_CONTROL;
	if (gnvh->proto_type == htons(ETH_P_IP))
		version = 4;
	else if (gnvh->proto_type == htons(ETH_P_IPV6))
		version = 6;
	else
		return GWLB_REASON_DROP_GENEVE_PROTOCOL;

	off += sizeof(*gnvh);
	opts_len = gnvh->opt_len * 4;
	ret = want(b, off, opts_len, GWLB_REASON_DROP_OPTION_OVERRUN);
	if (ret)
		return ret;
	ret = parse_options(b->data + off, opts_len, pkt);
	if (ret)
		return ret;

	pkt->inner_off = off + opts_len;
	ret = want(b, pkt->inner_off, 1, GWLB_REASON_DROP_INNER_VERSION);
	if (ret)
		return ret;
	if (b->data[pkt->inner_off] >> 4 != version)
		return GWLB_REASON_DROP_INNER_VERSION;
	memset(&pkt->src, 0, sizeof(pkt->src));
	memset(&pkt->dst, 0, sizeof(pkt->dst));
	pkt->frag = GWLB_FRAG_NONE;
	return version == 4 ? parse_ipv4(b, pkt) : parse_ipv6(b, pkt);
}

/* Reads ports or identifier of a quoted packet whose transport header begins
 * at @off. Of it 8 bytes are quoted at least (RFC 792).
 */
static int quote_transport(const struct gwlb_buf *b, u8 family, u32 off,
			   struct gwlb_quote *quote)
{
	int ret = want(b, off, 8, 1);
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

	ret = want(b, off, sizeof(*iph), 1);
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

	ret = want(b, off, sizeof(*ip6h), 1);
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
		ret = want(b, off, sizeof(struct frag_hdr), 1);
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
 * gwlb_parse_quote() - read the packet that an ICMP error quotes
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
int gwlb_parse_quote(const struct gwlb_buf *b, const struct gwlb_pkt *pkt,
		     struct gwlb_quote *quote)
{
	u32 off = pkt->l4_off + sizeof(struct icmphdr);

	memset(quote, 0, sizeof(*quote));
	if (pkt->family == NFPROTO_IPV4)
		return quote_ipv4(b, off, quote);
	return quote_ipv6(b, off, quote);
}
