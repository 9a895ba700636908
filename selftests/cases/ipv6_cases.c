// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipv6_cases: rows about the inner IPv6 header and its extension headers.
 * Owns nothing that changes.
 */
#include <string.h>

#include "cases.h"

static void open_inner(struct packet *p, const struct stage *s)
{
	packet_tunnel(p, s->gwlb, s->appliance);
	packet_ipv6(p);
}

static void close_inner(struct packet *p)
{
	packet_tcp(p, 0);
	packet_fill(p, 16);
	packet_finish(p);
}

static void good(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	open_inner(p, s);
	close_inner(p);
}

/* @arg: offset of a byte of the header, and bits to set there */
static void bits(struct packet *p, const struct stage *s, int arg)
{
	good(p, s, 0);
	p->data[p->inner + (arg >> 8)] |= arg;
	packet_reseal(p);
}

#define BITS(off, value)	((off) << 8 | (value))

static void hop_limit(struct packet *p, const struct stage *s, int value)
{
	good(p, s, 0);
	p->data[p->inner + 7] = value;
	packet_reseal(p);
}

static void other(struct packet *p, const struct stage *s, int proto)
{
	open_inner(p, s);
	packet_other(p, proto, 24);
	packet_finish(p);
}

static void only_header(struct packet *p, const struct stage *s, int proto)
{
	open_inner(p, s);
	packet_other(p, proto, 0);
	packet_finish(p);
}

static void nested(struct packet *p, const struct stage *s, int version)
{
	open_inner(p, s);
	packet_ip(p, version);
	packet_udp(p, 1, 2);
	packet_fill(p, 8);
	packet_finish(p);
}

static void sized(struct packet *p, const struct stage *s, int len)
{
	open_inner(p, s);
	packet_tcp(p, 12);
	packet_fill(p, len - (p->len - p->inner));
	packet_finish(p);
}

static void land(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	open_inner(p, s);
	memcpy(p->data + p->inner + 24, p->data + p->inner + 8, 16);
	memcpy(p->truth.dst, p->truth.src, 16);
	close_inner(p);
}

/* A chain of letters: Hop-by-hop, Destination, Routing, AH, Fragment */
static void chain(struct packet *p, const char *letters)
{
	for (; *letters; letters++) {
		switch (*letters) {
		case 'h':
			packet_ext(p, PROTO_HOPOPT, 8);
			break;
		case 'd':
			packet_ext(p, PROTO_OPTS, 8);
			break;
		case 'r':
			packet_ext(p, PROTO_ROUTE, 24);
			break;
		case 'a':
			packet_ext(p, PROTO_AH, 24);
			break;
		case 'f':
			packet_ipv6_fragment(p, 0, false);
			break;
		}
	}
}

static const char *const chains[] = {
	"h", "d", "r", "a", "f", "hdrfad", "hdrfadd", "rhd",
	"dddddddd", "hddddddd", "ddddddddd", "hdrfaddd", "hdrfadddd",
	"dh", "hh", "fh", "ff", "fdf", "rarara", "dddddddf", "ddddddddf",
};

enum chain_index {
	HOP, DEST, ROUTING, AUTH, ATOMIC, ALL, ALL_SEVEN, HOP_SECOND,
	EIGHT, EIGHT_HOP, NINE, ALL_EIGHT, ALL_NINE,
	HOP_AFTER_DEST, HOP_TWICE, HOP_AFTER_FRAG, FRAG_TWICE,
	FRAG_TWICE_APART, REPEATED, FRAG_EIGHTH, FRAG_NINTH,
};

static void chained(struct packet *p, const struct stage *s, int i)
{
	open_inner(p, s);
	chain(p, chains[i]);
	close_inner(p);
}

static void chained_udp(struct packet *p, const struct stage *s, int i)
{
	open_inner(p, s);
	chain(p, chains[i]);
	packet_udp(p, 40000, 53);
	packet_fill(p, 8);
	packet_finish(p);
}

static void chained_icmp(struct packet *p, const struct stage *s, int i)
{
	open_inner(p, s);
	chain(p, chains[i]);
	packet_icmp(p, 128, 0);
	packet_finish(p);
}

