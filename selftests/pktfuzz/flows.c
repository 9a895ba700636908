// SPDX-License-Identifier: GPL-2.0-only
/*
 * flows: what the module has to remember of packets: flows and first fragments.
 * Owns two tables from which nothing is ever removed, as no run lasts that
 * long.
 *
 * Written from gwlb-rules(5), RFC 792, 791, 4443 and 8200, not from
 * module/place.c.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "flows.h"

/* Powers of two, several times what a run may bring about */
#define N_FLOWS		(1U << 19)
#define N_FRAGMENTS	(1U << 15)

/**
 * struct flows - a hash table with open addresses
 * @n: how many there are
 * @flows: the flows
 */
struct flows {
	unsigned int n;
	struct flow flows[N_FLOWS];
};

/**
 * struct fragments - likewise
 * @n: how many there are
 * @fragments: the first fragments
 */
struct fragments {
	unsigned int n;
	struct fragmented fragments[N_FRAGMENTS];
};

static void *table(size_t size)
{
	void *new = calloc(1, size);

	if (!new)
		err(1, "memory");
	return new;
}

/* FNV-1a */
static unsigned int hash(const void *data, unsigned int len)
{
	const unsigned char *at = data;
	unsigned int h = 2166136261U;

	while (len--)
		h = (h ^ *at++) * 16777619U;
	return h ^ h >> 15;
}

/**
 * flows_new() - make an empty table
 *
 * Return: the table
 */
struct flows *flows_new(void)
{
	return table(sizeof(struct flows));
}

/* The flow, or the place where it would be */
static struct flow *flow_place(struct flows *flows, const struct flow_key *key)
{
	unsigned int i = hash(key, sizeof(*key)) % N_FLOWS;

	while (flows->flows[i].used &&
	       memcmp(&flows->flows[i].key, key, sizeof(*key)))
		i = (i + 1) % N_FLOWS;
	return &flows->flows[i];
}

/**
 * flows_find() - find a flow
 * @flows: the table
 * @key: its key
 *
 * Return: the flow, or NULL
 */
struct flow *flows_find(struct flows *flows, const struct flow_key *key)
{
	struct flow *flow = flow_place(flows, key);

	return flow->used ? flow : NULL;
}

/**
 * flows_add() - a new flow, in the place of an old one with this key
 * @flows: the table
 * @key: its key
 *
 * Return: the flow, to be filled in
 */
struct flow *flows_add(struct flows *flows, const struct flow_key *key)
{
	struct flow *flow = flow_place(flows, key);

	flows->n += !flow->used;
	if (flows->n > N_FLOWS / 2)
		errx(2, "too many flows for a run: fewer packets, please");
	memset(flow, 0, sizeof(*flow));
	flow->used = true;
	flow->key = *key;
	return flow;
}

/**
 * fragments_new() - make an empty table
 *
 * Return: the table
 */
struct fragments *fragments_new(void)
{
	return table(sizeof(struct fragments));
}

static struct fragmented *fragment_place(struct fragments *fragments,
					 const struct fragment_key *key)
{
	unsigned int i = hash(key, sizeof(*key)) % N_FRAGMENTS;

	while (fragments->fragments[i].used &&
	       memcmp(&fragments->fragments[i].key, key, sizeof(*key)))
		i = (i + 1) % N_FRAGMENTS;
	return &fragments->fragments[i];
}

/**
 * fragments_find() - find a first fragment
 * @fragments: the table
 * @key: its key
 *
 * Return: what is known of it, or NULL
 */
struct fragmented *fragments_find(struct fragments *fragments,
				  const struct fragment_key *key)
{
	struct fragmented *fragment = fragment_place(fragments, key);

	return fragment->used ? fragment : NULL;
}

/**
 * fragments_add() - a new one, in the place of an old one with this key
 * @fragments: the table
 * @key: its key
 *
 * Return: a place for what is known of it
 */
struct fragmented *fragments_add(struct fragments *fragments,
				 const struct fragment_key *key)
{
	struct fragmented *fragment = fragment_place(fragments, key);

	fragments->n += !fragment->used;
	memset(fragment, 0, sizeof(*fragment));
	fragment->used = true;
	fragment->key = *key;
	return fragment;
}

/**
 * fragments_count() - how many are there?
 * @fragments: the table
 *
 * Return: that
 */
unsigned int fragments_count(const struct fragments *fragments)
{
	return fragments->n;
}

/**
 * is_icmp() - is it the ICMP of this family?
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: transport protocol
 *
 * Return: true if it is
 */
bool is_icmp(u8 family, u8 proto)
{
	return proto == (family == NFPROTO_IPV4 ? 1 : 58);
}

