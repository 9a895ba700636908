// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with an inner packet, and where: from its IP header to that of
 * its transport, in the order in which the module asks. Pure.
 */

#include <linux/gwlb.h>
#include <netinet/in.h>

#include "bytes.h"
#include "geneve.h"

#define IPV4_HEADER	20
#define IPV4_MORE	0x2000
#define IPV4_OFFSET	0x1fff
#define IPV6_HEADER	40
#define IPV6_MORE	0x0001
#define IPV6_OFFSET	0xfff8
#define IPV6_EXTENSIONS	8
/* The least that a header behind the IPv6 header has */
#define EXTENSION	8
#define TCP_HEADER	20
#define UDP_HEADER	8
#define ICMP_HEADER	8
#define LARGEST		65535U

/* Which part of a packet it is */
enum part {
	PART_WHOLE,
	PART_FIRST,
	PART_LATER,
};

/**
 * struct chain - where we are among the headers of an inner packet
 * @g: the packet
 * @version: 4 or 6
 * @at: the next header
 * @type: what that is
 * @part: which part of a packet it is
 */
struct chain {
	struct geneve *g;
	int version;
	size_t at;
	__u8 type;
	enum part part;
};

/* What the module calls a header that is cut off. A first fragment has to have
 * all of them.
 */
static __u32 cut_off(const struct chain *c, __u32 otherwise)
{
	return c->part == PART_FIRST ? GWLB_REASON_DROP_INNER_TINY_FRAGMENT :
	       otherwise;
}

/* @where: offset of the field that says that it is a fragment. @head: how many
 * bytes of headers its length counts. @off: where its @len bytes go. Return:
 * true if headers follow.
 */
static bool check_fragment(struct chain *c, size_t where, size_t head,
			   __u32 off, size_t len, bool more)
{
	if (!len)
		geneve_wrong(c->g, GWLB_REASON_DROP_INNER_FRAGMENT, where,
			     "the inner fragment is empty");
	else if (more && len % 8)
		geneve_wrong(c->g, GWLB_REASON_DROP_INNER_FRAGMENT, where,
			     "more fragments follow, but this one has %zu bytes, which is no multiple of 8",
			     len);
	else if (head + off + len > LARGEST)
		geneve_wrong(c->g, GWLB_REASON_DROP_INNER_FRAGMENT, where,
			     "the inner fragment ends at %zu, beyond what a packet can have",
			     head + off + len);
	else if (c->type == IPPROTO_TCP && off == 8)
		geneve_wrong(c->g, GWLB_REASON_DROP_INNER_TINY_FRAGMENT,
			     where,
			     "the inner fragment begins at 8, within the TCP header");
	/* RFC 8200, 4.5: its next header is not what it is part of. */
	else if (c->version == 6 && off == 8)
		geneve_wrong(c->g, GWLB_REASON_DROP_INNER_TINY_FRAGMENT,
			     where,
			     "the inner fragment begins at 8, where the TCP header may be");
	c->part = off ? PART_LATER : PART_FIRST;
	return !c->g->fault.found && !off;
}

static bool check_length(struct geneve *g, size_t where, size_t claimed)
{
	size_t there = g->end - g->inner;

	if (claimed > there)
		geneve_wrong(g, GWLB_REASON_DROP_INNER_TRUNCATED, where,
			     "the inner length is %zu, but there are %zu bytes",
			     claimed, there);
	else if (claimed < there)
		geneve_wrong(g, GWLB_REASON_DROP_INNER_TRAILING,
			     g->inner + claimed,
			     "the inner length is %zu, and %zu bytes follow",
			     claimed, there - claimed);
	return claimed == there;
}

static void check_tcp(struct chain *c, __u32 cut)
{
	struct geneve *g = c->g;
	size_t header;

	if (!geneve_has(g, c->at, TCP_HEADER, cut, "the inner TCP header"))
		return;
	header = (g->data[c->at + 12] >> 4) * 4U;
	if (header < TCP_HEADER)
		geneve_wrong(g, GWLB_REASON_DROP_INNER_TRANSPORT, c->at + 12,
			     "the inner TCP header has %zu bytes, less than %d",
			     header, TCP_HEADER);
	else if (c->at + header > g->end)
		geneve_wrong(g, cut, c->at + 12,
			     "the inner TCP header has %zu bytes, but there are %zu",
			     header, g->end - c->at);
}

static void check_udp(struct chain *c, __u32 cut)
{
	struct geneve *g = c->g;
	size_t length;

	if (!geneve_has(g, c->at, UDP_HEADER, cut, "the inner UDP header"))
		return;
	length = bytes_16(g->data + c->at + 4);
	if (length < UDP_HEADER)
		geneve_wrong(g, GWLB_REASON_DROP_INNER_TRANSPORT, c->at + 4,
			     "the inner UDP length is %zu, less than %d",
			     length, UDP_HEADER);
	else if (c->part == PART_WHOLE && c->at + length > g->end)
		geneve_wrong(g, GWLB_REASON_DROP_INNER_TRANSPORT, c->at + 4,
			     "the inner UDP length is %zu, but there are %zu bytes",
			     length, g->end - c->at);
}

static void check_transport(struct chain *c)
{
	__u32 cut = cut_off(c, GWLB_REASON_DROP_INNER_TRANSPORT);
	__u8 icmp = c->version == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;

	if (c->type == IPPROTO_TCP)
		check_tcp(c, cut);
	else if (c->type == IPPROTO_UDP)
		check_udp(c, cut);
	else if (c->type == icmp)
		geneve_has(c->g, c->at, ICMP_HEADER, cut,
			   "the inner ICMP header");
}

