// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of tuple.c and flow.c: which packets are one flow, and for how
 * long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flow.h"
#include "tuple.h"

#define TCP	6
#define UDP	17
#define ICMP	1

/* 10.1.0.1 and 10.2.0.2, or the other way round */
static size_t ipv4(__u8 *p, bool back, __u8 proto, __u16 frag, __u16 sport,
		   __u16 dport)
{
	static const __u8 a[4] = { 10, 1, 0, 1 }, b[4] = { 10, 2, 0, 2 };

	memset(p, 0, 40);
	p[0] = 0x45;
	p[3] = 40;
	p[6] = frag >> 8;
	p[7] = frag;
	p[9] = proto;
	memcpy(p + 12, back ? b : a, 4);
	memcpy(p + 16, back ? a : b, 4);
	p[20] = sport >> 8;
	p[21] = sport;
	p[22] = dport >> 8;
	p[23] = dport;
	return 40;
}

static void ipv6_base(__u8 *p, bool back, __u8 next)
{
	memset(p, 0, 40);
	p[0] = 0x60;
	p[6] = next;
	p[8] = 0xfd;
	p[23] = back ? 2 : 1;
	p[24] = 0xfd;
	p[39] = back ? 1 : 2;
}

static struct tuple parsed(const __u8 *p, size_t len)
{
	struct tuple tuple;

	assert_true(tuple_parse(&tuple, p, len));
	return tuple;
}

static void assert_same(const struct tuple *a, const struct tuple *b)
{
	assert_memory_equal(a, b, sizeof(*a));
}

static void assert_other(const struct tuple *a, const struct tuple *b)
{
	assert_memory_not_equal(a, b, sizeof(*a));
}

static void test_both_directions(void **state)
{
	static const __u8 protos[] = { TCP, UDP, ICMP, 50 };
	struct tuple out, in;
	__u8 p[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(protos); i++) {
		out = parsed(p, ipv4(p, false, protos[i], 0, 1234, 80));
		in = parsed(p, ipv4(p, true, protos[i], 0, 80, 1234));
		assert_same(&out, &in);
		assert_int_equal(out.ports, i < 2);
	}
	/* One host talking to itself: the ports decide what comes first. */
	ipv4(p, false, UDP, 0, 9, 7);
	memcpy(p + 16, p + 12, 4);
	out = parsed(p, 40);
	p[21] = 7;
	p[23] = 9;
	in = parsed(p, 40);
	assert_same(&out, &in);
}

static void test_ports_matter(void **state)
{
	struct tuple a, b;
	__u8 p[64];

	(void)state;
	a = parsed(p, ipv4(p, false, TCP, 0, 1234, 80));
	b = parsed(p, ipv4(p, false, TCP, 0, 1235, 80));
	assert_other(&a, &b);
	/* The ports belong to their ends. */
	b = parsed(p, ipv4(p, false, TCP, 0, 80, 1234));
	assert_other(&a, &b);
	b = parsed(p, ipv4(p, false, UDP, 0, 1234, 80));
	assert_other(&a, &b);
	/* but not in a 3-tuple */
	a = parsed(p, ipv4(p, false, ICMP, 0, 0x0800, 1));
	b = parsed(p, ipv4(p, true, ICMP, 0, 0, 2));
	assert_same(&a, &b);
}

static void test_fragments4(void **state)
{
	struct tuple first, later, whole;
	__u8 p[64];

	(void)state;
	first = parsed(p, ipv4(p, false, UDP, 0x2000, 1234, 80));
	later = parsed(p, ipv4(p, false, UDP, 0x00b9, 0x4142, 0x4344));
	whole = parsed(p, ipv4(p, false, UDP, 0x4000, 1234, 80));
	assert_int_equal(first.ports, 0);
	assert_same(&first, &later);
	assert_other(&first, &whole);
	assert_int_equal(whole.ports, 1);
}

static void test_options4(void **state)
{
	struct tuple plain, options;
	__u8 p[64];

	(void)state;
	plain = parsed(p, ipv4(p, false, TCP, 0, 1234, 80));
	memmove(p + 24, p + 20, 20);
	memset(p + 20, 1, 4);
	p[0] = 0x46;
	options = parsed(p, 44);
	assert_same(&plain, &options);
}

