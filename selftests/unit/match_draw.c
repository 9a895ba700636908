// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_draw: rules and packets from bytes. Owns the pools that they are made
 * from: of everything there is so little that rules often apply, and values
 * are next to each other, so that it shows where one is off by one.
 */
#include <arpa/inet.h>
#include <string.h>

#include "match_draw.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const char * const ipv4_pool[] = {
	"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.1.0", "11.0.0.0",
	"138.0.0.1", "255.255.255.255", "0.0.0.0",
};

static const char * const ipv6_pool[] = {
	"2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::",
	"2001:db8::1:0:0:0", "a00::", "::", "fd00:ffff:ffff:ffff::",
};

static const unsigned char ipv4_lens[] = { 0, 1, 7, 8, 24, 30, 31, 32 };
static const unsigned char ipv6_lens[] = {
	0, 1, 8, 31, 32, 33, 63, 64, 65, 96, 127, 128,
};

static const unsigned short port_pool[] = {
	0, 1, 52, 53, 54, 80, 443, 32767, 32768, 65534, 65535,
};

static const unsigned char proto_pool[] = { 6, 17, 1, 58, 0, 5, 7, 47, 255 };
static const unsigned char type_pool[] = { 0, 3, 4, 8, 128, 129, 255 };
static const unsigned char code_pool[] = { 0, 1, 4, 254, 255 };
static const unsigned char flags_pool[] = {
	0x02, 0x12, 0x10, 0x04, 0x11, 0x00, 0xff, 0xc2,
};

static unsigned int draw_byte(struct drawer *d)
{
	if (!d->data) {
		d->state ^= d->state << 13;
		d->state ^= d->state >> 7;
		d->state ^= d->state << 17;
		return d->state >> 24 & 0xff;
	}
	if (!d->left)
		return 0;
	d->left--;
	return *d->data++;
}

/**
 * draw_below() - a number
 * @d: where bytes come from
 * @n: above all of them; 1 to 256
 *
 * Return: 0 to @n - 1
 */
unsigned int draw_below(struct drawer *d, unsigned int n)
{
	return draw_byte(d) % n;
}

#define DRAW(d, pool)	((pool)[draw_below((d), COUNT(pool))])

static void draw_address(struct drawer *d, int version, void *address)
{
	if (version == 4)
		inet_pton(AF_INET, DRAW(d, ipv4_pool), address);
	else
		inet_pton(AF_INET6, DRAW(d, ipv6_pool), address);
}

static void draw_prefix(struct drawer *d, struct oracle_value *value)
{
	int i;

	value->kind = ORACLE_PREFIX;
	value->version = draw_below(d, 2) ? 6 : 4;
	value->len = value->version == 4 ? DRAW(d, ipv4_lens) :
		DRAW(d, ipv6_lens);
	draw_address(d, value->version, value->address);
	for (i = value->len; i < 128; i++)
		value->address[i / 8] &= ~(128 >> i % 8);
}

static unsigned int draw_message(struct drawer *d)
{
	unsigned int type = DRAW(d, type_pool);

	return type * 256 + DRAW(d, code_pool);
}

static unsigned int draw_number(struct drawer *d, enum gwlb_field field)
{
	switch (field) {
	case GWLB_FIELD_PROTOCOL:
		return DRAW(d, proto_pool);
	case GWLB_FIELD_ICMP:
	case GWLB_FIELD_ICMPV6:
		return draw_message(d);
	default:
		return DRAW(d, port_pool);
	}
}

/* Half of the ranges are of one number. */
static void draw_range(struct drawer *d, enum gwlb_field field,
		       struct oracle_value *value)
{
	unsigned int other;

	value->kind = ORACLE_RANGE;
	value->first = draw_number(d, field);
	value->last = value->first;
	if (draw_below(d, 2))
		return;
	other = draw_number(d, field);
	if (other < value->first)
		value->first = other;
	else
		value->last = other;
}

static void draw_id(struct drawer *d, struct oracle_value *value)
{
	value->kind = ORACLE_ID;
	value->id = 0x0123456789abcde0ULL + draw_below(d, 4);
}

static void draw_set(struct drawer *d, unsigned int type,
		     struct oracle_value *value)
{
	value->kind = ORACLE_SET;
	value->set = &d->sets[type + DRAW_TYPES *
			      draw_below(d, DRAW_SETS / DRAW_TYPES)];
}

static void draw_value(struct drawer *d, enum gwlb_field field,
		       struct oracle_value *value)
{
	bool set = !draw_below(d, 4);

