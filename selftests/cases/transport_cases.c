// SPDX-License-Identifier: GPL-2.0-only
/*
 * transport_cases: rows about inner TCP, UDP, ICMP and ICMPv6, each in both
 * versions of IP. Owns nothing that changes.
 */
#include "cases.h"

#define V6	(1 << 30)

static int open_inner(struct packet *p, const struct stage *s, int arg)
{
	packet_tunnel(p, s->gwlb, s->appliance);
	packet_ip(p, arg & V6 ? 6 : 4);
	return arg & ~V6;
}

static void tcp(struct packet *p, const struct stage *s, int arg)
{
	int options = open_inner(p, s, arg);

	packet_tcp(p, options);
	packet_fill(p, 20);
	packet_finish(p);
}

static void tcp_bare(struct packet *p, const struct stage *s, int arg)
{
	int options = open_inner(p, s, arg);

	packet_tcp(p, options);
	packet_finish(p);
}

static void tcp_flags(struct packet *p, const struct stage *s, int arg)
{
	tcp(p, s, arg & V6);
	p->data[p->l4 + 13] = arg & ~V6;
	p->truth.tcp_flags = arg & ~V6;
	packet_reseal(p);
}

static void tcp_reserved(struct packet *p, const struct stage *s, int arg)
{
	tcp(p, s, arg & V6);
	p->data[p->l4 + 12] |= 0x0f;
	packet_reseal(p);
}

static void tcp_checksum(struct packet *p, const struct stage *s, int arg)
{
	tcp(p, s, arg & V6);
	p->data[p->l4 + 16] ^= 0x55;
	packet_reseal(p);
}

/* The TCP packet is 40 bytes long, 60 in all with IPv4. */
static void tcp_doff(struct packet *p, const struct stage *s, int arg)
{
	tcp(p, s, arg & V6);
	p->data[p->l4 + 12] = (arg & ~V6) << 4;
	packet_reseal(p);
}

/* A TCP header whose options need one word more than there is */
static void tcp_doff_beyond(struct packet *p, const struct stage *s, int arg)
{
	int options = open_inner(p, s, arg);

	packet_tcp(p, options);
	packet_finish(p);
	p->data[p->l4 + 12] += 1 << 4;
	packet_reseal(p);
}

/* All of TCP's options, but for the last byte */
static void tcp_doff_15(struct packet *p, const struct stage *s, int arg)
{
	int len = open_inner(p, s, arg);

	packet_tcp(p, 0);
	packet_fill(p, len - 20);
	packet_finish(p);
	p->data[p->l4 + 12] = 15 << 4;
	packet_reseal(p);
}

static void udp(struct packet *p, const struct stage *s, int arg)
{
	int len = open_inner(p, s, arg);

	packet_udp(p, 40000, 53);
	packet_fill(p, len);
	packet_finish(p);
}

static void udp_ports_0(struct packet *p, const struct stage *s, int arg)
{
	open_inner(p, s, arg);
	packet_udp(p, 0, 0);
	packet_fill(p, 8);
	packet_finish(p);
}

/* Geneve in Geneve is somebody else's. */
static void udp_6081(struct packet *p, const struct stage *s, int arg)
{
	open_inner(p, s, arg);
	packet_udp(p, 6081, 6081);
	packet_fill(p, 3);
	packet_finish(p);
}

static void udp_checksum_0(struct packet *p, const struct stage *s, int arg)
{
	udp(p, s, (arg & V6) | 20);
	packet_put16(p->data + p->l4 + 6, 0);
	packet_reseal(p);
}

static void udp_checksum(struct packet *p, const struct stage *s, int arg)
{
	udp(p, s, (arg & V6) | 20);
	p->data[p->l4 + 6] ^= 0x55;
	packet_reseal(p);
}

/* 32 bytes of UDP that say that they are so many */
static void udp_length(struct packet *p, const struct stage *s, int arg)
{
	udp(p, s, (arg & V6) | 24);
	packet_put16(p->data + p->l4 + 4, arg & ~V6);
	packet_reseal(p);
}

static void icmp_echo(struct packet *p, const struct stage *s, int arg)
{
	int len = open_inner(p, s, arg);

	packet_icmp(p, arg & V6 ? 128 : 8, 0);
	packet_fill(p, len);
	packet_finish(p);
}

