// SPDX-License-Identifier: GPL-2.0-only
/*
 * rule_parse: from attributes to one rule. See ruleset_parse.h.
 */
#include <linux/ctype.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <net/netlink.h>

#include <linux/gwlb.h>

#include "known.h"
#include "match.h"
#include "ruleset.h"
#include "ruleset_parse.h"
#include "set.h"

#define DEFAULT_BURST	5

#define ALLOW(name)	BIT(GWLB_A_MATCH_ ## name)

/**
 * struct field - what fits a field
 * @allowed: bit of each attribute that its matches may have
 * @set_type: enum gwlb_set_type of its sets
 * @max: the highest number; of flags, all bits that there are
 */
struct field {
	u16 allowed;
	u8 set_type;
	u16 max;
};

static const struct field fields[] = {
	[GWLB_FIELD_ENDPOINT] = {
		.allowed = ALLOW(ID) | ALLOW(SET),
		.set_type = GWLB_SET_TYPE_ENDPOINT,
	},
	[GWLB_FIELD_GROUP] = { .allowed = ALLOW(GROUP) },
	[GWLB_FIELD_NODE] = {
		.allowed = ALLOW(PREFIX) | ALLOW(SET),
		.set_type = GWLB_SET_TYPE_ADDRESS,
	},
	[GWLB_FIELD_SOURCE] = {
		.allowed = ALLOW(PREFIX) | ALLOW(SET),
		.set_type = GWLB_SET_TYPE_ADDRESS,
	},
	[GWLB_FIELD_DESTINATION] = {
		.allowed = ALLOW(PREFIX) | ALLOW(SET),
		.set_type = GWLB_SET_TYPE_ADDRESS,
	},
	[GWLB_FIELD_PROTOCOL] = { .allowed = ALLOW(RANGE), .max = U8_MAX },
	[GWLB_FIELD_SOURCE_PORT] = {
		.allowed = ALLOW(RANGE) | ALLOW(SET),
		.set_type = GWLB_SET_TYPE_PORT,
		.max = U16_MAX,
	},
	[GWLB_FIELD_DESTINATION_PORT] = {
		.allowed = ALLOW(RANGE) | ALLOW(SET),
		.set_type = GWLB_SET_TYPE_PORT,
		.max = U16_MAX,
	},
	[GWLB_FIELD_ICMP] = { .allowed = ALLOW(RANGE), .max = U16_MAX },
	[GWLB_FIELD_ICMPV6] = { .allowed = ALLOW(RANGE), .max = U16_MAX },
	[GWLB_FIELD_TCP_FLAGS] = {
		.allowed = ALLOW(BITS) | ALLOW(MASK),
		.max = U8_MAX,
	},
	[GWLB_FIELD_FAMILY] = {
		.allowed = ALLOW(BITS),
		.max = GWLB_FAMILY_IPV4 | GWLB_FAMILY_IPV6,
	},
	[GWLB_FIELD_DIRECTION] = {
		.allowed = ALLOW(BITS),
		.max = GWLB_DIRECTION_IN | GWLB_DIRECTION_OUT,
	},
	[GWLB_FIELD_CONNECTION] = {
		.allowed = ALLOW(BITS),
		.max = GWLB_CONNECTION_NEW | GWLB_CONNECTION_ESTABLISHED |
			GWLB_CONNECTION_RELATED | GWLB_CONNECTION_INVALID,
	},
	[GWLB_FIELD_FRAGMENT] = {
		.allowed = ALLOW(BITS),
		.max = GWLB_FRAGMENT_NONE | GWLB_FRAGMENT_FIRST |
			GWLB_FRAGMENT_LATER,
	},
};

static bool is_value(const struct nlattr *attr)
{
	switch (nla_type(attr)) {
	case GWLB_A_MATCH_PREFIX:
	case GWLB_A_MATCH_RANGE:
	case GWLB_A_MATCH_ID:
	case GWLB_A_MATCH_SET:
	case GWLB_A_MATCH_GROUP:
		return true;
	}
	return false;
}

/**
 * gwlb_rule_count() - see how much there is of everything in a rule
 * @b: what is counted
 * @attr: the rule
 */
