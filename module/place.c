// SPDX-License-Identifier: GPL-2.0-only
/*
 * place: to which flow a packet belongs. See place.h.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/string.h>

#include "inner.h"
#include "place.h"
#include "ruleset.h"

static bool is_icmp(u8 family, u8 proto)
{
	return proto == (family == NFPROTO_IPV4 ? IPPROTO_ICMP :
			 IPPROTO_ICMPV6);
}

static bool is_error(u8 family, u8 type)
{
	if (family == NFPROTO_IPV6)
		return type < 128;
	switch (type) {
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return true;
	}
	return false;
}

/* The type of the request that an ICMP message asks or answers: both are one
 * flow.
 */
static u8 icmp_request(u8 family, u8 type, bool *answer)
{
	*answer = true;
	if (family == NFPROTO_IPV6) {
		if (type == ICMPV6_ECHO_REPLY)
			return ICMPV6_ECHO_REQUEST;
	} else {
		switch (type) {
		case ICMP_ECHOREPLY:
			return ICMP_ECHO;
		case ICMP_TIMESTAMPREPLY:
			return ICMP_TIMESTAMP;
		case ICMP_INFO_REPLY:
			return ICMP_INFO_REQUEST;
		case ICMP_ADDRESSREPLY:
			return ICMP_ADDRESS;
		}
	}
	*answer = false;
	return type;
}

/**
 * gwlb_place_icmp_kind() - what is this packet to ICMP and ICMPv6?
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: its protocol; it is no later fragment
 * @type: its type, if it is ICMP or ICMPv6
 *
 * Return: its kind
 */
enum gwlb_icmp_kind gwlb_place_icmp_kind(u8 family, u8 proto, u8 type)
{
	bool answer;

	if (!is_icmp(family, proto))
		return GWLB_ICMP_NONE;
	if (is_error(family, type))
		return GWLB_ICMP_ERROR;
	icmp_request(family, type, &answer);
	return answer ? GWLB_ICMP_ANSWER : GWLB_ICMP_OTHER;
}

/* The identifier of an ICMP query stands for the port of who asks: who is asked
 * may ask something himself, with the same one, and that is another flow. As it
 * may be 0 there is a flag, too.
 */
static void make_icmp_key(struct gwlb_place *p, u8 family, u8 proto,
			  const union nf_inet_addr *src,
			  const union nf_inet_addr *dst,
			  u8 type, __be16 id)
{
	bool answer;
	u8 request = icmp_request(family, type, &answer);

	gwlb_place_make_key(p, family, proto, request, src, dst,
			    answer ? 0 : id, answer ? id : 0);
	if (p->flipped != answer)
		p->key.flags |= GWLB_FLOW_HIGH_ASKS;
}

/**
 * gwlb_place_keep() - take over the key
 * @p: the answer of one of these functions
 * @key: gets the key, with all of its bytes set
 */
void gwlb_place_keep(const struct gwlb_place *p, struct gwlb_flow_key *key)
{
	memset(key, 0, sizeof(*key));
	key->zone = p->key.zone;
	key->ports = p->key.ports;
	key->kind = p->key.kind;
	if (p->key.family == NFPROTO_IPV4) {
		key->low.ip = p->key.low.ip;
		key->high.ip = p->key.high.ip;
	} else {
		key->low = p->key.low;
		key->high = p->key.high;
	}
}

/**
 * gwlb_place_zone() - among which flows does a packet belong?
 * @p: gets group and an otherwise empty key
 * @rs: the ruleset
 * @endpoint: id of the endpoint
 *
 * Context: RCU read side
 */
void gwlb_place_zone(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		     u64 endpoint)
{
	memset(p, 0, sizeof(*p));
	gwlb_place_make_zone(p, rs, endpoint);
}

/**
 * gwlb_place_packet() - to which flow does a packet belong?
 * @p: gets the answer
 * @rs: the ruleset
 * @pkt: the packet, no later fragment
 *
 * Context: RCU read side
 */
void gwlb_place_packet(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		       const struct gwlb_pkt *pkt)
{
	if (!is_icmp(pkt->family, pkt->proto)) {
		gwlb_place_transport(p, rs, pkt);
		return;
	}
	gwlb_place_make_zone(p, rs, pkt->endpoint);
	make_icmp_key(p, pkt->family, pkt->proto, &pkt->src, &pkt->dst,
		      pkt->icmp_type, pkt->icmp_id);
}

/**
 * gwlb_place_quote() - to which flow does the packet in an ICMP error belong?
 * @p: gets the answer
 * @rs: the ruleset
 * @pkt: the ICMP error
 * @quote: the packet that it quotes
 *
 * Context: RCU read side
 */
void gwlb_place_quote(struct gwlb_place *p, const struct gwlb_ruleset *rs,
		      const struct gwlb_pkt *pkt,
		      const struct gwlb_quote *quote)
{
	gwlb_place_make_zone(p, rs, pkt->endpoint);
	if (is_icmp(pkt->family, quote->proto))
		make_icmp_key(p, pkt->family, quote->proto, &quote->src,
			      &quote->dst, quote->icmp_type, quote->icmp_id);
	else
		gwlb_place_make_key(p, pkt->family, quote->proto, 0,
				    &quote->src, &quote->dst, quote->sport,
				    quote->dport);
}
