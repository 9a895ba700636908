// SPDX-License-Identifier: GPL-2.0-only
/*
 * geneve.c and what belongs to it: every packet of the module's table, and what
 * chance makes of them, has the fault that the module's own parser sees, at a
 * place that is there; and known faults are found where they were put.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "mutate.h"

#include "geneve.h"
#include "geneve_print.h"

#define MUTANTS		300000
#define ETHERNET	14

static struct stage stage;
static struct geneve g;

/* At the end of its memory, so that a byte more is noticed */
static void decode(enum frame_link link, const __u8 *data, size_t len,
		   size_t whole)
{
	static __u8 *copy;

	free(copy);
	copy = malloc(len ? len : 1);
	assert_non_null(copy);
	memcpy(copy, data, len);
	geneve_decode(link, copy, len, whole, &g);
}

static void print_all(void)
{
	char *text = NULL;
	size_t size;
	FILE *to;

	to = open_memstream(&text, &size);
	geneve_print(to, &g);
	geneve_print_brief(to, &g);
	fclose(to);
	assert_true(size > 0);
	free(text);
	json_decref(geneve_json(&g));
}

/* What was found by ourselves is what the parser says, and has a place. */
static void agree(const char *what, unsigned int i)
{
	if (g.judge != GENEVE_BY_MODULE)
		return;
	if (g.reason != (g.fault.found ? g.fault.reason : 0))
		fail_msg("%s %u: %s, but at %zu: %s", what, i,
			 case_reason_name(g.reason), g.fault.at,
			 g.fault.text);
	if (g.fault.found) {
		assert_true(g.fault.at <= g.whole);
		assert_true(g.fault.text[0]);
		assert_true(strlen(g.fault.text) + 1 < sizeof(g.fault.text));
	}
}

static void set_stage(void)
{
	stage.appliance = htonl(0x0afe0b65);
	stage.second = htonl(0x0afe0b66);
	stage.gwlb = htonl(0x0afe0b3c);
	stage.stranger = htonl(0x0afe0c01);
	stage.unrouted = htonl(0xc6336401);
	stage.elsewhere = htonl(0x0afe0b67);
	stage.broadcast = htonl(0x0afe0bff);
	stage.mtu = 8600;
}

/* Each row as IP, in a frame, and without the outer headers */
static void test_table(void **state)
{
	static __u8 frame[ETHERNET + PACKET_MAX];
	unsigned int i = 0, seen = 0, reason;
	const struct packet_case *row;
	struct geneve first;
	struct packet p;

	(void)state;
	frame[12] = 8;
	for (row = case_next(NULL); row; row = case_next(row), i++) {
		case_build(row, &stage, &p);
		decode(FRAME_IP, p.data, p.len, p.len);
		agree(row->name, i);
		print_all();
		seen += g.judge == GENEVE_BY_MODULE && g.reason;
		reason = row->reason[GWLB_SEND_MODE_ROUTE];
		if (case_is_walk(reason))
			reason = row->inside;
		if (g.judge == GENEVE_BY_MODULE)
			assert_int_equal(g.reason, reason);
		else
			assert_true(row->unseen);
		first = g;

		memcpy(frame + ETHERNET, p.data, p.len);
		decode(FRAME_ETHERNET, frame, p.len + ETHERNET,
		       p.len + ETHERNET);
		agree(row->name, i);
		print_all();
		assert_int_equal(g.judge, first.judge);
		assert_int_equal(g.reason, first.reason);
		if (first.fault.found)
			assert_int_equal(g.fault.at,
					 first.fault.at + ETHERNET);
		/* padding of short frames is none of IP's business */
		memset(frame + ETHERNET + p.len, 0, 4);
		decode(FRAME_ETHERNET, frame, p.len + ETHERNET + 4,
		       p.len + ETHERNET + 4);
		if (first.judge == GENEVE_BY_MODULE)
			assert_int_equal(g.reason, first.reason);

		if (!first.has_udp || p.len < p.udp + GENEVE_UDP ||
		    first.reason == GWLB_REASON_DROP_UDP_LENGTH)
			continue;
		decode(FRAME_GENEVE, p.data + p.udp + GENEVE_UDP,
		       p.len - p.udp - GENEVE_UDP,
		       p.len - p.udp - GENEVE_UDP);
		agree(row->name, i);
		print_all();
		assert_int_equal(g.reason, first.reason);
	}
	assert_true(i > 100 && seen > 50);
}

static bool is_good(const struct packet_case *row)
{
	return !row->unseen &&
	       row->reason[GWLB_SEND_MODE_ROUTE] == GWLB_REASON_RETURNED;
}

