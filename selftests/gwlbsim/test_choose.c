// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of choose.c: which targets a flow may get, how evenly, and who
 * moves when something happens to one of them.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "choose.h"

#define FLOWS	3000
#define TARGETS	6

/* Zone 0 has targets 0 to 3, zone 1 has 4 and 5, zone 2 has none. */
static struct options opt = {
	.health = HEALTH_NONE,
	.deregistration_delay = 1000,
	.gwlbs = 1,
	.appliances = TARGETS,
};

static struct target_group group;

static int setup(void **state)
{
	unsigned int i;

	(void)state;
	opt.cross_zone = false;
	opt.rebalance = false;
	for (i = 0; i < TARGETS; i++) {
		opt.appliance[i].addr.s_addr = htonl(0x0a010014 + i);
		opt.appliance[i].zone = i / 4;
	}
	target_init(&group, &opt);
	return 0;
}

/* Hashes as the flow table makes them: all bits are anybody's guess. */
static __u64 flow(unsigned int i)
{
	srandom(i);
	return (__u64)random() << 40 ^ (__u64)random() << 20 ^ random();
}

static void choose_all(unsigned int zone, int *target, bool open)
{
	unsigned int i;
	bool is_open;

	for (i = 0; i < FLOWS; i++) {
		target[i] = choose_target(&group, zone, flow(i), &is_open);
		assert_int_equal(is_open, open);
	}
}

static unsigned int hits(const int *target, int i)
{
	unsigned int k, n = 0;

	for (k = 0; k < FLOWS; k++)
		n += target[k] == i;
	return n;
}

static void test_zone(void **state)
{
	static int target[FLOWS];
	int i;

	(void)state;
	choose_all(0, target, false);
	for (i = 0; i < 4; i++)
		assert_in_range(hits(target, i), FLOWS / 4 - 150,
				FLOWS / 4 + 150);
	choose_all(1, target, false);
	for (i = 4; i < 6; i++)
		assert_in_range(hits(target, i), FLOWS / 2 - 200,
				FLOWS / 2 + 200);
	choose_all(2, target, false);
	assert_int_equal(hits(target, CHOOSE_NONE), FLOWS);
}

static void test_cross_zone(void **state)
{
	static int target[FLOWS], other[FLOWS];
	int i;

	(void)state;
	opt.cross_zone = true;
	choose_all(0, target, false);
	for (i = 0; i < TARGETS; i++)
		assert_in_range(hits(target, i), FLOWS / TARGETS - 120,
				FLOWS / TARGETS + 120);
	choose_all(2, other, false);
	assert_memory_equal(target, other, sizeof(target));
}

/* One goes: its flows are spread over all others, and these keep theirs. */
static void test_others_stay(void **state)
{
	static int before[FLOWS], after[FLOWS];
	unsigned int i, moved[TARGETS] = { 0 };

	(void)state;
	choose_all(0, before, false);
	group.target[2].health = TARGET_UNHEALTHY;
	choose_all(0, after, false);
	for (i = 0; i < FLOWS; i++) {
		if (before[i] == 2)
			moved[after[i]]++;
		else
			assert_int_equal(after[i], before[i]);
	}
	assert_int_equal(moved[2], 0);
	for (i = 0; i < 4; i++)
		if (i != 2)
			assert_in_range(moved[i], FLOWS / 12 - 80,
					FLOWS / 12 + 80);
}

static void test_not_for_new(void **state)
{
	static int target[FLOWS];

	(void)state;
	group.target[0].health = TARGET_UNHEALTHY;
	group.target[1].health = TARGET_INITIAL;
	target_deregister(&group, 2, 0);
	choose_all(0, target, false);
	assert_int_equal(hits(target, 3), FLOWS);
	target_tick(&group, 1000);
	choose_all(0, target, false);
	assert_int_equal(hits(target, 3), FLOWS);
}