/**
 * is_icmp_error() - is it about another packet?
 * @pkt: a packet, no later fragment
 *
 * RFC 792, also for types that RFC 6633 and 1122 retired; RFC 4443, 2.1.
 *
 * Return: true if it is
 */
bool is_icmp_error(const struct gwlb_pkt *pkt)
{
	u8 type = pkt->icmp_type;

	if (!is_icmp(pkt->family, pkt->proto))
		return false;
	if (pkt->family == NFPROTO_IPV6)
		return type <= 127;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* RFC 792, RFC 950, RFC 4443: a query and its answer are one conversation. */
static u8 request_of(u8 family, u8 type)
{
	if (family == NFPROTO_IPV6)
		return type == 129 ? 128 : type;
	return type == 0 ? 8 : type == 14 ? 13 : type == 16 ? 15 :
		type == 18 ? 17 : type;
}

/**
 * is_icmp_answer() - is it the answer to a query?
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @type: type of an ICMP message
 *
 * Return: true if it is
 */
bool is_icmp_answer(u8 family, u8 type)
{
	return request_of(family, type) != type;
}

static void zone(u64 *zone, u32 *number, const struct plan *plan, u64 endpoint)
{
	u32 group = plan_group(plan, endpoint);

	*zone = group == GWLB_NO_GROUP ? endpoint : ~0ULL;
	*number = group;
}

/* Puts both sides in order; true if the source is the first one. */
static bool set_sides(struct flow_key *key, const struct side *from,
		      const struct side *to)
{
	bool from_a = memcmp(from, to, sizeof(*from)) <= 0;

	key->a = from_a ? *from : *to;
	key->b = from_a ? *to : *from;
	return from_a;
}

static bool make_key(struct flow_key *key, const struct plan *plan,
		     u64 endpoint, u8 family, const struct gwlb_quote *q)
{
	struct side from, to;
	bool from_a;
	bool answer = is_icmp(family, q->proto) &&
		is_icmp_answer(family, q->icmp_type);

	/* All of it is compared, what is between the members too. */
	memset(key, 0, sizeof(*key));
	memset(&from, 0, sizeof(from));
	memset(&to, 0, sizeof(to));
	zone(&key->zone, &key->group, plan, endpoint);
	key->kind[0] = family;
	key->kind[1] = q->proto;
	from.address = q->src;
	to.address = q->dst;
	if (is_icmp(family, q->proto)) {
		key->kind[2] = request_of(family, q->icmp_type);
		*(answer ? &to.port : &from.port) = q->icmp_id;
	} else {
		from.port = q->sport;
		to.port = q->dport;
	}
	from_a = set_sides(key, &from, &to);
	/* Who asks may have the identifier 0, as who is asked. */
	if (is_icmp(family, q->proto))
		key->kind[3] = from_a == answer;
	return from_a;
}

/**
 * flow_key_packet() - of which flow is a packet?
 * @key: gets the key
 * @plan: the rules
 * @pkt: the packet, no later fragment
 *
 * Return: true if it comes from side a
 */
bool flow_key_packet(struct flow_key *key, const struct plan *plan,
		     const struct gwlb_pkt *pkt)
{
	struct gwlb_quote q = {
		.src = pkt->src,
		.dst = pkt->dst,
		.sport = pkt->sport,
		.dport = pkt->dport,
		.icmp_id = pkt->icmp_id,
		.proto = pkt->proto,
		.icmp_type = pkt->icmp_type,
	};

	return make_key(key, plan, pkt->endpoint, pkt->family, &q);
}

/**
 * flow_key_quote() - of which flow is the packet that an ICMP error quotes?
 * @key: gets the key
 * @plan: the rules
 * @pkt: the error
 * @quote: what it quotes
 *
 * Return: true if the quoted packet came from side a
 */
bool flow_key_quote(struct flow_key *key, const struct plan *plan,
		    const struct gwlb_pkt *pkt, const struct gwlb_quote *quote)
{
	return make_key(key, plan, pkt->endpoint, pkt->family, quote);
}

/**
 * fragment_key() - of which packet is it a fragment?
 * @key: gets the key
 * @plan: the rules
 * @pkt: the fragment
 */
void fragment_key(struct fragment_key *key, const struct plan *plan,
		  const struct gwlb_pkt *pkt)
{
	memset(key, 0, sizeof(*key));
	key->src = pkt->src;
	key->dst = pkt->dst;
	zone(&key->zone, &key->group, plan, pkt->endpoint);
	key->id = pkt->frag_id;
	key->kind[0] = pkt->family;
	if (pkt->family == NFPROTO_IPV4)
		key->kind[1] = pkt->proto;
}