static void chained_other(struct packet *p, const struct stage *s, int proto)
{
	open_inner(p, s);
	chain(p, "hda");
	packet_other(p, proto, 16);
	packet_finish(p);
}

static void long_ext(struct packet *p, const struct stage *s, int type)
{
	open_inner(p, s);
	packet_ext(p, type, type == PROTO_AH ? 1024 : 2048);
	close_inner(p);
}

/* Bits that are reserved in a fragment header, of an atomic fragment. */
static void fragment_bits(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	open_inner(p, s);
	packet_ipv6_fragment(p, 0, false);
	p->data[p->len - 8 + 1] = 0xff;
	p->data[p->len - 8 + 3] |= 0x06;
	close_inner(p);
}

/* RFC 2675, with a length that would fit an ordinary packet. */
static void jumbogram(struct packet *p, const struct stage *s, int arg)
{
	__u8 *ext;

	(void)arg;
	open_inner(p, s);
	packet_ext(p, PROTO_HOPOPT, 8);
	ext = p->data + p->len - 8;
	ext[2] = 0xc2;
	ext[3] = 4;
	close_inner(p);
	packet_put32(ext + 4, p->len - p->inner - 40);
	packet_put16(p->data + p->inner + 4, 0);
	packet_reseal(p);
}

/* The inner packet ends after so many bytes, and says nothing of it. */
static void cut(struct packet *p, const struct stage *s, int len)
{
	good(p, s, 0);
	packet_cut(p, p->inner + len);
}

/* @more: than there is */
static void length(struct packet *p, const struct stage *s, int more)
{
	good(p, s, 0);
	packet_put16(p->data + p->inner + 4, p->len - p->inner - 40 + more);
	packet_reseal(p);
}

static void length_is(struct packet *p, const struct stage *s, int len)
{
	good(p, s, 0);
	packet_put16(p->data + p->inner + 4, len);
	packet_reseal(p);
}

static void trailing(struct packet *p, const struct stage *s, int len)
{
	good(p, s, 0);
	packet_fill(p, len);
	packet_reseal(p);
}

/* An extension header of @type says that it is longer than the packet. */
static void overrun(struct packet *p, const struct stage *s, int type)
{
	open_inner(p, s);
	packet_ext(p, type, 24);
	close_inner(p);
	/* 255 units of 8, or of 4 in AH, are more than there is. */
	p->data[p->inner + 40 + 1] = 0xff;
	packet_reseal(p);
}

/* It ends 8 (or in AH 4) bytes behind the packet. */
static void overrun_by_one(struct packet *p, const struct stage *s, int type)
{
	open_inner(p, s);
	packet_ext(p, type, 24);
	packet_finish(p);
	p->data[p->inner + 40 + 1]++;
	packet_reseal(p);
}

/* @arg: type of an extension header, and how many bytes of it are there */
static void ext_cut(struct packet *p, const struct stage *s, int arg)
{
	open_inner(p, s);
	packet_other(p, arg >> 8, 0);
	packet_fill(p, arg & 255);
	packet_finish(p);
}

#define CUT(type, len)	((type) << 8 | (len))

/* A header that fills the packet, and another one of which nothing is there */
static void second_missing(struct packet *p, const struct stage *s, int type)
{
	open_inner(p, s);
	packet_ext(p, PROTO_OPTS, 16);
	packet_other(p, type, 0);
	packet_finish(p);
}

#define RETURNED	GWLB_REASON_RETURNED
#define TRUNCATED	GWLB_REASON_DROP_INNER_TRUNCATED
#define TRAILING	GWLB_REASON_DROP_INNER_TRAILING
#define CHAIN		GWLB_REASON_DROP_INNER_CHAIN
#define TRANSPORT	GWLB_REASON_DROP_INNER_TRANSPORT

#define RFC8200	"RFC 8200, 3"
#define EXT	"RFC 8200, 4"
#define ANY_ORDER "RFC 8200, 4.1: any order, any number"
#define FIRST	"RFC 8200, 4.1: hop-by-hop only first"
#define EIGHTH	"gwlb.yaml: too many; 8 is the limit"
#define LENGTHS	"RFC 8200, 3: payload length"
#define OPAQUE	"gwlb.yaml: only TCP, UDP and ICMP are looked into"
#define ANY	"fact sheet 1.1: untouched customer packet"

