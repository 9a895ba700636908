// SPDX-License-Identifier: GPL-2.0-only
/*
 * index_test: with module/index.c the same rules apply as without it, in
 * millions of cases, among ten rules and ten thousand; and they are found fast,
 * in a little memory. Owns one process; touches nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/mm.h>

#include "match_agree.h"
#include "match_plan.h"

#define SEED		0x123456789abcdef1ULL
#define MANY		10000
#define SUBJECTS	200

/**
 * struct found - what an index is like
 * @mean: how many rules are to be asked about a packet, in hundredths
 * @most: how many at most
 * @matched: how many apply, as @mean
 * @steps: depth of all trees together
 * @bytes: its memory
 */
struct found {
	unsigned int mean;
	unsigned int most;
	unsigned int matched;
	unsigned int steps;
	unsigned int bytes;
};

static struct oracle_rule rules[MANY];

/* The depth of a tree, whose nodes follow their parents */
static unsigned int depth_of(const struct gwlb_index *index, u32 root)
{
	static unsigned int depth[1 << 20];
	unsigned int most = 0;
	u32 i, end = index->n_nodes;

	for (i = 0; i < index->n_trees; i++)
		if (index->trees[i].root > root && index->trees[i].root < end)
			end = index->trees[i].root;
	assert_true(index->n_nodes <= 1 << 20);
	depth[root] = 0;
	for (i = root; i < end; i++) {
		if (depth[i] > most)
			most = depth[i];
		/* A leaf has no other node. */
		if (index->nodes[i].axis == 31)
			continue;
		assert_in_range(index->nodes[i].next, i + 1, end - 1);
		depth[i + 1] = depth[i] + 1;
		depth[index->nodes[i].next] = depth[i] + 1;
	}
	return most;
}

static void measure(const struct built_rules *built, struct found *found)
{
	const struct gwlb_index *index = &built->index;
	u32 i;

	found->steps = 0;
	for (i = 0; i < index->n_trees; i++)
		found->steps += depth_of(index, index->trees[i].root);
	found->bytes = index->n_nodes * sizeof(*index->nodes) +
		index->n_numbers * sizeof(*index->numbers);
}

static unsigned int count_candidates(const struct built_rules *built,
				     const struct gwlb_subject *s)
{
	struct gwlb_candidates c;
	unsigned int n = 0;

	gwlb_index_find(&built->index, s, &c);
	while (gwlb_candidates_next(&c) != GWLB_NO_RULE)
		n++;
	return n;
}

static void try_plan(enum plan plan, unsigned int n, struct found *found)
{
	struct drawer d = { .state = SEED + plan };
	unsigned int i, candidates, sum = 0, matched = 0;
	struct built_rules built;
	struct gwlb_subject s;

	draw_sets(&d);
	for (i = 0; i < n; i++)
		plan_rule(&d, plan, i, &rules[i]);
	build_rules(rules, n, &built);
	measure(&built, found);
	found->most = 0;
	for (i = 0; i < SUBJECTS; i++) {
		/* Sets change without a new index. */
		if (i == SUBJECTS / 2)
			draw_sets(&d);
		plan_subject(&d, &rules[d.state % n], &s);
		candidates = count_candidates(&built, &s);
		sum += candidates;
		if (candidates > found->most)
			found->most = candidates;
		if (!agree(rules, &built, &s, &matched))
			fail_msg("plan %u, packet %u", plan, i);
	}
	free_rules(&built);
	found->mean = 100 * sum / SUBJECTS;
	found->matched = 100 * matched / SUBJECTS;
	printf("# plan %u, %u rules: %u.%02u candidates, at most %u; %u.%02u apply; %u trees, %u steps, %u bytes\n",
	       plan, n, found->mean / 100, found->mean % 100, found->most,
	       found->matched / 100, found->matched % 100,
	       built.index.n_trees, found->steps, found->bytes);
	/* Packets are such that this can fail. */
	assert_true(matched > SUBJECTS / 10);
	assert_true(found->steps <= GWLB_INDEX_STEPS);
	assert_true(found->bytes <= 54 * ORACLE_MAX_VALUES * n);
}

/* What is asked does not grow with the rules, or if it does, little. */
static void test_plans(void **state)
{
	struct found few, some, many;
	enum plan plan;

	(void)state;
	for (plan = 0; plan < PLANS; plan++) {
		try_plan(plan, 10, &few);
		try_plan(plan, 1000, &some);
		try_plan(plan, MANY, &many);
		switch (plan) {
		case PLAN_HOSTS:
		case PLAN_PORTS:
		case PLAN_ENDPOINTS:
		case PLAN_LISTS:
		case PLAN_IPV6:
			assert_true(many.mean <= 2 * some.mean);
			assert_true(many.most <= 16);
			break;
		case PLAN_SETS:
			/* Half of those whose sets the packet is in */
			assert_true(many.mean <= 2 * many.matched);
			break;
		case PLAN_FLAGS:
			/* Nothing tells them apart. */
			assert_int_equal(many.most, MANY);
			break;
		default:
			/* Many rules that apply to the same are to be asked. */
			assert_true(many.mean <= 2000 + 8 * many.matched);
		}
		if (plan != PLAN_LISTS)
			assert_true(many.bytes <= 54 * MANY);
	}
}

