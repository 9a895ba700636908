// SPDX-License-Identifier: GPL-2.0-only
/*
 * One packet of a load balancer, taken apart: outer headers, Geneve header and
 * options, and what is wrong with them, and where. In the order in which the
 * module asks, as the first thing that is wrong is what it counts. What it
 * says itself is asked of its own parser. Pure.
 */

#include <linux/gwlb.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "geneve.h"

#define IPV4_HEADER	20
#define IPV4_MORE	0x2000
#define IPV4_OFFSET	0x1fff

/* Of the Geneve header (RFC 8926, section 3.4) and its options */
#define FLAG_CONTROL	0x80
#define OPTION_HEADER	4
#define CLASS_GWLB	0x0108

/* The longest payload of UDP over IPv4 */
#define DATAGRAM	(65535U - IPV4_HEADER - GENEVE_UDP)

/**
 * geneve_wrong() - say what is wrong, unless something is already
 * @g: the packet
 * @reason: what the module would say
 * @at: where
 * @format: a sentence, as printf()
 */
void geneve_wrong(struct geneve *g, __u32 reason, size_t at,
		  const char *format, ...)
{
	va_list ap;

	if (g->fault.found || g->cut)
		return;
	g->fault.found = true;
	g->fault.reason = reason;
	g->fault.at = at;
	va_start(ap, format);
	vsnprintf(g->fault.text, sizeof(g->fault.text), format, ap);
	va_end(ap);
}

/**
 * geneve_has() - are there so many bytes
 * @g: the packet
 * @at: from here on
 * @n: so many
 * @reason: what the module says of a packet that does not have them
 * @what: what they are
 *
 * Return: true if they are there, and can be read.
 */
bool geneve_has(struct geneve *g, size_t at, size_t n, __u32 reason,
		const char *what)
{
	if (at + n > g->end) {
		geneve_wrong(g, reason, g->end,
			     "%s has %zu bytes from %zu on, and the packet ends before",
			     what, n, at);
		return false;
	}
	if (at + n > g->len && !g->fault.found)
		g->cut = true;
	return at + n <= g->len;
}

/* Is there an IPv4 header, as a whole? */
static bool walk_ip(struct geneve *g)
{
	const __u8 *ip = g->data + g->ip;
	size_t header;

	if (!g->frame.protocol && g->len < g->whole) {
		g->cut = true;
		return false;
	}
	if (g->frame.protocol != ETH_P_IP) {
		g->passed = true;
		geneve_wrong(g, 0, g->ip > 2 ? g->ip - 2 : 0,
			     "this is no IPv4 packet");
		return false;
	}
	if (!geneve_has(g, g->ip, IPV4_HEADER, 0, "the outer IPv4 header"))
		return false;
	header = (ip[0] & 0xf) * 4U;
	if (ip[0] >> 4 != 4 || header < IPV4_HEADER) {
		geneve_wrong(g, 0, g->ip,
			     "no IPv4 header begins with 0x%02x", ip[0]);
		return false;
	}
	g->udp = g->ip + header;
	g->has_ip = geneve_has(g, g->ip, header, 0, "the outer IPv4 header");
	return g->has_ip;
}

/* Does the host take it, or discard it before anybody else sees it? What can
 * be read is read nevertheless.
 */
static bool check_ip(struct geneve *g)
{
	const __u8 *ip = g->data + g->ip;
	size_t end = g->ip + bytes_16(ip + 2);

	if (bytes_sum(ip, g->udp - g->ip, 0))
		geneve_wrong(g, 0, g->ip + 10,
			     "the checksum of the outer IPv4 header is wrong");
	if (end < g->udp)
		geneve_wrong(g, 0, g->ip + 2,
			     "the outer length is %zu, less than its header",
			     end - g->ip);
	else if (end > g->whole)
		geneve_wrong(g, 0, g->ip + 2,
			     "the outer length is %zu, but there are %zu bytes",
			     end - g->ip, g->whole - g->ip);
	else
		g->end = end;
	return !g->fault.found;
}

/* Is it for the module? */
static bool walk_outer(struct geneve *g)
{
	const __u8 *ip = g->data + g->ip;

	if (ip[9] != IPPROTO_UDP) {
		geneve_wrong(g, GWLB_REASON_PASS_OTHER, g->ip + 9,
			     "protocol %u is not UDP", ip[9]);
		return false;
	}
	if (bytes_16(ip + 6) & (IPV4_MORE | IPV4_OFFSET)) {
		geneve_wrong(g, GWLB_REASON_PASS_FRAGMENT, g->ip + 6,
			     "this is a fragment of the outer packet");
		return false;
	}
	if (!geneve_has(g, g->udp, GENEVE_UDP, GWLB_REASON_PASS_OTHER,
			"the outer UDP header"))
		return false;
	if (bytes_16(g->data + g->udp + 2) != GWLB_UDP_PORT) {
		geneve_wrong(g, GWLB_REASON_PASS_OTHER, g->udp + 2,
			     "UDP port %u is not %u",
			     bytes_16(g->data + g->udp + 2), GWLB_UDP_PORT);
		return false;
	}
	g->has_udp = true;
	return true;
}

