// SPDX-License-Identifier: GPL-2.0-only
/*
 * ruleset_test: what a ruleset says that was asked for, and which are refused.
 * What is expected is what uapi/gwlb.yaml says.
 */
#include "ruleset_build.h"

/* "Starts at 0, with no rules and the policy accept." */
static void first_test(struct kunit *test)
{
	struct gwlb_ruleset *rs = rules_now(test);

	KUNIT_EXPECT_EQ(test, rs->generation, 0);
	KUNIT_EXPECT_EQ(test, rs->n_rules, 0);
	KUNIT_EXPECT_EQ(test, rs->n_groups, 0);
	KUNIT_EXPECT_EQ(test, rs->n_sets, 0);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 80), GWLB_VERDICT_ACCEPT);
}

/* "The first that matches decides." */
static void order_test(struct kunit *test)
{
	struct gwlb_ruleset *rs;
	struct request r;

	request_begin(test, &r);
	request_policy(&r, GWLB_VERDICT_DROP);
	request_rule(&r, 80, GWLB_VERDICT_ACCEPT);
	request_rule(&r, 81, GWLB_VERDICT_REJECT);
	request_rule(&r, 80, GWLB_VERDICT_DROP);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);

	rs = rules_now(test);
	KUNIT_EXPECT_EQ(test, rs->n_rules, 3);
	KUNIT_EXPECT_STREQ(test, gwlb_ruleset_rule_name(rs, 1), "port-81");
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 80), GWLB_VERDICT_ACCEPT);
	KUNIT_EXPECT_EQ(test, rules_index(test, 80), 0);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 81), GWLB_VERDICT_REJECT);
	KUNIT_EXPECT_EQ(test, rules_index(test, 81), 1);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 82), GWLB_VERDICT_DROP);
	KUNIT_EXPECT_EQ(test, rules_index(test, 82),
			gwlb_ruleset_policy_index(rs, GWLB_NO_GROUP));
}

/* Enough rules for an index that is more than one node */
#define MANY_RULES	200

static void many_test(struct kunit *test)
{
	u32 i, wrong = 0;
	struct request r;

	request_begin(test, &r);
	request_policy(&r, GWLB_VERDICT_DROP);
	for (i = 0; i < MANY_RULES; i++)
		request_rule(&r, 2 * i, GWLB_VERDICT_ACCEPT);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);
	for (i = 0; i < MANY_RULES; i++) {
		wrong += rules_index(test, 2 * i) != i;
		wrong += rules_verdict(test, 2 * i + 1) != GWLB_VERDICT_DROP;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void group_test(struct kunit *test)
{
	struct gwlb_ruleset *rs;
	struct request r;

	request_begin(test, &r);
	request_group(&r, "one", TEST_ENDPOINT);
	request_group(&r, "another", TEST_ENDPOINT2);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);

	rs = rules_now(test);
	KUNIT_EXPECT_EQ(test, gwlb_ruleset_group(rs, TEST_ENDPOINT), 0);
	KUNIT_EXPECT_EQ(test, gwlb_ruleset_group(rs, TEST_ENDPOINT2), 1);
	KUNIT_EXPECT_EQ(test, gwlb_ruleset_group(rs, TEST_ENDPOINT + 1),
			GWLB_NO_GROUP);
	KUNIT_EXPECT_EQ(test, gwlb_ruleset_find_group(rs, "another"), 1);
	KUNIT_EXPECT_EQ(test, gwlb_ruleset_find_group(rs, "others"),
			GWLB_NO_GROUP);
}

static void set_test(struct kunit *test)
{
	struct request r;

	request_begin(test, &r);
	request_set(&r, "ports", false);
	request_port(&r, "ports", 80);
	request_port(&r, "ports", 443);
	request_set_rule(&r, "ports", GWLB_VERDICT_DROP);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 80), GWLB_VERDICT_DROP);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 443), GWLB_VERDICT_DROP);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 81), GWLB_VERDICT_ACCEPT);
}

/* What is refused */

static void unknown_set(struct request *r)
{
	request_set_rule(r, "nobody", GWLB_VERDICT_DROP);
}

static void values_of_unknown_set(struct request *r)
{
	request_port(r, "nobody", 80);
}

static void set_twice(struct request *r)
{
	request_set(r, "ports", false);
	request_set(r, "ports", false);
}

static void group_twice(struct request *r)
{
	request_group(r, "one", TEST_ENDPOINT);
	request_group(r, "one", TEST_ENDPOINT2);
}

static void endpoint_in_two_groups(struct request *r)
{
	request_group(r, "one", TEST_ENDPOINT);
	request_group(r, "another", TEST_ENDPOINT);
}

static void kept_set_with_values(struct request *r)
{
	request_set(r, "ports", true);
	request_port(r, "ports", 80);
}

static void rule_without_verdict(struct request *r)
{
	request_rule(r, 80, GWLB_VERDICT_CONTINUE);
}

static const struct {
	const char *name;
	void (*ask)(struct request *r);
	int err;
} refused[] = {
	{ "unknown set", unknown_set, -ENOENT },
	{ "values of an unknown set", values_of_unknown_set, -ENOENT },
	{ "a set twice", set_twice, -EEXIST },
	{ "a group twice", group_twice, -EEXIST },
	{ "an endpoint in two groups", endpoint_in_two_groups, -EEXIST },
	{ "a kept set that is given values", kept_set_with_values, -EINVAL },
	{ "a rule that does nothing", rule_without_verdict, -EINVAL },
};

/* All or nothing, wherever in the message it is; what was made before the
 * error was seen is freed, or kmemleak says so.
 */
static void refused_test(struct kunit *test)
{
	struct gwlb_ruleset *before;
	struct request r;
	int i, first;

	request_begin(test, &r);
	request_rule(&r, 7, GWLB_VERDICT_DROP);
	request_set(&r, "ports", false);
	request_port(&r, "ports", 22);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);
	before = rules_now(test);

	for (i = 0; i < 2 * ARRAY_SIZE(refused); i++) {
		first = i % 2;
		request_begin(test, &r);
		if (first)
			refused[i / 2].ask(&r);
		request_rule(&r, 8, GWLB_VERDICT_DROP);
		request_group(&r, "bystander", 1);
		request_set(&r, "bystander", false);
		request_port(&r, "bystander", 22);
		request_set_rule(&r, "bystander", GWLB_VERDICT_DROP);
		if (!first)
			refused[i / 2].ask(&r);
		KUNIT_EXPECT_EQ_MSG(test, request_send(&r, 0),
				    refused[i / 2].err, "%s",
				    refused[i / 2].name);
		KUNIT_EXPECT_PTR_EQ(test, rules_now(test), before);
	}
	KUNIT_EXPECT_EQ(test, rules_generation(test), 1);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 7), GWLB_VERDICT_DROP);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 8), GWLB_VERDICT_ACCEPT);
}

static struct kunit_case ruleset_cases[] = {
	KUNIT_CASE(first_test),
	KUNIT_CASE(order_test),
	KUNIT_CASE(many_test),
	KUNIT_CASE(group_test),
	KUNIT_CASE(set_test),
	KUNIT_CASE(refused_test),
	{}
};

static struct kunit_suite ruleset_suite = {
	.name = "gwlb_ruleset",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = ruleset_cases,
};

kunit_test_suite(ruleset_suite);