/* A set changes after the index has asked it and before the rules do. A rule
 * that is right before and after that is found, none is found that is not right
 * after it, and their order is as ever.
 */
static void test_change(void **state)
{
	unsigned int before, after, both = 0, lost = 0, refused = 0, n, i, k;
	struct drawer d = { .state = SEED };
	static bool was[300], found[300];
	struct gwlb_candidates c;
	struct built_rules built;
	struct gwlb_subject s;
	u32 rule, last;

	(void)state;
	for (k = 0; k < 2000; k++) {
		draw_sets(&d);
		n = 100 + draw_below(&d, 200);
		for (i = 0; i < n; i++)
			plan_rule(&d, PLAN_SETS, i, &rules[i]);
		build_rules(rules, n, &built);
		plan_subject(&d, &rules[draw_below(&d, n)], &s);
		for (i = 0; i < n; i++) {
			was[i] = oracle_applies(&rules[i], &s);
			found[i] = false;
		}
		gwlb_index_find(&built.index, &s, &c);
		draw_sets(&d);
		last = 0;
		for (rule = gwlb_match(built.rules, &c, &s);
		     rule != GWLB_NO_RULE;
		     rule = gwlb_match(built.rules, &c, &s)) {
			assert_in_range(rule, last, n - 1);
			last = rule + 1;
			found[rule] = true;
		}
		for (i = 0; i < n; i++) {
			before = was[i];
			after = oracle_applies(&rules[i], &s);
			assert_false(found[i] && !after);
			assert_false(before && after && !found[i]);
			both += before && after;
			lost += after && !found[i];
			refused += before && !after;
		}
		free_rules(&built);
	}
	printf("# %u stay, %u come too late, %u go in time\n", both, lost,
	       refused);
	/* There are all of them, or it was for nothing. */
	assert_true(both > 1000 && lost > 1000 && refused > 1000);
}

/* Rules of all kinds, so many that there are trees, yet each is asked often */
static void test_random(void **state)
{
	struct drawer d = { .state = SEED };
	unsigned int pairs = 0, matched = 0, candidates = 0, n, i, k;
	struct built_rules built;
	struct gwlb_subject s;

	(void)state;
	while (pairs < 2000000) {
		draw_sets(&d);
		n = 1 + draw_below(&d, 256) + draw_below(&d, 45);
		for (i = 0; i < n; i++)
			draw_rule(&d, &rules[i]);
		build_rules(rules, n, &built);
		for (k = 0; k < 16; k++) {
			if (k == 8)
				draw_sets(&d);
			if (k & 1)
				plan_subject(&d, &rules[draw_below(&d, 256) %
						       n], &s);
			else
				draw_subject(&d, &s);
			if (!agree(rules, &built, &s, &matched))
				fail_msg("after %u pairs", pairs);
			candidates += count_candidates(&built, &s);
			pairs += n;
		}
		free_rules(&built);
	}
	printf("# %u pairs, %u candidates, %u matched\n", pairs, candidates,
	       matched);
	/* A quarter of them apply. */
	assert_true(candidates < pairs / 3 * 2);
	assert_true(matched > pairs / 20);
}

/* Values are next to each other, and whole rules are the same. */
static void test_small(void **state)
{
	struct drawer d = { .state = SEED };
	unsigned int matched = 0, n, i, k;
	struct built_rules built;
	struct gwlb_subject s;
	enum plan plan;

	(void)state;
	draw_sets(&d);
	for (k = 0; k < 2000; k++) {
		n = 1 + draw_below(&d, 40);
		for (i = 0; i < n; i++) {
			plan = draw_below(&d, PLANS);
			plan_rule(&d, plan, draw_below(&d, 8), &rules[i]);
		}
		build_rules(rules, n, &built);
		for (i = 0; i < 20; i++) {
			plan_subject(&d, &rules[draw_below(&d, n)], &s);
			if (!agree(rules, &built, &s, &matched))
				fail_msg("after %u sets of rules", k);
		}
		free_rules(&built);
	}
	assert_true(matched > 20000);
}

/* Whenever memory runs out, it is said, and nothing is left behind. */
static void test_no_memory(void **state)
{
	struct drawer d = { .state = SEED };
	struct gwlb_index index = { 0 };
	struct built_rules built;
	unsigned int i, n = 0;
	int err;

	(void)state;
	draw_sets(&d);
	for (i = 0; i < 300; i++)
		plan_rule(&d, PLAN_CHAIN, i, &rules[i]);
	build_rules(rules, 300, &built);
	do {
		index = (struct gwlb_index){ 0 };
		shim_allocations = n++;
		err = gwlb_index_build(&index, built.rules, 300);
		if (err)
			assert_int_equal(err, -ENOMEM);
		gwlb_index_free(&index);
	} while (err);
	shim_allocations = UINT_MAX;
	assert_true(n > 10);
	free_rules(&built);
}

#define TEST(f)	{ #f, test_ ## f, NULL, NULL, NULL }

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(plans),
		TEST(change),
		TEST(random),
		TEST(small),
		TEST(no_memory),
	};

	cmocka_set_test_filter(getenv("ONLY"));
	return !!_cmocka_run_group_tests("index", tests,
					 sizeof(tests) / sizeof(tests[0]),
					 NULL, NULL);
}
