// SPDX-License-Identifier: GPL-2.0-only
/*
 * ruleset: all rules, groups, sets and options of a namespace, as one
 * snapshot. See ruleset.h.
 *
 * Here is what a snapshot is and what it answers. How it is made from a
 * request is in ruleset_parse.c, how it is put in the place of another one in
 * ruleset_replace.c.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "ruleset.h"
#include "set.h"

/* What is inside unless somebody says otherwise: private (RFC 1918), shared
 * (RFC 6598) and unique local (RFC 4193) addresses
 */
#define IPV4_PREFIX(a, n) { \
	.address.ip = cpu_to_be32(a), .family = NFPROTO_IPV4, .len = (n) }

static const struct gwlb_prefix default_inside[] = {
	IPV4_PREFIX(0x0a000000, 8),
	IPV4_PREFIX(0x64400000, 10),
	IPV4_PREFIX(0xac100000, 12),
	IPV4_PREFIX(0xc0a80000, 16),
	{
		.address.ip6 = { cpu_to_be32(0xfc000000) },
		.family = NFPROTO_IPV6,
		.len = 7,
	},
};

static const struct gwlb_options default_options = {
	.inside = { default_inside, ARRAY_SIZE(default_inside) },
	.flow_max = 1048576,
	.flow_max_endpoint = 1048576 / 2,
	.timeout_tcp_syn = 60,
	.timeout_tcp_established = 400,
	.timeout_tcp_closing = 120,
	.timeout_tcp_closed = 10,
	.timeout_udp = 120,
	.timeout_icmp = 120,
	.timeout_other = 120,
	.policy = GWLB_VERDICT_ACCEPT,
	.pickup = GWLB_PICKUP_LOOSE,
	.refused = GWLB_REFUSED_FORGET,
	.on_full = GWLB_ON_FULL_DROP,
};

/**
 * gwlb_ruleset_alloc() - make a snapshot without anything, but with defaults
 *
 * Context: process
 * Return: the snapshot, or NULL
 */
struct gwlb_ruleset *gwlb_ruleset_alloc(void)
{
	struct gwlb_ruleset *rs = kzalloc(sizeof(*rs), GFP_KERNEL_ACCOUNT);

	if (rs)
		rs->options = default_options;
	return rs;
}

/**
 * gwlb_ruleset_free() - free a snapshot
 * @rs: the snapshot, complete or not, which nobody reads any more
 *
 * Context: process, may sleep
 */
void gwlb_ruleset_free(struct gwlb_ruleset *rs)
{
	u32 i;

	for (i = 0; rs->accounts && i <= rs->n_rules + rs->n_groups; i++) {
		if (rs->accounts[i])
			gwlb_account_put(rs->accounts[i]);
		cond_resched();
	}
	for (i = 0; rs->sets && i < rs->n_sets; i++)
		if (rs->sets[i])
			gwlb_set_put(rs->sets[i]);
	gwlb_index_free(&rs->index);
	kvfree(rs->rules);
	kvfree(rs->texts);
	kvfree(rs->groups);
	kvfree(rs->sets);
	kvfree(rs->accounts);
	kvfree(rs->members);
	kvfree(rs->group_names);
	kvfree(rs->set_names);
	kvfree(rs->conditions);
	kvfree(rs->values);
	kvfree(rs->prefixes);
	kvfree(rs->payload);
	kfree(rs);
}

/* Members of groups */

static u32 member_slot(const struct gwlb_ruleset *rs, u64 endpoint)
{
	u32 mask = (1U << rs->member_bits) - 1;
	u32 slot = endpoint * rs->member_multiplier >> (64 - rs->member_bits);

	/* There is always a free place that ends this. */
	while (rs->members[slot].group != GWLB_NO_GROUP &&
	       rs->members[slot].endpoint != endpoint)
		slot = (slot + 1) & mask;
	return slot;
}

/**
 * gwlb_ruleset_add_member() - put an endpoint into a group
 * @rs: a snapshot that is being made
 * @endpoint: id of the endpoint
 * @group: index of the group
 *
 * Return: false if it is in a group already
 */
bool gwlb_ruleset_add_member(struct gwlb_ruleset *rs, u64 endpoint, u32 group)
{
	struct gwlb_member *member = &rs->members[member_slot(rs, endpoint)];

	if (member->group != GWLB_NO_GROUP)
		return false;
	*member = (struct gwlb_member){ endpoint, group };
	return true;
}

/**
 * gwlb_ruleset_group() - which group is an endpoint in?
 * @rs: the snapshot
 * @endpoint: id of the endpoint
 *
 * Context: any
 * Return: index of the group, or GWLB_NO_GROUP
 */
u32 gwlb_ruleset_group(const struct gwlb_ruleset *rs, u64 endpoint)
{
	if (!rs->members)
		return GWLB_NO_GROUP;
	return rs->members[member_slot(rs, endpoint)].group;
}