void gwlb_rule_count(struct gwlb_builder *b, const struct nlattr *attr)
{
	const struct nlattr *match, *value;
	int match_rem, rem;

	b->n_rules++;
	b->n_payload += NLA_ALIGN(nla_len(attr));
	nla_for_each_nested(match, attr, match_rem) {
		if (nla_type(match) != GWLB_A_RULE_MATCH)
			continue;
		b->n_conditions++;
		nla_for_each_nested(value, match, rem)
			b->n_values += is_value(value);
	}
}

static int set_parse(struct gwlb_builder *b, const struct nlattr *attr,
		     enum gwlb_set_type type, struct gwlb_value *value)
{
	char name[GWLB_NAME_LEN + 1];
	u32 set;

	nla_strscpy(name, attr, sizeof(name));
	set = gwlb_ruleset_find_set(b->rs, name);
	if (set == GWLB_NO_SET) {
		NL_SET_ERR_MSG_ATTR(b->extack, attr, "there is no such set");
		return -ENOENT;
	}
	if (gwlb_set_type(b->rs->sets[set]) != type) {
		NL_SET_ERR_MSG_ATTR(b->extack, attr,
				    "the set is of a type that does not fit the field");
		return -EINVAL;
	}
	value->type = GWLB_VALUE_SET;
	value->set = b->rs->sets[set];
	return 0;
}

static int group_parse(struct gwlb_builder *b, const struct nlattr *attr,
		       struct gwlb_value *value)
{
	char name[GWLB_NAME_LEN + 1];

	nla_strscpy(name, attr, sizeof(name));
	value->type = GWLB_VALUE_GROUP;
	value->group = gwlb_ruleset_find_group(b->rs, name);
	if (value->group != GWLB_NO_GROUP)
		return 0;
	NL_SET_ERR_MSG_ATTR(b->extack, attr, "there is no such group");
	return -ENOENT;
}

static int value_parse(struct gwlb_builder *b, const struct nlattr *attr,
		       const struct field *field, struct gwlb_value *value)
{
	switch (nla_type(attr)) {
	case GWLB_A_MATCH_PREFIX:
		return gwlb_prefix_parse(attr, value, b->extack);
	case GWLB_A_MATCH_RANGE:
		return gwlb_range_parse(attr, field->max, value, b->extack);
	case GWLB_A_MATCH_SET:
		return set_parse(b, attr, field->set_type, value);
	case GWLB_A_MATCH_GROUP:
		return group_parse(b, attr, value);
	default:
		value->type = GWLB_VALUE_ID;
		value->id = nla_get_u64(attr);
		return 0;
	}
}

static int values_parse(struct gwlb_builder *b, const struct nlattr *match,
			const struct field *field, struct gwlb_condition *c)
{
	struct gwlb_value *values = &b->rs->values[b->n_values];
	const struct nlattr *attr;
	int rem, err;

	c->values = values;
	nla_for_each_nested(attr, match, rem) {
		if (!is_value(attr))
			continue;
		if (!(field->allowed & BIT(nla_type(attr)))) {
			NL_SET_ERR_MSG_ATTR(b->extack, attr,
					    "a value of this kind does not fit the field");
			return -EINVAL;
		}
		if (c->n_values == GWLB_MAX_VALUES) {
			NL_SET_ERR_MSG_ATTR(b->extack, attr, "more than "
					    __stringify(GWLB_MAX_VALUES)
					    " values; a set has room for them");
			return -E2BIG;
		}
		err = value_parse(b, attr, field, &values[c->n_values]);
		if (err)
			return err;
		c->n_values++;
		b->n_values++;
	}
	return 0;
}

/* Flags have no values, but bits, and TCP flags a mask. */
static int bits_parse(struct gwlb_builder *b, const struct nlattr *match,
		      struct nlattr **tb, const struct field *field,
		      struct gwlb_condition *c)
{
	const struct nlattr *bits = tb[GWLB_A_MATCH_BITS];
	const struct nlattr *mask = tb[GWLB_A_MATCH_MASK];
	u32 allowed = field->max;

