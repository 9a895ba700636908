// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_plan: thousands of rules as people have them, and packets that they
 * hardly apply to, or hardly not. Owns the plans: which fields rules have, how
 * often, and how long prefixes are.
 */
#include <string.h>

#include "match_plan.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const unsigned short known_ports[] = {
	22, 25, 53, 80, 110, 123, 143, 389, 443, 445, 636, 993, 1433, 1521,
	3306, 3389, 5432, 8080, 8443, 9200,
};

static unsigned int draw_16(struct drawer *d)
{
	unsigned int high = draw_below(d, 256);

	return high << 8 | draw_below(d, 256);
}

static unsigned int draw_32(struct drawer *d)
{
	unsigned int high = draw_16(d);

	return high << 16 | draw_16(d);
}

/* Numbers in network order */
static void put_32(unsigned char *at, unsigned int number)
{
	number = htonl(number);
	memcpy(at, &number, 4);
}

static void add_value(struct oracle_match *match, struct oracle_value value)
{
	match->values[match->n++] = value;
}

static struct oracle_match *add_match(struct oracle_rule *rule,
				      enum gwlb_field field)
{
	struct oracle_match *match = &rule->matches[rule->n++];

	memset(match, 0, sizeof(*match));
	match->field = field;
	return match;
}

static void add_range(struct oracle_rule *rule, enum gwlb_field field,
		      unsigned int first, unsigned int last)
{
	add_value(add_match(rule, field), (struct oracle_value){
		.kind = ORACLE_RANGE,
		.first = first,
		.last = last,
	});
}

static void add_prefix(struct oracle_match *match, int version,
		       const unsigned int *words, int len)
{
	struct oracle_value value = {
		.kind = ORACLE_PREFIX,
		.version = version,
		.len = len,
	};
	int i;

	for (i = 0; i < (version == 4 ? 1 : 4); i++)
		put_32(&value.address[4 * i], words[i]);
	for (i = len; i < 128; i++)
		value.address[i / 8] &= ~(128 >> i % 8);
	add_value(match, value);
}

static void add_ipv4(struct oracle_match *match, unsigned int address, int len)
{
	add_prefix(match, 4, &address, len);
}

static void add_id(struct oracle_rule *rule, unsigned long long id)
{
	add_value(add_match(rule, GWLB_FIELD_ENDPOINT), (struct oracle_value){
		.kind = ORACLE_ID,
		.id = id,
	});
}

static void add_flags(struct oracle_rule *rule, unsigned int bits)
{
	struct oracle_match *match = add_match(rule, GWLB_FIELD_TCP_FLAGS);

	match->mask = 0xff;
	match->bits = bits & 0xff;
}

static void add_set(struct drawer *d, struct oracle_rule *rule,
		    enum gwlb_field field, unsigned int set)
{
	add_value(add_match(rule, field), (struct oracle_value){
		.kind = ORACLE_SET,
		.set = &d->sets[set],
	});
}

/* The plans */

static void plan_hosts(struct oracle_rule *rule, unsigned int i)
{
	struct oracle_match *to = add_match(rule, GWLB_FIELD_DESTINATION);

	if (i & 1)
		add_ipv4(to, 0x0a000000 + 256 * i, 24);
	else
		add_ipv4(to, 0xac100000 + i, 32);
	add_range(rule, GWLB_FIELD_PROTOCOL, 6, 6);
	add_range(rule, GWLB_FIELD_DESTINATION_PORT, 443, 443);
}

static void plan_lists(struct drawer *d, struct oracle_rule *rule)
{
	struct oracle_match *to = add_match(rule, GWLB_FIELD_DESTINATION);
	unsigned int k, port;

	for (k = 0; k < ORACLE_MAX_VALUES; k++)
		add_ipv4(to, 0x0a000000 + draw_16(d) * 16, 30);
	port = draw_below(d, COUNT(known_ports));
	add_range(rule, GWLB_FIELD_DESTINATION_PORT, known_ports[port],
		  known_ports[port]);
	add_value(&rule->matches[1], (struct oracle_value){
		.kind = ORACLE_RANGE,
		.first = 9999,
		.last = 10010,
	});
}

static void plan_ipv6(struct drawer *d, struct oracle_rule *rule)
{
	unsigned int words[4] = { 0x20010db8, draw_16(d), 0, draw_below(d, 4) };

	add_prefix(add_match(rule, GWLB_FIELD_DESTINATION), 6, words,
		   draw_below(d, 2) ? 64 : 128);
	if (draw_below(d, 2))
		return;
	words[1] = draw_32(d);
	words[3] = draw_32(d);
	add_prefix(add_match(rule, GWLB_FIELD_SOURCE), 6, words,
		   48 + draw_below(d, 81));
}

