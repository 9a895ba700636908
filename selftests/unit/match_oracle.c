// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_oracle: what rules mean. Owns nothing.
 *
 * A second opinion about module/match.c, written from what gwlb-rules(5) says
 * and as different as can be: rules are kept as they are written, a prefix is
 * compared bit by bit, nothing is prepared, nothing is fast.
 */
#include <string.h>

#include "match_oracle.h"

static bool bit_of(const unsigned char *bytes, int n)
{
	return bytes[n / 8] & (128 >> n % 8);
}

/**
 * oracle_is_in() - is an address in a prefix?
 * @value: the prefix
 * @version: IP version of the address
 * @address: its 4 or 16 bytes
 *
 * Return: true if it is
 */
bool oracle_is_in(const struct oracle_value *value, int version,
		  const void *address)
{
	int i;

	if (value->version != version)
		return false;
	for (i = 0; i < value->len; i++)
		if (bit_of(value->address, i) != bit_of(address, i))
			return false;
	return true;
}

static int version_of(const struct gwlb_subject *s)
{
	return s->family == NFPROTO_IPV4 ? 4 : 6;
}

static bool has_tcp(const struct gwlb_subject *s)
{
	return s->proto == 6 && s->fragment != GWLB_FRAGMENT_LATER;
}

static bool has_udp(const struct gwlb_subject *s)
{
	return s->proto == 17 && s->fragment != GWLB_FRAGMENT_LATER;
}

/* Has the packet what the match looks at? */
static bool has_field(enum gwlb_field field, const struct gwlb_subject *s)
{
	bool whole = s->fragment != GWLB_FRAGMENT_LATER;

	if (field == GWLB_FIELD_SOURCE_PORT ||
	    field == GWLB_FIELD_DESTINATION_PORT)
		return has_tcp(s) || has_udp(s);
	if (field == GWLB_FIELD_TCP_FLAGS)
		return has_tcp(s);
	if (field == GWLB_FIELD_ICMP)
		return version_of(s) == 4 && s->proto == 1 && whole;
	if (field == GWLB_FIELD_ICMPV6)
		return version_of(s) == 6 && s->proto == 58 && whole;
	return true;
}

/* A number that is looked at; all of them are small enough. */
static unsigned int number_of(enum gwlb_field field,
			      const struct gwlb_subject *s)
{
	if (field == GWLB_FIELD_PROTOCOL)
		return s->proto;
	if (field == GWLB_FIELD_SOURCE_PORT)
		return ntohs(s->sport);
	if (field == GWLB_FIELD_DESTINATION_PORT)
		return ntohs(s->dport);
	return s->icmp_type * 256 + s->icmp_code;
}

static bool is_value(enum gwlb_field field, const struct oracle_value *value,
		     const struct gwlb_subject *s)
{
	unsigned int i, number = number_of(field, s);

	switch (value->kind) {
	case ORACLE_SET:
		for (i = 0; i < value->set->n; i++)
			if (is_value(field, &value->set->elements[i], s))
				return true;
		return false;
	case ORACLE_ID:
		return s->endpoint == value->id;
	case ORACLE_GROUP:
		return s->group == value->group;
	case ORACLE_RANGE:
		return value->first <= number && number <= value->last;
	case ORACLE_PREFIX:
		if (field == GWLB_FIELD_NODE)
			return oracle_is_in(value, 4, &s->node);
		return oracle_is_in(value, version_of(s),
				    field == GWLB_FIELD_SOURCE ?
				    &s->src : &s->dst);
	}
	return false;
}

/* As if the connection was in this state */
static bool any_value(const struct oracle_match *match,
		      const struct gwlb_subject *s, unsigned int state)
{
	unsigned int i;

	switch (match->field) {
	case GWLB_FIELD_TCP_FLAGS:
		return (s->tcp_flags & match->mask) == match->bits;
	case GWLB_FIELD_FAMILY:
		return match->bits & (version_of(s) == 4 ? GWLB_FAMILY_IPV4 :
				      GWLB_FAMILY_IPV6);
	case GWLB_FIELD_DIRECTION:
		return match->bits & s->direction;
	case GWLB_FIELD_CONNECTION:
		return match->bits & state;
	case GWLB_FIELD_FRAGMENT:
		return match->bits & s->fragment;
	default:
		for (i = 0; i < match->n; i++)
			if (is_value(match->field, &match->values[i], s))
				return true;
		return false;
	}
}

/**
 * oracle_holds() - does a match hold?
 * @rule: the rule it is of
 * @match: the match
 * @s: the packet, or the flow
 *
 * Return: true if it does
 */
bool oracle_holds(const struct oracle_rule *rule,
		  const struct oracle_match *match,
		  const struct gwlb_subject *s)
{
	if (!has_field(match->field, s))
		return false;
	if (any_value(match, s, s->connection) != match->invert)
		return true;
	/* Where flows may begin, those that live may go on. */
	return s->live && rule->verdict == GWLB_VERDICT_ACCEPT &&
	       any_value(match, s, GWLB_CONNECTION_NEW) != match->invert;
}

/**
 * oracle_is_asked() - is a rule asked at all?
 * @rule: the rule
 * @s: the packet, or the flow
 *
 * Return: true if it is
 */
bool oracle_is_asked(const struct oracle_rule *rule,
		     const struct gwlb_subject *s)
{
	enum gwlb_field field = GWLB_FIELD_CONNECTION;
	unsigned int i, bit = GWLB_CONNECTION_RELATED;

	if (s->scope == GWLB_SCOPE_ALL)
		return true;
	if (s->scope == GWLB_SCOPE_LATER) {
		field = GWLB_FIELD_FRAGMENT;
		bit = GWLB_FRAGMENT_LATER;
	}
	for (i = 0; i < rule->n; i++)
		if (rule->matches[i].field == field)
			return !rule->matches[i].invert &&
			       rule->matches[i].bits & bit;
	return false;
}

/**
 * oracle_applies() - does a rule apply?
 * @rule: the rule
 * @s: the packet, or the flow
 *
 * Return: true if it does
 */
bool oracle_applies(const struct oracle_rule *rule,
		    const struct gwlb_subject *s)
{
	unsigned int i;

	if (!oracle_is_asked(rule, s))
		return false;
	for (i = 0; i < rule->n; i++)
		if (!oracle_holds(rule, &rule->matches[i], s))
			return false;
	return true;
}
