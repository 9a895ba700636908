// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of inflight.c and group.c: what is right, different, twice,
 * late or invented, and that every packet ends in exactly one count.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inflight.h"
#include "wire.h"

#define INNER	100

struct frame {
	__u8 bytes[WIRE_HDR_LEN + WIRE_INNER_MAX];
	size_t len;
};

/* As it comes back; @fill tells one inner packet from another */
static struct frame *make(__u32 cookie, __u32 fill, size_t len)
{
	static struct frame frames[8];
	static unsigned int turn;
	struct frame *frame = &frames[turn++ % 8];
	struct wire wire = {
		.src.s_addr = htonl(0x0a090014),
		.dst.s_addr = htonl(0x0a09000a),
		.sport = 60000,
		.proto = WIRE_PROTO_IPV4,
		.endpoint = 0x123456789abcdef0,
		.cookie = cookie,
	};
	size_t i;

	for (i = 0; i < len; i++)
		frame->bytes[WIRE_HDR_LEN + i] = i < 20 ? 0x45 :
						 fill >> i % 4 * 8;
	wire_build(frame->bytes, &wire, frame->bytes + WIRE_HDR_LEN, len);
	frame->len = WIRE_HDR_LEN + len;
	return frame;
}

static struct inflight_packet *add(struct inflight *table,
				   const struct frame *frame, __u16 endpoint,
				   __u64 now)
{
	struct inflight_ids ids = { endpoint, 1, 2 };
	struct inflight_packet *packet;

	packet = inflight_add(table, &ids, frame->bytes,
			      frame->bytes + WIRE_HDR_LEN,
			      frame->len - WIRE_HDR_LEN, now);
	assert_non_null(packet);
	return packet;
}

static enum inflight_verdict back(struct inflight *table,
				  const struct frame *frame, __u64 now,
				  struct inflight_match *match)
{
	struct inflight_match unused;
	enum inflight_verdict verdict;
	__u8 *exact = malloc(frame->len + !frame->len);

	/* On the heap in its exact length, so that reading on is noticed */
	assert_non_null(exact);
	memcpy(exact, frame->bytes, frame->len);
	verdict = inflight_return(table, exact, frame->len, now,
				  match ? match : &unused);
	free(exact);
	return verdict;
}

static unsigned int expire(struct inflight *table, __u64 now)
{
	unsigned int n = 0;

	while (inflight_expire(table, now))
		n++;
	return n;
}

static void test_returned(void **state)
{
	static const size_t lens[] = { 1, 20, 256, 257, 1600, 1601, 8500 };
	struct inflight *table = inflight_new();
	struct inflight_match match;
	struct frame *frame;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		frame = make(7, i, lens[i]);
		add(table, frame, i, 1000);
		assert_int_equal(inflight_waiting(table), 1);
		assert_int_equal(back(table, frame, 1001, &match),
				 INFLIGHT_RETURNED);
		assert_int_equal(match.ids.endpoint, i);
		assert_int_equal(match.ids.gwlb, 1);
		assert_int_equal(match.ids.appliance, 2);
		assert_int_equal(inflight_waiting(table), 0);
	}
	assert_int_equal(expire(table, 100000), 0);
	inflight_free(table);
}

/* Each single byte of a frame matters. */
static void test_every_byte(void **state)
{
	struct inflight *table = inflight_new();
	struct inflight_match match;
	struct frame wrong, *frame;
	size_t off, cookie = 64;

	(void)state;
	frame = make(7, 1, INNER);
	add(table, frame, 5, 1000);
	for (off = 0; off < frame->len; off++) {
		wrong = *frame;
		wrong.bytes[off] ^= 1;
		assert_int_equal(back(table, &wrong, 1001, &match),
				 off == 0 ? INFLIGHT_UNSOLICITED :
					    INFLIGHT_DIFFERENT);
		/* Another IP version has no headers to go by. */
		if (off == 0)
			continue;
		assert_int_equal(match.ids.endpoint, 5);
		assert_int_equal(wire_diff(match.hdr, match.inner,
					   match.inner_len, wrong.bytes,
					   wrong.len), off);
	}
	/* A wrong cookie and a wrong inner packet are nobody's. */
	wrong = *frame;
	wrong.bytes[cookie] ^= 1;
	wrong.bytes[WIRE_HDR_LEN] ^= 1;
	assert_int_equal(back(table, &wrong, 1001, &match),
			 INFLIGHT_UNSOLICITED);
	/* None of them ended the waiting. */
	assert_int_equal(inflight_waiting(table), 1);
	assert_int_equal(back(table, frame, 1001, NULL), INFLIGHT_RETURNED);
	inflight_free(table);
}

