// SPDX-License-Identifier: GPL-2.0-only
/*
 * talk: packets of hosts that talk to each other, as GWLB would send them. Owns
 * nothing but what it is given.
 *
 * Who talks is drawn from the small pools that rules are drawn from
 * (selftests/unit/match_draw.c), so rules apply, and the same flows come again
 * in both directions.
 */
#include <arpa/inet.h>
#include <string.h>

#include "packet.h"
#include "shot.h"

static unsigned int below(struct shooter *s, unsigned int n)
{
	return mutate_below(&s->m, n);
}

static bool once_in(struct shooter *s, unsigned int n)
{
	return !below(s, n);
}

static void turn_round(struct gwlb_subject *who)
{
	union nf_inet_addr address = who->src;
	__be16 port = who->sport;

	who->src = who->dst;
	who->dst = address;
	who->sport = who->dport;
	who->dport = port;
	if (who->proto == PROTO_ICMP && who->icmp_type == 8)
		who->icmp_type = 0;
	if (who->proto == PROTO_ICMPV6 && who->icmp_type == 128)
		who->icmp_type = 129;
}

static bool is_icmp_of(const struct gwlb_subject *who)
{
	return who->proto == (who->family == NFPROTO_IPV4 ? PROTO_ICMP :
			      PROTO_ICMPV6);
}

/* Half of all go on with a conversation, in one of its directions. */
static void draw_who(struct shooter *s, struct gwlb_subject *who)
{
	static const __u8 flags[] = { 0x02, 0x12, 0x10, 0x18, 0x11, 0x04 };
	struct gwlb_subject *old = &s->recent[below(s, SHOT_RECENT)];

	if (old->family && below(s, 2)) {
		*who = *old;
		if (below(s, 2))
			turn_round(who);
		who->tcp_flags = flags[below(s, sizeof(flags))];
		/* The first fragment is followed by others. */
		if (who->fragment != GWLB_FRAGMENT_NONE)
			who->fragment = below(s, 3) ? GWLB_FRAGMENT_LATER :
				GWLB_FRAGMENT_FIRST;
	} else {
		draw_subject(&s->d, who);
		if (once_in(s, 2))
			who->proto = below(s, 2) ? PROTO_TCP : PROTO_UDP;
		if (once_in(s, 2))
			who->fragment = GWLB_FRAGMENT_NONE;
		*old = *who;
	}
}

static void put_addresses(struct packet *p, const struct gwlb_subject *who)
{
	__u8 *at = p->data + p->inner;

	if (who->family == NFPROTO_IPV4) {
		memcpy(at + 12, &who->src, 4);
		memcpy(at + 16, &who->dst, 4);
	} else {
		memcpy(at + 8, &who->src, 16);
		memcpy(at + 24, &who->dst, 16);
	}
}

/* Packets that are near to each other are fragments of the same ones. */
static unsigned int draw_fragment_id(struct shooter *s)
{
	return s->n / 256 * 2 + below(s, 2);
}

static void add_headers(struct shooter *s, struct packet *p)
{
	static const __u8 types[] = { PROTO_ROUTE, PROTO_OPTS, PROTO_AH };
	unsigned int n = below(s, 4);

	if (once_in(s, 3))
		packet_ext(p, PROTO_HOPOPT, 8 + below(s, 2) * 8);
	while (n--)
		packet_ext(p, types[below(s, 3)], 8 + below(s, 3) * 8);
}

static void add_ip(struct shooter *s, struct packet *p,
		   const struct gwlb_subject *who)
{
	unsigned int off = 0;

	if (who->fragment == GWLB_FRAGMENT_LATER)
		off = 8 * (1 + below(s, 12));
	if (who->family == NFPROTO_IPV4) {
		packet_ipv4(p, once_in(s, 16) ? 4 * below(s, 11) : 0);
		if (who->fragment != GWLB_FRAGMENT_NONE) {
			packet_ipv4_fragment(p, off, !off || below(s, 2));
			packet_put16(p->data + p->inner + 4,
				     draw_fragment_id(s));
		}
	} else {
		packet_ipv6(p);
		if (once_in(s, 8))
			add_headers(s, p);
		if (who->fragment != GWLB_FRAGMENT_NONE) {
			packet_ipv6_fragment(p, off, !off || below(s, 2));
			packet_put32(p->data + p->len - 4,
				     draw_fragment_id(s));
			if (once_in(s, 16))
				add_headers(s, p);
		}
	}
	put_addresses(p, who);
}

