// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame: the packets of flows, byte by byte. Owns nothing.
 */
#include <endian.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

#include "flowgen.h"

#define GENEVE_LEN	40
#define OUTER_LEN	(sizeof(struct iphdr) + sizeof(struct udphdr) + \
			 GENEVE_LEN)
#define PAYLOAD		16
#define PORT_FIRST	1024
#define PORTS		64000

/* Checksums */

/**
 * frame_sum() - add up bytes for a checksum
 * @data: the bytes
 * @len: how many
 * @start: sum of what comes before
 *
 * Return: the sum, to be folded
 */
uint32_t frame_sum(const void *data, size_t len, uint32_t start)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		start += p[i] << 8 | p[i + 1];
	if (len & 1)
		start += p[len - 1] << 8;
	return start;
}

/**
 * frame_fold() - make a checksum of a sum (RFC 1071)
 * @s: the sum
 *
 * Return: the checksum, in network order
 */
uint16_t frame_fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons(~s & 0xffff);
}

/* Inner packets */

/* @base counted on, in the last 32 bits of the address */
static struct in6_addr address_at(const struct in6_addr *base, uint32_t n)
{
	struct in6_addr addr = *base;
	uint32_t last;

	memcpy(&last, &addr.s6_addr[12], sizeof(last));
	last = htonl(ntohl(last) + n);
	memcpy(&addr.s6_addr[12], &last, sizeof(last));
	return addr;
}

/* An IPv4 address is kept in the last 4 bytes. @n: identification of a
 * fragment
 */
static size_t put_inner_ip(uint8_t *p, const struct gen *g,
			   const struct in6_addr *src,
			   const struct in6_addr *dst, size_t payload,
			   uint16_t n)
{
	struct ip6_hdr *ip6 = (struct ip6_hdr *)p;
	struct iphdr *ip = (struct iphdr *)p;

	if (g->family == AF_INET6) {
		memset(ip6, 0, sizeof(*ip6));
		ip6->ip6_vfc = 6 << 4;
		ip6->ip6_plen = htons(payload);
		ip6->ip6_nxt = g->proto;
		ip6->ip6_hlim = 64;
		ip6->ip6_src = *src;
		ip6->ip6_dst = *dst;
		return sizeof(*ip6);
	}
	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(sizeof(*ip) + payload);
	ip->ttl = 64;
	ip->protocol = g->proto;
	if (g->fragment != WHOLE)
		ip->id = htons(n);
	if (g->fragment == FIRST)
		ip->frag_off = htons(IP_MF);
	if (g->fragment == REST)
		ip->frag_off = htons(payload / 8);
	memcpy(&ip->saddr, &src->s6_addr[12], 4);
	memcpy(&ip->daddr, &dst->s6_addr[12], 4);
	ip->check = frame_fold(frame_sum(ip, sizeof(*ip), 0));
	return sizeof(*ip);
}

static uint32_t pseudo_sum(const struct gen *g, const struct in6_addr *src,
			   const struct in6_addr *dst, size_t len)
{
	if (g->proto == IPPROTO_ICMP)
		return 0;
	if (g->family == AF_INET6)
		return frame_sum(src, 16, frame_sum(dst, 16, g->proto + len));
	return frame_sum(&src->s6_addr[12], 4,
		   frame_sum(&dst->s6_addr[12], 4, g->proto + len));
}

/* Sequence numbers are plausible; nobody on the way looks at them. */
static size_t put_tcp(uint8_t *p, const struct step *step, uint16_t sport,
		      uint16_t dport)
{
	struct tcphdr *th = (struct tcphdr *)p;
	size_t len = sizeof(*th);

	memset(th, 0, sizeof(*th));
	th->source = htons(sport);
	th->dest = htons(dport);
	th->seq = htonl(step->reply ? 2000 : 1000);
	if (step->flags & TH_ACK)
		th->ack_seq = htonl(step->reply ? 1001 : 2001);
	th->doff = len / 4;
	th->window = htons(65535);
	p[13] = step->flags;
	return len;
}

static size_t put_udp(uint8_t *p, uint16_t sport, uint16_t dport)
{
	struct udphdr *uh = (struct udphdr *)p;
	size_t len = sizeof(*uh) + PAYLOAD;

	memset(p, 0, len);
	uh->source = htons(sport);
	uh->dest = htons(dport);
	uh->len = htons(len);
	return len;
}

static size_t put_echo(uint8_t *p, const struct gen *g,
		       const struct step *step, uint16_t id)
{
	struct icmphdr *icmp = (struct icmphdr *)p;
	size_t len = sizeof(*icmp) + PAYLOAD;

	memset(p, 0, len);
	if (g->family == AF_INET6)
		icmp->type = step->reply ? ICMP6_ECHO_REPLY :
			ICMP6_ECHO_REQUEST;
	else
		icmp->type = step->reply ? ICMP_ECHOREPLY : ICMP_ECHO;
	icmp->un.echo.id = htons(id);
	return len;
}

