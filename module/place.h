/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place: to which flow a packet belongs, if there is such a flow. Owns how keys
 * are made; keeps nothing.
 */
#ifndef _GWLB_PLACE_H
#define _GWLB_PLACE_H

#include "flow.h"

struct gwlb_pkt;
struct gwlb_quote;
struct gwlb_ruleset;

/**
 * struct gwlb_place - where a packet belongs
 * @group: index of the endpoint's group, or GWLB_NO_GROUP
 * @key: key of its flow
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

enum gwlb_icmp_kind gwlb_place_icmp_kind(const struct gwlb_pkt *pkt);
void gwlb_place_zone(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		     u64 endpoint);
void gwlb_place_packet(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		       const struct gwlb_pkt *pkt);
void gwlb_place_quote(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		      const struct gwlb_pkt *pkt,
		      const struct gwlb_quote *quote);

#endif /* _GWLB_PLACE_H */