static void check_udp(struct geneve *g)
{
	__u16 length = bytes_16(g->data + g->udp + 4);

	if (length != g->end - g->udp)
		geneve_wrong(g, GWLB_REASON_DROP_UDP_LENGTH, g->udp + 4,
			     "the UDP length is %u, but the IP packet has %zu bytes for it",
			     length, g->end - g->udp);
}

/* Return: IP version of what is inside, or 0 if that cannot be known */
static int walk_tunnel(struct geneve *g)
{
	const __u8 *tunnel = g->data + g->tunnel;
	__u16 protocol;

	if (!geneve_has(g, g->tunnel, GENEVE_HEADER,
			GWLB_REASON_DROP_GENEVE_TRUNCATED,
			"the Geneve header"))
		return 0;
	g->has_tunnel = true;
	if (tunnel[0] >> 6) {
		geneve_wrong(g, GWLB_REASON_DROP_GENEVE_VERSION, g->tunnel,
			     "the Geneve version is %u, not 0",
			     tunnel[0] >> 6);
		return 0;
	}
	if (tunnel[1] & FLAG_CONTROL)
		geneve_wrong(g, GWLB_REASON_DROP_GENEVE_CONTROL,
			     g->tunnel + 1,
			     "the O bit is set: this is a control packet");
	protocol = bytes_16(tunnel + 2);
	if (protocol == ETH_P_IP)
		return 4;
	if (protocol == ETH_P_IPV6)
		return 6;
	geneve_wrong(g, GWLB_REASON_DROP_GENEVE_PROTOCOL, g->tunnel + 2,
		     "the protocol inside is 0x%04x, neither IPv4 nor IPv6",
		     protocol);
	return 0;
}

/* Takes the next option apart. Return: false if it is not there as a whole */
static bool read_option(struct geneve *g, size_t at, size_t end,
			struct geneve_option *option)
{
	const __u8 *data = g->data + at;

	if (at + OPTION_HEADER > end || at + OPTION_HEADER > g->len)
		return false;
	*option = (struct geneve_option) {
		.at = at, .class = bytes_16(data), .type = data[2],
		.len = (data[3] & 0x1f) * 4,
	};
	if (option->class == CLASS_GWLB && option->type >= GENEVE_ENDPOINT &&
	    option->type <= GENEVE_COOKIE)
		option->known = option->type;
	if (at + OPTION_HEADER + option->len > end) {
		geneve_wrong(g, GWLB_REASON_DROP_OPTION_OVERRUN, at + 3,
			     "the option from %zu on has %u bytes, but there are %zu left for options",
			     at, option->len, end - at - OPTION_HEADER);
		return false;
	}
	return at + OPTION_HEADER + option->len <= g->len;
}

static void check_option(struct geneve *g, const struct geneve_option *option,
			 const bool seen[])
{
	const char *name = geneve_option_name(option);
	__u8 len = option->known == GENEVE_COOKIE ? 4 : 8;

	if (!option->known) {
		if (option->type & GENEVE_CRITICAL)
			geneve_wrong(g, GWLB_REASON_DROP_OPTION_CRITICAL,
				     option->at + 2,
				     "nobody knows this option (class 0x%04x, type 0x%02x), and it is marked critical",
				     option->class, option->type);
		return;
	}
	if (option->len != len)
		geneve_wrong(g, GWLB_REASON_DROP_OPTION_LENGTH,
			     option->at + 3,
			     "the option %s has %u bytes, not %u",
			     name, option->len, len);
	else if (seen[option->known])
		geneve_wrong(g, GWLB_REASON_DROP_OPTION_DUPLICATE, option->at,
			     "the option %s is there twice",
			     name);
}

static void walk_options(struct geneve *g, size_t len)
{
	size_t at = g->tunnel + GENEVE_HEADER, end = at + len;
	bool seen[GENEVE_COOKIE + 1] = { false };
	struct geneve_option *option;

	geneve_has(g, at, len, GWLB_REASON_DROP_OPTION_OVERRUN,
		   "the area of options");
	while (g->option_count < GENEVE_OPTIONS) {
		option = &g->options[g->option_count];
		if (!read_option(g, at, end, option))
			break;
		check_option(g, option, seen);
		seen[option->known] = true;
		at += OPTION_HEADER + option->len;
		g->option_count++;
	}
	if (!seen[GENEVE_ENDPOINT])
		geneve_wrong(g, GWLB_REASON_DROP_NO_ENDPOINT,
			     g->tunnel + GENEVE_HEADER,
			     "no option names the VPC endpoint");
	if (!seen[GENEVE_COOKIE])
		geneve_wrong(g, GWLB_REASON_DROP_NO_COOKIE,
			     g->tunnel + GENEVE_HEADER,
			     "no option has the flow cookie");
}