static void put_check(uint8_t *l4, uint8_t proto, uint16_t check)
{
	size_t at = 2;

	if (proto == IPPROTO_TCP)
		at = 16;
	else if (proto == IPPROTO_UDP)
		at = 6;
	if (proto == IPPROTO_UDP && !check)
		check = 0xffff;
	memcpy(l4 + at, &check, sizeof(check));
}

/* Return: the length of the inner packet of flow @n in @step */
static size_t put_inner(uint8_t *p, const struct gen *g,
			const struct step *step, uint64_t n)
{
	struct in6_addr client = address_at(&g->client, n % g->clients);
	const struct in6_addr *src = step->reply ? &g->server : &client;
	const struct in6_addr *dst = step->reply ? &client : &g->server;
	uint16_t cport = PORT_FIRST + n / g->clients % PORTS;
	uint16_t sport = step->reply ? g->port : cport;
	uint16_t dport = step->reply ? cport : g->port;
	size_t head, len;
	uint8_t *l4;

	head = g->family == AF_INET6 ? sizeof(struct ip6_hdr) :
		sizeof(struct iphdr);
	l4 = p + head;
	if (g->proto == IPPROTO_TCP)
		len = put_tcp(l4, step, sport, dport);
	else if (g->proto == IPPROTO_UDP)
		len = put_udp(l4, sport, dport);
	else
		len = put_echo(l4, g, step, cport);
	if (head + len < g->inner_len) {
		memset(l4 + len, 0, g->inner_len - head - len);
		len = g->inner_len - head;
		if (g->proto == IPPROTO_UDP)
			((struct udphdr *)l4)->len = htons(len);
	}
	/* Both halves are of the same length. */
	if (g->fragment != WHOLE)
		((struct udphdr *)l4)->len = htons(2 * len);
	put_inner_ip(p, g, src, dst, len, n);
	put_check(l4, g->proto,
		  frame_fold(frame_sum(l4, len, pseudo_sum(g, src, dst, len))));
	return head + len;
}

/* Outer headers */

static void put_geneve(uint8_t *p, const struct gen *g, uint64_t n)
{
	static const uint8_t option[3][4] = {
		{ 0x01, 0x08, 1, 2 }, { 0x01, 0x08, 2, 2 },
		{ 0x01, 0x08, 3, 1 },
	};
	uint64_t id = htobe64(g->endpoint + n % g->endpoints);
	uint32_t cookie = htonl((uint32_t)n * 2654435761U);

	memset(p, 0, GENEVE_LEN);
	p[0] = 8;
	p[2] = g->family == AF_INET6 ? 0x86 : 0x08;
	p[3] = g->family == AF_INET6 ? 0xdd : 0x00;
	memcpy(p + 8, option[0], 4);
	memcpy(p + 12, &id, sizeof(id));
	memcpy(p + 20, option[1], 4);
	memcpy(p + 32, option[2], 4);
	memcpy(p + 36, &cookie, sizeof(cookie));
}

static void put_outer_ip(uint8_t *p, uint32_t saddr, uint32_t daddr,
			 uint8_t proto, size_t len)
{
	struct iphdr *ip = (struct iphdr *)p;

	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 255;
	ip->protocol = proto;
	ip->tot_len = htons(len);
	ip->saddr = saddr;
	ip->daddr = daddr;
	ip->check = frame_fold(frame_sum(ip, sizeof(*ip), 0));
}

/**
 * frame_put() - write one packet of a flow
 * @f: where to
 * @g: what is sent
 * @step: which packet
 * @n: number of the flow
 */
void frame_put(struct frame *f, const struct gen *g, const struct step *step,
	       uint64_t n)
{
	struct udphdr *uh = (struct udphdr *)(f->data + sizeof(struct iphdr));
	struct iphdr *ip = (struct iphdr *)f->data;
	size_t len;

	len = put_inner(f->data + OUTER_LEN, g, step, n);
	put_geneve(f->data + OUTER_LEN - GENEVE_LEN, g, n);
	f->len = OUTER_LEN + len;
	f->back = false;
	len = f->len - sizeof(*ip);
	put_outer_ip(f->data, g->node, g->local, IPPROTO_UDP, f->len);
	uh->source = htons(g->outer_port);
	uh->dest = htons(6081);
	uh->len = htons(len);
	uh->check = 0;
	uh->check = frame_fold(frame_sum(uh, len,
					 frame_sum(&ip->saddr, 8,
						   IPPROTO_UDP + len)));
}

/**
 * frame_put_ping() - write a ping to the appliance itself
 * @f: where to
 * @g: what is sent
 * @id: identifier, in network order
 * @seq: sequence number
 */
void frame_put_ping(struct frame *f, const struct gen *g, uint16_t id,
		    uint16_t seq)
{
	struct icmphdr *icmp;

	f->len = sizeof(struct iphdr) + sizeof(*icmp);
	put_outer_ip(f->data, g->node, g->local, IPPROTO_ICMP, f->len);
	icmp = (struct icmphdr *)(f->data + sizeof(struct iphdr));
	memset(icmp, 0, sizeof(*icmp));
	icmp->type = ICMP_ECHO;
	icmp->un.echo.id = id;
	icmp->un.echo.sequence = htons(seq);
	icmp->checksum = frame_fold(frame_sum(icmp, sizeof(*icmp), 0));
}
