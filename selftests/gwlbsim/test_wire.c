// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of wire.c: the bytes of the outer header, against a header that
 * was seen on a real wire, and how a wrong frame is read.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

/*
 * The header of a captured echo request; its checksum was made anew over 84
 * zeroes in place of the inner packet, which is not public.
 */
static const __u8 captured[WIRE_HDR_LEN] = {
	0x45, 0x00, 0x00, 0x98, 0x00, 0x00, 0x00, 0x00,
	0xff, 0x11, 0x8e, 0xb8, 0x0a, 0xfe, 0x0b, 0x3c,
	0x0a, 0xfe, 0x0b, 0x65, 0xea, 0x61, 0x17, 0xc1,
	0x00, 0x84, 0xaa, 0x0a, 0x08, 0x00, 0x08, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x01, 0x02,
	0x23, 0x56, 0xde, 0x92, 0xd3, 0x89, 0x83, 0x9c,
	0x01, 0x08, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x03, 0x01,
	0x98, 0xef, 0x1b, 0x00,
};

static const __u8 zeroes[84];

static struct wire captured_wire(void)
{
	struct wire wire = {
		.sport = 60001,
		.proto = WIRE_PROTO_IPV4,
		.endpoint = 0x2356de92d389839c,
		.cookie = 0x98ef1b00,
	};

	inet_pton(AF_INET, "10.254.11.60", &wire.src);
	inet_pton(AF_INET, "10.254.11.101", &wire.dst);
	return wire;
}

static void test_captured(void **state)
{
	struct wire wire = captured_wire();
	__u8 hdr[WIRE_HDR_LEN];

	(void)state;
	memset(hdr, 0xee, sizeof(hdr));
	wire_build(hdr, &wire, zeroes, sizeof(zeroes));
	assert_memory_equal(hdr, captured, sizeof(captured));
}

static void test_ipv6(void **state)
{
	struct wire wire = captured_wire();
	__u8 hdr[WIRE_HDR_LEN];

	(void)state;
	wire.proto = WIRE_PROTO_IPV6;
	wire.attachment = 0x0102030405060708;
	wire_build(hdr, &wire, zeroes, 40);
	assert_int_equal(hdr[30] << 8 | hdr[31], 0x86dd);
	assert_memory_equal(hdr + 52, "\1\2\3\4\5\6\7\10", 8);
	assert_int_equal(hdr[2] << 8 | hdr[3], 108);
	assert_int_equal(hdr[24] << 8 | hdr[25], 88);
}