static void test_lengths(void **state)
{
	struct inflight *table = inflight_new();
	struct frame wrong, *frame = make(7, 1, INNER);
	size_t len;

	(void)state;
	add(table, frame, 0, 1000);
	for (len = 0; len < frame->len + 4; len++) {
		wrong = *frame;
		wrong.len = len;
		if (len == frame->len)
			continue;
		assert_int_equal(back(table, &wrong, 1001, NULL),
				 len < WIRE_HDR_LEN ? INFLIGHT_UNSOLICITED :
						      INFLIGHT_DIFFERENT);
	}
	assert_int_equal(inflight_waiting(table), 1);
	inflight_free(table);
}

/* Of several packets of a flow, the one that is most alike is meant. */
static void test_most_alike(void **state)
{
	struct inflight *table = inflight_new();
	struct inflight_match match;
	struct frame wrong;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		add(table, make(7, 0x01010101 * i, INNER), i, 1000);
		add(table, make(8, 0x01010101 * i, INNER), 10 + i, 1000);
	}
	wrong = *make(7, 0x03030303, INNER);
	wrong.bytes[WIRE_HDR_LEN + 90] ^= 1;
	assert_int_equal(back(table, &wrong, 1001, &match),
			 INFLIGHT_DIFFERENT);
	assert_int_equal(match.ids.endpoint, 3);
	inflight_free(table);
}

static void test_duplicate(void **state)
{
	struct inflight *table = inflight_new();
	struct frame wrong, *frame = make(7, 1, INNER);
	struct inflight_match match;

	(void)state;
	add(table, frame, 0, 1000);
	assert_int_equal(back(table, frame, 1500, NULL), INFLIGHT_RETURNED);
	assert_int_equal(back(table, frame, 1501, NULL), INFLIGHT_DUPLICATE);
	assert_int_equal(back(table, frame, 1502, NULL), INFLIGHT_DUPLICATE);
	/* A second one that is wrong: the header is still known. */
	wrong = *frame;
	wrong.bytes[8]--;
	assert_int_equal(back(table, &wrong, 1503, &match),
			 INFLIGHT_DIFFERENT);
	assert_int_equal(wire_diff(match.hdr, match.inner, match.inner_len,
				   wrong.bytes, wrong.len), 8);
	assert_int_equal(expire(table, 1500 + INFLIGHT_RETURNED_MS - 1), 0);
	assert_int_equal(back(table, frame, 3499, NULL), INFLIGHT_DUPLICATE);
	assert_int_equal(expire(table, 1500 + INFLIGHT_RETURNED_MS), 0);
	assert_int_equal(back(table, frame, 3500, NULL),
			 INFLIGHT_UNSOLICITED);
	inflight_free(table);
}

static void test_missing(void **state)
{
	struct inflight *table = inflight_new();
	struct frame *frame = make(7, 1, INNER);
	const struct inflight_ids *ids;

	(void)state;
	add(table, frame, 4, 1000);
	assert_null(inflight_expire(table, 2999));
	ids = inflight_expire(table, 3000);
	assert_non_null(ids);
	assert_int_equal(ids->endpoint, 4);
	assert_null(inflight_expire(table, 3000));
	assert_int_equal(inflight_waiting(table), 0);
	/* Late once; more is one too many. */
	assert_int_equal(back(table, frame, 3500, NULL), INFLIGHT_LATE);
	assert_int_equal(back(table, frame, 3501, NULL), INFLIGHT_DUPLICATE);
	assert_int_equal(expire(table, 3000 + INFLIGHT_MISSING_MS), 0);
	assert_int_equal(back(table, frame, 11000, NULL),
			 INFLIGHT_UNSOLICITED);
	inflight_free(table);
}

/* Equal packets are counted, and the oldest is the one that came back. */
static void test_equal_packets(void **state)
{
	struct inflight *table = inflight_new();
	struct frame *frame = make(7, 1, INNER);
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		add(table, frame, 0, 1000 + 100 * i);
	assert_int_equal(back(table, frame, 1300, NULL), INFLIGHT_RETURNED);
	assert_int_equal(expire(table, 3099), 0);
	assert_int_equal(expire(table, 3100), 1);
	assert_int_equal(back(table, frame, 3150, NULL), INFLIGHT_RETURNED);
	assert_int_equal(inflight_waiting(table), 0);
	assert_int_equal(back(table, frame, 3160, NULL), INFLIGHT_LATE);
	assert_int_equal(back(table, frame, 3170, NULL), INFLIGHT_DUPLICATE);
	/* Sent again, it is waited for again. */
	add(table, frame, 0, 3180);
	assert_int_equal(back(table, frame, 3190, NULL), INFLIGHT_RETURNED);
	inflight_free(table);
}

