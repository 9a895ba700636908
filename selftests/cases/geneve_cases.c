// SPDX-License-Identifier: GPL-2.0-only
/*
 * geneve_cases: rows about the Geneve header and its options. Owns nothing
 * that changes.
 */
#include <string.h>

#include "cases.h"

#define CRITICAL	0x80
#define MAX_OPTIONS	252	/* 63 words, RFC 8926, section 3.4 */

static void open_options(struct packet *p, const struct stage *s)
{
	packet_start(p);
	packet_outer(p, s->gwlb, s->appliance, 0);
	packet_udp(p, 60000, 6081);
	packet_geneve(p);
}

static void own_options(struct packet *p)
{
	packet_endpoint(p, DEFAULT_ENDPOINT);
	packet_attachment(p, 0);
	packet_cookie(p, DEFAULT_COOKIE);
}

/* Total length 60: read as an option header, its low byte says 28 words. */
static void close_options(struct packet *p)
{
	packet_ipv4(p, 0);
	packet_tcp(p, 0);
	packet_fill(p, 20);
	packet_finish(p);
}

static void good(struct packet *p, const struct stage *s)
{
	open_options(p, s);
	own_options(p);
	close_options(p);
}

/* @order: the options as decimal digits, 0 for an unknown one */
static void option_list(struct packet *p, const struct stage *s, int order)
{
	int digit;

	open_options(p, s);
	for (digit = 1000000; digit; digit /= 10) {
		if (order < digit)
			continue;
		switch (order / digit % 10) {
		case OPT_ENDPOINT:
			packet_endpoint(p, DEFAULT_ENDPOINT);
			break;
		case OPT_ATTACHMENT:
			packet_attachment(p, 0);
			break;
		case OPT_COOKIE:
			packet_cookie(p, DEFAULT_COOKIE);
			break;
		default:
			packet_option(p, 0x0132, 1, 4);
		}
	}
	close_options(p);
}

/* One more option. @arg: class, type and length in words */
static void more_option(struct packet *p, const struct stage *s, int arg)
{
	open_options(p, s);
	own_options(p);
	packet_option(p, (unsigned int)arg >> 16, arg >> 8, (arg & 255) * 4);
	close_options(p);
}

static void option_before(struct packet *p, const struct stage *s, int arg)
{
	open_options(p, s);
	packet_option(p, (unsigned int)arg >> 16, arg >> 8, (arg & 255) * 4);
	own_options(p);
	close_options(p);
}

static void option_between(struct packet *p, const struct stage *s, int arg)
{
	open_options(p, s);
	packet_endpoint(p, DEFAULT_ENDPOINT);
	packet_option(p, (unsigned int)arg >> 16, arg >> 8, (arg & 255) * 4);
	packet_attachment(p, 0);
	packet_cookie(p, DEFAULT_COOKIE);
	close_options(p);
}

#define OPTION(class, type, words) \
	((int)((unsigned int)(class) << 16 | (type) << 8 | (words)))

/* As above, and the Geneve header says that there is a critical option. */
static void announced(struct packet *p, const struct stage *s, int arg)
{
	more_option(p, s, arg);
	p->data[p->geneve + 1] |= 0x40;
	packet_reseal(p);
}

static void maximal_area(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	open_options(p, s);
	packet_option(p, 0xfff0, 1, 31 * 4);
	own_options(p);
	packet_option(p, 0xfff0, 2, MAX_OPTIONS - 128 - 32 - 4);
	close_options(p);
}

static void many_empty(struct packet *p, const struct stage *s, int n)
{
	open_options(p, s);
	while (n--)
		packet_option(p, 0xfff0, 1, 0);
	own_options(p);
	close_options(p);
}

static void unknown_list(struct packet *p, const struct stage *s, int n)
{
	open_options(p, s);
	while (n--)
		packet_option(p, 0x0132, 1, 8);
	close_options(p);
}

/* @arg: offset in the Geneve header, and bits to set there */
static void header_bits(struct packet *p, const struct stage *s, int arg)
{
	good(p, s);
	p->data[p->geneve + (arg >> 8)] |= arg;
	packet_reseal(p);
}

#define BITS(off, bits)	((off) << 8 | (bits))

