// SPDX-License-Identifier: GPL-2.0-only
/*
 * conns.c: who has to go, and when. A naive list that is looked through from
 * its beginning each time must come to the same conclusions.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "conns.h"

#define LIFETIME	100
#define MANY		64

static struct conn list[MANY];
static struct conn *doomed[MANY];
static size_t doomed_count;

static void doom(struct conn *conn)
{
	assert_true(doomed_count < MANY);
	doomed[doomed_count++] = conn;
}

static struct conns begin(size_t max)
{
	doomed_count = 0;
	memset(list, 0, sizeof(list));
	return (struct conns) {
		.max = max, .lifetime = LIFETIME, .doom = doom,
	};
}

static void test_none(void **state)
{
	struct conns conns = begin(3);

	(void)state;
	assert_int_equal(conns_next(&conns), 0);
	conns_expire(&conns, 1000);
	assert_int_equal(doomed_count, 0);
}

static void test_late(void **state)
{
	struct conns conns = begin(3);

	(void)state;
	conns_add(&conns, &list[0], 10);
	conns_add(&conns, &list[1], 11);
	conns_add(&conns, &list[2], 50);
	assert_int_equal(conns_next(&conns), 110);
	conns_expire(&conns, 109);
	assert_int_equal(doomed_count, 0);
	conns_expire(&conns, 111);
	assert_int_equal(doomed_count, 2);
	assert_ptr_equal(doomed[0], &list[0]);
	assert_ptr_equal(doomed[1], &list[1]);
	assert_int_equal(conns.late, 2);
	assert_int_equal(conns.count, 1);
	/* nobody is told twice, whatever he does */
	conns_wait(&conns, &list[0], 111);
	conns_talk(&conns, &list[1], 111);
	conns_expire(&conns, 1000);
	assert_int_equal(doomed_count, 3);
	conns_remove(&conns, &list[0]);
	conns_remove(&conns, &list[2]);
	conns_remove(&conns, &list[1]);
	assert_int_equal(conns.count, 0);
	assert_null(conns.talking.first);
	assert_null(conns.talking.last);
}

/* Waiting takes nobody's time, and then there is time to read */
static void test_waiting(void **state)
{
	struct conns conns = begin(3);

	(void)state;
	conns_add(&conns, &list[0], 10);
	conns_wait(&conns, &list[0], 20);
	assert_int_equal(conns_next(&conns), 0);
	conns_expire(&conns, 1000);
	assert_int_equal(doomed_count, 0);
	conns_talk(&conns, &list[0], 1000);
	assert_int_equal(conns_next(&conns), 1000 + LIFETIME);
	conns_expire(&conns, 1000 + LIFETIME);
	assert_int_equal(doomed_count, 1);
}

static void test_crowded(void **state)
{
	struct conns conns = begin(2);

	(void)state;
	conns_add(&conns, &list[0], 1);
	conns_add(&conns, &list[1], 1);
	assert_int_equal(doomed_count, 0);
	conns_add(&conns, &list[2], 1);
	assert_int_equal(doomed_count, 1);
	assert_ptr_equal(doomed[0], &list[0]);
	/* who leaves by himself makes room, too */
	conns_remove(&conns, &list[1]);
	conns_add(&conns, &list[3], 2);
	assert_int_equal(doomed_count, 1);
	/* who waits does not, as long as there is somebody else */
	conns_wait(&conns, &list[2], 2);
	conns_add(&conns, &list[4], 3);
	assert_ptr_equal(doomed[1], &list[3]);
	conns_wait(&conns, &list[4], 3);
	conns_add(&conns, &list[5], 3);
	assert_ptr_equal(doomed[2], &list[2]);
	assert_int_equal(conns.crowded, 3);
	assert_int_equal(conns.late, 0);
	assert_int_equal(conns.count, 2);
}

/* What a naive book-keeper knows of each connection */
struct entry {
	bool there, doomed, waits;
	__u64 since, order;
};

static struct entry entries[MANY];
static __u64 orders;

/* The one that was doomed last is the one that he would have chosen, among
 * those that talk, or else those that wait; not @except
 */
static void chosen_well(const struct entry *except)
{
	const struct entry *best = NULL, *e;
	struct entry *culprit = &entries[doomed[doomed_count - 1] - list];
	int waits;

	for (waits = 0; waits < 2 && !best; waits++) {
		for (e = entries; e < entries + MANY; e++) {
			if (e->there && !e->doomed && e->waits == waits &&
			    e != except && (!best || e->order < best->order))
				best = e;
		}
	}
	assert_ptr_equal(culprit, best);
	culprit->doomed = true;
}

static void move(struct entry *e, bool waits, __u64 now)
{
	e->waits = waits;
	e->since = now;
	e->order = ++orders;
}

static void step(struct conns *conns, size_t k, __u64 now)
{
	struct entry *e = &entries[k];
	size_t before = doomed_count;

	if (!e->there) {
		*e = (struct entry) { .there = true };
		move(e, false, now);
		conns_add(conns, &list[k], now);
		if (doomed_count != before)
			chosen_well(e);
	} else if (rand() % 4 == 0) {
		e->there = false;
		conns_remove(conns, &list[k]);
	} else if (!e->doomed && !e->waits) {
		move(e, true, now);
		conns_wait(conns, &list[k], now);
	} else if (!e->doomed) {
		move(e, false, now);
		conns_talk(conns, &list[k], now);
	}
}

static void test_random(void **state)
{
	struct conns conns = begin(10);
	size_t i, k, alive;
	__u64 now = 1;

	(void)state;
	srand(7);
	for (i = 0; i < 100000; i++) {
		now += (unsigned int)rand() % 8;
		doomed_count = 0;
		step(&conns, (size_t)rand() % MANY, now);
		doomed_count = 0;
		conns_expire(&conns, now);
		for (k = 0; k < doomed_count; k++) {
			entries[doomed[k] - list].doomed = true;
			assert_true(now - entries[doomed[k] - list].since >=
				    LIFETIME);
		}

		alive = 0;
		for (k = 0; k < MANY; k++) {
			if (!entries[k].there || entries[k].doomed)
				continue;
			alive++;
			assert_true(entries[k].waits ||
				    entries[k].since + LIFETIME > now);
		}
		assert_int_equal(conns.count, alive);
		assert_true(conns.count <= conns.max);
	}
	/* enough of each to tell */
	assert_in_range(conns.late, 100, 100000);
	assert_in_range(conns.crowded, 100, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_crowded),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