/* The same inner packet in two flows: each has its own header. */
static void test_overlap(void **state)
{
	struct inflight *table = inflight_new();
	struct frame *a = make(7, 1, INNER), *b = make(8, 1, INNER);
	struct inflight_match match;

	(void)state;
	add(table, a, 1, 1000);
	add(table, b, 2, 1000);
	assert_int_equal(back(table, b, 1001, &match), INFLIGHT_RETURNED);
	assert_int_equal(match.ids.endpoint, 2);
	assert_int_equal(back(table, b, 1001, &match), INFLIGHT_DUPLICATE);
	assert_int_equal(back(table, a, 1001, &match), INFLIGHT_RETURNED);
	assert_int_equal(match.ids.endpoint, 1);
	inflight_free(table);
}

static void test_cancel(void **state)
{
	struct inflight *table = inflight_new();
	struct frame *frame = make(7, 1, INNER);

	(void)state;
	inflight_cancel(table, add(table, frame, 0, 1000));
	assert_int_equal(inflight_waiting(table), 0);
	assert_int_equal(back(table, frame, 1001, NULL),
			 INFLIGHT_UNSOLICITED);
	add(table, frame, 0, 1000);
	inflight_cancel(table, add(table, frame, 0, 1000));
	assert_int_equal(back(table, frame, 1001, NULL), INFLIGHT_RETURNED);
	assert_int_equal(expire(table, 5000), 0);
	inflight_free(table);
}

/* When memory is used up, what is over is forgotten, nothing else. */
static void test_full(void **state)
{
	struct inflight *table = inflight_new();
	struct frame *frame = make(7, 1, INNER);
	struct inflight_ids ids = { 0 };
	unsigned int n = 0;

	(void)state;
	while (inflight_add(table, &ids, frame->bytes,
			    frame->bytes + WIRE_HDR_LEN, INNER, 1000))
		n++;
	assert_int_equal(inflight_waiting(table), n);
	assert_int_equal(back(table, frame, 1001, NULL), INFLIGHT_RETURNED);
	add(table, frame, 0, 1002);
	assert_int_equal(inflight_waiting(table), n);
	assert_int_equal(expire(table, 3000), n - 1);
	add(table, frame, 0, 3001);
	assert_int_equal(inflight_waiting(table), 2);
	assert_int_equal(expire(table, 3002), 1);
	assert_int_equal(expire(table, 5001), 1);
	inflight_free(table);
}

static void test_too_long(void **state)
{
	static __u8 inner[WIRE_INNER_MAX + 1], hdr[WIRE_HDR_LEN];
	struct inflight *table = inflight_new();
	struct inflight_ids ids = { 0 };

	(void)state;
	assert_null(inflight_add(table, &ids, hdr, inner, sizeof(inner), 1));
	assert_int_equal(inflight_waiting(table), 0);
	inflight_free(table);
}

/* Random traffic with losses and repeats: every packet is counted once. */
static void test_sum(void **state)
{
	unsigned int sent = 0, returned = 0, missing = 0, late = 0, i;
	struct inflight *table = inflight_new();
	enum inflight_verdict verdict;
	struct frame *frame;
	__u64 now = 1000;

	(void)state;
	srandom(4);
	for (i = 0; i < 40000; i++) {
		now += random() % 3;
		/* Few distinct frames, so that equal ones are in flight */
		frame = make(random() % 4, random() % 64, 20 + random() % 4);
		if (random() % 2) {
			add(table, frame, 0, now);
			sent++;
		} else {
			verdict = back(table, frame, now, NULL);
			returned += verdict == INFLIGHT_RETURNED;
			late += verdict == INFLIGHT_LATE;
		}
		missing += expire(table, now);
		assert_int_equal(missing + returned + inflight_waiting(table),
				 sent);
		assert_true(late <= missing);
	}
	missing += expire(table, now + INFLIGHT_TIMEOUT_MS);
	assert_int_equal(missing + returned, sent);
	assert_true(missing > 0 && returned > 0 && late > 0);
	inflight_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_returned),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_most_alike),
		cmocka_unit_test(test_duplicate),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_equal_packets),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