/* Of a good packet that was captured in part nobody can say that it is bad. */
static void test_snapped(void **state)
{
	const struct packet_case *row;
	unsigned int known = 0;
	struct packet p;
	size_t len;

	(void)state;
	for (row = case_next(NULL); row; row = case_next(row)) {
		if (!is_good(row))
			continue;
		case_build(row, &stage, &p);
		for (len = 0; len < p.len; len++) {
			decode(FRAME_IP, p.data, len, p.len);
			if (g.fault.found)
				fail_msg("%s, %zu bytes: %s", row->name, len,
					 g.fault.text);
			assert_int_equal(g.reason, 0);
			known += g.judge == GENEVE_BY_MODULE;
		}
		decode(FRAME_IP, p.data, p.len, p.len);
		assert_int_equal(g.judge, GENEVE_BY_MODULE);
	}
	assert_true(known > 100);
}

/* The seed is fixed, so what fails once fails again. */
static void test_mutants(void **state)
{
	static struct packet packets[1024];
	unsigned int i, n = 0, reasons[GWLB_REASON_DROP_GSO] = { 0 };
	struct mutator m = { 0x7fedcba987654321ULL };
	const struct packet_case *row;
	const struct packet *from;
	struct packet p;
	size_t len;

	(void)state;
	for (row = case_next(NULL); row; row = case_next(row))
		case_build(row, &stage, &packets[n++]);
	for (i = 0; i < MUTANTS; i++) {
		from = &packets[mutate_below(&m, n)];
		p = *from;
		mutate(&m, &p, &packets[mutate_below(&m, n)]);
		decode(FRAME_IP, p.data, p.len, p.len);
		agree("mutant", i);
		if (g.judge == GENEVE_BY_MODULE)
			reasons[g.reason]++;
		if (i % 16 == 0)
			print_all();
		/* what is cut off does not matter, or is missed */
		len = mutate_below(&m, p.len + 1);
		decode(FRAME_IP, p.data, len, p.len);
		agree("cut mutant", i);
	}
	/* What is never met was not tested. */
	for (i = GWLB_REASON_DROP_UDP_LENGTH; i < GWLB_REASON_DROP_GSO; i++) {
		if (reasons[i] < 10)
			fail_msg("only %u mutants were %s", reasons[i],
				 case_reason_name(i));
	}
}

/* Anything at all, however it is read */
static void test_noise(void **state)
{
	struct mutator m = { 0x123456789abcdef1ULL };
	__u8 bytes[128];
	unsigned int i, k;
	size_t len;

	(void)state;
	for (i = 0; i < 50000; i++) {
		len = mutate_below(&m, sizeof(bytes) + 1);
		for (k = 0; k < len; k++)
			bytes[k] = (__u8)mutate_below(&m, 256);
		decode(i % (FRAME_COOKED2 + 1), bytes, len, len);
		if (g.frame.link == FRAME_GUESS)
			continue;
		agree("noise", i);
		print_all();
	}
}

/* The fact sheet's packet: outer headers up to 28, options up to 68, ICMP */
static const __u8 good[] = {
	0x45, 0, 0, 96, 0, 0, 0, 0, 0xff, 0x11, 0x8e, 0xf0,
	0x0a, 0xfe, 0x0b, 0x3c, 0x0a, 0xfe, 0x0b, 0x65,
	0xea, 0x61, 0x17, 0xc1, 0, 76, 0, 0,
	0x08, 0, 0x08, 0, 0, 0, 0, 0,
	0x01, 0x08, 1, 2, 0x23, 0x56, 0xde, 0x92, 0xd3, 0x89, 0x83, 0x9c,
	0x01, 0x08, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0,
	0x01, 0x08, 3, 1, 0x98, 0xef, 0x1b, 0,
	0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0x66, 0xdf, 10, 0, 0, 1, 10, 0, 0, 2,
	8, 0, 0, 0, 0, 1, 0, 1,
};

