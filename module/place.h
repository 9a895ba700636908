/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place: to which flow a packet belongs, if there is such a flow. Owns how keys
 * are made; keeps nothing.
 */
#ifndef _GWLB_PLACE_H
#define _GWLB_PLACE_H

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "flow.h"
#include "parse.h"
#include "ruleset.h"

struct gwlb_quote;

/**
 * struct gwlb_place - where a packet belongs
 * @group: index of the endpoint's group, or GWLB_NO_GROUP
 * @key: key of its flow; of an IPv4 address only the first word is set, see
 *	gwlb_place_keep()
 * @flipped: its source is key.high
 */
struct gwlb_place {
	u32 group;
	struct gwlb_flow_key key;
	bool flipped;
};

/**
 * enum gwlb_icmp_kind - what a packet is to ICMP and ICMPv6
 * @GWLB_ICMP_NONE: it is of another protocol
 * @GWLB_ICMP_ERROR: a message about another packet
 * @GWLB_ICMP_ANSWER: an answer to a query
 * @GWLB_ICMP_OTHER: a query, or what is neither asked nor answered
 */
enum gwlb_icmp_kind {
	GWLB_ICMP_NONE,
	GWLB_ICMP_ERROR,
	GWLB_ICMP_ANSWER,
	GWLB_ICMP_OTHER,
};

enum gwlb_icmp_kind gwlb_place_icmp_kind(u8 family, u8 proto, u8 type);
void gwlb_place_keep(const struct gwlb_place *p, struct gwlb_flow_key *key);
void gwlb_place_zone(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		     u64 endpoint);
void gwlb_place_packet(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		       const struct gwlb_pkt *pkt);
void gwlb_place_quote(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		      const struct gwlb_pkt *pkt,
		      const struct gwlb_quote *quote);

/* What every packet needs is here. */

/* Is the source the higher side? Ports are compared as they are together in
 * one word, as any order will do.
 */
static inline bool gwlb_place_is_flipped4(u32 src, u32 dst, u32 ports)
{
	if (unlikely(src == dst))
		return ports > rol32(ports, 16);
	return src > dst;
}

/* Puts in all but the zone. The lower side comes first, so that both directions
 * have the same key.
 */
static inline void gwlb_place_make_key(struct gwlb_place *p, u8 family,
				       u8 proto, u8 icmp_type,
				       const union nf_inet_addr *src,
				       const union nf_inet_addr *dst,
				       __be16 sport, __be16 dport)
{
	int order;

	p->key.low_port = sport;
	p->key.high_port = dport;
	if (family == NFPROTO_IPV4) {
		p->flipped = gwlb_place_is_flipped4(src->all[0], dst->all[0],
						    p->key.ports);
	} else {
		order = memcmp(src, dst, sizeof(*src));
		p->flipped = order > 0 ||
			(!order && ntohs(sport) > ntohs(dport));
	}
	if (p->flipped) {
		swap(src, dst);
		p->key.ports = rol32(p->key.ports, 16);
	}
	p->key.family = family;
	p->key.proto = proto;
	p->key.icmp_type = icmp_type;
	if (family == NFPROTO_IPV4) {
		/* Nobody looks at the rest but who keeps the key. */
		p->key.low.ip = src->ip;
		p->key.high.ip = dst->ip;
	} else {
		p->key.low = *src;
		p->key.high = *dst;
	}
}

/* Which group is the endpoint in? Most have no groups. */
static inline u32 gwlb_place_group(const struct gwlb_ruleset *rs, u64 endpoint)
{
	return rs->n_groups ? gwlb_ruleset_group(rs, endpoint) : GWLB_NO_GROUP;
}

/* Puts in group and zone. */
static inline void gwlb_place_make_zone(struct gwlb_place *p,
					const struct gwlb_ruleset *rs,
					u64 endpoint)
{
	p->group = gwlb_place_group(rs, endpoint);
	if (p->group != GWLB_NO_GROUP) {
		p->key.flags = GWLB_FLOW_IN_GROUP;
		p->key.zone = rs->groups[p->group].id;
	} else {
		p->key.flags = 0;
		p->key.zone = endpoint;
	}
}

/**
 * gwlb_place_transport() - to which flow does a packet belong?
 * @p: gets the answer
 * @rs: the ruleset
 * @pkt: the packet, no later fragment and not ICMP or ICMPv6
 *
 * Context: RCU read side
 */
static inline void gwlb_place_transport(struct gwlb_place *p,
					const struct gwlb_ruleset *rs,
					const struct gwlb_pkt *pkt)
{
	gwlb_place_make_zone(p, rs, pkt->endpoint);
	gwlb_place_make_key(p, pkt->family, pkt->proto, 0, &pkt->src,
			    &pkt->dst, pkt->sport, pkt->dport);
}

#endif /* _GWLB_PLACE_H */
