/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * match_build: from rules as they are written to those that module/match.c is
 * asked about. See match_build.c.
 */
#ifndef _UNIT_MATCH_BUILD_H
#define _UNIT_MATCH_BUILD_H

#include "match.h"
#include "match_oracle.h"

#define BUILD_MAX_RULES	8

/**
 * struct built_rules - rules that are ready to be asked
 * @rules: the rules
 * @conditions: their conditions
 * @values: the values of these
 */
struct built_rules {
	struct gwlb_rule rules[BUILD_MAX_RULES];
	struct gwlb_condition conditions[BUILD_MAX_RULES][ORACLE_MAX_MATCHES];
	struct gwlb_value values[BUILD_MAX_RULES][ORACLE_MAX_MATCHES]
				[ORACLE_MAX_VALUES];
};

void build_rules(const struct oracle_rule *from, unsigned int n,
		 struct built_rules *to);

#endif /* _UNIT_MATCH_BUILD_H */
