// SPDX-License-Identifier: GPL-2.0-only
/*
 * match: which rule applies to a packet? See match.h.
 *
 * It is as if rules were asked one after the other, as people read them. Three
 * things make that fast for thousands: the index knows the few that may apply,
 * of these many cannot apply to the packet's class and are passed by at one
 * look, and large lists are in sets.
 */
#include <linux/in.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#include "index.h"
#include "match.h"
#include "set.h"

/* What a packet is by its transport header. TCP, UDP and ICMP (the one of its
 * IP version) are those whose header is known, so no later fragment.
 */
enum gwlb_kind {
	GWLB_KIND_TCP,
	GWLB_KIND_UDP,
	GWLB_KIND_ICMP,
	GWLB_KIND_OTHER,
	GWLB_KIND_LATER,
	GWLB_KINDS,
};

static u8 icmp_of(u8 family)
{
	return family == NFPROTO_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
}

static enum gwlb_kind kind_of(u8 family, u8 proto, u8 fragment)
{
	if (fragment == GWLB_FRAGMENT_LATER)
		return GWLB_KIND_LATER;
	if (proto == IPPROTO_TCP)
		return GWLB_KIND_TCP;
	if (proto == IPPROTO_UDP)
		return GWLB_KIND_UDP;
	if (proto == icmp_of(family))
		return GWLB_KIND_ICMP;
	return GWLB_KIND_OTHER;
}

/* A class is a kind, an IP version and a direction. */
static u32 class_bit(u8 family, u8 direction, enum gwlb_kind kind)
{
	u32 class = kind;

	if (family == NFPROTO_IPV6)
		class += GWLB_KINDS;
	if (direction == GWLB_DIRECTION_OUT)
		class += 2 * GWLB_KINDS;
	return 1U << class;
}

static u8 family_bit(u8 family)
{
	return family == NFPROTO_IPV4 ? GWLB_FAMILY_IPV4 : GWLB_FAMILY_IPV6;
}

/**
 * gwlb_prefix_has() - is an address in a prefix?
 * @prefix: the prefix
 * @family: family of the address
 * @address: the address
 *
 * Return: true if it is; false if it is not, or of the other family
 */
bool gwlb_prefix_has(const struct gwlb_prefix *prefix, u8 family,
		     const union nf_inet_addr *address)
{
	u32 word, bits = prefix->len;

	if (prefix->family != family)
		return false;
	for (word = 0; bits >= 32; word++, bits -= 32)
		if (address->ip6[word] != prefix->address.ip6[word])
			return false;
	if (!bits)
		return true;
	return !((ntohl(address->ip6[word]) ^
		  ntohl(prefix->address.ip6[word])) >> (32 - bits));
}

/* One value against what the packet has of the field */

static bool value_has_address(const struct gwlb_value *value, u8 family,
			      const union nf_inet_addr *address)
{
	if (value->type == GWLB_VALUE_SET)
		return gwlb_set_has_address(value->set, family, address);
	return gwlb_prefix_has(&value->prefix, family, address);
}

static bool value_has_number(const struct gwlb_value *value, u16 number)
{
	if (value->type == GWLB_VALUE_SET)
		return gwlb_set_has_port(value->set, number);
	return number >= value->range.first && number <= value->range.last;
}

static bool value_has_endpoint(const struct gwlb_value *value, u64 id)
{
	if (value->type == GWLB_VALUE_SET)
		return gwlb_set_has_endpoint(value->set, id);
	return id == value->id;
}

/* All values of a condition, turned round if it says so */

static bool holds_address(const struct gwlb_condition *c, u8 family,
			  const union nf_inet_addr *address)
{
	u32 i;

	for (i = 0; i < c->n_values; i++)
		if (value_has_address(&c->values[i], family, address))
			return !c->invert;
	return c->invert;
}

/* What is asked rarely and needs a stack frame is out of the way of what is
 * asked for nearly every rule and needs none.
 */
static noinline bool holds_node(const struct gwlb_condition *c, __be32 node)
{
	const union nf_inet_addr address = { .ip = node };

	return holds_address(c, NFPROTO_IPV4, &address);
}

