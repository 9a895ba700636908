/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * match_build: from rules as they are written to those that module/match.c is
 * asked about. See match_build.c.
 */
#ifndef _UNIT_MATCH_BUILD_H
#define _UNIT_MATCH_BUILD_H

#include "index.h"
#include "match.h"
#include "match_oracle.h"

/**
 * struct built_rules - rules that are ready to be asked
 * @n: how many
 * @rules: the rules
 * @conditions: their conditions
 * @values: the values of these
 * @all: numbers of all of them
 * @index: their index
 */
struct built_rules {
	unsigned int n;
	struct gwlb_rule *rules;
	struct gwlb_condition *conditions;
	struct gwlb_value *values;
	u16 *all;
	struct gwlb_index index;
};

void build_rules(const struct oracle_rule *from, unsigned int n,
		 struct built_rules *to);
void free_rules(struct built_rules *built);
void all_rules(const struct built_rules *built, struct gwlb_candidates *c);

#endif /* _UNIT_MATCH_BUILD_H */