	if (!bits != !(field->allowed & ALLOW(BITS)) ||
	    !mask != !(field->allowed & ALLOW(MASK))) {
		NL_SET_ERR_MSG_ATTR(b->extack, mask ?: bits ?: match,
				    "bits are for fields of flags, a mask for TCP flags, and these need them");
		return -EINVAL;
	}
	if (mask && nla_get_u32(mask) & ~allowed) {
		NL_SET_ERR_MSG_ATTR(b->extack, mask, "unknown bits");
		return -EINVAL;
	}
	if (mask) {
		c->mask = nla_get_u32(mask);
		allowed = c->mask;
	}
	if (bits && nla_get_u32(bits) & ~allowed) {
		NL_SET_ERR_MSG_ATTR(b->extack, bits,
				    "unknown bits, or not in the mask");
		return -EINVAL;
	}
	if (bits)
		c->bits = nla_get_u32(bits);
	return 0;
}

static int condition_parse(struct gwlb_builder *b, const struct nlattr *match,
			   struct gwlb_condition *c)
{
	struct nlattr *tb[GWLB_A_MATCH_MAX + 1];
	int err;

	BUILD_BUG_ON(ARRAY_SIZE(fields) != GWLB_FIELDS);
	err = nla_parse_nested(tb, GWLB_A_MATCH_MAX, match, NULL, b->extack);
	if (err)
		return err;
	if (!tb[GWLB_A_MATCH_FIELD]) {
		NL_SET_ERR_MSG_ATTR(b->extack, match, "match of which field?");
		return -EINVAL;
	}
	c->field = nla_get_u32(tb[GWLB_A_MATCH_FIELD]);
	c->invert = nla_get_flag(tb[GWLB_A_MATCH_INVERT]);
	err = bits_parse(b, match, tb, &fields[c->field], c);
	if (err)
		return err;
	return values_parse(b, match, &fields[c->field], c);
}

/* @kept: the same match as it is kept
 * @seen: bit of each field that a match of the rule had before
 */
static int match_parse(struct gwlb_builder *b, const struct nlattr *match,
		       const struct nlattr *kept, u32 *seen)
{
	struct gwlb_condition *c = &b->rs->conditions[b->n_conditions];
	struct gwlb_known_match *known = gwlb_known_place(&b->known, kept);
	int err;

	if (known->match) {
		*c = *known->condition;
	} else {
		err = condition_parse(b, match, c);
		if (err)
			return err;
		*known = (struct gwlb_known_match){ kept, c };
	}
	if (*seen & BIT(c->field)) {
		NL_SET_ERR_MSG_ATTR(b->extack,
				    nla_find_nested(match, GWLB_A_MATCH_FIELD),
				    "a rule matches each field once at most");
		return -EINVAL;
	}
	*seen |= BIT(c->field);
	b->n_conditions++;
	return 0;
}

static int matches_parse(struct gwlb_builder *b, const struct nlattr *attr,
			 const struct gwlb_source *source,
			 struct gwlb_rule *rule)
{
	const struct nlattr *match, *kept;
	u32 seen = 0;
	int rem, err;

	rule->conditions = &b->rs->conditions[b->n_conditions];
	nla_for_each_nested(match, attr, rem) {
		if (nla_type(match) != GWLB_A_RULE_MATCH)
			continue;
		kept = source->payload + ((const void *)match - nla_data(attr));
		err = match_parse(b, match, kept, &seen);
		if (err)
			return err;
		rule->n_conditions++;
	}
	return 0;
}

static int limit_parse(struct gwlb_builder *b, struct nlattr **tb,
		       struct gwlb_rule_text *text)
{
	static const u64 units[] = {
		[GWLB_LIMIT_UNIT_SECOND] = NSEC_PER_SEC,
		[GWLB_LIMIT_UNIT_MINUTE] = 60ULL * NSEC_PER_SEC,
		[GWLB_LIMIT_UNIT_HOUR] = 3600ULL * NSEC_PER_SEC,
	};
	const struct nlattr *rate = tb[GWLB_A_RULE_LIMIT_RATE];
	const struct nlattr *unit = tb[GWLB_A_RULE_LIMIT_UNIT];
	const struct nlattr *burst = tb[GWLB_A_RULE_LIMIT_BURST];

