// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_fuzz: module/match.c fed by libFuzzer. Owns nothing.
 *
 * An input is what sets, rules and packets are drawn from. What must hold: the
 * rules that apply are those that the oracle says, in that order, and nothing
 * is read outside.
 */
#include <stdio.h>
#include <stdlib.h>

#include "match_build.h"
#include "match_draw.h"
#include "match_oracle.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define SUBJECTS	4

static void expect(bool same, const char *what, unsigned int rule)
{
	if (same)
		return;
	fprintf(stderr, "rule %u %s\n", rule, what);
	abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct oracle_rule rules[BUILD_MAX_RULES];
	static struct built_rules built;
	struct drawer d = { .data = data, .left = size };
	struct gwlb_subject s;
	unsigned int i, k, n;
	u32 found;

	if (!size)
		return -1;
	draw_sets(&d);
	n = 1 + draw_below(&d, BUILD_MAX_RULES);
	for (i = 0; i < n; i++)
		draw_rule(&d, &rules[i]);
	build_rules(rules, n, &built);
	for (k = 0; k < SUBJECTS; k++) {
		draw_subject(&d, &s);
		found = gwlb_match(built.rules, n, &s, 0);
		for (i = 0; i < n; i++) {
			if (!oracle_applies(&rules[i], &s)) {
				expect(found != i, "applies", i);
				continue;
			}
			expect(found == i, "does not apply", i);
			found = gwlb_match(built.rules, n, &s, i + 1);
		}
		expect(found == n, "does not exist", found);
	}
	return 0;
}
