// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the reading of a customer packet: which addresses, which protocol,
 * which ports, and whether it may begin a flow. Pure: bytes in, struct out.
 *
 * TCP and UDP have a 5-tuple. Everything else has a 3-tuple (both AWS's
 * words), and so has every fragment, the first one as well: only then do all
 * fragments of one packet meet the same appliance (inferred).
 */
#include <netinet/in.h>
#include <string.h>

#include "tuple.h"

#define IPV6_EXT_MAX	8

#define TCP_FLAGS	13
#define TCP_FIN		0x01
#define TCP_SYN		0x02
#define TCP_RST		0x04
#define TCP_ACK		0x10

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

/*
 * Return: the transport header if its ports were taken, or NULL.
 */
static const __u8 *take_ports(struct tuple *t, const __u8 *l4, size_t len)
{
	if ((t->proto != IPPROTO_TCP && t->proto != IPPROTO_UDP) || len < 4)
		return NULL;
	t->ports = 1;
	t->tcp = t->proto == IPPROTO_TCP;
	t->port[0] = l4[0] << 8 | l4[1];
	t->port[1] = l4[2] << 8 | l4[3];
	return l4;
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

static bool parse4(struct tuple *t, const __u8 *p, size_t len,
		   const __u8 **l4)
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
		*l4 = take_ports(t, p + ihl, len - ihl);
	return true;
}

/*
 * Walk the extension headers to the protocol that carries the ports. A chain
 * that ends early or is too long leaves a 3-tuple of the header that was
 * reached: such a packet is a customer's business, GWLB forwards it.
 */
static const __u8 *walk6(struct tuple *t, const __u8 *p, size_t len)
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
			return take_ports(t, p + off, len - off);
		}
		if (len - off < 8)
			return NULL;
		if (t->proto == IPPROTO_FRAGMENT) {
			/* Offset and the M bit; an atomic fragment has none */
			if ((p[off + 2] << 8 | p[off + 3]) & 0xfff9) {
				t->proto = p[off];
				return NULL;
			}
			ext_len = 8;
		} else if (t->proto == IPPROTO_AH) {
			ext_len = (p[off + 1] + 2) * 4;
		} else {
			ext_len = (p[off + 1] + 1) * 8;
		}
		t->proto = p[off];
		if (ext_len > len - off)
			return NULL;
		off += ext_len;
	}
	return NULL;
}

static bool parse6(struct tuple *t, const __u8 *p, size_t len,
		   const __u8 **l4)
{
	if (len < 40 || !routable6(p + 8) || !routable6(p + 24))
		return false;
	t->family = 6;
	memcpy(t->addr[0], p + 8, 16);
	memcpy(t->addr[1], p + 24, 16);
	*l4 = walk6(t, p, len);
	return true;
}

/* @l4: set to the transport header if the packet has ports, or to NULL */
static bool parse(struct tuple *tuple, const __u8 *packet, size_t len,
		  const __u8 **l4)
{
	*l4 = NULL;
	memset(tuple, 0, sizeof(*tuple));
	if (!len)
		return false;
	if (packet[0] >> 4 == 4)
		return parse4(tuple, packet, len, l4);
	if (packet[0] >> 4 == 6)
		return parse6(tuple, packet, len, l4);
	return false;
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
	const __u8 *l4;

	if (!parse(tuple, packet, len, &l4))
		return false;
	sort(tuple);
	return true;
}

/**
 * tuple_reduce() - make a key of less than a packet has
 * @tuple: what tuple_parse() made
 * @kind: how much of it to keep
 *
 * That stickiness makes the key of the whole flow, with one cookie and one
 * idle time for all that it covers, is inferred; AWS says only that packets
 * with this in common meet the same target. So is the idle time of a 2-tuple:
 * that of TCP, because what it covers may be TCP.
 */
void tuple_reduce(struct tuple *tuple, enum tuple_kind kind)
{
	if (kind == TUPLE_FIVE)
		return;
	memset(tuple->port, 0, sizeof(tuple->port));
	tuple->ports = 0;
	tuple->tcp = kind == TUPLE_TWO || tuple->proto == IPPROTO_TCP;
	if (kind == TUPLE_TWO)
		tuple->proto = 0;
}

/**
 * tuple_opens() - may a packet begin a flow?
 * @packet: from the inner IP header on
 * @len: its length
 *
 * Of TCP only a SYN does: after the idle timeout data is dropped, and the
 * next SYN is a new flow (AWS). A SYN with ACK is the answer to one that came
 * another way, which does not work either (AWS, on asymmetric flows). Later
 * fragments, and what is too short to have flags, cannot be told: they pass.
 *
 * Return: true if it may.
 */
bool tuple_opens(const __u8 *packet, size_t len)
{
	struct tuple tuple;
	const __u8 *l4;

	if (!parse(&tuple, packet, len, &l4) || !l4 ||
	    tuple.proto != IPPROTO_TCP || packet + len - l4 <= TCP_FLAGS)
		return true;
	return (l4[TCP_FLAGS] & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) ==
	       TCP_SYN;
}
