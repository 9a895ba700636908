// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_random: module/match.c against a second opinion, in a million pairs of
 * a rule and a packet by chance. See match_random.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "match_agree.h"
#include "match_build.h"
#include "match_draw.h"
#include "match_oracle.h"
#include "match_random.h"

#define PAIRS		1000000
#define MAX_RULES	8

/**
 * struct decided - how often a match of a field made the difference
 * @held: it held, and so did all others of its rule
 * @failed: it alone did not hold
 */
struct decided {
	unsigned int held;
	unsigned int failed;
};

static void note_decided(const struct oracle_rule *rule,
			 const struct gwlb_subject *s,
			 struct decided (*decided)[2])
{
	unsigned int i, failed = 0, alone = 0;
	const struct oracle_match *match;

	if (!oracle_is_asked(rule, s))
		return;
	for (i = 0; i < rule->n; i++)
		if (!oracle_holds(rule, &rule->matches[i], s)) {
			failed++;
			alone = i;
		}
	if (failed == 1) {
		match = &rule->matches[alone];
		decided[match->field][match->invert].failed++;
	}
	for (i = 0; !failed && i < rule->n; i++) {
		match = &rule->matches[i];
		decided[match->field][match->invert].held++;
	}
}

/**
 * test_random() - a test for cmocka
 * @state: not used
 *
 * The seed is fixed, so what fails once fails again.
 */
void test_random(void **state)
{
	struct decided decided[GWLB_FIELDS][2] = { 0 };
	struct drawer d = { .state = 0x123456789abcdef1ULL };
	unsigned int pairs = 0, matched = 0, n, i, k;
	struct oracle_rule rules[MAX_RULES];
	struct built_rules built;
	struct gwlb_subject s;

	(void)state;
	while (pairs < PAIRS) {
		draw_sets(&d);
		n = 1 + draw_below(&d, MAX_RULES);
		for (i = 0; i < n; i++)
			draw_rule(&d, &rules[i]);
		build_rules(rules, n, &built);
		for (k = 0; k < 4; k++) {
			draw_subject(&d, &s);
			if (!agree(rules, &built, &s, &matched))
				fail_msg("after %u pairs", pairs);
			pairs += n;
			for (i = 0; i < n; i++)
				note_decided(&rules[i], &s, decided);
		}
		free_rules(&built);
	}
	printf("# %u pairs, %u matched\n", pairs, matched);
	for (i = 0; i < GWLB_FIELDS; i++)
		for (k = 0; k < 2; k++) {
			printf("# %sfield %u: held %u times, alone not %u times\n",
			       k ? "not " : "", i, decided[i][k].held,
			       decided[i][k].failed);
			assert_true(decided[i][k].held > 100);
			assert_true(decided[i][k].failed > 100);
		}
}