static void plan_nested(struct drawer *d, struct oracle_rule *rule)
{
	unsigned int first = draw_below(d, 200) * 150;
	int len = 1 + draw_below(d, 32);

	add_ipv4(add_match(rule, GWLB_FIELD_DESTINATION),
		 0x0a0a0a0a ^ draw_16(d), len);
	if (draw_below(d, 2))
		add_range(rule, GWLB_FIELD_SOURCE_PORT, first,
			  65535 - draw_below(d, 200) * 150);
}

static void plan_port(struct drawer *d, struct oracle_rule *rule,
		      enum gwlb_field field, unsigned int left_out)
{
	unsigned int kind = draw_below(d, 8), port = draw_16(d), last = port;

	if (draw_below(d, 100) < left_out)
		return;
	if (kind < 2) {
		port = known_ports[draw_below(d, COUNT(known_ports))];
		last = port;
	} else if (kind == 2) {
		last = port > 65000 ? 65535 : port + draw_below(d, 256);
	} else if (kind == 3) {
		port = 1024;
		last = 65535;
	}
	add_range(rule, field, port, last);
}

/* Networks are near each other, as those of one owner are. */
static void plan_address(struct drawer *d, struct oracle_rule *rule,
			 enum gwlb_field field, unsigned int left_out)
{
	static const unsigned char lens[] = {
		8, 12, 16, 20, 24, 24, 28, 32, 32, 32,
	};
	unsigned int net = draw_below(d, 40), host = draw_16(d);
	int len = lens[draw_below(d, COUNT(lens))];

	if (draw_below(d, 100) >= left_out)
		add_ipv4(add_match(rule, field),
			 0x0a000000 + net * net * 0x00013700 + host, len);
}

static void plan_mix(struct drawer *d, struct oracle_rule *rule,
		     unsigned int no_source, unsigned int no_destination,
		     unsigned int no_port)
{
	static const unsigned char protos[] = { 6, 6, 6, 6, 6, 17, 17, 1, 47 };
	unsigned int proto = protos[draw_below(d, COUNT(protos))];

	plan_address(d, rule, GWLB_FIELD_SOURCE, no_source);
	plan_address(d, rule, GWLB_FIELD_DESTINATION, no_destination);
	if (draw_below(d, 10))
		add_range(rule, GWLB_FIELD_PROTOCOL, proto, proto);
	if (proto != 6 && proto != 17)
		return;
	/* Nobody writes the same rule for everything a thousand times. */
	if (rule->n < 2)
		no_port = 0;
	plan_port(d, rule, GWLB_FIELD_SOURCE_PORT, 80);
	plan_port(d, rule, GWLB_FIELD_DESTINATION_PORT, no_port);
}

static void plan_chain(struct drawer *d, struct oracle_rule *rule)
{
	plan_mix(d, rule, 35, 35, 30);
	if (!draw_below(d, 8)) {
		add_id(rule, 0x0123456789abcde0ULL + draw_below(d, 4));
		rule->matches[rule->n - 1].invert = !draw_below(d, 4);
	}
	if (!draw_below(d, 8)) {
		add_match(rule, GWLB_FIELD_CONNECTION)->bits =
			draw_below(d, 16);
		rule->matches[rule->n - 1].invert = !draw_below(d, 4);
	}
	if (!draw_below(d, 8))
		add_match(rule, GWLB_FIELD_DIRECTION)->bits =
			1 + draw_below(d, 3);
	if (!draw_below(d, 16))
		add_set(d, rule, GWLB_FIELD_NODE, 0);
	if (!draw_below(d, 16))
		add_flags(rule, draw_below(d, 256));
	/* Some of the addresses and ports are those that it is not. */
	if (rule->n && !draw_below(d, 8))
		rule->matches[draw_below(d, rule->n)].invert = true;
}

/* Every rule but a few wants the packet in a set, some in two. */
static void plan_sets(struct drawer *d, struct oracle_rule *rule)
{
	static const unsigned char fields[] = {
		GWLB_FIELD_SOURCE, GWLB_FIELD_DESTINATION, GWLB_FIELD_NODE,
		GWLB_FIELD_SOURCE_PORT, GWLB_FIELD_ENDPOINT,
	};
	static const unsigned char types[COUNT(fields)] = { 0, 0, 0, 1, 2 };
	unsigned int port = known_ports[draw_below(d, COUNT(known_ports))];
	unsigned int field, set, n = draw_below(d, 16) ? 1 : 2;

	for (field = 0; n && field < COUNT(fields); field++) {
		if (draw_below(d, 3))
			continue;
		set = types[field] + DRAW_TYPES * draw_below(d, 3);
		add_set(d, rule, fields[field], set);
		rule->matches[rule->n - 1].invert = !draw_below(d, 8);
		n--;
	}
	add_range(rule, GWLB_FIELD_DESTINATION_PORT, port, port);
}

static void plan_flags(struct drawer *d, struct oracle_rule *rule,
		       unsigned int i)
{
	add_flags(rule, i);
	if (i & 1)
		add_set(d, rule, GWLB_FIELD_SOURCE, 0);
}

