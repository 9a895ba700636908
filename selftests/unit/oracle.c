// SPDX-License-Identifier: GPL-2.0-only
/*
 * oracle: what the RFCs have against a packet. Owns nothing; reads the bytes
 * it is given.
 *
 * A second opinion about module/parse.c, and so as different from it as can
 * be: all of the packet is there, each rule stands where its RFC has it, no
 * order of checks matters, nothing is fast.
 */
#include <stdbool.h>
#include <stddef.h>

#include "oracle.h"

/**
 * struct view - some bytes
 * @at: the first
 * @len: how many
 */
struct view {
	const unsigned char *at;
	unsigned int len;
};

static unsigned int u16_at(struct view v, unsigned int off)
{
	return v.at[off] * 256 + v.at[off + 1];
}

static struct view behind(struct view v, unsigned int off)
{
	v.at += off;
	v.len -= off;
	return v;
}

static bool sums_up(struct view v)
{
	unsigned int i, sum = 0;

	for (i = 0; i < v.len; i += 2) {
		sum += u16_at(v, i);
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum == 0xffff;
}

/* @whole: the header is in a packet that is no fragment, so all is there */
static const char *transport(struct view v, int version, int proto, bool whole)
{
	unsigned int len;

	if (proto == 6) {		/* RFC 9293, 3.1 */
		if (v.len < 20)
			return "TCP header is cut";
		len = v.at[12] / 16 * 4;
		if (len < 20)
			return "TCP data offset is below 5";
		if (len > v.len)
			return "TCP options are cut";
	} else if (proto == 17) {	/* RFC 768, RFC 9868 */
		if (v.len < 8)
			return "UDP header is cut";
		len = u16_at(v, 4);
		if (len < 8)
			return "UDP length is below 8";
		if (whole && len > v.len)
			return "UDP datagram is cut";
	} else if (proto == (version == 4 ? 1 : 58)) {
		if (v.len < 8)		/* RFC 792, RFC 4443 */
			return "ICMP header is cut";
	}
	return NULL;
}

/* What a fragment is part of when it does not say */
#define ANY_PROTO (-1)

/* @before: bytes of the reassembled packet that count for its length, but
 * are in front of the data of fragments
 */
static const char *fragment(unsigned int before, unsigned int off,
			    unsigned int len, bool more, int proto)
{
	if (!len)
		return "fragment is empty";
	if (more && len % 8)
		return "fragment is no multiple of 8";
	if (before + off + len > 65535)
		return "fragment is beyond the largest packet";
	/* RFC 1858, 3.2; RFC 8200, 4.5: IPv6 does not say of what it is. */
	if (off == 8 && (proto == 6 || proto == ANY_PROTO))
		return "TCP flags are in the second fragment";
	return NULL;
}

/* RFC 791 */
static const char *ipv4(struct view v)
{
	unsigned int head, off;
	const char *wrong;
	bool more;

	if (v.len < 20)
		return "IPv4 header is cut";
	head = v.at[0] % 16 * 4;
	if (head < 20 || head > v.len)
		return "IPv4 header length";
	if (!sums_up((struct view){ v.at, head }))
		return "IPv4 header checksum";
	if (u16_at(v, 2) != v.len)
		return "IPv4 total length";
	off = u16_at(v, 6) % 8192 * 8;
	more = v.at[6] & 0x20;
	if (off || more) {
		wrong = fragment(head, off, v.len - head, more, v.at[9]);
		if (wrong || off)
			return wrong;
	}
	return transport(behind(v, head), 4, v.at[9], !more);
}

/* RFC 8200, RFC 4302, RFC 7112 */
static const char *ipv6(struct view packet)
{
	unsigned int n, len, off = 0, n_fragments = 0;
	bool more = false;
	struct view v;
	int proto;

	if (packet.len < 40)
		return "IPv6 header is cut";
	if (u16_at(packet, 4) != packet.len - 40)
		return "IPv6 payload length";
	proto = packet.at[6];
	v = behind(packet, 40);
	for (n = 0; proto == 0 || proto == 43 || proto == 44 || proto == 51 ||
	     proto == 60; n++) {
		if (n == 8)
			return "more than 8 extension headers";
		if (proto == 0 && n)
			return "hop-by-hop is not first";
		if (v.len < 8)
			return "extension header is cut";
		len = proto == 44 ? 8 : proto == 51 ? (v.at[1] + 2) * 4 :
			(v.at[1] + 1) * 8;
		if (len > v.len)
			return "extension header overruns";
		if (proto == 44) {
			const char *wrong;

			if (n_fragments++)
				return "two fragment headers";
			off = u16_at(v, 2) / 8 * 8;
			more = v.at[3] & 1;
			if (off || more) {
				wrong = fragment(packet.len - 40 - v.len, off,
						 v.len - 8, more, ANY_PROTO);
				if (wrong || off)
					return wrong;
			}
		}
		proto = v.at[0];
		v = behind(v, len);
	}
	return transport(v, 6, proto, !more);
}

/* RFC 8926, 3.5, and the fact sheet, 1.1 */
static const char *options(struct view v)
{
	unsigned int len, type, n[4] = { 0 };

	while (v.len) {
		len = v.at[3] % 32 * 4;
		type = v.at[2];
		if (4 + len > v.len)
			return "option overruns";
		if (u16_at(v, 0) == 0x0108 && type >= 1 && type <= 3) {
			if (len != (type == 3 ? 4 : 8))
				return "length of an option of GWLB";
			n[type]++;
		} else if (type >= 128) {
			return "unknown critical option";
		}
		v = behind(v, 4 + len);
	}
	if (n[1] != 1)
		return "not one endpoint";
	if (n[2] > 1)
		return "two attachments";
	if (n[3] != 1)
		return "not one cookie";
	return NULL;
}

/* RFC 8926, 3.4 */
static const char *geneve(struct view v)
{
	unsigned int len, type;
	const char *wrong;

	if (v.len < 8)
		return "Geneve header is cut";
	if (v.at[0] / 64)
		return "Geneve version";
	if (v.at[1] & 0x80)
		return "Geneve control packet";
	type = u16_at(v, 2);
	len = v.at[0] % 64 * 4;
	if (8 + len > v.len)
		return "Geneve options are cut";
	wrong = options((struct view){ v.at + 8, len });
	if (wrong)
		return wrong;
	v = behind(v, 8 + len);
	if (!v.len)
		return "no inner packet";
	if (type == 0x0800 && v.at[0] / 16 == 4)
		return ipv4(v);
	if (type == 0x86dd && v.at[0] / 16 == 6)
		return ipv6(v);
	return "inner version or protocol";
}

/**
 * oracle_objection() - what speaks against returning a packet
 * @data: the packet, from the outer IP header on, which is a right one
 * @len: its length
 *
 * Return: NULL if nothing does, or what does
 */
const char *oracle_objection(const unsigned char *data, unsigned int len)
{
	struct view v = { data, len };
	unsigned int head = data[0] % 16 * 4;

	if (data[9] != 17)
		return "not UDP";
	if (u16_at(v, 6) % 8192 || data[6] & 0x20)
		return "outer fragment";
	if (len < head + 8)
		return "UDP header is cut";
	v = behind(v, head);
	if (u16_at(v, 2) != 6081)
		return "not port 6081";
	if (u16_at(v, 4) != v.len)
		return "UDP length";
	return geneve(behind(v, 8));
}