static bool holds_number(const struct gwlb_condition *c, u16 number)
{
	u32 i;

	for (i = 0; i < c->n_values; i++)
		if (value_has_number(&c->values[i], number))
			return !c->invert;
	return c->invert;
}

static noinline bool holds_endpoint(const struct gwlb_condition *c, u64 id)
{
	u32 i;

	for (i = 0; i < c->n_values; i++)
		if (value_has_endpoint(&c->values[i], id))
			return !c->invert;
	return c->invert;
}

static bool holds_group(const struct gwlb_condition *c, u32 group)
{
	u32 i;

	for (i = 0; i < c->n_values; i++)
		if (c->values[i].group == group)
			return !c->invert;
	return c->invert;
}

static bool holds_bits(const struct gwlb_condition *c, u8 bit)
{
	return !(c->bits & bit) == c->invert;
}

/* For the flow of a live subject the packet to ask about has passed long ago.
 * As it belongs to a flow it is established; but who lets flows begin wants
 * them to go on, too.
 */
static bool holds_connection(const struct gwlb_rule *rule,
			     const struct gwlb_condition *c,
			     const struct gwlb_subject *s)
{
	if (holds_bits(c, s->connection))
		return true;
	return s->live && rule->verdict == GWLB_VERDICT_ACCEPT &&
	       holds_bits(c, GWLB_CONNECTION_NEW);
}

static bool has_ports(enum gwlb_kind kind)
{
	return kind == GWLB_KIND_TCP || kind == GWLB_KIND_UDP;
}

static u16 message_of(const struct gwlb_subject *s)
{
	return s->icmp_type << 8 | s->icmp_code;
}

/* Any other condition, whatever rule it is of */
static bool holds_alone(const struct gwlb_condition *c,
			const struct gwlb_subject *s, enum gwlb_kind kind)
{
	switch (c->field) {
	case GWLB_FIELD_ENDPOINT:
		return holds_endpoint(c, s->endpoint);
	case GWLB_FIELD_GROUP:
		return holds_group(c, s->group);
	case GWLB_FIELD_NODE:
		return holds_node(c, s->node);
	case GWLB_FIELD_SOURCE:
		return holds_address(c, s->family, &s->src);
	case GWLB_FIELD_DESTINATION:
		return holds_address(c, s->family, &s->dst);
	case GWLB_FIELD_PROTOCOL:
		return holds_number(c, s->proto);
	case GWLB_FIELD_SOURCE_PORT:
		return has_ports(kind) && holds_number(c, ntohs(s->sport));
	case GWLB_FIELD_DESTINATION_PORT:
		return has_ports(kind) && holds_number(c, ntohs(s->dport));
	case GWLB_FIELD_ICMP:
		return kind == GWLB_KIND_ICMP && s->family == NFPROTO_IPV4 &&
		       holds_number(c, message_of(s));
	case GWLB_FIELD_ICMPV6:
		return kind == GWLB_KIND_ICMP && s->family == NFPROTO_IPV6 &&
		       holds_number(c, message_of(s));
	case GWLB_FIELD_TCP_FLAGS:
		return kind == GWLB_KIND_TCP &&
		       ((s->tcp_flags & c->mask) == c->bits) != c->invert;
	case GWLB_FIELD_FAMILY:
		return holds_bits(c, family_bit(s->family));
	case GWLB_FIELD_DIRECTION:
		return holds_bits(c, s->direction);
	case GWLB_FIELD_FRAGMENT:
		return holds_bits(c, s->fragment);
	}
	return false;
}

static bool holds(const struct gwlb_rule *rule, const struct gwlb_condition *c,
		  const struct gwlb_subject *s, enum gwlb_kind kind)
{
	if (c->field == GWLB_FIELD_CONNECTION)
		return holds_connection(rule, c, s);
	return holds_alone(c, s, kind);
}

/**
 * gwlb_condition_holds() - does a condition hold, whatever rule it is of?
 * @c: the condition; not one on the connection, which depends on the rule
 * @s: what it is asked about
 *
 * Context: any; RCU read side, for sets
 * Return: true if it does
 */
bool gwlb_condition_holds(const struct gwlb_condition *c,
			  const struct gwlb_subject *s)
{
	return holds_alone(c, s, kind_of(s->family, s->proto, s->fragment));
}

