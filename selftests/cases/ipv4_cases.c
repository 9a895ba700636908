// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipv4_cases: rows about the inner IPv4 header and its fragments. Owns
 * nothing that changes.
 */
#include <string.h>

#include "cases.h"

static void open_inner(struct packet *p, const struct stage *s)
{
	packet_tunnel(p, s->gwlb, s->appliance);
}

static void good(struct packet *p, const struct stage *s)
{
	open_inner(p, s);
	packet_ipv4(p, 0);
	packet_udp(p, 40000, 53);
	packet_fill(p, 32);
	packet_finish(p);
}

/* After the inner IP header was changed: its checksum, then the rest. */
static void seal_inner(struct packet *p)
{
	__u8 *at = p->data + p->inner;

	packet_put16(at + 10, 0);
	packet_put16(at + 10, ~packet_sum(at, (at[0] & 15) * 4, 0));
	packet_reseal(p);
}

static void options(struct packet *p, const struct stage *s, int len)
{
	open_inner(p, s);
	packet_ipv4(p, len);
	packet_tcp(p, 0);
	packet_finish(p);
}

/* @arg: offset of a byte of the header, and its value */
static void byte(struct packet *p, const struct stage *s, int arg)
{
	good(p, s);
	p->data[p->inner + (arg >> 8)] = arg;
	seal_inner(p);
}

#define BYTE(off, value)	((off) << 8 | (value))

/* Source and destination are the same, the ports too. */
static void land(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	open_inner(p, s);
	packet_ipv4(p, 0);
	memcpy(p->data + p->inner + 16, p->data + p->inner + 12, 4);
	memcpy(p->truth.dst, p->truth.src, 4);
	packet_udp(p, 7, 7);
	packet_fill(p, 8);
	packet_finish(p);
}

static void addresses(struct packet *p, const struct stage *s, int value)
{
	open_inner(p, s);
	packet_ipv4(p, 0);
	memset(p->data + p->inner + 12, value, 8);
	memset(p->truth.src, value, 4);
	memset(p->truth.dst, value, 4);
	packet_udp(p, 1, 2);
	packet_finish(p);
}

static void other(struct packet *p, const struct stage *s, int proto)
{
	open_inner(p, s);
	packet_ipv4(p, 0);
	packet_other(p, proto, 24);
	packet_finish(p);
}

static void only_header(struct packet *p, const struct stage *s, int proto)
{
	open_inner(p, s);
	packet_ipv4(p, 0);
	packet_other(p, proto, 0);
	packet_finish(p);
}

static void nested(struct packet *p, const struct stage *s, int version)
{
	open_inner(p, s);
	packet_ipv4(p, 0);
	packet_ip(p, version);
	packet_udp(p, 1, 2);
	packet_fill(p, 8);
	packet_finish(p);
}

static void sized(struct packet *p, const struct stage *s, int len)
{
	open_inner(p, s);
	packet_ipv4(p, 0);
	packet_tcp(p, 12);
	packet_fill(p, len - (p->len - p->inner));
	packet_finish(p);
}

/* The inner packet ends after so many bytes, and says nothing of it. */
static void cut(struct packet *p, const struct stage *s, int len)
{
	good(p, s);
	packet_cut(p, p->inner + len);
}

static void header_words(struct packet *p, const struct stage *s, int ihl)
{
	good(p, s);
	p->data[p->inner] = 4 << 4 | ihl;
	if (ihl > 5)
		packet_cut(p, p->inner + ihl * 4 - 1);
	else
		seal_inner(p);
}

/* @more: than there is */
static void length(struct packet *p, const struct stage *s, int more)
{
	good(p, s);
	packet_put16(p->data + p->inner + 2, p->len - p->inner + more);
	seal_inner(p);
}

static void length_is(struct packet *p, const struct stage *s, int len)
{
	good(p, s);
	packet_put16(p->data + p->inner + 2, len);
	seal_inner(p);
}

static void trailing(struct packet *p, const struct stage *s, int len)
{
	good(p, s);
	packet_fill(p, len);
	packet_reseal(p);
}

static void checksum(struct packet *p, const struct stage *s, int xor)
{
	__u8 *at;

	good(p, s);
	at = p->data + p->inner + 10;
	packet_put16(at, packet_get16(at) ^ xor);
	packet_reseal(p);
}

static void checksum_zero(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	good(p, s);
	packet_put16(p->data + p->inner + 10, 0);
	packet_reseal(p);
}

/* The options are part of what the checksum covers. */
static void options_spoilt(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	options(p, s, 8);
	p->data[p->inner + 27] = 0;
	packet_reseal(p);
}

#define RETURNED	GWLB_REASON_RETURNED
#define TRUNCATED	GWLB_REASON_DROP_INNER_TRUNCATED
#define TRAILING	GWLB_REASON_DROP_INNER_TRAILING
#define HEADER		GWLB_REASON_DROP_INNER_HEADER
#define CHECKSUM	GWLB_REASON_DROP_INNER_CHECKSUM

