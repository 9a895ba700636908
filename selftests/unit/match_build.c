// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_build: from rules as they are written to those that module/match.c is
 * asked about. Owns what stands for module/set.c here: a set is a list, and
 * each element is looked at.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <linux/mm.h>

#include "match_build.h"
#include "set.h"

unsigned int shim_allocations = UINT_MAX;

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

/* There is memory for tests. */
static void *array(size_t n, size_t size)
{
	void *new = calloc(n ? n : 1, size);

	if (!new)
		abort();
	return new;
}

static void allocate(const struct oracle_rule *from, unsigned int n,
		     struct built_rules *to)
{
	size_t conditions = 0, values = 0, i, k;

	for (i = 0; i < n; i++) {
		conditions += from[i].n;
		for (k = 0; k < from[i].n; k++)
			values += from[i].matches[k].n;
	}
	to->n = n;
	to->rules = array(n, sizeof(*to->rules));
	to->conditions = array(conditions, sizeof(*to->conditions));
	to->values = array(values, sizeof(*to->values));
	to->all = array(n, sizeof(*to->all));
	memset(&to->index, 0, sizeof(to->index));
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
	const struct oracle_match *match;
	struct gwlb_condition *c;
	struct gwlb_value *value;
	unsigned int i, k, v;

	allocate(from, n, to);
	c = to->conditions;
	value = to->values;
	for (i = 0; i < n; i++) {
		to->all[i] = i;
		to->rules[i].conditions = c;
		to->rules[i].n_conditions = from[i].n;
		to->rules[i].verdict = from[i].verdict;
		for (k = 0; k < from[i].n; k++) {
			match = &from[i].matches[k];
			*c++ = (struct gwlb_condition){
				.values = value,
				.n_values = match->n,
				.field = match->field,
				.invert = match->invert,
				.bits = match->bits,
				.mask = match->mask,
			};
			for (v = 0; v < match->n; v++)
				build_value(&match->values[v], value++);
		}
		gwlb_rule_prepare(&to->rules[i]);
	}
	if (gwlb_index_build(&to->index, to->rules, n))
		abort();
}

/**
 * free_rules() - free what build_rules() made
 * @built: that
 */
void free_rules(struct built_rules *built)
{
	gwlb_index_free(&built->index);
	free(built->rules);
	free(built->conditions);
	free(built->values);
	free(built->all);
}

/**
 * all_rules() - ask all rules, not only those that the index knows
 * @built: the rules
 * @c: gets them
 */
void all_rules(const struct built_rules *built, struct gwlb_candidates *c)
{
	c->n = !!built->n;
	c->next[0] = built->all;
	c->end[0] = built->all + built->n;
}