static bool check_ipv4_header(struct geneve *g, size_t *header)
{
	const __u8 *ip = g->data + g->inner;
	__u32 reason = GWLB_REASON_DROP_INNER_TRUNCATED;
	__u16 sum;

	if (!geneve_has(g, g->inner, IPV4_HEADER, reason,
			"the inner IPv4 header"))
		return false;
	*header = (ip[0] & 0xf) * 4U;
	if (*header < IPV4_HEADER) {
		geneve_wrong(g, GWLB_REASON_DROP_INNER_HEADER, g->inner,
			     "the inner IPv4 header has %zu bytes, less than %d",
			     *header, IPV4_HEADER);
		return false;
	}
	if (!geneve_has(g, g->inner, *header, reason, "the inner IPv4 header"))
		return false;
	if (bytes_sum(ip, *header, 0)) {
		/* the sum of all but itself */
		sum = ~bytes_sum(ip, 10, 0);
		sum = bytes_sum(ip + 12, *header - 12, sum);
		geneve_wrong(g, GWLB_REASON_DROP_INNER_CHECKSUM,
			     g->inner + 10,
			     "the checksum of the inner IPv4 header is 0x%04x, not 0x%04x",
			     bytes_16(ip + 10), sum);
		return false;
	}
	if (bytes_16(ip + 2) < *header) {
		geneve_wrong(g, GWLB_REASON_DROP_INNER_HEADER, g->inner + 2,
			     "the inner length is %u, less than its header",
			     bytes_16(ip + 2));
		return false;
	}
	return check_length(g, g->inner + 2, bytes_16(ip + 2));
}

static void check_ipv4(struct chain *c)
{
	struct geneve *g = c->g;
	const __u8 *ip = g->data + g->inner;
	__u16 fragment;
	size_t header;

	if (!check_ipv4_header(g, &header))
		return;
	c->type = ip[9];
	c->at = g->inner + header;
	fragment = bytes_16(ip + 6);
	if ((fragment & (IPV4_MORE | IPV4_OFFSET)) &&
	    !check_fragment(c, g->inner + 6, header,
			    (fragment & IPV4_OFFSET) * 8U, g->end - c->at,
			    fragment & IPV4_MORE))
		return;
	check_transport(c);
}

static bool is_extension(__u8 type)
{
	return type == IPPROTO_HOPOPTS || type == IPPROTO_ROUTING ||
	       type == IPPROTO_FRAGMENT || type == IPPROTO_AH ||
	       type == IPPROTO_DSTOPTS;
}

static bool check_place(const struct chain *c, int before, bool fragmented)
{
	const char *why = NULL;

	if (before == IPV6_EXTENSIONS)
		why = "there are more than 8 extension headers";
	else if (c->type == IPPROTO_HOPOPTS && before)
		why = "a hop-by-hop header can only be the first one";
	else if (c->type == IPPROTO_FRAGMENT && fragmented)
		why = "there is more than one fragment header";
	if (why)
		geneve_wrong(c->g, GWLB_REASON_DROP_INNER_CHAIN, c->at, "%s",
			     why);
	return !why;
}

/* Return: true if headers follow */
static bool walk_fragment(struct chain *c)
{
	const __u8 *header = c->g->data + c->at;
	__u16 fragment = bytes_16(header + 2);
	size_t at = c->at;

	c->type = header[0];
	c->at += EXTENSION;
	if (!(fragment & (IPV6_MORE | IPV6_OFFSET)))
		return true;
	return check_fragment(c, at + 2, at - c->g->inner - IPV6_HEADER,
			      fragment & IPV6_OFFSET, c->g->end - c->at,
			      fragment & IPV6_MORE);
}

/* Return: true if headers follow */
static bool walk_extension(struct chain *c)
{
	__u32 cut = cut_off(c, GWLB_REASON_DROP_INNER_TRUNCATED);
	const __u8 *header = c->g->data + c->at;
	size_t len;

	if (!geneve_has(c->g, c->at, EXTENSION, cut,
			"an inner extension header"))
		return false;
	if (c->type == IPPROTO_FRAGMENT)
		return walk_fragment(c);
	len = c->type == IPPROTO_AH ? header[1] * 4U + 8 :
	      header[1] * 8U + 8;
	if (c->at + len > c->g->end) {
		geneve_wrong(c->g, cut, c->at + 1,
			     "the inner extension header has %zu bytes, but there are %zu",
			     len, c->g->end - c->at);
		return false;
	}
	c->at += len;
	c->type = header[0];
	return true;
}

static void check_ipv6(struct chain *c)
{
	struct geneve *g = c->g;
	const __u8 *ip = g->data + g->inner;
	bool fragmented = false;
	int n;

	if (!geneve_has(g, g->inner, IPV6_HEADER,
			GWLB_REASON_DROP_INNER_TRUNCATED,
			"the inner IPv6 header") ||
	    !check_length(g, g->inner + 4, IPV6_HEADER + bytes_16(ip + 4)))
		return;
	c->type = ip[6];
	c->at = g->inner + IPV6_HEADER;
	for (n = 0; is_extension(c->type); n++) {
		if (!check_place(c, n, fragmented))
			return;
		fragmented |= c->type == IPPROTO_FRAGMENT;
		if (!walk_extension(c))
			return;
	}
	check_transport(c);
}

/**
 * geneve_check_inner() - find out what is wrong with the inner packet
 * @g: the packet; nothing is wrong with it so far
 * @version: IP version of the inner packet, 4 or 6
 */
void geneve_check_inner(struct geneve *g, int version)
{
	struct chain c = { .g = g, .version = version };

	if (version == 4)
		check_ipv4(&c);
	else
		check_ipv6(&c);
}