/* The plain definition, two bytes a step, as the oracle */
static __u16 plain_sum(__u32 sum, const __u8 *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (__u32)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static __u16 udp_sum(const __u8 *frame, size_t len)
{
	__u32 sum = IPPROTO_UDP + (len - 20);

	sum += plain_sum(0, frame + 12, 8);
	return plain_sum(sum, frame + 20, len - 20);
}

/* Every length, with random content: both sums must come out as ~0. */
static void test_checksums(void **state)
{
	struct wire wire = captured_wire();
	__u8 frame[WIRE_HDR_LEN + 300];
	size_t len, i;

	(void)state;
	srandom(1);
	for (len = 0; len <= 300; len++) {
		for (i = 0; i < len; i++)
			frame[WIRE_HDR_LEN + i] = random();
		wire.cookie = random();
		wire_build(frame, &wire, frame + WIRE_HDR_LEN, len);
		assert_int_equal(plain_sum(0, frame, 20), 0xffff);
		assert_int_equal(udp_sum(frame, WIRE_HDR_LEN + len), 0xffff);
		wire_swap(frame);
		assert_int_equal(plain_sum(0, frame, 20), 0xffff);
		assert_int_equal(udp_sum(frame, WIRE_HDR_LEN + len), 0xffff);
	}
}

/* A sum that comes out as 0 must be sent as 0xffff. */
static void test_checksum_zero(void **state)
{
	struct wire wire = captured_wire();
	__u8 hdr[WIRE_HDR_LEN];
	__u8 inner[2] = { 0 };

	(void)state;
	wire_build(hdr, &wire, inner, sizeof(inner));
	/* Adding what is left makes the sum of everything 0xffff. */
	memcpy(inner, hdr + 26, 2);
	wire_build(hdr, &wire, inner, sizeof(inner));
	assert_int_equal(hdr[26] << 8 | hdr[27], 0xffff);
}

static void test_swap(void **state)
{
	__u8 hdr[WIRE_HDR_LEN];

	(void)state;
	memcpy(hdr, captured, sizeof(hdr));
	wire_swap(hdr);
	assert_memory_equal(hdr + 12, captured + 16, 4);
	assert_memory_equal(hdr + 16, captured + 12, 4);
	assert_memory_equal(hdr, captured, 12);
	assert_memory_equal(hdr + 20, captured + 20, WIRE_HDR_LEN - 20);
}

static void test_parse(void **state)
{
	struct wire want = captured_wire();
	struct wire wire;

	(void)state;
	assert_int_equal(wire_parse(captured, sizeof(captured), &wire),
			 WIRE_HDR_LEN);
	assert_int_equal(wire.src.s_addr, want.src.s_addr);
	assert_int_equal(wire.dst.s_addr, want.dst.s_addr);
	assert_int_equal(wire.sport, want.sport);
	assert_int_equal(wire.proto, want.proto);
	assert_true(wire.endpoint == want.endpoint);
	assert_true(wire.attachment == 0);
	assert_int_equal(wire.cookie, want.cookie);
}

/* Whatever comes, nothing is read beyond it: the heap has red zones. */
static void test_parse_anything(void **state)
{
	struct wire wire;
	size_t len, i;
	int round;
	__u8 *p;
	long off;

	(void)state;
	srandom(2);
	for (len = 0; len <= WIRE_HDR_LEN; len++)
		for (round = 0; round < 500; round++) {
			p = malloc(len + !len);
			assert_non_null(p);
			memcpy(p, captured, len);
			for (i = random() % 4; i && len; i--)
				p[random() % len] = random();
			off = wire_parse(p, len, &wire);
			assert_true(off <= (long)len);
			free(p);
		}
}

static void test_parse_moved(void **state)
{
	__u8 frame[WIRE_HDR_LEN + 8];
	struct wire wire;

	(void)state;
	/* Four bytes of IP options, and one Geneve option more */
	memcpy(frame, captured, 20);
	frame[0] = 0x46;
	memset(frame + 20, 1, 4);
	memcpy(frame + 24, captured + 20, 16);
	frame[32] += 1;
	memcpy(frame + 40, "\x01\x08\x04\x00", 4);
	memcpy(frame + 44, captured + 36, 32);
	assert_int_equal(wire_parse(frame, sizeof(frame), &wire),
			 sizeof(frame));
	assert_int_equal(wire.cookie, 0x98ef1b00);
}

static void test_finish_csum(void **state)
{
	__u8 frame[WIRE_HDR_LEN + sizeof(zeroes)] = { 0 };
	__u16 pseudo;

	(void)state;
	memcpy(frame, captured, WIRE_HDR_LEN);
	/* What a stack leaves in the field: the sum of the pseudo header */
	pseudo = plain_sum(IPPROTO_UDP + 132, frame + 12, 8);
	frame[26] = pseudo >> 8;
	frame[27] = pseudo;
	assert_true(wire_finish_csum(frame, sizeof(frame), 20, 6));
	assert_memory_equal(frame, captured, WIRE_HDR_LEN);

	assert_false(wire_finish_csum(frame, 26, 20, 6));
	assert_false(wire_finish_csum(frame, 27, 20, 6));
	assert_false(wire_finish_csum(frame, 20, 21, 0));
	assert_true(wire_finish_csum(frame, 28, 20, 6));
}

static void test_fields(void **state)
{
	size_t off = 0;

	(void)state;
	/* They leave no gap and do not overlap. */
	while (off < WIRE_HDR_LEN) {
		assert_int_equal(wire_field(off)->off, off);
		off += wire_field(off)->len;
	}
	assert_int_equal(off, WIRE_HDR_LEN);
	assert_string_equal(wire_field(8)->name, "outer IPv4 TTL");
	assert_string_equal(wire_field(27)->name, "UDP checksum");
	assert_string_equal(wire_field(64)->name, "flow cookie");
	assert_string_equal(wire_field(67)->name, "flow cookie");
	assert_string_equal(wire_field(68)->name, "inner packet");
	assert_string_equal(wire_field(9000)->name, "inner packet");
}

static void test_diff(void **state)
{
	__u8 frame[WIRE_HDR_LEN + sizeof(zeroes)] = { 0 };
	size_t off, n = sizeof(zeroes);

	(void)state;
	memcpy(frame, captured, WIRE_HDR_LEN);
	assert_int_equal(wire_diff(captured, zeroes, n, frame, sizeof(frame)),
			 sizeof(frame));
	for (off = 0; off < sizeof(frame); off++) {
		frame[off] ^= 0x80;
		assert_int_equal(wire_diff(captured, zeroes, n, frame,
					   sizeof(frame)), off);
		frame[off] ^= 0x80;
	}
	for (off = 0; off < sizeof(frame); off++)
		assert_int_equal(wire_diff(captured, zeroes, n, frame, off),
				 off);
}

/* As a Linux router does it: one off, and the sum along with it */
static void route(__u8 *hdr)
{
	__u32 sum = hdr[10] << 8 | hdr[11];

	hdr[8]--;
	sum += 0x0100;
	sum += sum >= 0xffff;
	hdr[10] = sum >> 8;
	hdr[11] = sum;
}

static void test_unroute(void **state)
{
	struct wire wire = captured_wire();
	__u8 hdr[WIRE_HDR_LEN], want[WIRE_HDR_LEN];
	unsigned int i;

	(void)state;
	/* All sums that there are, the two that look like another as well */
	for (i = 0; i < 65536; i++) {
		wire.dst.s_addr = htonl(0x0a000000 | i);
		wire_build(want, &wire, zeroes, sizeof(zeroes));
		memcpy(hdr, want, sizeof(hdr));
		route(hdr);
		route(hdr);
		wire_unroute(hdr, sizeof(hdr));
		assert_memory_equal(hdr, want, sizeof(hdr));
	}

	/* Another TTL is not ours to mend, nor is a wrong sum. */
	for (i = 0; i < 256; i++) {
		if (i == 253)
			continue;
		memcpy(hdr, captured, sizeof(hdr));
		hdr[8] = i;
		memcpy(want, hdr, sizeof(want));
		wire_unroute(hdr, sizeof(hdr));
		assert_memory_equal(hdr, want, sizeof(hdr));
	}
	memcpy(hdr, captured, sizeof(hdr));
	route(hdr);
	route(hdr);
	hdr[11] ^= 1;
	wire_unroute(hdr, sizeof(hdr));
	assert_memory_not_equal(hdr, captured, sizeof(hdr));
	wire_unroute(hdr, 19);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_captured),
		cmocka_unit_test(test_unroute),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_checksum_zero),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_anything),
		cmocka_unit_test(test_parse_moved),
		cmocka_unit_test(test_finish_csum),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_diff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