/**
 * plan_rule() - a rule after a plan
 * @d: where bytes come from; the rule is good as long as its sets
 * @p: which one
 * @i: how many there were before
 * @rule: gets it
 */
void plan_rule(struct drawer *d, enum plan p, unsigned int i,
	       struct oracle_rule *rule)
{
	rule->verdict = draw_below(d, 4);
	rule->n = 0;
	switch (p) {
	case PLAN_HOSTS:
		plan_hosts(rule, i);
		break;
	case PLAN_PORTS:
		add_range(rule, GWLB_FIELD_DESTINATION_PORT, 5 * i, 5 * i);
		break;
	case PLAN_ENDPOINTS:
		add_id(rule, 0x0123456789abcde0ULL + (i & ~7) * 0x20000001ULL +
		       (i & 7));
		break;
	case PLAN_LISTS:
		plan_lists(d, rule);
		break;
	case PLAN_IPV6:
		plan_ipv6(d, rule);
		break;
	case PLAN_NESTED:
		plan_nested(d, rule);
		break;
	case PLAN_ACCESS:
		plan_mix(d, rule, 10, 10, 20);
		break;
	case PLAN_FIREWALL:
		plan_mix(d, rule, 60, 50, 30);
		break;
	case PLAN_CHAIN:
		plan_chain(d, rule);
		break;
	case PLAN_SETS:
		plan_sets(d, rule);
		break;
	default:
		plan_flags(d, rule, i);
	}
}

/* Packets */

/* The first or the last address, the one before or after these, or any */
static void near_prefix(struct drawer *d, const struct oracle_value *value,
			struct gwlb_subject *s, union nf_inet_addr *to)
{
	int bits = value->version == 4 ? 32 : 128, i;
	unsigned char address[16] = { 0 };
	unsigned int where = draw_below(d, 6);

	memcpy(address, value->address, bits / 8);
	for (i = value->len; i < bits; i++)
		if (where & 1 || (where == 4 && draw_below(d, 2)))
			address[i / 8] |= 128 >> i % 8;
	for (i = bits / 8 - 1; where == 2 && i >= 0 && !address[i]--; i--)
		;
	for (i = bits / 8 - 1; where == 3 && i >= 0 && !++address[i]; i--)
		;
	s->family = value->version == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	memcpy(to, address, sizeof(address));
}

static unsigned int near_range(struct drawer *d,
			       const struct oracle_value *value)
{
	unsigned int number = draw_below(d, 2) ? value->first : value->last;

	/* Half of them are on it, the others beside it. */
	switch (draw_below(d, 4)) {
	case 0:
		return number - 1;
	case 1:
		return number + 1;
	}
	return number;
}

static void near_value(struct drawer *d, enum gwlb_field field,
		       const struct oracle_value *value,
		       struct gwlb_subject *s)
{
	switch (field) {
	case GWLB_FIELD_SOURCE:
		near_prefix(d, value, s, &s->src);
		break;
	case GWLB_FIELD_DESTINATION:
		near_prefix(d, value, s, &s->dst);
		break;
	case GWLB_FIELD_PROTOCOL:
		s->proto = draw_below(d, 8) ? value->first :
			near_range(d, value);
		break;
	case GWLB_FIELD_SOURCE_PORT:
		s->sport = htons(near_range(d, value));
		break;
	case GWLB_FIELD_DESTINATION_PORT:
		s->dport = htons(near_range(d, value));
		break;
	case GWLB_FIELD_ENDPOINT:
		s->endpoint = value->id + draw_below(d, 3) - 1;
		break;
	case GWLB_FIELD_NODE:
		if (value->version == 4)
			memcpy(&s->node, value->address, sizeof(s->node));
		break;
	default:
		break;
	}
}

/**
 * plan_subject() - a packet at the borders of a rule
 * @d: where bytes come from
 * @rule: the rule
 * @s: gets it
 */
void plan_subject(struct drawer *d, const struct oracle_rule *rule,
		  struct gwlb_subject *s)
{
	const struct oracle_match *match;
	const struct oracle_value *value;
	unsigned int i;

	draw_subject(d, s);
	s->family = NFPROTO_IPV4;
	memset(&s->src, 0, sizeof(s->src));
	memset(&s->dst, 0, sizeof(s->dst));
	s->src.ip = htonl(draw_32(d));
	s->dst.ip = htonl(draw_32(d));
	s->proto = draw_below(d, 2) ? 6 : 17;
	if (draw_below(d, 4)) {
		s->fragment = GWLB_FRAGMENT_NONE;
		s->scope = GWLB_SCOPE_ALL;
	}
	for (i = 0; i < rule->n; i++) {
		match = &rule->matches[i];
		if (!match->n || !draw_below(d, 16))
			continue;
		value = &match->values[draw_below(d, match->n)];
		if (value->kind == ORACLE_SET && value->set->n)
			value = &value->set->elements[draw_below(d, 4) %
						      value->set->n];
		if (value->kind != ORACLE_SET)
			near_value(d, match->field, value, s);
	}
}
