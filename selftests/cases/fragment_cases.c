// SPDX-License-Identifier: GPL-2.0-only
/*
 * fragment_cases: rows about inner fragments, of both versions. Owns nothing
 * that changes.
 */
#include <string.h>

#include "cases.h"

/* An argument: version, more fragments, offset in bytes, bytes of data */
#define V6	(1 << 30)
#define FRAG(off, more, len)	((more) << 29 | (off) / 8 << 16 | (len))

struct fragment {
	int version;
	unsigned int off;
	bool more;
	unsigned int len;
};

static struct fragment open_fragment(struct packet *p, const struct stage *s,
				     int arg)
{
	struct fragment f = {
		.version = arg & V6 ? 6 : 4,
		.off = (arg >> 16 & 0x1fff) * 8,
		.more = arg >> 29 & 1,
		.len = arg & 0xffff,
	};

	packet_tunnel(p, s->gwlb, s->appliance);
	packet_fragment(p, f.version, f.off, f.more);
	return f;
}

/* Fills it up to its length, or takes away what is too much. */
static void close_fragment(struct packet *p, const struct fragment *f,
			   unsigned int data)
{
	if (p->len - data < f->len)
		packet_fill(p, f->len - (p->len - data));
	packet_finish(p);
	if (p->len - data == f->len)
		return;
	memset(p->data + data + f->len, 0, p->len - data - f->len);
	p->len = data + f->len;
	if (f->version == 6) {
		packet_put16(p->data + p->inner + 4, p->len - p->inner - 40);
	} else {
		__u8 *at = p->data + p->inner;

		packet_put16(at + 2, p->len - p->inner);
		packet_put16(at + 10, 0);
		packet_put16(at + 10, ~packet_sum(at, 20, 0));
	}
	packet_reseal(p);
}

static void other(struct packet *p, const struct stage *s, int arg,
		  __u8 proto)
{
	struct fragment f = open_fragment(p, s, arg);

	packet_other(p, proto, f.len);
	packet_finish(p);
}

/* A first fragment has the UDP length of the whole. */
static void udp(struct packet *p, const struct stage *s, int arg)
{
	struct fragment f;
	unsigned int data;

	f = open_fragment(p, s, arg);
	if (f.off) {
		other(p, s, arg, PROTO_UDP);
		return;
	}
	data = p->len;
	packet_udp(p, 40000, 53);
	close_fragment(p, &f, data);
	if (f.len >= 8) {
		packet_put16(p->data + data + 4, 3000);
		packet_reseal(p);
	}
}

static void tcp_header(struct packet *p, const struct stage *s, int arg,
		       unsigned int options)
{
	struct fragment f;
	unsigned int data;

	f = open_fragment(p, s, arg);
	if (f.off) {
		other(p, s, arg, PROTO_TCP);
		return;
	}
	data = p->len;
	packet_tcp(p, options);
	close_fragment(p, &f, data);
}

static void tcp(struct packet *p, const struct stage *s, int arg)
{
	tcp_header(p, s, arg, 0);
}

static void tcp_60(struct packet *p, const struct stage *s, int arg)
{
	tcp_header(p, s, arg, 40);
}

static void tcp_doff_4(struct packet *p, const struct stage *s, int arg)
{
	tcp(p, s, arg);
	p->data[p->l4 + 12] = 4 << 4;
	packet_reseal(p);
}

static void udp_of_7(struct packet *p, const struct stage *s, int arg)
{
	udp(p, s, arg);
	packet_put16(p->data + p->l4 + 4, 7);
	packet_reseal(p);
}

static void icmp(struct packet *p, const struct stage *s, int arg)
{
	struct fragment f = open_fragment(p, s, arg);
	unsigned int data = p->len;

	packet_icmp(p, f.version == 4 ? 8 : 128, 0);
	close_fragment(p, &f, data);
}

static void esp(struct packet *p, const struct stage *s, int arg)
{
	other(p, s, arg, PROTO_ESP);
}

static void options_later(struct packet *p, const struct stage *s, int arg)
{
	other(p, s, arg, PROTO_OPTS);
}

static void dont_fragment(struct packet *p, const struct stage *s, int arg)
{
	__u8 *at;

	udp(p, s, arg);
	at = p->data + p->inner;
	at[6] |= 0x40;
	packet_put16(at + 10, 0);
	packet_put16(at + 10, ~packet_sum(at, 20, 0));
	packet_reseal(p);
}

/* A hop-by-hop header before the fragment header */
static void after_hop(struct packet *p, const struct stage *s, int arg)
{
	packet_tunnel(p, s->gwlb, s->appliance);
	packet_ipv6(p);
	packet_ext(p, PROTO_HOPOPT, 8);
	packet_ipv6_fragment(p, (arg >> 16 & 0x1fff) * 8, arg >> 29 & 1);
	packet_other(p, PROTO_UDP, arg & 0xffff);
	packet_finish(p);
}