const struct packet_case ipv6_cases[] = {
	ROW("ipv6-good", RETURNED, RFC8200, good, 0),
	ROW("ipv6-traffic-class", RETURNED, ANY, bits, BITS(1, 0xf0)),
	ROW("ipv6-flow-label", RETURNED, ANY, bits, BITS(2, 0xff)),
	ROW("ipv6-hop-limit-0", RETURNED, ANY, hop_limit, 0),
	ROW("ipv6-hop-limit-1", RETURNED, ANY, hop_limit, 1),
	ROW("ipv6-land", RETURNED, ANY, land, 0),
	ROW("ipv6-of-8500", RETURNED, "fact sheet 1.6", sized, 8500),
	ROW("ipv6-hop-by-hop", RETURNED, EXT, chained, HOP),
	ROW("ipv6-destination", RETURNED, EXT, chained, DEST),
	ROW("ipv6-routing", RETURNED, EXT, chained, ROUTING),
	ROW("ipv6-authentication", RETURNED, "RFC 4302", chained, AUTH),
	ROW("ipv6-atomic", RETURNED, "RFC 6946", chained, ATOMIC),
	ROW("ipv6-atomic-udp", RETURNED, "RFC 6946", chained_udp, ATOMIC),
	ROW("ipv6-all-headers", RETURNED, EXT, chained, ALL),
	ROW("ipv6-all-headers-icmp", RETURNED, EXT, chained_icmp, ALL),
	ROW("ipv6-seven-headers", RETURNED, EXT, chained_udp, ALL_SEVEN),
	ROW("ipv6-eight-headers", RETURNED, EIGHTH, chained, EIGHT),
	ROW("ipv6-eight-with-hop", RETURNED, EIGHTH, chained, EIGHT_HOP),
	ROW("ipv6-eight-of-all", RETURNED, EIGHTH, chained, ALL_EIGHT),
	ROW("ipv6-eighth-is-fragment", RETURNED, EIGHTH, chained,
	    FRAG_EIGHTH),
	ROW("ipv6-repeated-headers", RETURNED, ANY_ORDER, chained, REPEATED),
	ROW("ipv6-long-hop-by-hop", RETURNED, EXT, long_ext, PROTO_HOPOPT),
	ROW("ipv6-long-destination", RETURNED, EXT, long_ext, PROTO_OPTS),
	ROW("ipv6-long-authentication", RETURNED, "RFC 4302", long_ext,
	    PROTO_AH),
	ROW("ipv6-fragment-reserved-bits", RETURNED,
	    "RFC 8200, 4.5: ignored on reception", fragment_bits, 0),
	ROW("ipv6-esp", RETURNED, OPAQUE, other, PROTO_ESP),
	ROW("ipv6-esp-after-headers", RETURNED, OPAQUE, chained_other,
	    PROTO_ESP),
	ROW("ipv6-no-next", RETURNED, "RFC 8200, 4.7", only_header,
	    PROTO_NONE),
	ROW("ipv6-no-next-and-bytes", RETURNED, "RFC 8200, 4.7", other,
	    PROTO_NONE),
	ROW("ipv6-no-next-after-headers", RETURNED, "RFC 8200, 4.7",
	    chained_other, PROTO_NONE),
	ROW("ipv6-gre", RETURNED, OPAQUE, other, PROTO_GRE),
	ROW("ipv6-sctp", RETURNED, OPAQUE, other, PROTO_SCTP),
	ROW("ipv6-icmpv4", RETURNED, OPAQUE, other, PROTO_ICMP),
	ROW("ipv6-mobility", RETURNED, OPAQUE, other, PROTO_MOBILITY),
	ROW("ipv6-proto-255", RETURNED, OPAQUE, other, 255),
	ROW("ipv4-in-ipv6", RETURNED, OPAQUE, nested, 4),
	ROW("ipv6-in-ipv6", RETURNED, OPAQUE, nested, 6),

	ROW("ipv6-of-1", TRUNCATED, RFC8200, cut, 1),
	ROW("ipv6-of-4", TRUNCATED, RFC8200, cut, 4),
	ROW("ipv6-of-39", TRUNCATED, RFC8200, cut, 39),
	ROW("ipv6-of-40", TRUNCATED, LENGTHS, cut, 40),
	ROW("ipv6-without-last-byte", TRUNCATED, LENGTHS, cut, 75),
	ROW("ipv6-length-1-long", TRUNCATED, LENGTHS, length, 1),
	ROW("ipv6-length-65535", TRUNCATED, LENGTHS, length_is, 65535),
	ROW("ipv6-length-1-short", TRAILING, LENGTHS, length, -1),
	ROW("ipv6-length-0", TRAILING, LENGTHS, length_is, 0),
	ROW("ipv6-trailing-1", TRAILING, LENGTHS, trailing, 1),
	ROW("ipv6-trailing-4", TRAILING, LENGTHS, trailing, 4),
	ROW("ipv6-trailing-1400", TRAILING, LENGTHS, trailing, 1400),
	ROW("ipv6-jumbogram", TRAILING,
	    "RFC 2675: longer than any packet in IPv4, so a lie", jumbogram,
	    0),

	ROW("ipv6-nine-headers", CHAIN, EIGHTH, chained, NINE),
	ROW("ipv6-nine-of-all", CHAIN, EIGHTH, chained, ALL_NINE),
	ROW("ipv6-ninth-is-fragment", CHAIN, EIGHTH, chained, FRAG_NINTH),
	ROW("ipv6-hop-after-destination", CHAIN, FIRST, chained,
	    HOP_AFTER_DEST),
	ROW("ipv6-hop-after-routing", CHAIN, FIRST, chained, HOP_SECOND),
	ROW("ipv6-hop-twice", CHAIN, FIRST, chained, HOP_TWICE),
	ROW("ipv6-hop-after-fragment", CHAIN, FIRST, chained,
	    HOP_AFTER_FRAG),
	ROW("ipv6-fragment-twice", CHAIN, "gwlb.yaml: repeated", chained,
	    FRAG_TWICE),
	ROW("ipv6-fragment-twice-apart", CHAIN, "gwlb.yaml: repeated",
	    chained, FRAG_TWICE_APART),
	ROW("ipv6-hop-overruns", TRUNCATED, EXT, overrun, PROTO_HOPOPT),
	ROW("ipv6-destination-overruns", TRUNCATED, EXT, overrun, PROTO_OPTS),
	ROW("ipv6-routing-overruns", TRUNCATED, EXT, overrun, PROTO_ROUTE),
	ROW("ipv6-authentication-overruns", TRUNCATED, "RFC 4302", overrun,
	    PROTO_AH),
	ROW("ipv6-destination-overruns-by-8", TRUNCATED, EXT, overrun_by_one,
	    PROTO_OPTS),
	ROW("ipv6-authentication-overruns-by-4", TRUNCATED, "RFC 4302",
	    overrun_by_one, PROTO_AH),
	ROW("ipv6-hop-of-0", TRUNCATED, EXT, ext_cut, CUT(PROTO_HOPOPT, 0)),
	ROW("ipv6-destination-of-1", TRUNCATED, EXT, ext_cut,
	    CUT(PROTO_OPTS, 1)),
	ROW("ipv6-routing-of-7", TRUNCATED, EXT, ext_cut,
	    CUT(PROTO_ROUTE, 7)),
	ROW("ipv6-fragment-of-7", TRUNCATED, EXT, ext_cut,
	    CUT(PROTO_FRAG, 7)),
	ROW("ipv6-authentication-of-4", TRUNCATED, "RFC 4302", ext_cut,
	    CUT(PROTO_AH, 4)),
	ROW("ipv6-second-header-missing", TRUNCATED, EXT, second_missing,
	    PROTO_ROUTE),
	ROW("ipv6-transport-missing", TRANSPORT, EXT, second_missing,
	    PROTO_TCP),
	ROW("ipv6-empty-tcp", TRANSPORT, EXT, only_header, PROTO_TCP),
	{}
};
