// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse: from bytes to what the walk decides by. See parse.h.
 *
 * All functions here return 0 when nothing speaks against the packet so far,
 * a reason (enum gwlb_reason, never 0) when it is not to be returned, or
 * minus the number of bytes that have to be linear before they can say: the
 * caller pulls them and calls again.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/string.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <net/geneve.h>
#include <net/ip.h>

#include <linux/gwlb.h>

#include "inner.h"
#include "parse.h"

/* Amazon's option class and its three types (fact sheet 1.1) */
#define GWLB_OPT_CLASS		0x0108
#define GWLB_OPT_ENDPOINT	1	/* 8 bytes */
#define GWLB_OPT_ATTACHMENT	2	/* 8 bytes */
#define GWLB_OPT_COOKIE		3	/* 4 bytes */

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

	ret = gwlb_want(b, 0, sizeof(*iph), GWLB_REASON_PASS_OTHER);
	if (ret)
		return ret;
	iph = (const struct iphdr *)b->data;
	if (iph->protocol != IPPROTO_UDP)
		return GWLB_REASON_PASS_OTHER;
	if (iph->frag_off & htons(IP_MF | IP_OFFSET))
		return GWLB_REASON_PASS_FRAGMENT;

	pkt->udp_off = iph->ihl * 4;
	ret = gwlb_want(b, pkt->udp_off, sizeof(*udph), GWLB_REASON_PASS_OTHER);
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

	ret = gwlb_want(b, off, sizeof(*gnvh),
			GWLB_REASON_DROP_GENEVE_TRUNCATED);
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
	ret = gwlb_want(b, off, opts_len, GWLB_REASON_DROP_OPTION_OVERRUN);
	if (ret)
		return ret;
	ret = parse_options(b->data + off, opts_len, pkt);
	if (ret)
		return ret;

	pkt->inner_off = off + opts_len;
	ret = gwlb_want(b, pkt->inner_off, 1, GWLB_REASON_DROP_INNER_VERSION);
	if (ret)
		return ret;
	if (b->data[pkt->inner_off] >> 4 != version)
		return GWLB_REASON_DROP_INNER_VERSION;
	memset(&pkt->src, 0, sizeof(pkt->src));
	memset(&pkt->dst, 0, sizeof(pkt->dst));
	pkt->frag = GWLB_FRAG_NONE;
	return gwlb_inner_parse(b, pkt, version);
}
