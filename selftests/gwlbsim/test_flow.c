// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of flow.c: what is remembered of which flow, and for how long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flow.h"
#include "test_packet.h"
#include "tuple.h"

#define TCP_IDLE	350000
#define OTHER_IDLE	120000

#define TCP	6
#define UDP	17
#define ICMP	1

static void test_sticky(void **state)
{
	struct flow_table *table = flow_table_new(TCP_IDLE);
	struct flow *flow, *other;
	struct tuple key, back;
	__u8 p[64];

	(void)state;
	assert_non_null(table);
	key = parsed(p, ipv4(p, false, TCP, 0, 1234, 80));
	assert_null(flow_find(table, &key, 1000));
	flow = flow_add(table, &key, 1, 3, 1000);
	assert_non_null(flow);
	back = parsed(p, ipv4(p, true, TCP, 0, 80, 1234));
	assert_ptr_equal(flow_find(table, &back, 1001), flow);
	assert_in_range(flow_sport(flow), 60000, 60001);

	/* The same addresses at another endpoint */
	back.endpoint = 1;
	assert_null(flow_find(table, &back, 1001));
	other = flow_add(table, &back, 0, 2, 1001);
	assert_non_null(other);
	assert_int_not_equal(other->cookie, flow->cookie);
	assert_ptr_equal(flow_find(table, &back, 1002), other);
	assert_ptr_equal(flow_find(table, &key, 1002), flow);
	assert_int_equal(flow->appliance, 3);
	assert_int_equal(flow->gwlb, 1);
	assert_int_equal(flow_counts(table)->all, 2);
	flow_table_free(table);
}

/* Counts follow a flow wherever it goes, and its cookie stays. */
static void test_counts(void **state)
{
	struct flow_table *table = flow_table_new(TCP_IDLE);
	const struct flow_counts *counts;
	struct tuple tcp, udp;
	struct flow *flow;
	__u32 cookie;
	__u8 p[64];

	(void)state;
	assert_non_null(table);
	counts = flow_counts(table);
	tcp = parsed(p, ipv4(p, false, TCP, 0, 1, 2));
	udp = parsed(p, ipv4(p, false, UDP, 0, 1, 2));
	udp.endpoint = 5;
	flow = flow_add(table, &tcp, 0, 7, 1000);
	assert_non_null(flow);
	assert_non_null(flow_add(table, &udp, 1, 7, 1000));
	assert_int_equal(counts->all, 2);
	assert_int_equal(counts->appliance[7], 2);
	assert_int_equal(counts->gwlb[0], 1);
	assert_int_equal(counts->gwlb[1], 1);
	assert_int_equal(counts->endpoint[0], 1);
	assert_int_equal(counts->endpoint[5], 1);

	cookie = flow->cookie;
	flow_move(table, flow, 2);
	assert_ptr_equal(flow_find(table, &tcp, 1001), flow);
	assert_int_equal(flow->appliance, 2);
	assert_int_equal(flow->cookie, cookie);
	assert_int_equal(counts->appliance[7], 1);
	assert_int_equal(counts->appliance[2], 1);

	flow_expire(table, 1000 + OTHER_IDLE);
	assert_int_equal(counts->all, 1);
	assert_int_equal(counts->appliance[7], 0);
	assert_int_equal(counts->gwlb[1], 0);
	assert_int_equal(counts->endpoint[5], 0);
	flow_expire(table, 1001 + TCP_IDLE);
	assert_int_equal(counts->all, 0);
	assert_int_equal(counts->appliance[2], 0);
	flow_table_free(table);
}

