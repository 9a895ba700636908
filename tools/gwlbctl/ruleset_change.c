// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of the ruleset that the module has: replacing it, confirming it, and
 * changing its sets. Each is one message, and is done as a whole or not at
 * all.
 */

#include <errno.h>
#include <string.h>

#include "ruleset.h"

/* A number, the name of a set, a flag */
#define ROOM	128

static void put_expect(struct nlmsghdr *nlh,
		       const struct ruleset_expect *expect)
{
	if (expect->given)
		mnl_attr_put_u32(nlh, GWLB_A_RULESET_EXPECT_GENERATION,
				 expect->generation);
}

/* What the verdict points at, if it is nothing that has a place in a file */
static int finish(struct nl *nl, int err)
{
	const struct nlattr *attr;
	unsigned int nth;

	if (err >= 0)
		return err;
	attr = extack_attr(nl->request, &nl->extack, &nth);
	if (!attr)
		return err;
	switch (mnl_attr_get_type(attr)) {
	case GWLB_A_RULESET_EXPECT_GENERATION:
		strcpy(nl->where, "expect-generation");
		break;
	case GWLB_A_RULESET_CONFIRM:
		strcpy(nl->where, "confirm");
		break;
	}
	return err;
}

/**
 * ruleset_load() - replace the whole ruleset
 * @nl: the conversation
 * @rules: the new one
 * @expect: only if the old one is of this generation
 * @confirm: seconds until the old one comes back, 0 for never
 * @map: remembers what in the message was made from what; give it to
 *	rules_map_free()
 *
 * Return: 0 or a negative errno.
 */
int ruleset_load(struct nl *nl, const struct rules *rules,
		 const struct ruleset_expect *expect, __u32 confirm,
		 struct rules_map *map)
{
	struct nlmsghdr *nlh;

	memset(map, 0, sizeof(*map));
	nlh = nl_request(nl, GWLB_CMD_RULESET_SET, rules_size(rules) + ROOM);
	if (!nlh)
		return -ENOMEM;
	put_expect(nlh, expect);
	rules_encode(nlh, rules, map);
	if (confirm)
		mnl_attr_put_u32(nlh, GWLB_A_RULESET_CONFIRM, confirm);
	if (map->failed)
		return -ENOMEM;
	return finish(nl, nl_do(nl, NULL, NULL));
}

/**
 * ruleset_confirm() - keep a ruleset that waits for it, or go back
 * @nl: the conversation
 * @rollback: go back to the one before
 * @expect: only if it is of this generation
 *
 * Return: 0 or a negative errno.
 */
int ruleset_confirm(struct nl *nl, bool rollback,
		    const struct ruleset_expect *expect)
{
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, GWLB_CMD_RULESET_CONFIRM, ROOM);
	if (!nlh)
		return -ENOMEM;
	put_expect(nlh, expect);
	if (rollback)
		mnl_attr_put(nlh, GWLB_A_RULESET_ROLLBACK, 0, NULL);
	return finish(nl, nl_do(nl, NULL, NULL));
}

/**
 * ruleset_change_set() - add elements to a set, or remove some
 * @nl: the conversation
 * @cmd: GWLB_CMD_ELEMENT_ADD or GWLB_CMD_ELEMENT_DEL
 * @set: name of the set
 * @values: the elements
 * @expect: only if the ruleset is of this generation
 * @map: remembers what in the message was made from what; give it to
 *	rules_map_free()
 *
 * Return: 0 or a negative errno.
 */
int ruleset_change_set(struct nl *nl, __u8 cmd, const char *set,
		       const struct rules_values *values,
		       const struct ruleset_expect *expect,
		       struct rules_map *map)
{
	struct nlmsghdr *nlh;

	memset(map, 0, sizeof(*map));
	nlh = nl_request(nl, cmd, rules_elements_size(values) + ROOM);
	if (!nlh)
		return -ENOMEM;
	put_expect(nlh, expect);
	rules_encode_elements(nlh, set, values, map);
	if (map->failed)
		return -ENOMEM;
	return finish(nl, nl_do(nl, NULL, NULL));
}

/**
 * ruleset_flush_set() - remove all elements of a set
 * @nl: the conversation
 * @set: name of the set
 * @expect: only if the ruleset is of this generation
 *
 * Return: 0 or a negative errno.
 */
int ruleset_flush_set(struct nl *nl, const char *set,
		      const struct ruleset_expect *expect)
{
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, GWLB_CMD_SET_FLUSH, ROOM);
	if (!nlh)
		return -ENOMEM;
	put_expect(nlh, expect);
	mnl_attr_put_strz(nlh, GWLB_A_RULESET_NAME, set);
	return finish(nl, nl_do(nl, NULL, NULL));
}

static int take_anything(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return 0;
}

/**
 * ruleset_has_element() - ask if a set has this very element
 * @nl: the conversation
 * @set: name of the set, which is there
 * @value: the element
 *
 * Return: 1 if it has, 0 if not, or a negative errno.
 */
int ruleset_has_element(struct nl *nl, const char *set,
			const struct rules_value *value)
{
	/* it is only read */
	struct rules_values one = {
		.list = (struct rules_value *)value, .count = 1,
	};
	struct nlmsghdr *nlh;
	int err;

	nlh = nl_request(nl, GWLB_CMD_ELEMENT_GET,
			 rules_elements_size(&one) + ROOM);
	if (!nlh)
		return -ENOMEM;
	rules_encode_elements(nlh, set, &one, NULL);
	err = nl_do(nl, take_anything, NULL);
	if (err == -ENOENT)
		return 0;
	return err < 0 ? err : 1;
}
