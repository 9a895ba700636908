// SPDX-License-Identifier: GPL-2.0-only
/*
 * seeds_rules: rulesets by chance. See seeds_rules.h.
 */
#include <linux/gwlb.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "schema.h"
#include "seeds.h"
#include "seeds_rules.h"

/**
 * put_name() - the name of a set or a group
 * @list: where it goes
 * @type: its type
 * @kind: 's' or 'g'
 * @number: which of them
 */
void put_name(struct item **list, uint16_t type, char kind, uint32_t number)
{
	char name[16];

	snprintf(name, sizeof(name), "%c%u", kind, number);
	put_string(list, type, name);
}

static void put_address(struct item *nest, const uint8_t *address, size_t size,
			uint8_t len)
{
	item_put(&nest->first, GWLB_A_PREFIX_ADDRESS, address, size);
	put_u8(&nest->first, GWLB_A_PREFIX_PREFIX_LEN, len);
}

/**
 * put_prefix() - a prefix of either family
 * @list: where it goes
 * @type: its type
 */
void put_prefix(struct item **list, uint16_t type)
{
	struct item *nest = item_nest(list, type);
	uint8_t address[16] = { 0x20, 0x01, 0x0d, 0xb8 };

	if (once_in(3)) {
		address[5] = chance(256);
		put_address(nest, address, 16, 48);
		return;
	}
	address[0] = 10;
	address[1] = 0;
	address[2] = chance(8);
	address[3] = once_in(2) ? 0 : chance(256);
	put_address(nest, address, 4, address[3] ? 32 : 24);
}

/* Number @i of those that a set may hold, none of which overlap */
static void put_element(struct item **list, uint32_t set, uint32_t i)
{
	uint8_t address[4] = { 10, 64 | i >> 16, i >> 8, i };
	struct item *nest;

	switch (set % 3) {
	case GWLB_SET_TYPE_ADDRESS:
		nest = item_nest(list, GWLB_A_VALUES_PREFIX);
		put_address(nest, address, sizeof(address), 32);
		break;
	case GWLB_SET_TYPE_PORT:
		i %= 16384;
		put_u32(list, GWLB_A_VALUES_RANGE, (i * 4) << 16 | (i * 4 + 1));
		break;
	case GWLB_SET_TYPE_ENDPOINT:
		put_u64(list, GWLB_A_VALUES_ID, 0x100 + i);
		break;
	}
}

/* @n elements from number @from on */
static void put_elements(struct item **list, uint32_t set, uint32_t from,
			 uint32_t n)
{
	struct item *values = item_nest(list, GWLB_A_RULESET_VALUES);

	put_name(&values->first, GWLB_A_VALUES_SET, 's', set);
	while (n--)
		put_element(&values->first, set, from++);
}

/**
 * put_values() - elements of a set, by chance
 * @list: where they go
 * @set: number of the set
 * @n: how many
 */
void put_values(struct item **list, uint32_t set, uint32_t n)
{
	put_elements(list, set, chance(8), n);
}

/* Rules */

static void put_match_values(struct item *match, uint32_t field, uint32_t n)
{
	while (n--) {
		switch (field) {
		case GWLB_FIELD_ENDPOINT:
			put_u64(&match->first, GWLB_A_MATCH_ID, 1 + chance(8));
			break;
		case GWLB_FIELD_GROUP:
			put_name(&match->first, GWLB_A_MATCH_GROUP, 'g',
				 chance(SEED_GROUPS));
			break;
		case GWLB_FIELD_NODE:
		case GWLB_FIELD_SOURCE:
		case GWLB_FIELD_DESTINATION:
			put_prefix(&match->first, GWLB_A_MATCH_PREFIX);
			break;
		case GWLB_FIELD_PROTOCOL:
			put_u32(&match->first, GWLB_A_MATCH_RANGE,
				chance(200) << 16 | 200);
			break;
		default:
			put_u32(&match->first, GWLB_A_MATCH_RANGE,
				chance(1000) << 16 | (1000 + chance(1000)));
		}
	}
}

/* Return: number of a set that fits the field, or SEED_SETS */
static uint32_t fitting_set(uint32_t field)
{
	uint32_t round = 3 * chance(SEED_SETS / 3);

	switch (field) {
	case GWLB_FIELD_ENDPOINT:
		return round + GWLB_SET_TYPE_ENDPOINT;
	case GWLB_FIELD_NODE:
	case GWLB_FIELD_SOURCE:
	case GWLB_FIELD_DESTINATION:
		return round + GWLB_SET_TYPE_ADDRESS;
	case GWLB_FIELD_SOURCE_PORT:
	case GWLB_FIELD_DESTINATION_PORT:
		return round + GWLB_SET_TYPE_PORT;
	}
	return SEED_SETS;
}

static void put_bits(struct item *match, uint32_t field)
{
	if (field == GWLB_FIELD_TCP_FLAGS) {
		put_u32(&match->first, GWLB_A_MATCH_MASK, 0x12);
		put_u32(&match->first, GWLB_A_MATCH_BITS, 0x02);
		return;
	}
	put_u32(&match->first, GWLB_A_MATCH_BITS, 1 + chance(3));
}