/**
 * gwlb_ruleset_direction() - where does a flow come from?
 * @rs: the snapshot
 * @group: index of its group, or GWLB_NO_GROUP
 * @family: family of its addresses
 * @src: source of its first packet
 *
 * Context: any
 * Return: GWLB_DIRECTION_OUT if @src is inside, or GWLB_DIRECTION_IN
 */
u8 gwlb_ruleset_direction(const struct gwlb_ruleset *rs, u32 group, u8 family,
			  const union nf_inet_addr *src)
{
	const struct gwlb_inside *inside = group == GWLB_NO_GROUP ?
		&rs->options.inside : &rs->groups[group].inside;
	u32 i;

	for (i = 0; i < inside->n; i++)
		if (gwlb_prefix_has(&inside->prefixes[i], family, src))
			return GWLB_DIRECTION_OUT;
	return GWLB_DIRECTION_IN;
}

/**
 * gwlb_ruleset_policy_index() - which account has a policy?
 * @rs: the snapshot
 * @group: index of a group, or GWLB_NO_GROUP
 *
 * Context: any
 * Return: index into rs->accounts
 */
u32 gwlb_ruleset_policy_index(const struct gwlb_ruleset *rs, u32 group)
{
	return rs->n_rules + (group == GWLB_NO_GROUP ? rs->n_groups : group);
}

/**
 * gwlb_ruleset_policy() - what becomes of what no rule decides?
 * @rs: the snapshot
 * @group: index of a group, or GWLB_NO_GROUP
 *
 * Context: any
 * Return: enum gwlb_verdict
 */
u8 gwlb_ruleset_policy(const struct gwlb_ruleset *rs, u32 group)
{
	return group == GWLB_NO_GROUP ? rs->options.policy :
		rs->groups[group].policy;
}

/* Names */

/**
 * gwlb_ruleset_group_name() - the name of a group
 * @rs: the snapshot
 * @group: index of the group, or GWLB_NO_GROUP
 *
 * Return: the name, which lives as long as @rs; or NULL
 */
const char *gwlb_ruleset_group_name(const struct gwlb_ruleset *rs, u32 group)
{
	return group < rs->n_groups ? rs->groups[group].name : NULL;
}

static const char *string_at(const struct gwlb_rule_text *text, u16 offset)
{
	return offset ? (const char *)text->source.payload + offset : NULL;
}

/**
 * gwlb_ruleset_rule_name() - the name of a rule
 * @rs: the snapshot
 * @rule: index of the rule
 *
 * Return: the name, which lives as long as @rs; or NULL
 */
const char *gwlb_ruleset_rule_name(const struct gwlb_ruleset *rs, u32 rule)
{
	const struct gwlb_rule_text *text = &rs->texts[rule];

	return rule < rs->n_rules ? string_at(text, text->name) : NULL;
}

/**
 * gwlb_ruleset_log_text() - what do the events of a rule say?
 * @rs: the snapshot
 * @rule: index of the rule
 *
 * Return: the text, which lives as long as @rs; or NULL
 */
const char *gwlb_ruleset_log_text(const struct gwlb_ruleset *rs, u32 rule)
{
	const struct gwlb_rule_text *text = &rs->texts[rule];

	return rule < rs->n_rules ? string_at(text, text->log_text) : NULL;
}

static int compare_names(const void *a, const void *b)
{
	const struct gwlb_name *x = a, *y = b;
	int differ = strcmp(x->name, y->name);

	if (differ)
		return differ;
	return x->index < y->index ? -1 : 1;
}

/**
 * gwlb_ruleset_sort_names() - put a list of names in order
 * @names: the list
 * @n: how many
 *
 * Context: process
 * Return: @n, or the index of one whose name is that of another before it
 */
u32 gwlb_ruleset_sort_names(struct gwlb_name *names, u32 n)
{
	u32 i;

	sort(names, n, sizeof(*names), compare_names, NULL);
	for (i = 1; i < n; i++)
		if (!strcmp(names[i - 1].name, names[i].name))
			return names[i].index;
	return n;
}

static u32 find_name(const struct gwlb_name *names, u32 n, const char *name)
{
	u32 low = 0, high = n, middle;
	int differ;

	while (low < high) {
		middle = low + (high - low) / 2;
		differ = strcmp(name, names[middle].name);
		if (!differ)
			return names[middle].index;
		if (differ < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return U32_MAX;
}

/**
 * gwlb_ruleset_find_group() - find a group by its name
 * @rs: the snapshot
 * @name: the name
 *
 * Return: index of the group, or GWLB_NO_GROUP
 */
u32 gwlb_ruleset_find_group(const struct gwlb_ruleset *rs, const char *name)
{
	return find_name(rs->group_names, rs->n_groups, name);
}

/**
 * gwlb_ruleset_find_set() - find a set by its name
 * @rs: the snapshot
 * @name: the name
 *
 * Return: index of the set, or GWLB_NO_SET
 */
u32 gwlb_ruleset_find_set(const struct gwlb_ruleset *rs, const char *name)
{
	return find_name(rs->set_names, rs->n_sets, name);
}