/* The three reserved bits of an option. @off: of the option */
static void option_bits(struct packet *p, const struct stage *s, int off)
{
	good(p, s);
	p->data[p->geneve + 8 + off + 3] |= 0xe0;
	packet_reseal(p);
}

static void protocol(struct packet *p, const struct stage *s, int type)
{
	good(p, s);
	packet_put16(p->data + p->geneve + 2, type);
	packet_reseal(p);
}

static void endpoint_is(struct packet *p, const struct stage *s, int id)
{
	open_options(p, s);
	packet_endpoint(p, (long long)id);
	packet_attachment(p, 0);
	packet_cookie(p, DEFAULT_COOKIE);
	close_options(p);
}

static void attachment_is(struct packet *p, const struct stage *s, int id)
{
	open_options(p, s);
	packet_endpoint(p, DEFAULT_ENDPOINT);
	packet_attachment(p, (long long)id);
	packet_cookie(p, DEFAULT_COOKIE);
	close_options(p);
}

static void cookie_is(struct packet *p, const struct stage *s, int cookie)
{
	open_options(p, s);
	packet_endpoint(p, DEFAULT_ENDPOINT);
	packet_attachment(p, 0);
	packet_cookie(p, cookie);
	close_options(p);
}

/* The packet ends @len bytes behind the UDP header. */
static void cut(struct packet *p, const struct stage *s, int len)
{
	good(p, s);
	packet_cut(p, p->geneve + len);
}

/* The option area is so many words, whatever there is. */
static void area(struct packet *p, const struct stage *s, int words)
{
	good(p, s);
	p->data[p->geneve] = words;
	packet_reseal(p);
}

/* @arg: where an option begins, and the length in words it is given */
static void option_length(struct packet *p, const struct stage *s, int arg)
{
	good(p, s);
	p->data[p->geneve + 8 + (arg >> 8) + 3] = arg;
	packet_reseal(p);
}

/* One of GWLB's options is @arg & 255 words long, all else is right. */
static void resized(struct packet *p, const struct stage *s, int arg)
{
	int type, words = arg & 255;

	open_options(p, s);
	for (type = OPT_ENDPOINT; type <= OPT_COOKIE; type++) {
		if (type == arg >> 8)
			packet_option(p, AMAZON_CLASS, type, words * 4);
		else if (type == OPT_ENDPOINT)
			packet_endpoint(p, DEFAULT_ENDPOINT);
		else if (type == OPT_ATTACHMENT)
			packet_attachment(p, 0);
		else
			packet_cookie(p, DEFAULT_COOKIE);
	}
	close_options(p);
}

#define SIZE(type, words)	((type) << 8 | (words))

static void other_cookie_again(struct packet *p, const struct stage *s,
			       int arg)
{
	(void)arg;
	open_options(p, s);
	own_options(p);
	packet_cookie(p, DEFAULT_COOKIE + 1);
	close_options(p);
}

/* All three, but of another cloud's class. */
static void other_class(struct packet *p, const struct stage *s, int class)
{
	good(p, s);
	packet_put16(p->data + p->geneve + 8, class);
	packet_put16(p->data + p->geneve + 8 + 12, class);
	packet_put16(p->data + p->geneve + 8 + 24, class);
	packet_reseal(p);
}

/* @arg: what Geneve says, and what the first byte of the packet is */
static void inner_version(struct packet *p, const struct stage *s, int arg)
{
	good(p, s);
	packet_put16(p->data + p->geneve + 2, arg >> 8);
	p->data[p->inner] = arg;
	packet_reseal(p);
}

#define INNER(type, byte)	((type) << 8 | (byte))

static void no_inner(struct packet *p, const struct stage *s, int type)
{
	good(p, s);
	packet_put16(p->data + p->geneve + 2, type);
	packet_cut(p, p->inner);
}