static void icmp_type(struct packet *p, const struct stage *s, int arg)
{
	int type_code = open_inner(p, s, arg);

	packet_icmp(p, type_code >> 8, type_code);
	packet_fill(p, 16);
	packet_finish(p);
}

#define ICMP(type, code)	((type) << 8 | (code))

/* An error with the beginning of the packet that it is about */
static void icmp_error(struct packet *p, const struct stage *s, int arg)
{
	int type_code = open_inner(p, s, arg);

	packet_icmp(p, type_code >> 8, type_code);
	packet_ip(p, arg & V6 ? 6 : 4);
	packet_tcp(p, 0);
	packet_finish(p);
}

/* An error that quotes less than it should */
static void icmp_error_cut(struct packet *p, const struct stage *s, int arg)
{
	int type_code = open_inner(p, s, arg);

	packet_icmp(p, type_code >> 8, type_code);
	packet_fill(p, 3);
	packet_finish(p);
}

static void icmp_checksum(struct packet *p, const struct stage *s, int arg)
{
	icmp_echo(p, s, (arg & V6) | 8);
	p->data[p->l4 + 2] ^= 0x55;
	packet_reseal(p);
}

/* A transport header of which only so many bytes are there, rightly counted */
static void header_cut(struct packet *p, const struct stage *s, int arg,
		       __u8 proto)
{
	int len = open_inner(p, s, arg);

	packet_other(p, proto, 0);
	packet_fill(p, len);
	packet_finish(p);
}

static void tcp_cut(struct packet *p, const struct stage *s, int arg)
{
	header_cut(p, s, arg, PROTO_TCP);
}

static void udp_cut(struct packet *p, const struct stage *s, int arg)
{
	header_cut(p, s, arg, PROTO_UDP);
}

static void icmp_cut(struct packet *p, const struct stage *s, int arg)
{
	header_cut(p, s, arg, arg & V6 ? PROTO_ICMPV6 : PROTO_ICMP);
}

#define RETURNED	GWLB_REASON_RETURNED
#define TRANSPORT	GWLB_REASON_DROP_INNER_TRANSPORT

#define RFC9293	"RFC 9293, 3.1: the data offset"
#define RFC768	"RFC 768: the length is 8 at least"
#define RFC9868	"RFC 9868: surplus is not the datagram's"
#define RFC792	"RFC 792 and RFC 4443, 2.1: the header has 8 bytes"
#define ENDS	"fact sheet 1.2: checksums are between the ends"
#define ANY	"fact sheet 1.1: untouched customer packet"

#define BOTH(n, r, src, b, a) \
	ROW("ipv4-" n, r, src, b, (a)), \
	ROW("ipv6-" n, r, src, b, (a) | V6)