/* First fragments whose chain goes on; @arg says how */
enum chain {
	CHAIN_TCP,		/* options, TCP: all there */
	CHAIN_TCP_AFTER_HOP,	/* the same, hop-by-hop before */
	CHAIN_NO_TCP,		/* options, and TCP would come */
	CHAIN_TCP_OF_16,	/* options, and not all of TCP */
	CHAIN_OVERRUN,		/* options that go on in the next one */
	CHAIN_HALF_OPTIONS,	/* options, routing that goes on */
	CHAIN_NO_OPTIONS,	/* fragment header, options would come */
	CHAIN_HOP,		/* hop-by-hop inside */
	CHAIN_FRAG,		/* one more fragment header */
	CHAIN_ATOMIC_BEFORE,	/* an atomic one before */
};

static void chain(struct packet *p, const struct stage *s, int how)
{
	packet_tunnel(p, s->gwlb, s->appliance);
	packet_ipv6(p);
	if (how == CHAIN_TCP_AFTER_HOP)
		packet_ext(p, PROTO_HOPOPT, 8);
	if (how == CHAIN_ATOMIC_BEFORE)
		packet_ipv6_fragment(p, 0, false);
	packet_ipv6_fragment(p, 0, true);
	switch (how) {
	case CHAIN_NO_TCP:
		packet_ext(p, PROTO_OPTS, 8);
		packet_other(p, PROTO_TCP, 0);
		break;
	case CHAIN_TCP_OF_16:
		packet_ext(p, PROTO_OPTS, 8);
		packet_other(p, PROTO_TCP, 16);
		break;
	case CHAIN_OVERRUN:
		packet_ext(p, PROTO_OPTS, 16);
		p->data[p->len - 16 + 1] = 2;
		break;
	case CHAIN_HALF_OPTIONS:
		packet_ext(p, PROTO_OPTS, 8);
		packet_ext(p, PROTO_ROUTE, 8);
		p->data[p->len - 8 + 1] = 2;
		break;
	case CHAIN_NO_OPTIONS:
		packet_ext(p, PROTO_ROUTE, 8);
		packet_other(p, PROTO_OPTS, 0);
		break;
	case CHAIN_HOP:
		packet_ext(p, PROTO_HOPOPT, 8);
		packet_tcp(p, 4);
		break;
	case CHAIN_FRAG:
		packet_ipv6_fragment(p, 0, false);
		packet_tcp(p, 4);
		break;
	default:
		packet_ext(p, PROTO_OPTS, 8);
		packet_tcp(p, 4);
	}
	packet_finish(p);
}

#define RETURNED	GWLB_REASON_RETURNED
#define FRAGMENT	GWLB_REASON_DROP_INNER_FRAGMENT
#define TINY		GWLB_REASON_DROP_INNER_TINY_FRAGMENT
#define TRANSPORT	GWLB_REASON_DROP_INNER_TRANSPORT
#define CHAIN		GWLB_REASON_DROP_INNER_CHAIN

#define ARRIVE	"fact sheet 1.6: inner fragments do arrive"
#define RFC1858	"RFC 1858, 3 and RFC 3128"
#define RFC7112	"RFC 7112, 5"
#define EIGHTS	"RFC 791, 3.2 and RFC 8200, 4.5: multiples of 8"
#define LARGEST	"RFC 791, 3.1 and RFC 8200, 4.5: at most 65535"
#define EMPTY	"RFC 791, 3.2: a fragment has data"

#define BOTH(n, r, src, b, a) \
	ROW("ipv4-fragment-" n, r, src, b, (a)), \
	ROW("ipv6-fragment-" n, r, src, b, (a) | V6)