#define RETURNED	GWLB_REASON_RETURNED
#define TRUNCATED	GWLB_REASON_DROP_GENEVE_TRUNCATED
#define VERSION		GWLB_REASON_DROP_GENEVE_VERSION
#define CONTROL		GWLB_REASON_DROP_GENEVE_CONTROL
#define PROTOCOL	GWLB_REASON_DROP_GENEVE_PROTOCOL
#define OVERRUN		GWLB_REASON_DROP_OPTION_OVERRUN
#define UNKNOWN		GWLB_REASON_DROP_OPTION_CRITICAL
#define LENGTH		GWLB_REASON_DROP_OPTION_LENGTH
#define DUPLICATE	GWLB_REASON_DROP_OPTION_DUPLICATE
#define NO_ENDPOINT	GWLB_REASON_DROP_NO_ENDPOINT
#define NO_COOKIE	GWLB_REASON_DROP_NO_COOKIE
#define MISMATCH	GWLB_REASON_DROP_INNER_VERSION

#define ORDER	"fact sheet 1.4: walk the options, any order"
#define EXTRA	"RFC 8926, 3.5: unknown options that are not critical"
#define IGNORED	"RFC 8926, 3.4: ignored on receipt"
#define RESERVED "RFC 8926, 3.5: R bits are ignored on receipt"
#define CRIT	"RFC 8926, 3.5: unknown and critical is dropped"
#define HEADER	"RFC 8926, 3.4"
#define AREA	"RFC 8926, 3.4 and 3.5: options fill the area exactly"
#define SIZES	"fact sheet 1.1: 8, 8 and 4 bytes"
#define ONCE	"gwlb.yaml: occurs twice"
#define VALUE	"fact sheet 1.1: any value"

