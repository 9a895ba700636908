// SPDX-License-Identifier: GPL-2.0-only
/*
 * packet.c, utf8.c: the beginning of packets of all kinds, cut off anywhere.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "utf8.h"

static char printed[512];

static const char *print(const void *data, size_t len)
{
	struct packet packet;
	void *copy;
	FILE *to;

	/* at the end of its memory, so that a byte more is noticed */
	copy = malloc(len ? len : 1);
	memcpy(copy, data, len);
	packet_decode(copy, len, &packet);
	free(copy);
	json_decref(packet_json(&packet));
	to = fmemopen(printed, sizeof(printed), "w");
	packet_print(to, &packet);
	fclose(to);
	return printed;
}

#define V4(fragment, protocol) \
	0x45, 0, 0, 60, 0, 7, (fragment) >> 8, (fragment) & 0xff, \
	64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2

#define V6(next) \
	0x60, 0, 0, 0, 0, 64, next, 64, \
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, \
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2

#define PORTS	0, 53, 0xff, 0xff
#define TCP	PORTS, 0, 0, 0, 0, 0, 0, 0, 0, 0x50

static const struct {
	const char *text;
	size_t len;
	__u8 data[128];
} table[] = {
	{ "not an IP packet", 0, { 0 } },
	{ "not an IP packet", 40, { 0x55 } },
	{ "not an IP packet", 19, { V4(0, 17) } },
	{ "not an IP packet", 20, { 0x44 } },
	{ "not an IP packet", 39, { V6(17) } },
	{ "udp src=10.0.0.1 dst=10.0.0.2 ttl=64", 23,
	  { V4(0, 17), PORTS } },
	{ "udp src=10.0.0.1 dst=10.0.0.2 sport=53 dport=65535 ttl=64", 24,
	  { V4(0, 17), PORTS } },
	{ "tcp src=10.0.0.1 dst=10.0.0.2 sport=53 dport=65535 ttl=64", 33,
	  { V4(0, 6), TCP, 0 } },
	{ "tcp src=10.0.0.1 dst=10.0.0.2 sport=53 dport=65535 flags=none ttl=64",
	  34, { V4(0, 6), TCP, 0 } },
	{ "tcp src=10.0.0.1 dst=10.0.0.2 sport=53 dport=65535 flags=fin|syn|rst|psh|ack|urg|ece|cwr ttl=64",
	  34, { V4(0, 6), TCP, 0xff } },
	{ "icmp src=10.0.0.1 dst=10.0.0.2 ttl=64", 21, { V4(0, 1), 8 } },
	{ "icmp src=10.0.0.1 dst=10.0.0.2 type=8 code=0 (echo-request) ttl=64",
	  22, { V4(0, 1), 8, 0 } },
	{ "icmp src=10.0.0.1 dst=10.0.0.2 type=99 code=7 ttl=64", 22,
	  { V4(0, 1), 99, 7 } },
	{ "gre src=10.0.0.1 dst=10.0.0.2 ttl=64", 24, { V4(0, 47), PORTS } },
	{ "200 src=10.0.0.1 dst=10.0.0.2 ttl=64", 24, { V4(0, 200), PORTS } },
	{ "udp src=10.0.0.1 dst=10.0.0.2 sport=53 dport=65535 fragment=0 ttl=64",
	  24, { V4(0x2000, 17), PORTS } },
	{ "udp src=10.0.0.1 dst=10.0.0.2 fragment=8 ttl=64", 24,
	  { V4(0x2001, 17), PORTS } },
	{ "udp src=10.0.0.1 dst=10.0.0.2 fragment=65528 ttl=64", 24,
	  { V4(0x1fff, 17), PORTS } },
	/* do not fragment */
	{ "udp src=10.0.0.1 dst=10.0.0.2 sport=53 dport=65535 ttl=64", 24,
	  { V4(0x4000, 17), PORTS } },
	/* with options, of which all or some are there */
	{ "udp src=0.0.0.0 dst=0.0.0.0 sport=53 dport=65535 ttl=0", 64,
	  { 0x4f, [9] = 17, [60] = PORTS } },
	{ "udp src=0.0.0.0 dst=0.0.0.0 ttl=0", 40, { 0x4f, [9] = 17 } },
	{ "udp src=fd00::1 dst=fd00::2 sport=53 dport=65535 ttl=64", 44,
	  { V6(17), PORTS } },
	{ "ipv6-icmp src=fd00::1 dst=fd00::2 type=128 code=0 (echo-request) ttl=64",
	  42, { V6(58), 128, 0 } },
	{ "59 src=fd00::1 dst=fd00::2 ttl=64", 40, { V6(59) } },
	/* hop by hop, destination options of 16 bytes, routing, UDP */
	{ "udp src=fd00::1 dst=fd00::2 sport=53 dport=65535 ttl=64", 76,
	  { V6(0), 60, 0, [48] = 43, 1, [64] = 17, 0, [72] = PORTS } },
	/* authentication counts in other units */
	{ "udp src=fd00::1 dst=fd00::2 sport=53 dport=65535 ttl=64", 68,
	  { V6(51), 17, 4, [64] = PORTS } },
	{ "udp src=fd00::1 dst=fd00::2 sport=53 dport=65535 fragment=0 ttl=64",
	  52, { V6(44), 17, 0, 0, 1, [48] = PORTS } },
	{ "udp src=fd00::1 dst=fd00::2 fragment=8 ttl=64", 52,
	  { V6(44), 17, 0, 0, 8, [48] = PORTS } },
	/* what a later fragment begins with is no header */
	{ "60 src=fd00::1 dst=fd00::2 fragment=8 ttl=64", 52,
	  { V6(44), 60, 0, 0, 8, [48] = PORTS } },
	{ "? src=fd00::1 dst=fd00::2 ttl=64", 47, { V6(44), 17 } },
	{ "udp src=fd00::1 dst=fd00::2 ttl=64", 48, { V6(0), 17, 9 } },
	/* nine of them: nobody can say what follows */
	{ "? src=fd00::1 dst=fd00::2 ttl=64", 128, { V6(0) } },
};

