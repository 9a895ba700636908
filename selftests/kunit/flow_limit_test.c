// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow_limit_test: when flows end, and who makes way for whom.
 */
#include <linux/jiffies.h>

#include "flow_fixture.h"
#include "ruleset_build.h"

/* Longer than any test takes, in seconds */
#define LONG_TIME	10000

/**
 * flow_make() - a flow that is not in the table yet
 * @test: the test, which is told if there is none
 * @endpoint: id of the endpoint
 * @key: its key
 *
 * Context: fixture_walk_begin()
 * Return: the flow, by the limits of the ruleset in force; or NULL
 */
struct gwlb_flow *flow_make(struct kunit *test, u64 endpoint,
			    const struct gwlb_flow_key *key)
{
	struct gwlb_net *gn = fixture_net(test);
	const struct gwlb_options *o = &rcu_dereference(gn->rules)->options;
	struct gwlb_flow *flow = NULL;
	enum gwlb_reason reason;

	reason = gwlb_flow_alloc(gn, o,
				 gwlb_endpoint_get(&gn->endpoints, endpoint),
				 &flow);
	KUNIT_EXPECT_EQ(test, reason, GWLB_REASON_RETURNED);
	if (reason)
		return NULL;
	flow->key = *key;
	flow->endpoint_id = endpoint;
	flow->timeout = LONG_TIME * HZ;
	return flow;
}

/**
 * flow_begin() - a flow in the table
 * @test: the test, which is told if there is none
 * @endpoint: id of the endpoint
 * @key: its key
 *
 * Context: fixture_walk_begin()
 * Return: the flow; or NULL
 */
struct gwlb_flow *flow_begin(struct kunit *test, u64 endpoint,
			     const struct gwlb_flow_key *key)
{
	struct gwlb_flow *flow = flow_make(test, endpoint, key);
	struct gwlb_flow *kept;

	if (!flow)
		return NULL;
	kept = gwlb_flow_publish(fixture_net(test), flow);
	KUNIT_EXPECT_PTR_EQ(test, kept, flow);
	return kept == flow ? flow : NULL;
}

/* Limits of nobody else's, as a ruleset cannot be edited */
static struct gwlb_options limits(u32 all, u32 endpoint)
{
	return (struct gwlb_options) {
		.flow_max = all, .flow_max_endpoint = endpoint,
	};
}

/* Tries to begin flow number @n of an endpoint. */
static enum gwlb_reason try(struct kunit *test, const struct gwlb_options *o,
			    u64 id, u32 n)
{
	struct gwlb_net *gn = fixture_net(test);
	struct gwlb_endpoint *endpoint;
	enum gwlb_reason reason;
	struct gwlb_flow *flow;

	fixture_walk_begin();
	endpoint = gwlb_endpoint_get(&gn->endpoints, id);
	reason = gwlb_flow_alloc(gn, o, endpoint, &flow);
	if (!reason) {
		flow->key = flow_key(n);
		flow->key.zone = id;
		flow->timeout = LONG_TIME * HZ;
		gwlb_flow_publish(gn, flow);
	}
	fixture_walk_end();
	return reason;
}

static struct gwlb_flow *find(struct kunit *test, u64 id, u32 n)
{
	struct gwlb_flow_key key = flow_key(n);
	struct gwlb_flow *flow;

	key.zone = id;
	fixture_walk_begin();
	flow = gwlb_flow_find(&fixture_net(test)->flows, &key);
	fixture_walk_end();
	return flow;
}

/* Both sides take part in it. */
static void answer(struct kunit *test, u64 id, u32 n)
{
	struct gwlb_flow *flow = find(test, id, n);

	KUNIT_ASSERT_NOT_NULL(test, flow);
	fixture_walk_begin();
	gwlb_flow_answered(flow);
	fixture_walk_end();
}

#define EXPECT_THERE(id, n) \
	KUNIT_EXPECT_NOT_NULL_MSG(test, find(test, id, n), "flow %u", n)
#define EXPECT_GONE(id, n) \
	KUNIT_EXPECT_NULL_MSG(test, find(test, id, n), "flow %u", n)

static void endpoint_limit_test(struct kunit *test)
{
	struct gwlb_options o = limits(100, 3);
	u32 i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT, i), 0);
	/* The oldest that nobody has answered makes way. */
	answer(test, TEST_ENDPOINT, 0);
	KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT, 3), 0);
	EXPECT_THERE(TEST_ENDPOINT, 0);
	EXPECT_GONE(TEST_ENDPOINT, 1);
	EXPECT_THERE(TEST_ENDPOINT, 2);
	EXPECT_THERE(TEST_ENDPOINT, 3);
	/* Another endpoint has a limit of its own. */
	KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT2, 4), 0);
	KUNIT_EXPECT_EQ(test, flow_count(test), 4);
	/* None that is in use does. */
	answer(test, TEST_ENDPOINT, 2);
	answer(test, TEST_ENDPOINT, 3);
	KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT, 5),
			GWLB_REASON_DROP_FLOW_LIMIT);
	KUNIT_EXPECT_EQ(test, flow_count(test), 4);
	EXPECT_THERE(TEST_ENDPOINT2, 4);
}

