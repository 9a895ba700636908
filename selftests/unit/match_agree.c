// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_agree: do all say the same about a packet? Owns nothing.
 *
 * There are three who say which rules apply: the oracle, module/match.c asked
 * about all rules, and module/match.c asked about those that module/index.c
 * finds.
 */
#include <stdio.h>

#include "match_agree.h"

static bool said(const char *who, unsigned int rule, u32 found, bool applies)
{
	bool says = found == rule;

	if (says == applies)
		return true;
	fprintf(stderr, "rule %u %s, but with %s %u is next\n", rule,
		applies ? "applies" : "does not apply", who, found);
	return false;
}

/**
 * agree() - find all rules that apply, in three ways
 * @rules: the rules
 * @built: the same
 * @s: what they are asked about
 * @matched: is increased by how many apply
 *
 * Return: true if they are the same, or else it is said what is not
 */
bool agree(const struct oracle_rule *rules, const struct built_rules *built,
	   const struct gwlb_subject *s, unsigned int *matched)
{
	struct gwlb_candidates few, all;
	u32 indexed, asked;
	unsigned int i;
	bool applies;

	gwlb_index_find(&built->index, s, &few);
	all_rules(built, &all);
	indexed = gwlb_match(built->rules, &few, s);
	asked = gwlb_match(built->rules, &all, s);
	for (i = 0; i < built->n; i++) {
		applies = oracle_applies(&rules[i], s);
		if (!said("all rules asked", i, asked, applies) ||
		    !said("the index", i, indexed, applies))
			return false;
		if (!applies)
			continue;
		++*matched;
		indexed = gwlb_match(built->rules, &few, s);
		asked = gwlb_match(built->rules, &all, s);
	}
	return said("all rules asked", GWLB_NO_RULE, asked, true) &&
	       said("the index", GWLB_NO_RULE, indexed, true);
}