static bool applies(const struct gwlb_rule *rule,
		    const struct gwlb_subject *s, enum gwlb_kind kind)
{
	u32 i;

	for (i = 0; i < rule->n_conditions; i++)
		if (!holds(rule, &rule->conditions[i], s, kind))
			return false;
	return true;
}

/**
 * gwlb_match() - find the next rule that applies
 * @rules: rules, each of them prepared
 * @c: those that may apply; those up to the one that is found are taken
 * @s: what they are asked about
 *
 * Limits are not looked at: whoever asks takes a token, and if there is none
 * asks for the next rule.
 *
 * Context: any; RCU read side, for sets
 * Return: index of the first rule of @c that applies, or GWLB_NO_RULE
 */
u32 gwlb_match(const struct gwlb_rule *rules, struct gwlb_candidates *c,
	       const struct gwlb_subject *s)
{
	enum gwlb_kind kind = kind_of(s->family, s->proto, s->fragment);
	u32 class = class_bit(s->family, s->direction, kind);
	u32 i;

	for (i = gwlb_candidates_next(c); i != GWLB_NO_RULE;
	     i = gwlb_candidates_next(c))
		if (rules[i].classes & class &&
		    rules[i].scopes & 1 << s->scope &&
		    applies(&rules[i], s, kind))
			break;
	return i;
}

/* Rules are made ready. Where it takes long to say whether a rule can apply to
 * a class, the answer is yes: the conditions will tell.
 */

#define KIND(name)	BIT(GWLB_KIND_ ## name)
#define ALL_KINDS	(BIT(GWLB_KINDS) - 1)
#define BOTH_FAMILIES	(GWLB_FAMILY_IPV4 | GWLB_FAMILY_IPV6)
#define BOTH_DIRECTIONS	(GWLB_DIRECTION_IN | GWLB_DIRECTION_OUT)

/* The classes of all combinations */
static u32 classes_of(u32 kinds, u8 families, u8 directions)
{
	u32 classes = 0;

	if (families & GWLB_FAMILY_IPV4)
		classes |= kinds;
	if (families & GWLB_FAMILY_IPV6)
		classes |= kinds << GWLB_KINDS;
	return (directions & GWLB_DIRECTION_IN ? classes : 0) |
	       (directions & GWLB_DIRECTION_OUT ? classes << 2 * GWLB_KINDS :
		0);
}

static bool may_have_proto(const struct gwlb_condition *c, u8 family,
			   enum gwlb_kind kind)
{
	const struct gwlb_range *range;
	u32 i;

	switch (kind) {
	case GWLB_KIND_TCP:
		return holds_number(c, IPPROTO_TCP);
	case GWLB_KIND_UDP:
		return holds_number(c, IPPROTO_UDP);
	case GWLB_KIND_ICMP:
		return holds_number(c, icmp_of(family));
	default:
		break;
	}
	if (c->invert || kind == GWLB_KIND_LATER)
		return true;
	for (i = 0; i < c->n_values; i++) {
		range = &c->values[i].range;
		if (range->first != range->last ||
		    kind_of(family, range->first, 0) == GWLB_KIND_OTHER)
			return true;
	}
	return false;
}

static u32 proto_classes(const struct gwlb_condition *c, u8 family)
{
	u32 kind, kinds = 0;

	for (kind = 0; kind < GWLB_KINDS; kind++)
		if (may_have_proto(c, family, kind))
			kinds |= BIT(kind);
	return classes_of(kinds, family_bit(family), BOTH_DIRECTIONS);
}

static u8 address_families(const struct gwlb_condition *c)
{
	u8 families = 0;
	u32 i;

	if (c->invert)
		return BOTH_FAMILIES;
	for (i = 0; i < c->n_values; i++) {
		if (c->values[i].type == GWLB_VALUE_SET)
			return BOTH_FAMILIES;
		families |= family_bit(c->values[i].prefix.family);
	}
	return families;
}

static u32 fragment_kinds(const struct gwlb_condition *c)
{
	u32 kinds = 0;

	if (holds_bits(c, GWLB_FRAGMENT_LATER))
		kinds |= KIND(LATER);
	if (holds_bits(c, GWLB_FRAGMENT_NONE) ||
	    holds_bits(c, GWLB_FRAGMENT_FIRST))
		kinds |= ALL_KINDS & ~KIND(LATER);
	return kinds;
}