static void test_fail_open(void **state)
{
	static int target[FLOWS];
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		group.target[i].health = TARGET_UNHEALTHY;
	choose_all(0, target, true);
	for (i = 0; i < 4; i++)
		assert_in_range(hits(target, i), FLOWS / 4 - 150,
				FLOWS / 4 + 150);
	/* Healthy ones elsewhere are nobody's business without cross-zone. */
	opt.cross_zone = true;
	choose_all(0, target, false);
	assert_int_equal(hits(target, 4) + hits(target, 5), FLOWS);
	opt.cross_zone = false;
	/* One on its way out does not count, one on its way in does. */
	target_deregister(&group, 0, 0);
	choose_all(0, target, true);
	assert_int_equal(hits(target, 0), 0);
	group.target[1].health = TARGET_INITIAL;
	choose_all(0, target, false);
	assert_int_equal(hits(target, CHOOSE_NONE), FLOWS);
}

/* A flow and the target that it is on */
static __u64 flow_on(int target)
{
	unsigned int i;
	bool open;

	for (i = 0; ; i++)
		if (choose_target(&group, 0, flow(i), &open) == target)
			return flow(i);
}

static void test_no_rebalance(void **state)
{
	__u64 hash = flow_on(1);

	(void)state;
	assert_int_equal(choose_again(&group, 0, hash, 1), 1);
	group.target[1].health = TARGET_UNHEALTHY;
	assert_int_equal(choose_again(&group, 0, hash, 1), 1);
	target_deregister(&group, 1, 0);
	assert_int_equal(choose_again(&group, 0, hash, 1), 1);
	target_tick(&group, 1000);
	assert_int_equal(choose_again(&group, 0, hash, 1), 1);
}

static void test_rebalance_unhealthy(void **state)
{
	__u64 hash = flow_on(1);
	int now;

	(void)state;
	opt.rebalance = true;
	assert_int_equal(choose_again(&group, 0, hash, 1), 1);
	group.target[1].health = TARGET_UNHEALTHY;
	now = choose_again(&group, 0, hash, 1);
	assert_int_not_equal(now, 1);
	assert_in_range(now, 0, 3);
	/* It does not go back by itself. */
	group.target[1].health = TARGET_HEALTHY;
	assert_int_equal(choose_again(&group, 0, hash, now), now);
	/* Another one coming up does not draw it away, either. */
	group.target[0].health = TARGET_INITIAL;
	assert_int_equal(choose_again(&group, 0, hash, 1), 1);

	/* Nobody is better: it stays where it is. */
	memset(&group, 0, sizeof(group));
	target_init(&group, &opt);
	for (now = 0; now < 4; now++)
		group.target[now].health = TARGET_UNHEALTHY;
	for (now = 0; now < 4; now++)
		assert_int_equal(choose_again(&group, 0, hash, now), now);
	group.target[3].health = TARGET_INITIAL;
	assert_int_equal(choose_again(&group, 0, hash, 1), 1);
}

static void test_rebalance_deregistered(void **state)
{
	__u64 hash = flow_on(1);
	int now;

	(void)state;
	opt.rebalance = true;
	target_deregister(&group, 1, 0);
	assert_int_equal(choose_again(&group, 0, hash, 1), 1);
	/* Draining and dead at that */
	group.target[1].health = TARGET_UNHEALTHY;
	assert_int_not_equal(choose_again(&group, 0, hash, 1), 1);
	group.target[1].health = TARGET_HEALTHY;
	target_tick(&group, 1000);
	now = choose_again(&group, 0, hash, 1);
	assert_int_not_equal(now, 1);
	assert_in_range(now, 0, 3);
	/* Nobody is left: it cannot stay where nobody is. */
	for (now = 0; now < 4; now++)
		target_deregister(&group, now, 0);
	assert_int_equal(choose_again(&group, 0, hash, 1), CHOOSE_NONE);
	assert_int_equal(choose_again(&group, 0, hash, 2), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_zone, setup),
		cmocka_unit_test_setup(test_cross_zone, setup),
		cmocka_unit_test_setup(test_others_stay, setup),
		cmocka_unit_test_setup(test_not_for_new, setup),
		cmocka_unit_test_setup(test_fail_open, setup),
		cmocka_unit_test_setup(test_no_rebalance, setup),
		cmocka_unit_test_setup(test_rebalance_unhealthy, setup),
		cmocka_unit_test_setup(test_rebalance_deregistered, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