static void walk_inner(struct geneve *g, int version)
{
	int found;

	if (!geneve_has(g, g->inner, 1, GWLB_REASON_DROP_INNER_VERSION,
			"the inner packet"))
		return;
	g->has_inner = true;
	found = g->data[g->inner] >> 4;
	if (version && found != version)
		geneve_wrong(g, GWLB_REASON_DROP_INNER_VERSION, g->inner,
			     "the inner packet says that it is IP version %d, the Geneve header that it is %d",
			     found, version);
	if (!g->fault.found && !g->cut)
		geneve_check_inner(g, version);
}

/* From the Geneve header on */
static void walk_rest(struct geneve *g)
{
	size_t options;
	int version;

	version = walk_tunnel(g);
	if (!g->has_tunnel || g->data[g->tunnel] >> 6)
		return;
	options = (g->data[g->tunnel] & 0x3f) * 4U;
	g->inner = g->tunnel + GENEVE_HEADER + options;
	walk_options(g, options);
	walk_inner(g, version);
}

/* Return: true if the module gets to see it */
static bool walk(struct geneve *g)
{
	bool taken;

	g->ip = g->frame.at;
	if (!walk_ip(g))
		return false;
	taken = check_ip(g);
	if (walk_outer(g)) {
		check_udp(g);
		g->tunnel = g->udp + GENEVE_UDP;
		walk_rest(g);
	}
	return taken;
}

static bool walk_bare(struct geneve *g)
{
	if (g->end > DATAGRAM) {
		geneve_wrong(g, 0, DATAGRAM, "no datagram is so long");
		return false;
	}
	walk_rest(g);
	return true;
}

/**
 * geneve_decode() - take a packet apart
 * @link: what it begins with
 * @data: the packet, as far as it is there
 * @len: how many bytes are there
 * @whole: how many it had
 * @g: filled in; refers to @data. Its frame's link is FRAME_GUESS if nobody
 *	can tell what it begins with, and then nothing else is known.
 */
void geneve_decode(enum frame_link link, const __u8 *data, size_t len,
		   size_t whole, struct geneve *g)
{
	int verdict;

	memset(g, 0, sizeof(*g));
	g->data = data;
	g->len = len;
	g->whole = whole;
	g->end = whole;
	g->judge = GENEVE_BY_HOST;
	frame_read(link, data, len, &g->frame);
	if (g->frame.link == FRAME_GENEVE ? walk_bare(g) : walk(g)) {
		verdict = geneve_ask_module(g);
		g->judge = GENEVE_BY_MODULE;
		g->reason = verdict > 0 ? (__u32)verdict : 0;
	}
	if (g->cut)
		g->judge = GENEVE_BY_NOBODY;
}

/**
 * geneve_is_ours() - is it a packet to Geneve's port, right or wrong
 * @g: the packet
 *
 * Return: true if it is, as far as that is to be seen.
 */
bool geneve_is_ours(const struct geneve *g)
{
	if (g->has_udp || g->has_tunnel)
		return true;
	return g->has_ip && g->data[g->ip + 9] == IPPROTO_UDP &&
	       g->udp + GENEVE_UDP <= g->len &&
	       !(bytes_16(g->data + g->ip + 6) & IPV4_OFFSET) &&
	       bytes_16(g->data + g->udp + 2) == GWLB_UDP_PORT;
}

/**
 * geneve_is_malformed() - is it one of ours, and wrong
 * @g: the packet
 *
 * Return: true if nobody would take it.
 */
bool geneve_is_malformed(const struct geneve *g)
{
	return geneve_is_ours(g) && g->fault.found;
}

/**
 * geneve_checksum() - what the outer UDP checksum is
 * @g: the packet
 *
 * Return: that.
 */
enum geneve_checksum geneve_checksum(const struct geneve *g)
{
	size_t length = g->end - g->udp;
	__u32 sum = IPPROTO_UDP;
	const __u8 *ip;

	if (!g->has_udp || bytes_16(g->data + g->udp + 4) != length)
		return GENEVE_SUM_UNKNOWN;
	if (!bytes_16(g->data + g->udp + 6))
		return GENEVE_SUM_NONE;
	if (g->len < g->end)
		return GENEVE_SUM_UNKNOWN;
	ip = g->data + g->ip;
	sum += (__u32)length + bytes_16(ip + 12) + bytes_16(ip + 14) +
	       bytes_16(ip + 16) + bytes_16(ip + 18);
	return bytes_sum(g->data + g->udp, length, sum) ? GENEVE_SUM_WRONG :
	       GENEVE_SUM_RIGHT;
}