#define RFC791	"RFC 791, 3.1"
#define OPAQUE	"gwlb.yaml: only TCP, UDP and ICMP are looked into"
#define LENGTHS	"RFC 791, 3.1: total length is header and data"
#define ANY	"fact sheet 1.1: untouched customer packet"

const struct packet_case ipv4_cases[] = {
	ROW("ipv4-options-4", RETURNED, RFC791, options, 4),
	ROW("ipv4-options-40", RETURNED, RFC791, options, 40),
	ROW("ipv4-tos", RETURNED, ANY, byte, BYTE(1, 0xff)),
	ROW("ipv4-ttl-0", RETURNED, ANY, byte, BYTE(8, 0)),
	ROW("ipv4-ttl-1", RETURNED, ANY, byte, BYTE(8, 1)),
	ROW("ipv4-df", RETURNED, RFC791, byte, BYTE(6, 0x40)),
	ROW("ipv4-reserved-flag", RETURNED, ANY, byte, BYTE(6, 0x80)),
	ROW("ipv4-land", RETURNED, ANY, land, 0),
	ROW("ipv4-addresses-zero", RETURNED, ANY, addresses, 0),
	ROW("ipv4-addresses-broadcast", RETURNED, ANY, addresses, 0xff),
	ROW("ipv4-esp", RETURNED, OPAQUE, other, PROTO_ESP),
	ROW("ipv4-ah", RETURNED, OPAQUE, other, PROTO_AH),
	ROW("ipv4-gre", RETURNED, OPAQUE, other, PROTO_GRE),
	ROW("ipv4-sctp", RETURNED, OPAQUE, other, PROTO_SCTP),
	ROW("ipv4-udplite", RETURNED, OPAQUE, other, PROTO_UDPLITE),
	ROW("ipv4-igmp", RETURNED, OPAQUE, other, 2),
	ROW("ipv4-icmpv6", RETURNED, OPAQUE, other, PROTO_ICMPV6),
	ROW("ipv4-proto-0", RETURNED, OPAQUE, other, 0),
	ROW("ipv4-proto-44", RETURNED, OPAQUE, other, PROTO_FRAG),
	ROW("ipv4-proto-255", RETURNED, OPAQUE, other, 255),
	ROW("ipv4-only-header", RETURNED, OPAQUE, only_header, 255),
	ROW("ipv4-in-ipv4", RETURNED, OPAQUE, nested, 4),
	ROW("ipv6-in-ipv4", RETURNED, OPAQUE, nested, 6),
	ROW("ipv4-of-8500", RETURNED, "fact sheet 1.6", sized, 8500),

	ROW("ipv4-of-1", TRUNCATED, RFC791, cut, 1),
	ROW("ipv4-of-4", TRUNCATED, RFC791, cut, 4),
	ROW("ipv4-of-19", TRUNCATED, RFC791, cut, 19),
	ROW("ipv4-of-20", TRUNCATED, LENGTHS, cut, 20),
	ROW("ipv4-of-28", TRUNCATED, LENGTHS, cut, 28),
	ROW("ipv4-without-last-byte", TRUNCATED, LENGTHS, cut, 59),
	ROW("ipv4-header-0", HEADER, RFC791, header_words, 0),
	ROW("ipv4-header-1", HEADER, RFC791, header_words, 1),
	ROW("ipv4-header-2", HEADER, RFC791, header_words, 2),
	ROW("ipv4-header-3", HEADER, RFC791, header_words, 3),
	ROW("ipv4-header-4", HEADER, RFC791, header_words, 4),
	ROW("ipv4-header-6-beyond", TRUNCATED, RFC791, header_words, 6),
	ROW("ipv4-header-15-beyond", TRUNCATED, RFC791, header_words, 15),
	ROW("ipv4-length-1-long", TRUNCATED, LENGTHS, length, 1),
	ROW("ipv4-length-65535", TRUNCATED, LENGTHS, length_is, 65535),
	ROW("ipv4-length-1-short", TRAILING, LENGTHS, length, -1),
	ROW("ipv4-length-28", TRAILING, LENGTHS, length_is, 28),
	ROW("ipv4-length-20", TRAILING, LENGTHS, length_is, 20),
	ROW("ipv4-length-19", HEADER, LENGTHS, length_is, 19),
	ROW("ipv4-length-0", HEADER, LENGTHS, length_is, 0),
	ROW("ipv4-trailing-1", TRAILING, LENGTHS, trailing, 1),
	ROW("ipv4-trailing-4", TRAILING, LENGTHS, trailing, 4),
	ROW("ipv4-trailing-1400", TRAILING, LENGTHS, trailing, 1400),
	ROW("ipv4-checksum-wrong", CHECKSUM, RFC791, checksum, 0x0001),
	ROW("ipv4-checksum-inverted", CHECKSUM, RFC791, checksum, 0xffff),
	ROW("ipv4-checksum-zero", CHECKSUM, RFC791, checksum_zero, 0),
	ROW("ipv4-checksum-of-options", CHECKSUM, RFC791, options_spoilt, 0),
	{}
};
