// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_fuzz: module/match.c and index.c fed by libFuzzer. Owns nothing.
 *
 * An input is what sets, rules and packets are drawn from. What must hold: the
 * rules that apply are those that the oracle says, in that order, whether all
 * are asked or those that the index finds, and nothing is read outside.
 */
#include <stdlib.h>

#include "match_agree.h"
#include "match_build.h"
#include "match_draw.h"
#include "match_oracle.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define SUBJECTS	4
#define MAX_RULES	64

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct oracle_rule rules[MAX_RULES];
	struct drawer d = { .data = data, .left = size };
	unsigned int i, n, matched = 0;
	struct built_rules built;
	struct gwlb_subject s;

	if (!size)
		return -1;
	draw_sets(&d);
	n = 1 + draw_below(&d, MAX_RULES);
	for (i = 0; i < n; i++)
		draw_rule(&d, &rules[i]);
	build_rules(rules, n, &built);
	for (i = 0; i < SUBJECTS; i++) {
		/* Sets change without a new index. */
		if (i == SUBJECTS / 2)
			draw_sets(&d);
		draw_subject(&d, &s);
		if (!agree(rules, &built, &s, &matched))
			abort();
	}
	free_rules(&built);
	return 0;
}
