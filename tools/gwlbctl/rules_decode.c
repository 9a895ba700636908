// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules from netlink attributes, as the kernel gives them back. What does not
 * fit is an error: half a rule that looks like a whole one would be worse.
 * Pure but for the memory of the structs, which rules.c owns.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "attr.h"
#include "rules_netlink.h"

/* Reads a number that may be absent, and must not be larger than the largest */
static int optional(const struct nlattr *attr, __u32 *value, __u32 max)
{
	if (!attr)
		return 0;
	if (attr_u32(attr, value) < 0 || *value > max)
		return -EBADMSG;
	return 0;
}

static int decode_prefix(const struct nlattr *nest, struct prefix *prefix)
{
	const struct nlattr *tb[GWLB_A_PREFIX_MAX + 1];
	size_t len;

	memset(prefix, 0, sizeof(*prefix));
	if (attr_parse_nest(nest, tb, GWLB_A_PREFIX_MAX) < 0 ||
	    !tb[GWLB_A_PREFIX_ADDRESS] || !tb[GWLB_A_PREFIX_PREFIX_LEN] ||
	    attr_u8(tb[GWLB_A_PREFIX_PREFIX_LEN], &prefix->length) < 0)
		return -EBADMSG;
	len = mnl_attr_get_payload_len(tb[GWLB_A_PREFIX_ADDRESS]);
	if (len != 4 && len != 16)
		return -EBADMSG;
	prefix->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(prefix->address,
	       mnl_attr_get_payload(tb[GWLB_A_PREFIX_ADDRESS]), len);
	return prefix_is_proper(prefix) ? 0 : -EBADMSG;
}

static int decode_range(const struct nlattr *attr, struct rules_range *range)
{
	__u32 bits;

	if (attr_u32(attr, &bits) < 0)
		return -EBADMSG;
	range->first = (__u16)(bits >> 16);
	range->last = (__u16)bits;
	return range->first <= range->last ? 0 : -EBADMSG;
}

static int add_value(const struct nlattr *attr, enum rules_kind kind,
		     struct rules_values *values)
{
	struct rules_value *value = rules_add_value(values, kind);

	if (!value)
		return -ENOMEM;
	switch (kind) {
	case RULES_PREFIX:
		return decode_prefix(attr, &value->prefix);
	case RULES_RANGE:
		return decode_range(attr, &value->range);
	case RULES_ID:
		return attr_u64(attr, &value->id) < 0 ? -EBADMSG : 0;
	default:
		return attr_string(attr, value->name,
				   sizeof(value->name)) < 0 ? -EBADMSG : 0;
	}
}

/* The values of one kind among the attributes of a nest that was parsed */
static int add_values(const struct nlattr *nest, __u16 type,
		      enum rules_kind kind, struct rules_values *values)
{
	const struct nlattr *attr;
	int err;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) != type)
			continue;
		err = add_value(attr, kind, values);
		if (err < 0)
			return err;
	}
	return 0;
}

/**
 * rules_decode_options() - read options
 * @nest: the nest
 * @options: all defaults; what is there is filled in
 *
 * Return: 0 or a negative errno.
 */
int rules_decode_options(const struct nlattr *nest,
			 struct rules_options *options)
{
	const struct nlattr *tb[GWLB_A_OPTIONS_MAX + 1];
	__u32 i, max = 0xffffffff;

	if (attr_parse_nest(nest, tb, GWLB_A_OPTIONS_MAX) < 0 ||
	    optional(tb[GWLB_A_OPTIONS_POLICY], &options->policy,
		     GWLB_VERDICT_REJECT) < 0 ||
	    options->policy == GWLB_VERDICT_CONTINUE ||
	    optional(tb[GWLB_A_OPTIONS_PICKUP], &options->pickup,
		     GWLB_PICKUP_EITHER) < 0 ||
	    optional(tb[GWLB_A_OPTIONS_REFUSED], &options->refused,
		     GWLB_REFUSED_REMEMBER) < 0 ||
	    optional(tb[GWLB_A_OPTIONS_ON_FULL], &options->on_full,
		     GWLB_ON_FULL_STATELESS) < 0 ||
	    optional(tb[GWLB_A_OPTIONS_FLOW_MAX], &options->flow_max,
		     max) < 0 ||
	    optional(tb[GWLB_A_OPTIONS_FLOW_MAX_ENDPOINT],
		     &options->flow_max_endpoint, max) < 0)
		return -EBADMSG;
	for (i = 0; i < RULES_TIMEOUTS; i++) {
		if (optional(tb[GWLB_A_OPTIONS_TIMEOUT_TCP_SYN + i],
			     &options->timeout[i], max) < 0)
			return -EBADMSG;
	}
	options->has_inside = tb[GWLB_A_OPTIONS_INSIDE] ||
			      tb[GWLB_A_OPTIONS_NO_INSIDE];
	return add_values(nest, GWLB_A_OPTIONS_INSIDE, RULES_PREFIX,
			  &options->inside);
}

/**
 * rules_decode_set() - read a set, without its elements
 * @nest: the nest
 * @rules: it is added there
 *
 * Return: 0 or a negative errno.
 */
