// SPDX-License-Identifier: GPL-2.0-only
/*
 * fragment_test: what was decided about first fragments is known for 60 seconds
 * (README, "Limits"), and then to nobody.
 */
#include <linux/jiffies.h>

#include "endpoint.h"
#include "fixture.h"
#include "fragment.h"
#include "parse.h"

/* Anything: what was decided */
#define DECISION	0x1234

static const struct gwlb_flow_key zone = {
	.zone = TEST_ENDPOINT,
};

static const struct gwlb_pkt fragment = {
	.src.ip = cpu_to_be32(0x0a000001),
	.dst.ip = cpu_to_be32(0x0a000002),
	.frag_id = 7,
	.family = NFPROTO_IPV4,
	.proto = IPPROTO_UDP,
	.frag_len = 512,
};

static struct gwlb_fragment_table *table(struct kunit *test)
{
	return &fixture_net(test)->fragments;
}

static void remember(struct kunit *test, const struct gwlb_pkt *pkt)
{
	struct gwlb_endpoint *endpoint;

	fixture_walk_begin();
	endpoint = gwlb_endpoint_get(&fixture_net(test)->endpoints,
				     TEST_ENDPOINT);
	gwlb_fragment_remember(table(test), endpoint, &zone, false, pkt,
			       DECISION, pkt->frag_len);
	fixture_walk_end();
}

/* What was decided, and about how many bytes; 0 if that is not known */
static u64 found(struct kunit *test, u32 *len)
{
	struct gwlb_fragmented *first;
	u64 decision = 0;

	fixture_walk_begin();
	first = gwlb_fragment_find(table(test), &zone, &fragment);
	if (first) {
		decision = first->decision;
		*len = first->shown;
	}
	fixture_walk_end();
	return decision;
}

/* All of them came so much earlier. */
static void age(struct kunit *test, u32 seconds)
{
	struct gwlb_fragmented *first;

	spin_lock_bh(&table(test)->lock);
	list_for_each_entry(first, &table(test)->list, list)
		first->born -= seconds * HZ;
	spin_unlock_bh(&table(test)->lock);
}

static void time_test(struct kunit *test)
{
	u32 len;

	remember(test, &fragment);
	KUNIT_EXPECT_EQ(test, found(test, &len), DECISION);
	age(test, 58);
	KUNIT_EXPECT_EQ(test, found(test, &len), DECISION);
	gwlb_fragment_expire(table(test));
	KUNIT_EXPECT_EQ(test, table(test)->count, 1);
	/* It is not found any more, though nobody has removed it yet. */
	age(test, 3);
	KUNIT_EXPECT_EQ(test, found(test, &len), 0);
	KUNIT_EXPECT_EQ(test, table(test)->count, 1);
	gwlb_fragment_expire(table(test));
	KUNIT_EXPECT_EQ(test, table(test)->count, 0);
}

/* A shorter one does not uncover what a longer one showed, in its time. */
static void shorter_test(struct kunit *test)
{
	struct gwlb_pkt shorter = fragment;
	u32 len = 0;

	shorter.frag_len = 64;
	remember(test, &fragment);
	remember(test, &shorter);
	KUNIT_EXPECT_EQ(test, found(test, &len), DECISION);
	KUNIT_EXPECT_EQ(test, len, 512);
	age(test, 61);
	remember(test, &shorter);
	KUNIT_EXPECT_EQ(test, found(test, &len), DECISION);
	KUNIT_EXPECT_EQ(test, len, 64);
	KUNIT_EXPECT_EQ(test, table(test)->count, 1);
}

static struct kunit_case fragment_cases[] = {
	KUNIT_CASE(time_test),
	KUNIT_CASE(shorter_test),
	{}
};

static struct kunit_suite fragment_suite = {
	.name = "gwlb_fragment",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = fragment_cases,
};

kunit_test_suite(fragment_suite);