const struct packet_case fragment_cases[] = {
	BOTH("first-udp", RETURNED, ARRIVE, udp, FRAG(0, 1, 1000)),
	BOTH("middle-udp", RETURNED, ARRIVE, udp, FRAG(1000, 1, 1000)),
	BOTH("last-udp", RETURNED, ARRIVE, udp, FRAG(2000, 0, 1000)),
	BOTH("last-udp-odd", RETURNED, EIGHTS, udp, FRAG(2000, 0, 13)),
	BOTH("first-udp-of-8", RETURNED, RFC1858, udp, FRAG(0, 1, 8)),
	ROW("ipv4-fragment-udp-at-8", RETURNED, "RFC 1858, 3.2: TCP only", udp,
	    FRAG(8, 1, 8)),
	BOTH("first-tcp-of-24", RETURNED, RFC1858, tcp, FRAG(0, 1, 24)),
	BOTH("first-tcp-header-of-60", RETURNED, RFC1858, tcp_60,
	     FRAG(0, 1, 64)),
	BOTH("tcp-at-16", RETURNED, "RFC 1858, 3.2: flags are before",
	     tcp, FRAG(16, 1, 8)),
	BOTH("last-tcp", RETURNED, ARRIVE, tcp, FRAG(24, 0, 1)),
	BOTH("first-icmp", RETURNED, ARRIVE, icmp, FRAG(0, 1, 8)),
	BOTH("first-esp", RETURNED, ARRIVE, esp, FRAG(0, 1, 8)),
	ROW("ipv4-fragment-df", RETURNED, ARRIVE, dont_fragment,
	    FRAG(0, 1, 16)),
	ROW("ipv6-fragment-later-options", RETURNED,
	    "RFC 8200, 4.5: its data is no header", options_later,
	    FRAG(16, 1, 8) | V6),
	ROW("ipv4-fragment-largest", RETURNED, LARGEST, udp,
	    FRAG(65504, 0, 11)),
	ROW("ipv6-fragment-largest", RETURNED, LARGEST, udp,
	    FRAG(65528, 0, 7) | V6),
	ROW("ipv6-fragment-largest-after-hop", RETURNED, LARGEST, after_hop,
	    FRAG(65520, 0, 7)),

	ROW("ipv4-fragment-65536-with-header", FRAGMENT, LARGEST, udp,
	    FRAG(65504, 0, 12)),
	ROW("ipv6-fragment-65536-with-hop", FRAGMENT, LARGEST, after_hop,
	    FRAG(65520, 0, 8)),
	BOTH("65536", FRAGMENT, LARGEST, udp, FRAG(65528, 0, 8)),
	BOTH("beyond", FRAGMENT, LARGEST, udp, FRAG(65528, 0, 1000)),
	BOTH("more-beyond", FRAGMENT, LARGEST, udp, FRAG(65528, 1, 8)),
	BOTH("first-of-12", FRAGMENT, EIGHTS, udp, FRAG(0, 1, 12)),
	BOTH("first-tcp-of-20", FRAGMENT, EIGHTS, tcp, FRAG(0, 1, 20)),
	BOTH("middle-of-9", FRAGMENT, EIGHTS, udp, FRAG(800, 1, 9)),
	BOTH("middle-of-1", FRAGMENT, EIGHTS, udp, FRAG(800, 1, 1)),
	BOTH("first-empty", FRAGMENT, EMPTY, udp, FRAG(0, 1, 0)),
	BOTH("middle-empty", FRAGMENT, EMPTY, udp, FRAG(800, 1, 0)),
	BOTH("last-empty", FRAGMENT, EMPTY, udp, FRAG(800, 0, 0)),

	BOTH("first-tcp-of-8", TINY, RFC1858, tcp, FRAG(0, 1, 8)),
	BOTH("first-tcp-of-16", TINY, RFC1858, tcp, FRAG(0, 1, 16)),
	BOTH("first-tcp-options-cut", TINY, RFC1858, tcp_60,
	     FRAG(0, 1, 56)),
	BOTH("tcp-at-8", TINY, "RFC 1858, 3.2", tcp, FRAG(8, 1, 16)),
	BOTH("last-tcp-at-8", TINY, "RFC 1858, 3.2", tcp, FRAG(8, 0, 100)),
	ROW("ipv6-fragment-udp-at-8", TINY,
	    "RFC 8200, 4.5: its Next Header does not count", udp,
	    FRAG(8, 1, 8) | V6),
	BOTH("first-tcp-header-of-16", TRANSPORT, "RFC 9293, 3.1",
	     tcp_doff_4, FRAG(0, 1, 24)),
	BOTH("first-udp-length-7", TRANSPORT, "RFC 768", udp_of_7,
	     FRAG(0, 1, 16)),

	ROW("ipv6-first-whole-chain", RETURNED, RFC7112, chain, CHAIN_TCP),
	ROW("ipv6-first-after-hop", RETURNED, RFC7112, chain,
	    CHAIN_TCP_AFTER_HOP),
	ROW("ipv6-first-without-tcp", TINY, RFC7112, chain, CHAIN_NO_TCP),
	ROW("ipv6-first-cuts-tcp", TINY, RFC7112, chain, CHAIN_TCP_OF_16),
	ROW("ipv6-first-cuts-options", TINY, RFC7112, chain, CHAIN_OVERRUN),
	ROW("ipv6-first-cuts-routing", TINY, RFC7112, chain,
	    CHAIN_HALF_OPTIONS),
	ROW("ipv6-first-without-options", TINY, RFC7112, chain,
	    CHAIN_NO_OPTIONS),
	ROW("ipv6-first-hop-inside", CHAIN, "RFC 8200, 4.1", chain,
	    CHAIN_HOP),
	ROW("ipv6-first-fragment-inside", CHAIN, "gwlb.yaml: repeated",
	    chain, CHAIN_FRAG),
	ROW("ipv6-first-atomic-before", CHAIN, "gwlb.yaml: repeated", chain,
	    CHAIN_ATOMIC_BEFORE),
	{}
};