static void test_short(void **state)
{
	struct tuple tuple;
	size_t len;
	__u8 *p;

	(void)state;
	/* On the heap, so that reading too far is noticed */
	for (len = 0; len < 24; len++) {
		__u8 full[64];

		ipv4(full, false, TCP, 0, 1234, 80);
		p = malloc(len + !len);
		assert_non_null(p);
		memcpy(p, full, len);
		assert_int_equal(tuple_parse(&tuple, p, len), len >= 20);
		if (len >= 20)
			assert_int_equal(tuple.ports, 0);
		free(p);
	}
}

static void test_unroutable(void **state)
{
	static const __u8 bad4[][4] = {
		{ 0, 0, 0, 0 }, { 169, 254, 1, 1 }, { 224, 0, 0, 22 },
		{ 255, 255, 255, 255 },
	};
	struct tuple tuple;
	__u8 p[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad4) / sizeof(bad4[0]); i++) {
		ipv4(p, false, UDP, 0, 1, 2);
		memcpy(p + 16, bad4[i], 4);
		assert_false(tuple_parse(&tuple, p, 40));
		ipv4(p, false, UDP, 0, 1, 2);
		memcpy(p + 12, bad4[i], 4);
		assert_false(tuple_parse(&tuple, p, 40));
	}
	ipv6_base(p, false, 58);
	p[24] = 0xff;
	p[25] = 0x02;
	assert_false(tuple_parse(&tuple, p, 40));
	ipv6_base(p, false, 58);
	p[8] = 0xfe;
	p[9] = 0x80;
	assert_false(tuple_parse(&tuple, p, 40));
	ipv6_base(p, false, 58);
	memset(p + 8, 0, 16);
	assert_false(tuple_parse(&tuple, p, 40));
	p[0] = 0x70;
	assert_false(tuple_parse(&tuple, p, 40));
}

static void test_ipv6(void **state)
{
	struct tuple plain, chain;
	__u8 p[128];

	(void)state;
	ipv6_base(p, false, TCP);
	memcpy(p + 40, "\x04\xd2\x00\x50", 4);
	plain = parsed(p, 60);
	assert_int_equal(plain.ports, 1);
	assert_int_equal(plain.proto, TCP);

	/* Hop by hop, routing, destination options, AH, then TCP back */
	ipv6_base(p, true, 0);
	memset(p + 40, 0, 8 + 24 + 8 + 24);
	p[40] = 43;
	p[48] = 60;
	p[49] = 2;
	p[72] = 51;
	p[80] = TCP;
	p[81] = 4;
	memcpy(p + 104, "\x00\x50\x04\xd2", 4);
	chain = parsed(p, 124);
	assert_same(&plain, &chain);
}

static void test_ipv6_fragments(void **state)
{
	struct tuple first, later, atomic, plain;
	__u8 p[128];

	(void)state;
	ipv6_base(p, false, UDP);
	memcpy(p + 40, "\x04\xd2\x00\x50", 4);
	plain = parsed(p, 60);

	ipv6_base(p, false, 44);
	memset(p + 40, 0, 8);
	p[40] = UDP;
	memcpy(p + 48, "\x04\xd2\x00\x50", 4);
	atomic = parsed(p, 60);
	assert_same(&atomic, &plain);
	p[43] = 1;
	first = parsed(p, 60);
	p[42] = 5;
	p[43] = 0;
	memset(p + 48, 0x41, 8);
	later = parsed(p, 60);
	assert_same(&first, &later);
	assert_int_equal(first.ports, 0);
	assert_int_equal(first.proto, UDP);
}

/* Too long a chain, and one that leads out of the packet: a 3-tuple */
static void test_ipv6_chain(void **state)
{
	struct tuple tuple;
	__u8 p[40 + 16 * 8];
	size_t len;
	__u8 *heap;

	(void)state;
	ipv6_base(p, false, 60);
	memset(p + 40, 0, sizeof(p) - 40);
	for (len = 40; len < sizeof(p); len += 8)
		p[len] = 60;
	tuple = parsed(p, sizeof(p));
	assert_int_equal(tuple.ports, 0);
	assert_int_equal(tuple.proto, 60);

	p[41] = 255;
	for (len = 40; len < sizeof(p); len++) {
		heap = malloc(len);
		assert_non_null(heap);
		memcpy(heap, p, len);
		tuple = parsed(heap, len);
		assert_int_equal(tuple.ports, 0);
		free(heap);
	}
}