static void put_match(struct item *rule, uint32_t field)
{
	struct item *match = item_nest(&rule->first, GWLB_A_RULE_MATCH);
	uint32_t set = fitting_set(field);

	put_u32(&match->first, GWLB_A_MATCH_FIELD, field);
	if (once_in(8))
		put_flag(&match->first, GWLB_A_MATCH_INVERT);
	if (field >= GWLB_FIELD_TCP_FLAGS) {
		put_bits(match, field);
		return;
	}
	put_match_values(match, field, 1 + chance(3));
	if (set < SEED_SETS && once_in(2))
		put_name(&match->first, GWLB_A_MATCH_SET, 's', set);
}

static void put_rule(struct item **list, uint32_t number)
{
	struct item *rule = item_nest(list, GWLB_A_RULESET_RULE);
	uint32_t field;

	if (once_in(2))
		put_name(&rule->first, GWLB_A_RULE_NAME, 'r', number);
	if (once_in(8))
		put_string(&rule->first, GWLB_A_RULE_COMMENT, "why it is here");
	for (field = 0; field <= GWLB_FIELD_FRAGMENT; field++)
		if (once_in(8))
			put_match(rule, field);
	if (once_in(8)) {
		put_u32(&rule->first, GWLB_A_RULE_LIMIT_RATE, 1 + chance(1000));
		put_u32(&rule->first, GWLB_A_RULE_LIMIT_UNIT, chance(3));
		put_u32(&rule->first, GWLB_A_RULE_LIMIT_BURST, 1 + chance(99));
	}
	if (once_in(8)) {
		put_flag(&rule->first, GWLB_A_RULE_LOG);
		put_string(&rule->first, GWLB_A_RULE_LOG_TEXT, "seen");
	}
	put_u32(&rule->first, GWLB_A_RULE_VERDICT, 1 + chance(3));
}

static void put_group(struct item **list, uint32_t number)
{
	struct item *group = item_nest(list, GWLB_A_RULESET_GROUP);

	put_name(&group->first, GWLB_A_GROUP_NAME, 'g', number);
	put_u64(&group->first, GWLB_A_GROUP_ENDPOINT, 1 + number);
	put_u64(&group->first, GWLB_A_GROUP_ENDPOINT, 101 + number);
	if (once_in(2))
		put_u32(&group->first, GWLB_A_GROUP_POLICY, 1 + chance(3));
	if (once_in(4))
		put_flag(&group->first, GWLB_A_GROUP_NO_INSIDE);
	else if (once_in(4))
		put_prefix(&group->first, GWLB_A_GROUP_INSIDE);
}

/* Numbers of the options in the order of the spec, each at once a type */
static void put_options(struct item **list)
{
	const struct schema_set *set = &schema_sets[SCHEMA_OPTIONS];
	struct item *options = item_nest(list, GWLB_A_RULESET_OPTIONS);
	const struct schema_attr *attr;
	uint32_t type;

	put_u32(&options->first, GWLB_A_OPTIONS_POLICY, 1 + chance(3));
	if (once_in(4))
		put_flag(&options->first, GWLB_A_OPTIONS_NO_INSIDE);
	else if (once_in(2))
		put_prefix(&options->first, GWLB_A_OPTIONS_INSIDE);
	for (type = GWLB_A_OPTIONS_PICKUP; type < set->n; type++) {
		attr = &set->attrs[type];
		if (once_in(3))
			put_u32(&options->first, type, attr->min +
				chance(attr->max - attr->min + 1));
	}
}

static void put_set(struct item **list, uint32_t number, bool keep)
{
	struct item *set = item_nest(list, GWLB_A_RULESET_SET);

	put_name(&set->first, GWLB_A_SET_NAME, 's', number);
	put_u32(&set->first, GWLB_A_SET_TYPE, number % 3);
	if (keep)
		put_flag(&set->first, GWLB_A_SET_KEEP);
}

/**
 * seed_ruleset() - a whole ruleset
 * @msg: where it goes
 * @n_rules: how many rules it has
 * @n_elements: how many elements its sets have
 * @may_keep: some of them keep the elements that they have
 */
void seed_ruleset(struct message *msg, uint32_t n_rules, uint32_t n_elements,
		  bool may_keep)
{
	bool keep[SEED_SETS];
	uint32_t i;

	if (once_in(2))
		put_options(&msg->first);
	for (i = 0; i < SEED_SETS; i++) {
		keep[i] = may_keep && once_in(3);
		put_set(&msg->first, i, keep[i]);
	}
	for (i = 0; i < SEED_SETS; i++)
		if (!keep[i] && n_elements)
			put_elements(&msg->first, i, 0, n_elements);
	for (i = 0; i < SEED_GROUPS; i++)
		put_group(&msg->first, i);
	for (i = 0; i < n_rules; i++)
		put_rule(&msg->first, i);
}

/**
 * seed_elements() - some elements of the first set
 * @msg: where they go
 * @from: number of the first
 * @n: how many
 */
void seed_elements(struct message *msg, uint32_t from, uint32_t n)
{
	put_elements(&msg->first, 0, from, n);
}