int rules_decode_set(const struct nlattr *nest, struct rules *rules)
{
	const struct nlattr *tb[GWLB_A_SET_MAX + 1];
	char name[RULES_NAME];
	struct rules_set *set;
	__u32 type;

	if (attr_parse_nest(nest, tb, GWLB_A_SET_MAX) < 0 ||
	    !tb[GWLB_A_SET_NAME] || !tb[GWLB_A_SET_TYPE] ||
	    attr_string(tb[GWLB_A_SET_NAME], name, sizeof(name)) < 0 ||
	    attr_u32(tb[GWLB_A_SET_TYPE], &type) < 0 ||
	    type > GWLB_SET_TYPE_ENDPOINT)
		return -EBADMSG;
	set = rules_add_set(rules, name, type);
	if (!set)
		return -ENOMEM;
	set->keep = tb[GWLB_A_SET_KEEP];
	return 0;
}

static struct rules_set *set_by_name(struct rules *rules, const char *name)
{
	size_t i;

	/* elements come set by set: the last one is mostly right */
	for (i = rules->set_count; i; i--) {
		if (!strcmp(rules->sets[i - 1].name, name))
			return &rules->sets[i - 1];
	}
	return NULL;
}

/**
 * rules_decode_elements() - read elements of a set
 * @nest: the nest
 * @rules: they are added to the set there
 *
 * Return: 0 or a negative errno; -ESTALE if there is no such set, as it was
 * not there when the sets were read.
 */
int rules_decode_elements(const struct nlattr *nest, struct rules *rules)
{
	static const struct {
		__u16 attr;
		enum rules_kind kind;
	} kinds[] = {
		[GWLB_SET_TYPE_ADDRESS] = { GWLB_A_VALUES_PREFIX,
					    RULES_PREFIX },
		[GWLB_SET_TYPE_PORT] = { GWLB_A_VALUES_RANGE, RULES_RANGE },
		[GWLB_SET_TYPE_ENDPOINT] = { GWLB_A_VALUES_ID, RULES_ID },
	};
	const struct nlattr *tb[GWLB_A_VALUES_MAX + 1];
	char name[RULES_NAME];
	struct rules_set *set;

	if (attr_parse_nest(nest, tb, GWLB_A_VALUES_MAX) < 0 ||
	    !tb[GWLB_A_VALUES_SET] ||
	    attr_string(tb[GWLB_A_VALUES_SET], name, sizeof(name)) < 0)
		return -EBADMSG;
	set = set_by_name(rules, name);
	if (!set)
		return -ESTALE;
	return add_values(nest, kinds[set->type].attr, kinds[set->type].kind,
			  &set->elements);
}

/**
 * rules_decode_group() - read a group
 * @nest: the nest
 * @rules: it is added there
 *
 * Return: 0 or a negative errno.
 */
int rules_decode_group(const struct nlattr *nest, struct rules *rules)
{
	const struct nlattr *tb[GWLB_A_GROUP_MAX + 1];
	__u32 policy = GWLB_VERDICT_CONTINUE;
	struct rules_group *group;
	char name[RULES_NAME];
	int err;

	if (attr_parse_nest(nest, tb, GWLB_A_GROUP_MAX) < 0 ||
	    !tb[GWLB_A_GROUP_NAME] ||
	    attr_string(tb[GWLB_A_GROUP_NAME], name, sizeof(name)) < 0 ||
	    optional(tb[GWLB_A_GROUP_POLICY], &policy,
		     GWLB_VERDICT_REJECT) < 0)
		return -EBADMSG;
	group = rules_add_group(rules, name);
	if (!group)
		return -ENOMEM;
	group->policy = policy;
	group->has_inside = tb[GWLB_A_GROUP_INSIDE] ||
			    tb[GWLB_A_GROUP_NO_INSIDE];
	err = add_values(nest, GWLB_A_GROUP_ENDPOINT, RULES_ID,
			 &group->endpoints);
	if (err < 0)
		return err;
	return add_values(nest, GWLB_A_GROUP_INSIDE, RULES_PREFIX,
			  &group->inside);
}

/* In the order in which they stand: that of the text */
static int add_match_values(const struct nlattr *nest,
			    struct rules_match *match)
{
	const struct nlattr *attr;
	int err = 0;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case GWLB_A_MATCH_PREFIX:
			err = add_value(attr, RULES_PREFIX, &match->values);
			break;
		case GWLB_A_MATCH_RANGE:
			err = add_value(attr, RULES_RANGE, &match->values);
			break;
		case GWLB_A_MATCH_ID:
			err = add_value(attr, RULES_ID, &match->values);
			break;
		case GWLB_A_MATCH_SET:
			err = add_value(attr, RULES_SET, &match->values);
			break;
		case GWLB_A_MATCH_GROUP:
			err = add_value(attr, RULES_GROUP, &match->values);
			break;
		}
		if (err < 0)
			return err;
	}
	return 0;
}