static void test_sticky(void **state)
{
	struct flow_table *table = flow_table_new();
	struct flow *flow, *other;
	struct tuple key, back;
	__u8 p[64];

	(void)state;
	assert_non_null(table);
	key = parsed(p, ipv4(p, false, TCP, 0, 1234, 80));
	assert_null(flow_find(table, &key, 1000));
	flow = flow_add(table, &key, 1000);
	assert_non_null(flow);
	flow->appliance = 3;
	back = parsed(p, ipv4(p, true, TCP, 0, 80, 1234));
	assert_ptr_equal(flow_find(table, &back, 1001), flow);
	assert_in_range(flow_sport(flow), 60000, 60001);

	/* The same addresses at another endpoint */
	back.endpoint = 1;
	assert_null(flow_find(table, &back, 1001));
	other = flow_add(table, &back, 1001);
	assert_non_null(other);
	assert_int_not_equal(other->cookie, flow->cookie);
	assert_ptr_equal(flow_find(table, &back, 1002), other);
	assert_ptr_equal(flow_find(table, &key, 1002), flow);
	assert_int_equal(flow->appliance, 3);
	assert_int_equal(flow_count(table), 2);
	flow_table_free(table);
}

static void check_timeout(__u8 proto, __u16 frag, __u64 timeout)
{
	struct flow_table *table = flow_table_new();
	struct tuple key;
	__u8 p[64];

	assert_non_null(table);
	key = parsed(p, ipv4(p, false, proto, frag, 1, 2));
	assert_non_null(flow_add(table, &key, 1000));
	/* Use starts it anew. */
	assert_non_null(flow_find(table, &key, 1000 + timeout - 1));
	flow_expire(table, 1000 + 2 * timeout - 2);
	assert_int_equal(flow_count(table), 1);
	flow_expire(table, 1000 + 2 * timeout - 1);
	assert_int_equal(flow_count(table), 0);
	/* A look-up notices by itself. */
	assert_non_null(flow_add(table, &key, 1000));
	assert_null(flow_find(table, &key, 1000 + timeout));
	assert_int_equal(flow_count(table), 0);
	flow_table_free(table);
}

static void test_timeouts(void **state)
{
	(void)state;
	check_timeout(TCP, 0, 350000);
	check_timeout(UDP, 0, 120000);
	check_timeout(ICMP, 0, 120000);
	check_timeout(TCP, 0x2000, 120000);
}

/* Many flows with random use, against a plain list of what must be there */
static void test_many(void **state)
{
	enum { FLOWS = 3000, STEPS = 30000 };
	struct flow_table *table = flow_table_new();
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
		if (known[n] && now - used[n] < FLOW_TIMEOUT_OTHER_MS) {
			assert_non_null(flow_find(table, &key, now));
		} else {
			assert_null(flow_find(table, &key, now));
			assert_non_null(flow_add(table, &key, now));
		}
		known[n] = true;
		used[n] = now;
	}
	flow_expire(table, now);
	for (n = 0; n < FLOWS; n++)
		count += known[n] && now - used[n] < FLOW_TIMEOUT_OTHER_MS;
	assert_int_equal(flow_count(table), count);
	flow_table_free(table);
}

/* Every choice is used, and the choices do not follow one another. */
static void test_pick(void **state)
{
	struct flow_table *table = flow_table_new();
	unsigned int hits[2][3] = { { 0 } }, sport[2] = { 0 };
	struct flow *flow;
	struct tuple key;
	__u8 p[64];
	int n;

	(void)state;
	assert_non_null(table);
	for (n = 0; n < 1200; n++) {
		key = parsed(p, ipv4(p, false, TCP, 0, 1000 + n, 80));
		flow = flow_add(table, &key, 1);
		assert_non_null(flow);
		hits[flow_pick(flow, FLOW_PICK_GWLB, 2)]
		    [flow_pick(flow, FLOW_PICK_APPLIANCE, 3)]++;
		sport[flow_sport(flow) - 60000]++;
	}
	for (n = 0; n < 6; n++)
		assert_in_range(hits[n / 3][n % 3], 120, 280);
	assert_in_range(sport[0], 480, 720);
	flow_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_directions),
		cmocka_unit_test(test_ports_matter),
		cmocka_unit_test(test_fragments4),
		cmocka_unit_test(test_options4),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_unroutable),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_ipv6_fragments),
		cmocka_unit_test(test_ipv6_chain),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_pick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
