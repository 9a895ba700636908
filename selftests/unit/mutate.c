// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate: random packets that are nearly right. Owns nothing but the packet
 * and the random numbers it is given.
 *
 * Random bytes never get past the first length or checksum, so after it was
 * changed a packet's lengths are repaired, mostly; the outer IP header always,
 * as ip_rcv() lets nothing else through to the module.
 */
#include <string.h>

#include "mutate.h"

/* All headers of nearly all rows */
#define HEAD	256

static __u64 next(struct mutator *m)
{
	m->state ^= m->state << 13;
	m->state ^= m->state >> 7;
	m->state ^= m->state << 17;
	return m->state;
}

/**
 * mutate_below() - a random number
 * @m: random numbers
 * @n: above all of them; not 0
 *
 * Return: 0 to @n - 1
 */
unsigned int mutate_below(struct mutator *m, unsigned int n)
{
	return (next(m) >> 16) % n;
}

static unsigned int somewhere(struct mutator *m, const struct packet *p)
{
	return mutate_below(m, p->len < HEAD ? p->len : HEAD);
}

static void change_byte(struct mutator *m, struct packet *p)
{
	static const __u8 values[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 31, 32, 43, 44, 51, 58,
		59, 60, 63, 64, 0x45, 0x60, 127, 128, 129, 254, 255,
	};
	__u8 *at = p->data + somewhere(m, p);

	switch (mutate_below(m, 3)) {
	case 0:
		*at = values[mutate_below(m, sizeof(values))];
		break;
	case 1:
		*at ^= 1 << mutate_below(m, 8);
		break;
	default:
		*at = mutate_below(m, 256);
	}
}

static void change_number(struct mutator *m, struct packet *p)
{
	static const __u16 values[] = {
		0, 1, 7, 8, 20, 40, 0x0108, 0x0800, 0x86dd, 0x1fff, 0x2000,
		0x2001, 6081, 0x7fff, 0x8000, 0xfff8, 0xfff9, 0xffff,
	};
	unsigned int off = somewhere(m, p) & ~1U;
	unsigned int value;

	if (off + 2 > p->len)
		return;
	if (mutate_below(m, 2))
		value = values[mutate_below(m, 18)];
	else
		value = packet_get16(p->data + off) + mutate_below(m, 17) - 8;
	packet_put16(p->data + off, value);
}

static void cut(struct mutator *m, struct packet *p)
{
	p->len = 20 + mutate_below(m, p->len - 19);
}

static void append(struct mutator *m, struct packet *p)
{
	unsigned int len = 1 + mutate_below(m, 16);

	while (len-- && p->len < PACKET_MAX)
		p->data[p->len++] = mutate_below(m, 256);
}

/* Something is said twice, or there is a hole. */
static void move(struct mutator *m, struct packet *p)
{
	unsigned int from = somewhere(m, p) & ~3U;
	unsigned int to = somewhere(m, p) & ~3U;

	if (from < 20 || to < 20 || p->len - from + to > PACKET_MAX)
		return;
	memmove(p->data + to, p->data + from, p->len - from);
	p->len = p->len - from + to;
}

/* The end of another packet, from the inner one or from anywhere on */
static void splice(struct mutator *m, struct packet *p,
		   const struct packet *other)
{
	unsigned int from = other->inner, to = p->inner;

	if (!from || !to || mutate_below(m, 2)) {
		from = somewhere(m, other) & ~3U;
		to = somewhere(m, p) & ~3U;
	}
	if (to < 20 || from >= other->len ||
	    to + other->len - from > PACKET_MAX)
		return;
	memcpy(p->data + to, other->data + from, other->len - from);
	p->len = to + other->len - from;
}

/**
 * mutate_repair_outer() - make of the outer IP header what ip_rcv() accepts
 * @p: a packet of 20 bytes at least
 */
void mutate_repair_outer(struct packet *p)
{
	unsigned int words = p->data[0] & 15;

	if (words < 5 || words * 4 > p->len)
		words = 5;
	p->data[0] = 4 << 4 | words;
	packet_reseal_ip(p);
}

/**
 * mutate_repair_udp() - make the outer UDP length right
 * @p: a packet with a right outer IP header
 */
void mutate_repair_udp(struct packet *p)
{
	unsigned int udp = (p->data[0] & 15) * 4;

	if (udp + 8 <= p->len)
		packet_put16(p->data + udp + 4, p->len - udp);
}

/**
 * mutate_repair_inner() - make length and checksum of the inner header right
 * @p: a packet with a right outer IP header
 */
void mutate_repair_inner(struct packet *p)
{
	unsigned int off = (p->data[0] & 15) * 4 + 8;
	unsigned int len, head;
	__u8 *at;

	if (off >= p->len)
		return;
	off += 8 + (p->data[off] & 63) * 4;
	if (off + 20 > p->len)
		return;
	at = p->data + off;
	len = p->len - off;
	if (at[0] >> 4 == 6 && len >= 40) {
		packet_put16(at + 4, len - 40);
		return;
	}
	if (at[0] >> 4 != 4)
		return;
	head = (at[0] & 15) * 4;
	if (head > len)
		return;
	packet_put16(at + 2, len);
	packet_put16(at + 10, 0);
	packet_put16(at + 10, ~packet_sum(at, head, 0));
}

/**
 * mutate() - change a packet
 * @m: random numbers
 * @p: the packet, of 20 bytes at least
 * @other: another one, parts of which may be taken
 *
 * The outer IP header is right afterwards.
 */
void mutate(struct mutator *m, struct packet *p, const struct packet *other)
{
	unsigned int n = 1 + mutate_below(m, 4);

	while (n--) {
		switch (mutate_below(m, 16)) {
		case 0:
			cut(m, p);
			break;
		case 1:
			append(m, p);
			break;
		case 2:
			move(m, p);
			break;
		case 3:
			splice(m, p, other);
			break;
		case 4:
		case 5:
		case 6:
		case 7:
			change_number(m, p);
			break;
		default:
			change_byte(m, p);
		}
		if (p->len < 20)
			p->len = 20;
	}
	mutate_repair_outer(p);
	if (mutate_below(m, 8))
		mutate_repair_udp(p);
	if (mutate_below(m, 4))
		mutate_repair_inner(p);
}
