// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of target.c: what checks, registration and time make of a
 * target, with a clock that is given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "target.h"

/* Two nodes and three appliances: zone 0 has the first two, zone 1 the last */
static const struct options region = {
	.health = HEALTH_HTTP,
	.healthy = 5,
	.unhealthy = 2,
	.deregistration_delay = 300000,
	.gwlbs = 2,
	.appliances = 3,
	.gwlb = { { .zone = 0 }, { .zone = 1 } },
	.appliance = { { .zone = 0 }, { .zone = 0 }, { .zone = 1 } },
};

static void results(struct target_group *group, unsigned int gwlb, bool ok,
		    unsigned int n)
{
	while (n--)
		target_result(group, gwlb, 0, ok, 1000, 1001);
}

#define assert_state(group, i, state) \
	assert_string_equal(target_state(&(group)->target[i]), state)

static void test_thresholds(void **state)
{
	struct target_group group;

	(void)state;
	target_init(&group, &region);
	assert_state(&group, 0, "initial");
	results(&group, 0, true, 4);
	assert_state(&group, 0, "initial");
	/* In a row means in a row. */
	results(&group, 0, false, 1);
	results(&group, 0, true, 4);
	assert_state(&group, 0, "initial");
	results(&group, 0, true, 1);
	assert_state(&group, 0, "healthy");

	results(&group, 0, false, 1);
	results(&group, 0, true, 1);
	results(&group, 0, false, 1);
	assert_state(&group, 0, "healthy");
	results(&group, 0, false, 1);
	assert_state(&group, 0, "unhealthy");
	results(&group, 0, true, 4);
	assert_state(&group, 0, "unhealthy");
	results(&group, 0, true, 1);
	assert_state(&group, 0, "healthy");
	assert_state(&group, 1, "initial");
}

static void test_initial_fails(void **state)
{
	struct target_group group;

	(void)state;
	target_init(&group, &region);
	results(&group, 0, false, 2);
	assert_state(&group, 0, "unhealthy");
}

/* With cross-zone two nodes check: one can condemn, both have to acquit. */
static void test_probers(void **state)
{
	struct options opt = region;
	struct target_group group;

	(void)state;
	target_init(&group, &opt);
	assert_true(target_checked(&group, 0, 0));
	assert_false(target_checked(&group, 1, 0));
	assert_false(target_checked(&group, 0, 2));
	assert_true(target_checked(&group, 1, 2));

	opt.cross_zone = true;
	target_init(&group, &opt);
	assert_true(target_checked(&group, 1, 0));
	results(&group, 0, true, 9);
	results(&group, 1, true, 4);
	assert_state(&group, 0, "initial");
	results(&group, 1, true, 1);
	assert_state(&group, 0, "healthy");
	/* One each is not two in a row of one. */
	results(&group, 0, false, 1);
	results(&group, 1, false, 1);
	assert_state(&group, 0, "healthy");
	results(&group, 1, false, 1);
	assert_state(&group, 0, "unhealthy");
	/* One that still sees failures keeps it so. */
	results(&group, 0, true, 9);
	assert_state(&group, 0, "unhealthy");
	results(&group, 1, true, 5);
	assert_state(&group, 0, "healthy");
}

static void test_unchecked(void **state)
{
	struct options opt = region;
	struct target_group group;

	(void)state;
	opt.health = HEALTH_NONE;
	target_init(&group, &opt);
	assert_state(&group, 2, "healthy");
	assert_false(target_checked(&group, 0, 0));
}

static void test_deregister(void **state)
{
	struct target_group group;

	(void)state;
	target_init(&group, &region);
	results(&group, 0, true, 5);
	assert_true(target_next(&group) == ~0ULL);
	assert_false(target_register(&group, 0));
	assert_true(target_deregister(&group, 0, 1000));
	assert_false(target_deregister(&group, 0, 2000));
	assert_state(&group, 0, "draining");
	assert_true(target_checked(&group, 0, 0));
	assert_true(target_next(&group) == 301000);
	target_tick(&group, 300999);
	assert_state(&group, 0, "draining");
	target_tick(&group, 301000);
	assert_state(&group, 0, "unused");
	assert_false(target_checked(&group, 0, 0));
	assert_true(target_next(&group) == ~0ULL);

	assert_true(target_register(&group, 0));
	assert_state(&group, 0, "initial");
	/* What was in a row before does not count. */
	results(&group, 0, true, 4);
	assert_state(&group, 0, "initial");
	results(&group, 0, true, 1);
	assert_state(&group, 0, "healthy");

	/* On the way out, and back */
	assert_true(target_deregister(&group, 0, 400000));
	assert_true(target_register(&group, 0));
	target_tick(&group, 900000);
	assert_state(&group, 0, "initial");
}

/* Who is to blame for a packet that did not come back? */
static void test_missing(void **state)
{
	struct target_group group;
	unsigned int i;

	(void)state;
	target_init(&group, &region);
	/* A good check after it was sent: it was alive. */
	assert_int_equal(target_result(&group, 0, 0, true, 5000, 5001), 0);
	assert_false(target_missing(&group, 0, 4000));
	/* None since: the next ones will tell; this one says alive, */
	assert_false(target_missing(&group, 0, 5000));
	assert_int_equal(target_result(&group, 0, 0, true, 6000, 6001), 0);
	target_result(&group, 0, 0, false, 7000, 7001);
	assert_int_equal(target_result(&group, 0, 0, false, 8000, 8001), 0);
	assert_state(&group, 0, "unhealthy");
	/* While it is, and what was sent before and lost until then */
	assert_true(target_missing(&group, 0, 7900));
	target_tick(&group, 9000);
	assert_true(target_missing(&group, 0, 8500));
	for (i = 0; i < 5; i++)
		target_result(&group, 0, 0, true, 9100 + i, 9100 + i);
	assert_state(&group, 0, "healthy");
	assert_true(target_missing(&group, 0, 9000));

	/* and these say dead. */
	target_result(&group, 0, 0, true, 20000, 20001);
	assert_false(target_missing(&group, 0, 20500));
	assert_false(target_missing(&group, 0, 20600));
	assert_int_equal(target_result(&group, 0, 0, false, 21000, 21001), 0);
	assert_false(target_missing(&group, 0, 20700));
	assert_int_equal(target_result(&group, 0, 0, false, 22000, 22001), 3);
	assert_int_equal(target_result(&group, 0, 0, false, 23000, 23001), 0);
	/* Sent before the last good check: it was alive, and died later. */
	for (i = 0; i < 5; i++)
		target_result(&group, 0, 0, true, 30000, 30001);
	target_result(&group, 0, 0, true, 40000, 40001);
	assert_false(target_missing(&group, 0, 39000));
	target_result(&group, 0, 0, false, 41000, 41001);
	assert_int_equal(target_result(&group, 0, 0, false, 42000, 42001), 0);
	/* Another one has nothing to do with it. */
	assert_false(target_missing(&group, 1, 21000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thresholds),
		cmocka_unit_test(test_initial_fails),
		cmocka_unit_test(test_probers),
		cmocka_unit_test(test_unchecked),
		cmocka_unit_test(test_deregister),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