static int add_match(const struct nlattr *nest, struct rules_rule *rule)
{
	const struct nlattr *tb[GWLB_A_MATCH_MAX + 1];
	struct rules_match *match;
	__u32 field;

	if (attr_parse_nest(nest, tb, GWLB_A_MATCH_MAX) < 0 ||
	    !tb[GWLB_A_MATCH_FIELD] ||
	    attr_u32(tb[GWLB_A_MATCH_FIELD], &field) < 0 ||
	    field >= RULES_FIELDS)
		return -EBADMSG;
	match = rules_add_match(rule, field);
	if (!match)
		return -ENOMEM;
	match->invert = tb[GWLB_A_MATCH_INVERT];
	if (field < GWLB_FIELD_TCP_FLAGS)
		return add_match_values(nest, match);
	if (optional(tb[GWLB_A_MATCH_BITS], &match->bits, 0xff) < 0)
		return -EBADMSG;
	if (field != GWLB_FIELD_TCP_FLAGS)
		return 0;
	return optional(tb[GWLB_A_MATCH_MASK], &match->mask, 0xff);
}

static int decode_texts(const struct nlattr *const *tb,
			struct rules_rule *rule)
{
	if (tb[GWLB_A_RULE_NAME] &&
	    attr_string(tb[GWLB_A_RULE_NAME], rule->name,
			sizeof(rule->name)) < 0)
		return -EBADMSG;
	if (tb[GWLB_A_RULE_COMMENT] &&
	    attr_text(tb[GWLB_A_RULE_COMMENT], rule->comment,
		      sizeof(rule->comment)) < 0)
		return -EBADMSG;
	if (tb[GWLB_A_RULE_LOG_TEXT] &&
	    attr_text(tb[GWLB_A_RULE_LOG_TEXT], rule->log_text,
		      sizeof(rule->log_text)) < 0)
		return -EBADMSG;
	return 0;
}

/**
 * rules_decode_rule() - read a rule
 * @nest: the nest
 * @rule: filled in; give it to rules_free_rule() also after an error
 *
 * Return: 0 or a negative errno.
 */
int rules_decode_rule(const struct nlattr *nest, struct rules_rule *rule)
{
	const struct nlattr *tb[GWLB_A_RULE_MAX + 1];
	const struct nlattr *attr;
	int err;

	memset(rule, 0, sizeof(*rule));
	rule->limit_burst = RULES_BURST;
	if (attr_parse_nest(nest, tb, GWLB_A_RULE_MAX) < 0 ||
	    decode_texts(tb, rule) < 0 ||
	    optional(tb[GWLB_A_RULE_LIMIT_RATE], &rule->limit_rate,
		     0xffffffff) < 0 ||
	    optional(tb[GWLB_A_RULE_LIMIT_UNIT], &rule->limit_unit,
		     GWLB_LIMIT_UNIT_HOUR) < 0 ||
	    optional(tb[GWLB_A_RULE_LIMIT_BURST], &rule->limit_burst,
		     0xffffffff) < 0 ||
	    optional(tb[GWLB_A_RULE_VERDICT], &rule->verdict,
		     GWLB_VERDICT_REJECT) < 0)
		return -EBADMSG;
	rule->log = tb[GWLB_A_RULE_LOG];
	if (!rule->log)
		memset(rule->log_text, 0, sizeof(rule->log_text));
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) != GWLB_A_RULE_MATCH)
			continue;
		err = add_match(attr, rule);
		if (err < 0)
			return err;
	}
	return 0;
}

static int add_rule(const struct nlattr *nest, struct rules *rules)
{
	struct rules_rule *rule = rules_add_rule(rules);

	return rule ? rules_decode_rule(nest, rule) : -ENOMEM;
}

static int decode_options(const struct nlattr *nest, struct rules *rules)
{
	return rules_decode_options(nest, &rules->options);
}

/**
 * rules_decode() - read the attributes of ruleset-set
 * @nlh: the message
 * @rules: filled in, in its proper order; give it to rules_free() also after
 *	an error
 *
 * Return: 0 or a negative errno.
 */
int rules_decode(const struct nlmsghdr *nlh, struct rules *rules)
{
	static int (*const parts[])(const struct nlattr *nest,
				    struct rules *rules) = {
		[GWLB_A_RULESET_OPTIONS] = decode_options,
		[GWLB_A_RULESET_SET] = rules_decode_set,
		[GWLB_A_RULESET_VALUES] = rules_decode_elements,
		[GWLB_A_RULESET_GROUP] = rules_decode_group,
		[GWLB_A_RULESET_RULE] = add_rule,
	};
	const struct nlattr *tb[GWLB_A_RULESET_MAX + 1];
	const struct nlattr *attr;
	__u16 type;
	int err;

	rules_init(rules);
	if (attr_parse_msg(nlh, tb, GWLB_A_RULESET_MAX) < 0)
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		type = mnl_attr_get_type(attr);
		if (type > GWLB_A_RULESET_RULE || !parts[type])
			continue;
		err = parts[type](attr, rules);
		if (err < 0)
			return err;
	}
	rules_sort(rules);
	return 0;
}