const struct packet_case geneve_cases[] = {
	ROW("options-132", RETURNED, ORDER, option_list, 132),
	ROW("options-213", RETURNED, ORDER, option_list, 213),
	ROW("options-231", RETURNED, ORDER, option_list, 231),
	ROW("options-312", RETURNED, ORDER, option_list, 312),
	ROW("options-321", RETURNED, ORDER, option_list, 321),
	ROW("options-without-attachment", RETURNED,
	    "gwlb.yaml: only endpoint and cookie can be missing",
	    option_list, 13),
	ROW("options-cookie-endpoint", RETURNED, ORDER, option_list, 31),
	ROW("options-mixed", RETURNED, ORDER, option_list, 3020010),
	ROW("option-unknown-last", RETURNED, EXTRA, more_option,
	    OPTION(0x0132, 1, 1)),
	ROW("option-unknown-first", RETURNED, EXTRA, option_before,
	    OPTION(0x0132, 1, 2)),
	ROW("option-unknown-between", RETURNED, EXTRA, option_between,
	    OPTION(0x0132, 1, 3)),
	ROW("option-amazon-type-4", RETURNED, EXTRA, more_option,
	    OPTION(AMAZON_CLASS, 4, 2)),
	ROW("option-amazon-type-0", RETURNED, EXTRA, option_before,
	    OPTION(AMAZON_CLASS, 0, 1)),
	ROW("option-amazon-type-127", RETURNED, EXTRA, more_option,
	    OPTION(AMAZON_CLASS, 127, 0)),
	ROW("option-tencent-cookie", RETURNED, EXTRA, more_option,
	    OPTION(0x0167, 3, 1)),
	ROW("option-class-0-type-0", RETURNED, EXTRA, more_option, 0),
	ROW("option-class-ffff", RETURNED, EXTRA, more_option,
	    OPTION(0xffff, 127, 4)),
	ROW("option-empty-first", RETURNED, EXTRA, option_before,
	    OPTION(0x0132, 1, 0)),
	ROW("option-empty-last", RETURNED, EXTRA, more_option,
	    OPTION(0x0132, 1, 0)),
	ROW("option-of-31-words", RETURNED, EXTRA, more_option,
	    OPTION(0x0132, 1, 31)),
	ROW("options-252-bytes", RETURNED, EXTRA, maximal_area, 0),
	ROW("options-252-bytes-of-empty", RETURNED, EXTRA, many_empty, 55),
	ROW("geneve-c-bit-alone", RETURNED,
	    "RFC 8926, 3.4: it only tells to look", header_bits,
	    BITS(1, 0x40)),
	ROW("geneve-c-bit-unknown-option", RETURNED,
	    "RFC 8926, 3.4: it only tells to look", announced,
	    OPTION(0x0132, 1, 1)),
	ROW("geneve-reserved-flags", RETURNED, IGNORED, header_bits,
	    BITS(1, 0x3f)),
	ROW("geneve-reserved-byte", RETURNED, IGNORED, header_bits,
	    BITS(7, 0xff)),
	ROW("geneve-vni-1", RETURNED, "fact sheet 1.4", header_bits,
	    BITS(6, 1)),
	ROW("geneve-vni-high", RETURNED, "fact sheet 1.4", header_bits,
	    BITS(4, 0xff)),
	ROW("endpoint-reserved-bits", RETURNED, RESERVED, option_bits, 0),
	ROW("attachment-reserved-bits", RETURNED, RESERVED, option_bits, 12),
	ROW("cookie-reserved-bits", RETURNED, RESERVED, option_bits, 24),
	ROW("endpoint-zero", RETURNED, VALUE, endpoint_is, 0),
	ROW("endpoint-all-ones", RETURNED, VALUE, endpoint_is, -1),
	ROW("attachment-1", RETURNED, "fact sheet 1.1: do not drop",
	    attachment_is, 1),
	ROW("attachment-all-ones", RETURNED, "fact sheet 1.1: do not drop",
	    attachment_is, -1),
	ROW("cookie-zero", RETURNED, VALUE, cookie_is, 0),
	ROW("cookie-all-ones", RETURNED, VALUE, cookie_is, -1),

	ROW("geneve-of-0", TRUNCATED, HEADER, cut, 0),
	ROW("geneve-of-1", TRUNCATED, HEADER, cut, 1),
	ROW("geneve-of-4", TRUNCATED, HEADER, cut, 4),
	ROW("geneve-of-7", TRUNCATED, HEADER, cut, 7),
	ROW("geneve-version-1", VERSION, HEADER, header_bits, BITS(0, 0x40)),
	ROW("geneve-version-2", VERSION, HEADER, header_bits, BITS(0, 0x80)),
	ROW("geneve-version-3", VERSION, HEADER, header_bits, BITS(0, 0xc0)),
	ROW("geneve-o-bit", CONTROL, HEADER, header_bits, BITS(1, 0x80)),
	ROW("geneve-o-and-c-bit", CONTROL, HEADER, header_bits,
	    BITS(1, 0xc0)),
	ROW("geneve-ethernet", PROTOCOL, "fact sheet 1.1", protocol, 0x6558),
	ROW("geneve-arp", PROTOCOL, HEADER, protocol, 0x0806),
	ROW("geneve-protocol-0", PROTOCOL, HEADER, protocol, 0),
	ROW("geneve-protocol-byte-swapped", PROTOCOL, HEADER, protocol, 8),
	ROW("geneve-mpls", PROTOCOL, HEADER, protocol, 0x8847),
	ROW("geneve-protocol-ffff", PROTOCOL, HEADER, protocol, 0xffff),

	ROW("area-cut-0", OVERRUN, AREA, cut, 8),
	ROW("area-cut-in-first-header", OVERRUN, AREA, cut, 10),
	ROW("area-cut-after-first-header", OVERRUN, AREA, cut, 12),
	ROW("area-cut-after-endpoint", OVERRUN, AREA, cut, 20),
	ROW("area-cut-before-last-byte", OVERRUN, AREA, cut, 39),
	ROW("area-63-words", OVERRUN, AREA, area, 63),
	ROW("area-1-word-long", OVERRUN, AREA, area, 9),
	ROW("area-1-word-short", OVERRUN, AREA, area, 7),
	ROW("area-ends-in-attachment", OVERRUN, AREA, area, 5),
	ROW("area-ends-in-endpoint", OVERRUN, AREA, area, 1),
	ROW("cookie-overruns-by-1", OVERRUN, AREA, option_length,
	    SIZE(24, 2)),
	ROW("cookie-overruns-by-30", OVERRUN, AREA, option_length,
	    SIZE(24, 31)),
	ROW("endpoint-overruns", OVERRUN, AREA, option_length, SIZE(0, 31)),

	ROW("critical", UNKNOWN, CRIT, more_option,
	    OPTION(0x0132, CRITICAL | 1, 1)),
	ROW("critical-announced", UNKNOWN, CRIT, announced,
	    OPTION(0x0132, CRITICAL | 1, 1)),
	ROW("critical-first", UNKNOWN, CRIT, option_before,
	    OPTION(0x0132, CRITICAL | 1, 1)),
	ROW("critical-between", UNKNOWN, CRIT, option_between,
	    OPTION(0x0132, CRITICAL | 1, 1)),
	ROW("critical-empty", UNKNOWN, CRIT, more_option,
	    OPTION(0xfff0, CRITICAL, 0)),
	ROW("critical-amazon-type-1", UNKNOWN, CRIT, more_option,
	    OPTION(AMAZON_CLASS, CRITICAL | 1, 2)),
	ROW("critical-amazon-type-3", UNKNOWN, CRIT, option_before,
	    OPTION(AMAZON_CLASS, CRITICAL | 3, 1)),
	ROW("critical-amazon-type-4", UNKNOWN, CRIT, announced,
	    OPTION(AMAZON_CLASS, CRITICAL | 4, 1)),

	ROW("endpoint-of-0", LENGTH, SIZES, resized, SIZE(1, 0)),
	ROW("endpoint-of-4", LENGTH, SIZES, resized, SIZE(1, 1)),
	ROW("endpoint-of-12", LENGTH, SIZES, resized, SIZE(1, 3)),
	ROW("endpoint-of-124", LENGTH, SIZES, resized, SIZE(1, 31)),
	ROW("attachment-of-0", LENGTH, SIZES, resized, SIZE(2, 0)),
	ROW("attachment-of-4", LENGTH, SIZES, resized, SIZE(2, 1)),
	ROW("attachment-of-12", LENGTH, SIZES, resized, SIZE(2, 3)),
	ROW("cookie-of-0", LENGTH, SIZES, resized, SIZE(3, 0)),
	ROW("cookie-of-8", LENGTH, SIZES, resized, SIZE(3, 2)),

	ROW("endpoint-twice", DUPLICATE, ONCE, option_list, 1123),
	ROW("attachment-twice", DUPLICATE, ONCE, option_list, 1223),
	ROW("cookie-twice", DUPLICATE, ONCE, option_list, 1233),
	ROW("endpoint-first-and-last", DUPLICATE, ONCE, option_list, 1231),
	ROW("cookie-twice-different", DUPLICATE, ONCE, other_cookie_again, 0),

	ROW("no-options", NO_ENDPOINT, "gwlb.yaml", option_list, 0),
	ROW("no-endpoint", NO_ENDPOINT, "gwlb.yaml", option_list, 23),
	ROW("only-unknown-options", NO_ENDPOINT, "gwlb.yaml", unknown_list, 2),
	ROW("tencent", NO_ENDPOINT, "fact sheet 1.5", other_class, 0x0167),
	ROW("class-byte-swapped", NO_ENDPOINT, "fact sheet 1.1", other_class,
	    0x0801),
	ROW("no-cookie", NO_COOKIE, "gwlb.yaml", option_list, 12),
	ROW("only-endpoint", NO_COOKIE, "gwlb.yaml", option_list, 1),
	ROW("area-ends-before-cookie", NO_COOKIE, AREA, area, 6),

	ROW("ipv4-says-ipv6", MISMATCH, "gwlb.yaml", inner_version,
	    INNER(0x86dd, 0x45)),
	ROW("ipv6-says-ipv4", MISMATCH, "gwlb.yaml", inner_version,
	    INNER(0x0800, 0x60)),
	ROW("inner-version-0", MISMATCH, "gwlb.yaml", inner_version,
	    INNER(0x0800, 0x05)),
	ROW("inner-version-5", MISMATCH, "gwlb.yaml", inner_version,
	    INNER(0x0800, 0x55)),
	ROW("inner-version-5-in-ipv6", MISMATCH, "gwlb.yaml", inner_version,
	    INNER(0x86dd, 0x50)),
	ROW("inner-version-15", MISMATCH, "gwlb.yaml", inner_version,
	    INNER(0x86dd, 0xf0)),
	ROW("no-inner-ipv4", MISMATCH, "gwlb.yaml: there is no inner packet",
	    no_inner, 0x0800),
	ROW("no-inner-ipv6", MISMATCH, "gwlb.yaml: there is no inner packet",
	    no_inner, 0x86dd),
	{}
};