const struct packet_case transport_cases[] = {
	BOTH("tcp", RETURNED, RFC9293, tcp, 0),
	BOTH("tcp-bare", RETURNED, RFC9293, tcp_bare, 0),
	BOTH("tcp-options-40", RETURNED, RFC9293, tcp_bare, 40),
	BOTH("tcp-flags-none", RETURNED, ANY, tcp_flags, 0),
	BOTH("tcp-flags-all", RETURNED, ANY, tcp_flags, 0xff),
	BOTH("tcp-reserved-bits", RETURNED, ANY, tcp_reserved, 0),
	BOTH("tcp-checksum-wrong", RETURNED, ENDS, tcp_checksum, 0),
	BOTH("udp", RETURNED, RFC768, udp, 20),
	BOTH("udp-odd", RETURNED, RFC768, udp, 13),
	BOTH("udp-bare", RETURNED, RFC768, udp, 0),
	BOTH("udp-ports-0", RETURNED, ANY, udp_ports_0, 0),
	BOTH("udp-6081", RETURNED, ANY, udp_6081, 0),
	BOTH("udp-checksum-0", RETURNED, ENDS, udp_checksum_0, 0),
	BOTH("udp-inner-checksum-wrong", RETURNED, ENDS, udp_checksum, 0),
	BOTH("udp-surplus-1", RETURNED, RFC9868, udp_length, 31),
	BOTH("udp-surplus-all", RETURNED, RFC9868, udp_length, 8),
	BOTH("icmp-echo", RETURNED, RFC792, icmp_echo, 32),
	BOTH("icmp-bare", RETURNED, RFC792, icmp_echo, 0),
	BOTH("icmp-unknown", RETURNED, ANY, icmp_type, ICMP(255, 255)),
	BOTH("icmp-checksum-wrong", RETURNED, ENDS, icmp_checksum, 0),
	ROW("ipv4-unreachable", RETURNED, "RFC 792", icmp_error, ICMP(3, 3)),
	ROW("ipv4-frag-needed", RETURNED, "RFC 1191", icmp_error,
	    ICMP(3, 4)),
	ROW("ipv4-time-exceeded", RETURNED, "RFC 792", icmp_error,
	    ICMP(11, 0)),
	ROW("ipv4-error-quotes-3", RETURNED, ANY, icmp_error_cut,
	    ICMP(3, 1)),
	ROW("ipv6-unreachable", RETURNED, "RFC 4443", icmp_error,
	    ICMP(1, 4) | V6),
	ROW("ipv6-packet-too-big", RETURNED, "RFC 4443", icmp_error,
	    ICMP(2, 0) | V6),
	ROW("ipv6-time-exceeded", RETURNED, "RFC 4443", icmp_error,
	    ICMP(3, 0) | V6),
	ROW("ipv6-error-quotes-3", RETURNED, ANY, icmp_error_cut,
	    ICMP(1, 0) | V6),
	ROW("ipv6-neighbour", RETURNED, ANY, icmp_type, ICMP(135, 0) | V6),

	BOTH("tcp-of-0", TRANSPORT, RFC9293, tcp_cut, 0),
	BOTH("tcp-of-4", TRANSPORT, RFC9293, tcp_cut, 4),
	BOTH("tcp-of-13", TRANSPORT, RFC9293, tcp_cut, 13),
	BOTH("tcp-of-19", TRANSPORT, RFC9293, tcp_cut, 19),
	BOTH("tcp-offset-0", TRANSPORT, RFC9293, tcp_doff, 0),
	BOTH("tcp-offset-1", TRANSPORT, RFC9293, tcp_doff, 1),
	BOTH("tcp-offset-2", TRANSPORT, RFC9293, tcp_doff, 2),
	BOTH("tcp-offset-3", TRANSPORT, RFC9293, tcp_doff, 3),
	BOTH("tcp-offset-4", TRANSPORT, RFC9293, tcp_doff, 4),
	BOTH("tcp-offset-10-exact", RETURNED, RFC9293, tcp_doff, 10),
	BOTH("tcp-offset-11", TRANSPORT, RFC9293, tcp_doff, 11),
	BOTH("tcp-offset-15", TRANSPORT, RFC9293, tcp_doff, 15),
	BOTH("tcp-bare-offset-6", TRANSPORT, RFC9293, tcp_doff_beyond, 0),
	BOTH("tcp-options-36-offset-15", TRANSPORT, RFC9293,
	     tcp_doff_beyond, 36),
	BOTH("tcp-offset-15-of-59", TRANSPORT, RFC9293, tcp_doff_15, 59),
	BOTH("udp-of-0", TRANSPORT, RFC768, udp_cut, 0),
	BOTH("udp-of-4", TRANSPORT, RFC768, udp_cut, 4),
	BOTH("udp-of-7", TRANSPORT, RFC768, udp_cut, 7),
	BOTH("udp-says-0", TRANSPORT, RFC768, udp_length, 0),
	BOTH("udp-says-7", TRANSPORT, RFC768, udp_length, 7),
	BOTH("udp-says-1-more", TRANSPORT, RFC768, udp_length, 33),
	BOTH("udp-says-65535", TRANSPORT, RFC768, udp_length, 65535),
	BOTH("icmp-of-0", TRANSPORT, RFC792, icmp_cut, 0),
	BOTH("icmp-of-1", TRANSPORT, RFC792, icmp_cut, 1),
	BOTH("icmp-of-4", TRANSPORT, RFC792, icmp_cut, 4),
	BOTH("icmp-of-7", TRANSPORT, RFC792, icmp_cut, 7),
	{}
};