/* Of two flags those that fit */
static u8 fitting(const struct gwlb_condition *c, u8 both)
{
	return (c->invert ? ~c->bits : c->bits) & both;
}

/* The classes in which a condition may hold */
static u32 may_hold(const struct gwlb_condition *c)
{
	u8 families = BOTH_FAMILIES, directions = BOTH_DIRECTIONS;
	u32 kinds = ALL_KINDS;

	switch (c->field) {
	case GWLB_FIELD_SOURCE:
	case GWLB_FIELD_DESTINATION:
		families = address_families(c);
		break;
	case GWLB_FIELD_PROTOCOL:
		return proto_classes(c, NFPROTO_IPV4) |
		       proto_classes(c, NFPROTO_IPV6);
	case GWLB_FIELD_SOURCE_PORT:
	case GWLB_FIELD_DESTINATION_PORT:
		kinds = KIND(TCP) | KIND(UDP);
		break;
	case GWLB_FIELD_ICMP:
		kinds = KIND(ICMP);
		families = GWLB_FAMILY_IPV4;
		break;
	case GWLB_FIELD_ICMPV6:
		kinds = KIND(ICMP);
		families = GWLB_FAMILY_IPV6;
		break;
	case GWLB_FIELD_TCP_FLAGS:
		kinds = KIND(TCP);
		break;
	case GWLB_FIELD_FAMILY:
		families = fitting(c, BOTH_FAMILIES);
		break;
	case GWLB_FIELD_DIRECTION:
		directions = fitting(c, BOTH_DIRECTIONS);
		break;
	case GWLB_FIELD_FRAGMENT:
		kinds = fragment_kinds(c);
		break;
	}
	return classes_of(kinds, families, directions);
}

/* Does the rule itself name this state, or this part of a packet? */
static bool names(const struct gwlb_rule *rule, enum gwlb_field field, u8 bit)
{
	const struct gwlb_condition *c;
	u32 i;

	for (i = 0; i < rule->n_conditions; i++) {
		c = &rule->conditions[i];
		if (c->field == field && !c->invert && c->bits & bit)
			return true;
	}
	return false;
}

/**
 * gwlb_rule_prepare() - make a rule ready to be asked
 * @rule: the rule, complete but for @classes and @scopes
 *
 * Context: any
 */
void gwlb_rule_prepare(struct gwlb_rule *rule)
{
	u32 i;

	rule->classes = classes_of(ALL_KINDS, BOTH_FAMILIES, BOTH_DIRECTIONS);
	for (i = 0; i < rule->n_conditions; i++)
		rule->classes &= may_hold(&rule->conditions[i]);
	rule->scopes = 1 << GWLB_SCOPE_ALL;
	if (names(rule, GWLB_FIELD_CONNECTION, GWLB_CONNECTION_RELATED))
		rule->scopes |= 1 << GWLB_SCOPE_RELATED;
	if (names(rule, GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_LATER))
		rule->scopes |= 1 << GWLB_SCOPE_LATER;
}

/**
 * gwlb_rule_families() - which IP versions can a rule apply to?
 * @rule: the rule, prepared
 *
 * Context: any
 * Return: bits of enum gwlb_family
 */
u8 gwlb_rule_families(const struct gwlb_rule *rule)
{
	u32 ipv4 = classes_of(ALL_KINDS, GWLB_FAMILY_IPV4, BOTH_DIRECTIONS);

	return (rule->classes & ipv4 ? GWLB_FAMILY_IPV4 : 0) |
	       (rule->classes & ~ipv4 ? GWLB_FAMILY_IPV6 : 0);
}

/**
 * gwlb_rule_directions() - which directions can a rule apply to?
 * @rule: the rule, prepared
 *
 * Context: any
 * Return: bits of enum gwlb_direction
 */
u8 gwlb_rule_directions(const struct gwlb_rule *rule)
{
	u32 in = classes_of(ALL_KINDS, BOTH_FAMILIES, GWLB_DIRECTION_IN);

	return (rule->classes & in ? GWLB_DIRECTION_IN : 0) |
	       (rule->classes & ~in ? GWLB_DIRECTION_OUT : 0);
}
