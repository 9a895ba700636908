// SPDX-License-Identifier: GPL-2.0-only
/*
 * seal: fills in the lengths and checksums of a packet. Part of packet.h.
 * Owns nothing but the struct packet it is given.
 */
#include <assert.h>
#include <string.h>

#include "packet.h"

static void seal_ipv4(struct packet *p, unsigned int off, unsigned int end)
{
	__u8 *at = p->data + off;

	packet_put16(at + 2, end - off);
	packet_put16(at + 10, 0);
	packet_put16(at + 10, ~packet_sum(at, (at[0] & 15) * 4, 0));
}

/* Sum of addresses, protocol and length, by the IP header at @ip. */
static __u32 pseudo(const struct packet *p, unsigned int ip, __u8 proto,
		    unsigned int len)
{
	const __u8 *at = p->data + ip;
	bool v6 = at[0] >> 4 == 6;

	return packet_sum(at + (v6 ? 8 : 12), v6 ? 32 : 8, proto + len);
}

/* @ip is the IP header that the transport header at @off belongs to. */
static void seal_transport(struct packet *p, unsigned int ip, unsigned int off,
			   int kind)
{
	unsigned int len = p->len - off;
	__u8 *at = p->data + off;
	unsigned int where = 0;
	__u32 sum = 0;
	__u16 check;

	switch (kind) {
	case LAYER_UDP:
		packet_put16(at + 4, len);
		where = 6;
		sum = pseudo(p, ip, PROTO_UDP, len);
		break;
	case LAYER_TCP:
		where = 16;
		sum = pseudo(p, ip, PROTO_TCP, len);
		break;
	case LAYER_ICMP:
		where = 2;
		break;
	case LAYER_ICMPV6:
		where = 2;
		sum = pseudo(p, ip, PROTO_ICMPV6, len);
		break;
	}
	packet_put16(at + where, 0);
	check = ~packet_sum(at, len, sum);
	/* Zero would say that there is none (RFC 768). */
	if (kind == LAYER_UDP && !check)
		check = 0xffff;
	packet_put16(at + where, check);
}

static unsigned int ip_before(const struct packet *p, unsigned int i)
{
	while (i--)
		if (p->layers[i].kind == LAYER_IPV4 ||
		    p->layers[i].kind == LAYER_IPV6)
			return p->layers[i].off;
	assert(!"a transport header without IP");
	return 0;
}

/**
 * packet_finish() - make all lengths and checksums right
 * @p: a packet that is complete
 *
 * From the inside out, as each checksum covers what is inside.
 */
void packet_finish(struct packet *p)
{
	const struct packet_layer *layer;
	unsigned int i = p->n_layers;

	while (i--) {
		layer = &p->layers[i];
		switch (layer->kind) {
		case LAYER_IPV4:
			seal_ipv4(p, layer->off, p->len);
			break;
		case LAYER_IPV6:
			packet_put16(p->data + layer->off + 4,
				     p->len - layer->off - 40);
			break;
		default:
			seal_transport(p, ip_before(p, i), layer->off,
				       layer->kind);
		}
	}
}

/**
 * packet_reseal_ip() - make the outer IP header right again
 * @p: a packet that was spoiled, or cut
 */
void packet_reseal_ip(struct packet *p)
{
	seal_ipv4(p, 0, p->len);
}

/**
 * packet_reseal() - make the outer headers right again
 * @p: a packet that was spoiled on purpose further inside
 */
void packet_reseal(struct packet *p)
{
	if (p->udp && p->len >= p->udp + 8)
		seal_transport(p, 0, p->udp, LAYER_UDP);
	packet_reseal_ip(p);
}

/**
 * packet_cut() - let the outer packet end early, and say so
 * @p: a finished packet
 * @len: its new length
 */
void packet_cut(struct packet *p, unsigned int len)
{
	assert(len <= p->len);
	memset(p->data + len, 0, p->len - len);
	p->len = len;
	packet_reseal(p);
}

/**
 * packet_pseudo_sum() - what a sender leaves in the outer UDP checksum when
 *	the device is to finish it
 * @p: a finished packet
 *
 * Return: the sum of the pseudo-header
 */
unsigned int packet_pseudo_sum(const struct packet *p)
{
	return pseudo(p, 0, PROTO_UDP, p->len - p->udp);
}