/* One byte is another one: @value at @where; @at is where that is noticed. */
static const struct {
	size_t where;
	__u8 value;
	const char *text;
	int reason;
	size_t at;
} faults[] = {
	{ 25, 77,
	  "the UDP length is 77, but the IP packet has 76 bytes for it",
	  GWLB_REASON_DROP_UDP_LENGTH, 24 },
	{ 28, 0x48,
	  "the Geneve version is 1, not 0",
	  GWLB_REASON_DROP_GENEVE_VERSION, 28 },
	{ 29, 0x80,
	  "the O bit is set: this is a control packet",
	  GWLB_REASON_DROP_GENEVE_CONTROL, 29 },
	{ 30, 0x65,
	  "the protocol inside is 0x6500, neither IPv4 nor IPv6",
	  GWLB_REASON_DROP_GENEVE_PROTOCOL, 30 },
	{ 28, 0x3f,
	  "the area of options has 252 bytes from 36 on, and the packet ends before",
	  GWLB_REASON_DROP_OPTION_OVERRUN, 96 },
	{ 63, 2,
	  "the option from 60 on has 8 bytes, but there are 4 left for options",
	  GWLB_REASON_DROP_OPTION_OVERRUN, 63 },
	{ 50, 0x82,
	  "nobody knows this option (class 0x0108, type 0x82), and it is marked critical",
	  GWLB_REASON_DROP_OPTION_CRITICAL, 50 },
	{ 50, 3,
	  "the option cookie has 8 bytes, not 4",
	  GWLB_REASON_DROP_OPTION_LENGTH, 51 },
	{ 50, 1,
	  "the option endpoint is there twice",
	  GWLB_REASON_DROP_OPTION_DUPLICATE, 48 },
	{ 36, 2,
	  "no option names the VPC endpoint",
	  GWLB_REASON_DROP_NO_ENDPOINT, 36 },
	{ 62, 9,
	  "no option has the flow cookie",
	  GWLB_REASON_DROP_NO_COOKIE, 36 },
	{ 68, 0x65,
	  "the inner packet says that it is IP version 6, the Geneve header that it is 4",
	  GWLB_REASON_DROP_INNER_VERSION, 68 },
	{ 68, 0x44,
	  "the inner IPv4 header has 16 bytes, less than 20",
	  GWLB_REASON_DROP_INNER_HEADER, 68 },
	{ 68, 0x4f,
	  "the inner IPv4 header has 60 bytes from 68 on, and the packet ends before",
	  GWLB_REASON_DROP_INNER_TRUNCATED, 96 },
	{ 79, 0xde,
	  "the checksum of the inner IPv4 header is 0x66de, not 0x66df",
	  GWLB_REASON_DROP_INNER_CHECKSUM, 78 },
	{ 77, 17,
	  "the checksum of the inner IPv4 header is 0x66df, not 0x66cf",
	  GWLB_REASON_DROP_INNER_CHECKSUM, 78 },
	{ 10, 0,
	  "the checksum of the outer IPv4 header is wrong",
	  -1, 10 },
	{ 0, 0x55, "no IPv4 header begins with 0x55",
	  -1, 0 },
	{ 22, 0x18, "UDP port 6337 is not 6081",
	  GWLB_REASON_PASS_OTHER, 22 },
};

static void test_places(void **state)
{
	__u8 bytes[sizeof(good)];
	size_t i;

	(void)state;
	decode(FRAME_IP, good, sizeof(good), sizeof(good));
	assert_false(g.fault.found);
	assert_int_equal(g.judge, GENEVE_BY_MODULE);
	assert_int_equal(g.reason, GWLB_REASON_RETURNED);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		memcpy(bytes, good, sizeof(good));
		bytes[faults[i].where] = faults[i].value;
		decode(FRAME_IP, bytes, sizeof(bytes), sizeof(bytes));
		assert_string_equal(g.fault.text, faults[i].text);
		assert_int_equal(g.fault.at, faults[i].at);
		if (faults[i].reason < 0)
			assert_int_equal(g.judge, GENEVE_BY_HOST);
		else
			assert_int_equal(g.reason, faults[i].reason);
		agree("fault", (unsigned int)i);
	}
}

static void test_checksum(void **state)
{
	__u8 bytes[sizeof(good)];

	(void)state;
	memcpy(bytes, good, sizeof(good));
	decode(FRAME_IP, bytes, sizeof(bytes), sizeof(bytes));
	assert_int_equal(geneve_checksum(&g), GENEVE_SUM_NONE);
	bytes[26] = 1;
	decode(FRAME_IP, bytes, sizeof(bytes), sizeof(bytes));
	assert_int_equal(geneve_checksum(&g), GENEVE_SUM_WRONG);
	decode(FRAME_IP, bytes, sizeof(bytes) - 1, sizeof(bytes));
	assert_int_equal(geneve_checksum(&g), GENEVE_SUM_UNKNOWN);
}

/* What bytes begin with is found out, and said if it cannot be. */
static void test_guess(void **state)
{
	__u8 frame[18 + sizeof(good)] = {
		[12] = 0x81, [15] = 5, [16] = 0x08,
	};

	(void)state;
	decode(FRAME_GUESS, good, sizeof(good), sizeof(good));
	assert_int_equal(g.frame.link, FRAME_IP);
	decode(FRAME_GUESS, good + 28, sizeof(good) - 28, sizeof(good) - 28);
	assert_int_equal(g.frame.link, FRAME_GENEVE);
	memcpy(frame + 18, good, sizeof(good));
	decode(FRAME_GUESS, frame, sizeof(frame), sizeof(frame));
	assert_int_equal(g.frame.link, FRAME_ETHERNET);
	assert_int_equal(g.frame.vlan_count, 1);
	assert_int_equal(g.frame.vlans[0], 5);
	assert_int_equal(g.judge, GENEVE_BY_MODULE);
	assert_int_equal(g.ip, 18);
	frame[12] = 0;
	decode(FRAME_GUESS, frame, sizeof(frame), sizeof(frame));
	assert_int_equal(g.frame.link, FRAME_GUESS);
	decode(FRAME_GUESS, frame, 0, 0);
	assert_int_equal(g.frame.link, FRAME_GUESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_snapped),
		cmocka_unit_test(test_mutants),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_guess),
	};

	set_stage();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