	if (!rate && (unit || burst)) {
		NL_SET_ERR_MSG_ATTR(b->extack, unit ?: burst,
				    "a limit needs a rate");
		return -EINVAL;
	}
	if (!rate)
		return 0;
	text->interval = div_u64(units[unit ? nla_get_u32(unit) :
				       GWLB_LIMIT_UNIT_SECOND],
				 nla_get_u32(rate));
	text->burst = burst ? nla_get_u32(burst) : DEFAULT_BURST;
	return 0;
}

/* What may end up on somebody's terminal */
static int text_check(struct gwlb_builder *b, const struct nlattr *attr)
{
	const char *c;

	if (!attr)
		return 0;
	for (c = nla_data(attr); *c && !iscntrl(*c); c++)
		;
	if (!*c)
		return 0;
	NL_SET_ERR_MSG_ATTR(b->extack, attr,
			    "a text has no control characters");
	return -EINVAL;
}

/* Where a string is in the rule's payload, and so in what is kept of it; 0 if
 * there is none, as no string comes before its attribute's header.
 */
static u16 string_offset(const struct nlattr *rule, const struct nlattr *attr)
{
	return attr ? nla_data(attr) - nla_data(rule) : 0;
}

static int text_parse(struct gwlb_builder *b, const struct nlattr *attr,
		      struct nlattr **tb, struct gwlb_rule_text *text)
{
	char name[GWLB_NAME_LEN + 1];
	int err;

	if (tb[GWLB_A_RULE_NAME]) {
		err = gwlb_name_parse(tb[GWLB_A_RULE_NAME], name, b->extack);
		if (err)
			return err;
	}
	err = text_check(b, tb[GWLB_A_RULE_COMMENT]);
	if (err)
		return err;
	err = text_check(b, tb[GWLB_A_RULE_LOG_TEXT]);
	if (err)
		return err;
	if (tb[GWLB_A_RULE_LOG_TEXT] && !tb[GWLB_A_RULE_LOG]) {
		NL_SET_ERR_MSG_ATTR(b->extack, tb[GWLB_A_RULE_LOG_TEXT],
				    "a log text, but no log");
		return -EINVAL;
	}
	text->source.len = nla_len(attr);
	text->source.payload = gwlb_payload_keep(b, attr);
	text->name = string_offset(attr, tb[GWLB_A_RULE_NAME]);
	text->log_text = string_offset(attr, tb[GWLB_A_RULE_LOG_TEXT]);
	return limit_parse(b, tb, text);
}

/**
 * gwlb_rule_parse() - read a rule
 * @b: where it goes; sets and groups are known
 * @attr: the rule
 *
 * Context: process
 * Return: 0, or -EINVAL, -ENOENT for an unknown set or group, -E2BIG for too
 *         many values
 */
int gwlb_rule_parse(struct gwlb_builder *b, const struct nlattr *attr)
{
	struct gwlb_rule_text *text = &b->rs->texts[b->n_rules];
	struct gwlb_rule *rule = &b->rs->rules[b->n_rules];
	struct nlattr *tb[GWLB_A_RULE_MAX + 1];
	int err;

	err = nla_parse_nested(tb, GWLB_A_RULE_MAX, attr, NULL, b->extack);
	if (err)
		return err;
	b->n_rules++;
	rule->verdict = tb[GWLB_A_RULE_VERDICT] ?
		nla_get_u32(tb[GWLB_A_RULE_VERDICT]) : GWLB_VERDICT_CONTINUE;
	rule->log = nla_get_flag(tb[GWLB_A_RULE_LOG]);
	if (rule->verdict == GWLB_VERDICT_CONTINUE && !rule->log) {
		NL_SET_ERR_MSG_ATTR(b->extack, attr,
				    "a rule that neither decides nor logs");
		return -EINVAL;
	}
	err = text_parse(b, attr, tb, text);
	if (err)
		return err;
	err = matches_parse(b, attr, &text->source, rule);
	if (err)
		return err;
	gwlb_rule_prepare(rule);
	return 0;
}
