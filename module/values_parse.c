// SPDX-License-Identifier: GPL-2.0-only
/*
 * values_parse: from attributes to names, values and elements, and what is kept
 * of attributes. See ruleset_parse.h.
 */
#include <linux/ctype.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <net/netlink.h>

#include <linux/gwlb.h>

#include "match.h"
#include "netlink.h"
#include "ruleset.h"
#include "ruleset_parse.h"
#include "set.h"

static bool is_name(const char *name)
{
	if (!isascii(*name) || !(isalpha(*name) || *name == '_'))
		return false;
	while (*++name)
		if (!isascii(*name) ||
		    !(isalnum(*name) || strchr("_.-", *name)))
			return false;
	return true;
}

/**
 * gwlb_name_parse() - read a name
 * @attr: the attribute, whose length was checked
 * @name: gets the name, GWLB_NAME_LEN bytes and a final NUL at most
 * @extack: says what is wrong
 *
 * Return: 0 or -EINVAL
 */
int gwlb_name_parse(const struct nlattr *attr, char *name,
		    struct netlink_ext_ack *extack)
{
	nla_strscpy(name, attr, GWLB_NAME_LEN + 1);
	if (is_name(name))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a name has letters, digits, \"_\", \".\" and \"-\", and begins with a letter or \"_\"");
	return -EINVAL;
}

/* What is between attributes means nothing, and libmnl leaves it as it was. */
static void clear_padding(u8 *payload, int len)
{
	struct nlattr *attr;
	int rem, pad;

	nla_for_each_attr(attr, (struct nlattr *)payload, len, rem) {
		pad = min(NLA_ALIGN(attr->nla_len), rem) - attr->nla_len;
		memset((u8 *)attr + attr->nla_len, 0, pad);
		if (attr->nla_type & NLA_F_NESTED)
			clear_padding(nla_data(attr), nla_len(attr));
	}
}

/**
 * gwlb_payload_keep() - keep what something is made from
 * @b: the ruleset that is being made
 * @attr: its attribute, as deep as its policy allows
 *
 * Return: a copy of the payload, which lives as long as the ruleset; the same
 *         for all that say the same in the same order
 */
const void *gwlb_payload_keep(struct gwlb_builder *b,
			      const struct nlattr *attr)
{
	u8 *payload = b->rs->payload + b->n_payload;

	memcpy(payload, nla_data(attr), nla_len(attr));
	clear_padding(payload, nla_len(attr));
	/* The next one has to be aligned as attributes are. */
	b->n_payload += NLA_ALIGN(nla_len(attr));
	return payload;
}

/**
 * gwlb_range_parse() - read a range of numbers
 * @attr: the attribute
 * @max: the highest number that there is
 * @value: gets the range
 * @extack: says what is wrong
 *
 * Return: 0 or -EINVAL
 */
int gwlb_range_parse(const struct nlattr *attr, u32 max,
		     struct gwlb_value *value, struct netlink_ext_ack *extack)
{
	u32 range = nla_get_u32(attr);

	value->type = GWLB_VALUE_RANGE;
	value->range.first = range >> 16;
	value->range.last = range & 0xffff;
	if (value->range.first > value->range.last) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a range ends before it begins");
		return -EINVAL;
	}
	if (value->range.last > max) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the number is too large for its field");
		return -EINVAL;
	}
	return 0;
}

/**
 * gwlb_prefix_parse() - read a prefix
 * @attr: the attribute
 * @value: gets the prefix
 * @extack: says what is wrong
 *
 * Return: 0 or -EINVAL
 */
int gwlb_prefix_parse(const struct nlattr *attr, struct gwlb_value *value,
		      struct netlink_ext_ack *extack)
{
	value->type = GWLB_VALUE_PREFIX;
	return gwlb_nl_parse_prefix(attr, &value->prefix.family,
				    &value->prefix.address, &value->prefix.len,
				    extack);
}

/**
 * gwlb_values_set() - which set do elements belong to?
 * @rs: the ruleset
 * @attr: elements of one set
 * @extack: says what is wrong
 *
 * Return: index of the set; or -EINVAL if it is not named, -ENOENT if there is
 *         none
 */
int gwlb_values_set(const struct gwlb_ruleset *rs, const struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	char name[GWLB_NAME_LEN + 1];
	const struct nlattr *named;
	u32 set;

	named = nla_find_nested(attr, GWLB_A_VALUES_SET);
	if (!named) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "elements of which set?");
		return -EINVAL;
	}
	nla_strscpy(name, named, sizeof(name));
	set = gwlb_ruleset_find_set(rs, name);
	if (set == GWLB_NO_SET) {
		NL_SET_ERR_MSG_ATTR(extack, named, "there is no such set");
		return -ENOENT;
	}
	return set;
}

static int element_parse(enum gwlb_set_type type, const struct nlattr *attr,
			 struct gwlb_value *value,
			 struct netlink_ext_ack *extack)
{
	switch (nla_type(attr)) {
	case GWLB_A_VALUES_PREFIX:
		if (type == GWLB_SET_TYPE_ADDRESS)
			return gwlb_prefix_parse(attr, value, extack);
		break;
	case GWLB_A_VALUES_RANGE:
		if (type == GWLB_SET_TYPE_PORT)
			return gwlb_range_parse(attr, U16_MAX, value, extack);
		break;
	case GWLB_A_VALUES_ID:
		if (type != GWLB_SET_TYPE_ENDPOINT)
			break;
		value->type = GWLB_VALUE_ID;
		value->id = nla_get_u64(attr);
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "the set holds something else");
	return -EINVAL;
}

static int explain(int err, const struct nlattr *attr,
		   struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the set has it already, or a range that overlaps");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the set has no such element");
		break;
	case -E2BIG:
		NL_SET_ERR_MSG_ATTR(extack, attr, "the set is full");
		break;
	}
	return err;
}

/**
 * gwlb_values_each() - do something with each of the elements
 * @set: the set that gwlb_values_set() found
 * @attr: elements of @set
 * @fn: what to do; the first error is the last call
 * @n: how many elements there were is added to this
 * @extack: says what is wrong
 *
 * Context: process, may sleep
 * Return: 0, or -EINVAL for an element that does not fit @set, or what @fn
 *         returned
 */
int gwlb_values_each(struct gwlb_set *set, const struct nlattr *attr,
		     gwlb_value_fn *fn, u32 *n, struct netlink_ext_ack *extack)
{
	const struct nlattr *element;
	struct gwlb_value value;
	int rem, err;

	nla_for_each_nested(element, attr, rem) {
		if (nla_type(element) == GWLB_A_VALUES_SET ||
		    nla_type(element) == GWLB_A_VALUES_PAD)
			continue;
		err = element_parse(gwlb_set_type(set), element, &value,
				    extack);
		if (err)
			return err;
		err = fn(set, &value);
		if (err)
			return explain(err, element, extack);
		++*n;
		cond_resched();
	}
	return 0;
}