	memset(value, 0, sizeof(*value));
	switch (field) {
	case GWLB_FIELD_ENDPOINT:
		if (set)
			draw_set(d, 2, value);
		else
			draw_id(d, value);
		break;
	case GWLB_FIELD_GROUP:
		value->kind = ORACLE_GROUP;
		value->group = draw_below(d, 4);
		break;
	case GWLB_FIELD_NODE:
	case GWLB_FIELD_SOURCE:
	case GWLB_FIELD_DESTINATION:
		if (set)
			draw_set(d, 0, value);
		else
			draw_prefix(d, value);
		break;
	case GWLB_FIELD_SOURCE_PORT:
	case GWLB_FIELD_DESTINATION_PORT:
		if (set)
			draw_set(d, 1, value);
		else
			draw_range(d, field, value);
		break;
	default:
		draw_range(d, field, value);
	}
}

/**
 * draw_sets() - fill the sets, or change what is in them
 * @d: where bytes come from
 */
void draw_sets(struct drawer *d)
{
	unsigned int set, i;

	memset(d->sets, 0, sizeof(d->sets));
	for (set = 0; set < DRAW_SETS; set++) {
		d->sets[set].n = draw_below(d, ORACLE_MAX_VALUES + 1);
		for (i = 0; i < d->sets[set].n; i++) {
			if (set % DRAW_TYPES == 0)
				draw_prefix(d, &d->sets[set].elements[i]);
			else if (set % DRAW_TYPES == 1)
				draw_range(d, GWLB_FIELD_SOURCE_PORT,
					   &d->sets[set].elements[i]);
			else
				draw_id(d, &d->sets[set].elements[i]);
		}
	}
}

static void draw_match(struct drawer *d, enum gwlb_field field,
		       struct oracle_match *match)
{
	unsigned int i;

	memset(match, 0, sizeof(*match));
	match->field = field;
	match->invert = !draw_below(d, 3);
	switch (field) {
	case GWLB_FIELD_TCP_FLAGS:
		match->mask = DRAW(d, flags_pool);
		match->bits = match->mask & DRAW(d, flags_pool);
		break;
	case GWLB_FIELD_FAMILY:
	case GWLB_FIELD_DIRECTION:
		match->bits = draw_below(d, 4);
		break;
	case GWLB_FIELD_CONNECTION:
		match->bits = draw_below(d, 16);
		break;
	case GWLB_FIELD_FRAGMENT:
		match->bits = draw_below(d, 8);
		break;
	default:
		match->n = draw_below(d, ORACLE_MAX_VALUES + 1);
		for (i = 0; i < match->n; i++)
			draw_value(d, field, &match->values[i]);
	}
}

/**
 * draw_rule() - a rule
 * @d: where bytes come from; the rule is good as long as its sets
 * @rule: gets it
 */
void draw_rule(struct drawer *d, struct oracle_rule *rule)
{
	unsigned int i, field, wanted, seen = 0;

	rule->verdict = draw_below(d, 4);
	rule->n = 0;
	wanted = draw_below(d, 5);
	if (wanted == 4)
		wanted = draw_below(d, GWLB_FIELDS);
	for (i = 0; i < wanted; i++) {
		field = draw_below(d, GWLB_FIELDS);
		if (seen & 1U << field)
			continue;
		seen |= 1U << field;
		draw_match(d, field, &rule->matches[rule->n++]);
	}
}

/**
 * draw_subject() - a packet, or a flow
 * @d: where bytes come from
 * @s: gets it
 */
void draw_subject(struct drawer *d, struct gwlb_subject *s)
{
	unsigned int group = draw_below(d, 5);
	int version = draw_below(d, 2) ? 6 : 4;

	memset(s, 0, sizeof(*s));
	s->endpoint = 0x0123456789abcde0ULL + draw_below(d, 4);
	s->group = group == 4 ? GWLB_NO_GROUP : group;
	s->family = version == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	draw_address(d, version, &s->src);
	draw_address(d, version, &s->dst);
	draw_address(d, 4, &s->node);
	s->proto = DRAW(d, proto_pool);
	s->direction = 1 << draw_below(d, 2);
	s->connection = 1 << draw_below(d, 4);
	s->fragment = 1 << draw_below(d, 3);
	s->scope = draw_below(d, 8);
	if (s->scope > GWLB_SCOPE_LATER)
		s->scope = GWLB_SCOPE_ALL;
	s->live = !draw_below(d, 3);
	if (s->live)
		s->connection = GWLB_CONNECTION_ESTABLISHED;
	/* What a packet does not have is 0 or not, it must not matter. */
	if (s->fragment == GWLB_FRAGMENT_LATER && draw_below(d, 2))
		return;
	s->sport = htons(DRAW(d, port_pool));
	s->dport = htons(DRAW(d, port_pool));
	s->tcp_flags = DRAW(d, flags_pool);
	s->icmp_type = DRAW(d, type_pool);
	s->icmp_code = DRAW(d, code_pool);
}