static void test_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_string_equal(print(table[i].data, table[i].len),
				    table[i].text);
}

static void test_noise(void **state)
{
	__u32 seed = 1, round, len, i;
	__u8 data[128];

	(void)state;
	for (round = 0; round < 100000; round++) {
		seed = seed * 1664525 + 1013904223;
		len = (seed >> 16) % (sizeof(data) + 1);
		for (i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			data[i] = (__u8)(seed >> 24);
		}
		/* one of the two families, with protocols that go on */
		data[0] = (__u8)(round % 2 ? 0x60 : 0x40 | data[0] % 16);
		if (len > 6 && round % 3)
			data[6] = (__u8)(round % 2 ? 60 : data[6]);
		print(data, len);
	}
}

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
	} characters[] = {
		{ "a", 1 }, { " ", 1 }, { "~", 1 }, { "\x7f", 0 },
		{ "\n", 0 }, { "\x1b", 0 }, { "\xc3\xa4", 2 },
		{ "\xc2\x80", 0 }, { "\xc2\xa0", 2 }, { "\xc0\xaf", 0 },
		{ "\xc1\xbf", 0 }, { "\xc3", 0 }, { "\xc3z", 0 },
		{ "\xe2\x82\xac", 3 }, { "\xe2\x82", 0 },
		{ "\xe0\x80\xaf", 0 }, { "\xed\xa0\x80", 0 },
		{ "\xef\xbf\xbf", 3 }, { "\xf0\x9f\x98\x80", 4 },
		{ "\xf0\x80\x80\x80", 0 }, { "\xf4\x8f\xbf\xbf", 4 },
		{ "\xf4\x90\x80\x80", 0 }, { "\xf8\x88\x80\x80\x80", 0 },
		{ "\x80", 0 }, { "\xff", 0 },
	};
	size_t i, len;
	char *copy;

	(void)state;
	assert_int_equal(utf8_printable("", 0), 0);
	for (i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		len = strlen(characters[i].text);
		copy = malloc(len);
		memcpy(copy, characters[i].text, len);
		if (utf8_printable(copy, len) != characters[i].bytes)
			fail_msg("%zu", i);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
