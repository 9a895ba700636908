// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_build: from rules as they are written to those that module/match.c is
 * asked about. Owns what stands for module/set.c here: a set is a list, and
 * each element is looked at.
 */
#include <string.h>

#include "match_build.h"
#include "set.h"

/* What the module takes for a set is one of the oracle's here. */
static const struct oracle_set *list_of(const struct gwlb_set *set)
{
	return (const struct oracle_set *)set;
}

bool gwlb_set_has_address(const struct gwlb_set *set, u8 family,
			  const union nf_inet_addr *addr)
{
	const struct oracle_set *list = list_of(set);
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (oracle_is_in(&list->elements[i],
				 family == NFPROTO_IPV4 ? 4 : 6, addr))
			return true;
	return false;
}

bool gwlb_set_has_port(const struct gwlb_set *set, u16 port)
{
	const struct oracle_set *list = list_of(set);
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (port >= list->elements[i].first &&
		    port <= list->elements[i].last)
			return true;
	return false;
}

bool gwlb_set_has_endpoint(const struct gwlb_set *set, u64 id)
{
	const struct oracle_set *list = list_of(set);
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (list->elements[i].id == id)
			return true;
	return false;
}

static void build_value(const struct oracle_value *from,
			struct gwlb_value *to)
{
	switch (from->kind) {
	case ORACLE_PREFIX:
		to->type = GWLB_VALUE_PREFIX;
		memcpy(&to->prefix.address, from->address, 16);
		to->prefix.family = from->version == 4 ? NFPROTO_IPV4 :
			NFPROTO_IPV6;
		to->prefix.len = from->len;
		break;
	case ORACLE_RANGE:
		to->type = GWLB_VALUE_RANGE;
		to->range.first = from->first;
		to->range.last = from->last;
		break;
	case ORACLE_ID:
		to->type = GWLB_VALUE_ID;
		to->id = from->id;
		break;
	case ORACLE_GROUP:
		to->type = GWLB_VALUE_GROUP;
		to->group = from->group;
		break;
	case ORACLE_SET:
		to->type = GWLB_VALUE_SET;
		to->set = (const struct gwlb_set *)from->set;
		break;
	}
}

static void build_rule(const struct oracle_rule *from, struct gwlb_rule *rule,
		       struct gwlb_condition *conditions,
		       struct gwlb_value (*values)[ORACLE_MAX_VALUES])
{
	const struct oracle_match *match;
	unsigned int i, k;

	memset(rule, 0, sizeof(*rule));
	rule->conditions = conditions;
	rule->n_conditions = from->n;
	rule->verdict = from->verdict;
	for (i = 0; i < from->n; i++) {
		match = &from->matches[i];
		conditions[i] = (struct gwlb_condition){
			.values = values[i],
			.n_values = match->n,
			.field = match->field,
			.invert = match->invert,
			.bits = match->bits,
			.mask = match->mask,
		};
		for (k = 0; k < match->n; k++)
			build_value(&match->values[k], &values[i][k]);
	}
	gwlb_rule_prepare(rule);
}

/**
 * build_rules() - make rules ready to be asked
 * @from: the rules
 * @n: how many
 * @to: gets them
 */
void build_rules(const struct oracle_rule *from, unsigned int n,
		 struct built_rules *to)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		build_rule(&from[i], &to->rules[i], to->conditions[i],
			   to->values[i]);
}