static void check_timeout(const struct tuple *key, __u64 tcp_idle,
			  __u64 timeout)
{
	struct flow_table *table = flow_table_new(tcp_idle);
	const struct flow_counts *counts;

	assert_non_null(table);
	counts = flow_counts(table);
	assert_non_null(flow_add(table, key, 0, 0, 1000));
	/* Use starts it anew. */
	assert_non_null(flow_find(table, key, 1000 + timeout - 1));
	flow_expire(table, 1000 + 2 * timeout - 2);
	assert_int_equal(counts->all, 1);
	flow_expire(table, 1000 + 2 * timeout - 1);
	assert_int_equal(counts->all, 0);
	/* A look-up notices by itself. */
	assert_non_null(flow_add(table, key, 0, 0, 1000));
	assert_null(flow_find(table, key, 1000 + timeout));
	assert_int_equal(counts->all, 0);
	flow_table_free(table);
}

static void test_timeouts(void **state)
{
	struct tuple key;
	__u8 p[64];

	(void)state;
	key = parsed(p, ipv4(p, false, TCP, 0, 1, 2));
	check_timeout(&key, TCP_IDLE, TCP_IDLE);
	check_timeout(&key, 6000000, 6000000);
	key = parsed(p, ipv4(p, false, UDP, 0, 1, 2));
	check_timeout(&key, TCP_IDLE, OTHER_IDLE);
	check_timeout(&key, 60000, OTHER_IDLE);
	key = parsed(p, ipv4(p, false, ICMP, 0, 1, 2));
	check_timeout(&key, TCP_IDLE, OTHER_IDLE);
	key = parsed(p, ipv4(p, false, TCP, 0x2000, 1, 2));
	check_timeout(&key, TCP_IDLE, OTHER_IDLE);

	key = parsed(p, ipv4(p, false, TCP, 0, 1, 2));
	tuple_reduce(&key, TUPLE_THREE);
	check_timeout(&key, TCP_IDLE, TCP_IDLE);
	key = parsed(p, ipv4(p, false, UDP, 0, 1, 2));
	tuple_reduce(&key, TUPLE_THREE);
	check_timeout(&key, TCP_IDLE, OTHER_IDLE);
	tuple_reduce(&key, TUPLE_TWO);
	check_timeout(&key, TCP_IDLE, TCP_IDLE);
}

/* Many flows with random use, against a plain list of what must be there */
static void test_many(void **state)
{
	enum { FLOWS = 3000, STEPS = 30000 };
	struct flow_table *table = flow_table_new(TCP_IDLE);
	static __u64 used[FLOWS];
	static bool known[FLOWS];
	unsigned long count = 0;
	__u64 now = 1000;
	struct tuple key;
	__u8 p[64];
	int i, n;

	(void)state;
	assert_non_null(table);
	srandom(3);
	for (i = 0; i < STEPS; i++) {
		now += random() % 100;
		n = random() % FLOWS;
		key = parsed(p, ipv4(p, n & 1, UDP, 0, n & 1 ? 9 : n,
				     n & 1 ? n : 9));
		if (known[n] && now - used[n] < OTHER_IDLE) {
			assert_non_null(flow_find(table, &key, now));
		} else {
			assert_null(flow_find(table, &key, now));
			assert_non_null(flow_add(table, &key, 0, 0, now));
		}
		known[n] = true;
		used[n] = now;
	}
	flow_expire(table, now);
	for (n = 0; n < FLOWS; n++)
		count += known[n] && now - used[n] < OTHER_IDLE;
	assert_int_equal(flow_counts(table)->all, count);
	flow_table_free(table);
}

/* Both source ports are used. */
static void test_sport(void **state)
{
	struct flow_table *table = flow_table_new(TCP_IDLE);
	unsigned int sport[2] = { 0 };
	struct flow *flow;
	struct tuple key;
	__u8 p[64];
	int n;

	(void)state;
	assert_non_null(table);
	for (n = 0; n < 1200; n++) {
		key = parsed(p, ipv4(p, false, TCP, 0, 1000 + n, 80));
		flow = flow_add(table, &key, 0, 0, 1);
		assert_non_null(flow);
		sport[flow_sport(flow) - 60000]++;
	}
	assert_in_range(sport[0], 480, 720);
	flow_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_sport),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