static void table_limit_test(struct kunit *test)
{
	struct gwlb_options o = limits(6, 6);
	u32 i;

	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT, i), 0);
	KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT2, 10), 0);
	/* Who has most of them makes way for others, and not they for him. */
	KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT2, 11), 0);
	EXPECT_GONE(TEST_ENDPOINT, 0);
	EXPECT_THERE(TEST_ENDPOINT2, 10);
	KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT, 5), 0);
	EXPECT_GONE(TEST_ENDPOINT, 1);
	EXPECT_THERE(TEST_ENDPOINT2, 10);
	EXPECT_THERE(TEST_ENDPOINT2, 11);
	KUNIT_EXPECT_EQ(test, flow_count(test), 6);
	for (i = 2; i < 6; i++)
		answer(test, TEST_ENDPOINT, i);
	answer(test, TEST_ENDPOINT2, 10);
	answer(test, TEST_ENDPOINT2, 11);
	KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT2, 12),
			GWLB_REASON_DROP_FLOW_FULL);
	KUNIT_EXPECT_EQ(test, flow_count(test), 6);
}

/* Lets garbage collection run now, and ends when it has. */
static void collect(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);

	mod_delayed_work(system_power_efficient_wq, &gn->flows.gc, 0);
	flush_delayed_work(&gn->flows.gc);
}

static void age(struct kunit *test, u32 n, u32 seconds)
{
	struct gwlb_flow *flow = find(test, TEST_ENDPOINT, n);

	KUNIT_ASSERT_NOT_NULL(test, flow);
	WRITE_ONCE(flow->last, (u32)jiffies - seconds * HZ);
}

static void expiry_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);
	struct gwlb_options o = limits(100, 100);
	u32 i;

	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT, i), 0);
	for (i = 0; i < 6; i++)
		age(test, i, i < 3 ? LONG_TIME + 1 : LONG_TIME / 2);
	collect(test);
	for (i = 0; i < 3; i++)
		EXPECT_GONE(TEST_ENDPOINT, i);
	for (i = 3; i < 6; i++)
		EXPECT_THERE(TEST_ENDPOINT, i);
	KUNIT_EXPECT_EQ(test, flow_count(test), 3);
	/* It goes on as long as there is something to be collected. */
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&gn->flows.gc));
	for (i = 3; i < 6; i++)
		age(test, i, LONG_TIME + 1);
	collect(test);
	KUNIT_EXPECT_EQ(test, flow_count(test), 0);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&gn->flows.gc));
}

/* So does the generation of rules: nobody asks them again about a flow that was
 * silent for 2^32 changes, unless something else does. Whose rule it was may be
 * gone; what it was is not forgotten.
 */
static void come_round_test(struct kunit *test)
{
	u64 first = gwlb_decision(7, GWLB_VERDICT_DROP, 59999), decision;
	struct gwlb_options o = limits(100, 100);
	struct gwlb_flow *flow;
	u32 looks, look;

	/* As seldom as it may be looked at, and more often */
	for (looks = 2; looks <= 8; looks *= 2) {
		KUNIT_EXPECT_EQ(test, try(test, &o, TEST_ENDPOINT, looks), 0);
		flow = find(test, TEST_ENDPOINT, looks);
		KUNIT_ASSERT_NOT_NULL(test, flow);
		atomic64_set(&flow->decision, first);
		rules_now(test)->generation = 7 + 1000;
		collect(test);
		KUNIT_EXPECT_EQ(test, atomic64_read(&flow->decision), first);
		for (look = 1; look < looks; look++) {
			rules_now(test)->generation =
				7 + look * (U32_MAX / looks + 1);
			collect(test);
		}
		decision = atomic64_read(&flow->decision);
		KUNIT_EXPECT_EQ(test, gwlb_decision_index(decision), 0);
		KUNIT_EXPECT_EQ(test, gwlb_decision_verdict(decision),
				GWLB_VERDICT_DROP);
		/* Nor is it the one before, which somebody may still have. */
		KUNIT_EXPECT_GT(test, 7 - gwlb_decision_generation(decision),
				1000);
		rules_now(test)->generation = 7;
		collect(test);
		decision = atomic64_read(&flow->decision);
		KUNIT_EXPECT_NE(test, gwlb_decision_generation(decision), 7);
	}
}

/* A clock of 32 bits goes round. */
static void wrap_test(struct kunit *test)
{
	struct gwlb_flow flow = { .timeout = 100 };

	flow.last = (u32)jiffies - 50;
	KUNIT_EXPECT_FALSE(test, gwlb_flow_is_over(&flow));
	flow.last = (u32)jiffies - 101;
	KUNIT_EXPECT_TRUE(test, gwlb_flow_is_over(&flow));
	/* Another CPU, whose clock is ahead, has seen a packet. */
	flow.last = (u32)jiffies + 1000;
	KUNIT_EXPECT_EQ(test, gwlb_flow_silence(&flow), 0);
	KUNIT_EXPECT_FALSE(test, gwlb_flow_is_over(&flow));
}

static struct kunit_case limit_cases[] = {
	KUNIT_CASE(endpoint_limit_test),
	KUNIT_CASE(table_limit_test),
	KUNIT_CASE(expiry_test),
	KUNIT_CASE(come_round_test),
	KUNIT_CASE(wrap_test),
	{}
};

static struct kunit_suite limit_suite = {
	.name = "gwlb_flow_limit",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = limit_cases,
};

kunit_test_suite(limit_suite);
