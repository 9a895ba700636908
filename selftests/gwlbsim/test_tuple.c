// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of tuple.c: which packets have the same key, and which may begin
 * a flow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test_packet.h"
#include "tuple.h"

#define TCP	6
#define UDP	17
#define ICMP	1

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

/* What packets of two kinds have in common, as far as each stickiness goes */
static void test_reduce(void **state)
{
	struct tuple a, b, c, d;
	__u8 p[64];
	int kind;

	(void)state;
	for (kind = TUPLE_FIVE; kind <= TUPLE_TWO; kind++) {
		a = parsed(p, ipv4(p, false, TCP, 0, 1234, 80));
		b = parsed(p, ipv4(p, true, TCP, 0, 80, 1235));
		c = parsed(p, ipv4(p, false, UDP, 0, 1234, 80));
		d = parsed(p, ipv4(p, false, TCP, 0x2000, 1234, 80));
		tuple_reduce(&a, kind);
		tuple_reduce(&b, kind);
		tuple_reduce(&c, kind);
		tuple_reduce(&d, kind);
		if (kind == TUPLE_FIVE) {
			assert_other(&a, &b);
			assert_other(&a, &d);
		} else {
			assert_same(&a, &b);
			assert_same(&a, &d);
		}
		if (kind == TUPLE_TWO)
			assert_same(&a, &c);
		else
			assert_other(&a, &c);
		/* Somebody else */
		ipv4(p, false, TCP, 0, 1234, 80);
		p[19] = 9;
		b = parsed(p, 40);
		tuple_reduce(&b, kind);
		assert_other(&a, &b);
	}
}

static bool opens4(__u8 proto, __u16 frag, __u8 flags, size_t len)
{
	__u8 p[64];

	ipv4(p, false, proto, frag, 1234, 80);
	p[33] = flags;
	return tuple_opens(p, len);
}

static void test_opens(void **state)
{
	__u8 p[64] = { 0 };

	(void)state;
	assert_true(opens4(TCP, 0, 0x02, 40));
	/* ECN-setup SYN, RFC 3168 */
	assert_true(opens4(TCP, 0, 0xc2, 40));
	assert_false(opens4(TCP, 0, 0x12, 40));
	assert_false(opens4(TCP, 0, 0x10, 40));
	assert_false(opens4(TCP, 0, 0x18, 40));
	assert_false(opens4(TCP, 0, 0x11, 40));
	assert_false(opens4(TCP, 0, 0x04, 40));
	assert_false(opens4(TCP, 0, 0x03, 40));
	assert_false(opens4(TCP, 0, 0x06, 40));
	assert_false(opens4(TCP, 0, 0, 40));
	assert_true(opens4(UDP, 0, 0x10, 40));
	assert_true(opens4(ICMP, 0, 0x10, 40));
	/* Nobody can tell. */
	assert_true(opens4(TCP, 0x00b9, 0x10, 40));
	assert_true(opens4(TCP, 0, 0x10, 33));
	assert_false(opens4(TCP, 0, 0x10, 34));

	ipv6_base(p, false, TCP);
	p[53] = 0x10;
	assert_false(tuple_opens(p, 60));
	p[53] = 0x02;
	assert_true(tuple_opens(p, 60));
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
		cmocka_unit_test(test_reduce),
		cmocka_unit_test(test_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