/* An ICMP error quotes what the other side has sent, most often. */
static void add_quote(struct shooter *s, struct packet *p,
		      const struct gwlb_subject *who)
{
	struct gwlb_subject other = s->recent[below(s, SHOT_RECENT)];
	struct packet quoted;
	unsigned int len;

	if (other.family != who->family)
		other = *who;
	if (below(s, 8))
		memcpy(&other.src, &who->dst, sizeof(other.src));
	packet_start(&quoted);
	packet_ip(&quoted, who->family == NFPROTO_IPV4 ? 4 : 6);
	put_addresses(&quoted, &other);
	if (other.proto == PROTO_UDP) {
		packet_udp(&quoted, ntohs(other.sport), ntohs(other.dport));
	} else if (other.proto == PROTO_TCP) {
		packet_tcp(&quoted, 0);
		memcpy(quoted.data + quoted.l4, &other.sport, 2);
		memcpy(quoted.data + quoted.l4 + 2, &other.dport, 2);
	} else {
		packet_other(&quoted, other.proto, 16);
	}
	packet_finish(&quoted);
	len = once_in(s, 8) ? below(s, quoted.len + 1) : quoted.len;
	memcpy(p->data + p->len, quoted.data, len);
	p->len += len;
}

static void add_icmp(struct shooter *s, struct packet *p,
		     const struct gwlb_subject *who)
{
	struct gwlb_pkt pkt = {
		.family = who->family,
		.proto = who->proto,
		.icmp_type = who->icmp_type,
	};

	packet_icmp(p, who->icmp_type, who->icmp_code);
	packet_put16(p->data + p->l4 + 4, below(s, 3));
	pkt.icmp_type = p->data[p->l4];
	if (pkt.icmp_type == 3 || (who->family == NFPROTO_IPV6 &&
				   pkt.icmp_type < 128))
		add_quote(s, p, who);
}

static void add_transport(struct shooter *s, struct packet *p,
			  const struct gwlb_subject *who)
{
	if (who->fragment == GWLB_FRAGMENT_LATER) {
		packet_other(p, who->proto, 8 * (1 + below(s, 8)));
	} else if (who->proto == PROTO_TCP) {
		packet_tcp(p, once_in(s, 8) ? 4 * below(s, 11) : 0);
		memcpy(p->data + p->l4, &who->sport, 2);
		memcpy(p->data + p->l4 + 2, &who->dport, 2);
		p->data[p->l4 + 13] = who->tcp_flags;
	} else if (who->proto == PROTO_UDP) {
		packet_udp(p, ntohs(who->sport), ntohs(who->dport));
	} else if (is_icmp_of(who)) {
		add_icmp(s, p, who);
	} else {
		packet_other(p, who->proto, below(s, 40));
	}
}

/* All that follows the outer IP header, up to the inner one */
static void add_tunnel(struct shooter *s, struct packet *p, __u64 endpoint)
{
	unsigned int order = once_in(s, 8) ? below(s, 6) : 0;

	packet_udp(p, 60000 + below(s, 2), 6081);
	packet_geneve(p);
	if (once_in(s, 32))
		packet_option(p, below(s, 65536), below(s, 128),
			      4 * below(s, 32));
	if (order < 4)
		packet_endpoint(p, endpoint);
	if (order != 1)
		packet_attachment(p, below(s, 2));
	packet_cookie(p, below(s, 1000));
	if (order == 2)
		packet_option(p, 0x0109, below(s, 128), 4 * below(s, 4));
	if (order >= 4)
		packet_endpoint(p, endpoint);
}

/* Mostly those that are let in */
static __be32 draw_node(struct shooter *s)
{
	const struct stage *st = s->stage;
	__be32 odd[] = {
		st->stranger, st->unrouted, st->second, st->appliance,
		st->broadcast, st->elsewhere, htonl(ntohl(st->gwlb) + 1),
		htonl(below(s, 65536) << 16 | below(s, 65536)),
	};

	return below(s, 24) ? st->gwlb : odd[below(s, 8)];
}

static __be32 draw_local(struct shooter *s)
{
	const struct stage *st = s->stage;

	if (below(s, 24))
		return st->appliance;
	return once_in(s, 4) ? st->elsewhere : st->second;
}

/**
 * talk_build() - build a packet of some conversation
 * @s: where it comes from
 * @p: gets it
 */
void talk_build(struct shooter *s, struct packet *p)
{
	struct gwlb_subject who;
	unsigned int len;

	draw_who(s, &who);
	packet_start(p);
	packet_outer(p, draw_node(s), draw_local(s),
		     once_in(s, 32) ? 4 * below(s, 11) : 0);
	add_tunnel(s, p, who.endpoint);
	add_ip(s, p, &who);
	add_transport(s, p, &who);
	/* The length of all fragments but the last is a multiple of 8. */
	len = once_in(s, 64) ? below(s, 1025) * 8 : below(s, 8) * 8;
	if (who.fragment == GWLB_FRAGMENT_FIRST) {
		while ((p->len - p->l4) % 8)
			packet_fill(p, 1);
	}
	if (who.fragment != GWLB_FRAGMENT_LATER)
		packet_fill(p, len);
	packet_finish(p);
}
