// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the reading of a customer packet: which addresses, which protocol,
 * which ports. Pure: bytes in, struct out.
 *
 * TCP and UDP have a 5-tuple. Everything else has a 3-tuple, and so has
 * every fragment, the first one as well: only then do all fragments of one
 * packet meet the same appliance.
 */
#include <netinet/in.h>
#include <string.h>

#include "tuple.h"

#define IPV6_EXT_MAX	8

/*
 * A VPC does not route link-local addresses or multicast, so such packets
 * (the namespace's own neighbour and listener reports above all) never reach
 * an endpoint.
 */
static bool routable4(const __u8 *addr)
{
	return addr[0] && addr[0] < 224 && !(addr[0] == 169 && addr[1] == 254);
}

static bool routable6(const __u8 *addr)
{
	static const __u8 any[16];

	return addr[0] != 0xff && memcmp(addr, any, sizeof(any)) &&
	       !(addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80);
}

static void take_ports(struct tuple *t, const __u8 *l4, size_t len)
{
	if ((t->proto != IPPROTO_TCP && t->proto != IPPROTO_UDP) || len < 4)
		return;
	t->ports = 1;
	t->port[0] = l4[0] << 8 | l4[1];
	t->port[1] = l4[2] << 8 | l4[3];
}

/* Lower end first, so that both directions give the same bytes. */
static void sort(struct tuple *t)
{
	int cmp = memcmp(t->addr[0], t->addr[1], 16);
	__u8 addr[16];
	__u16 port;

	if (cmp < 0 || (!cmp && t->port[0] <= t->port[1]))
		return;
	memcpy(addr, t->addr[0], 16);
	memcpy(t->addr[0], t->addr[1], 16);
	memcpy(t->addr[1], addr, 16);
	port = t->port[0];
	t->port[0] = t->port[1];
	t->port[1] = port;
}

static bool parse4(struct tuple *t, const __u8 *p, size_t len)
{
	size_t ihl;

	if (len < 20)
		return false;
	ihl = (p[0] & 15) * 4;
	if (ihl < 20 || ihl > len || !routable4(p + 12) || !routable4(p + 16))
		return false;
	t->family = 4;
	t->proto = p[9];
	memcpy(t->addr[0], p + 12, 4);
	memcpy(t->addr[1], p + 16, 4);
	/* More fragments, or not the first one */
	if (!((p[6] << 8 | p[7]) & 0x3fff))
		take_ports(t, p + ihl, len - ihl);
	return true;
}

/*
 * Walk the extension headers to the protocol that carries the ports. A chain
 * that ends early or is too long leaves a 3-tuple of the header that was
 * reached: such a packet is a customer's business, GWLB forwards it.
 */
static void walk6(struct tuple *t, const __u8 *p, size_t len)
{
	size_t off = 40, ext_len;
	int i;

	t->proto = p[6];
	for (i = 0; i < IPV6_EXT_MAX; i++) {
		switch (t->proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_AH:
		case IPPROTO_FRAGMENT:
			break;
		default:
			take_ports(t, p + off, len - off);
			return;
		}
		if (len - off < 8)
			return;
		if (t->proto == IPPROTO_FRAGMENT) {
			/* Offset and the M bit; an atomic fragment has none */
			if ((p[off + 2] << 8 | p[off + 3]) & 0xfff9) {
				t->proto = p[off];
				return;
			}
			ext_len = 8;
		} else if (t->proto == IPPROTO_AH) {
			ext_len = (p[off + 1] + 2) * 4;
		} else {
			ext_len = (p[off + 1] + 1) * 8;
		}
		t->proto = p[off];
		if (ext_len > len - off)
			return;
		off += ext_len;
	}
}

static bool parse6(struct tuple *t, const __u8 *p, size_t len)
{
	if (len < 40 || !routable6(p + 8) || !routable6(p + 24))
		return false;
	t->family = 6;
	memcpy(t->addr[0], p + 8, 16);
	memcpy(t->addr[1], p + 24, 16);
	walk6(t, p, len);
	return true;
}

/**
 * tuple_parse() - read the key of a customer packet
 * @tuple: filled in, except for the endpoint, which is left 0
 * @packet: from the inner IP header on
 * @len: its length
 *
 * Return: false when it is no IPv4 or IPv6 packet that a VPC would route.
 */
bool tuple_parse(struct tuple *tuple, const __u8 *packet, size_t len)
{
	bool ok;

	memset(tuple, 0, sizeof(*tuple));
	if (!len)
		return false;
	if (packet[0] >> 4 == 4)
		ok = parse4(tuple, packet, len);
	else if (packet[0] >> 4 == 6)
		ok = parse6(tuple, packet, len);
	else
		return false;
	if (ok)
		sort(tuple);
	return ok;
}
