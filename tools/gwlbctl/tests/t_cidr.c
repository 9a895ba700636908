// SPDX-License-Identifier: GPL-2.0-only
/*
 * cidr.c: addresses and prefixes.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "cidr.h"

static int parse(const char *text, struct cidr *cidr, char *why, size_t size)
{
	int err;

	memset(cidr, 0xaa, sizeof(*cidr));
	why[0] = '\0';
	err = cidr_parse(text, cidr, why, size);
	if (err < 0) {
		assert_int_equal(cidr->length, 0xaa);
		assert_true(strlen(why) > 0);
	}
	return err;
}

static void test_good(void **state)
{
	static const struct {
		const char *text;
		const char *printed;
	} good[] = {
		{ "10.0.0.5", "10.0.0.5/32" },
		{ "10.0.0.5/32", "10.0.0.5/32" },
		{ "10.0.0.0/8", "10.0.0.0/8" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "128.0.0.0/1", "128.0.0.0/1" },
		{ "192.168.1.2/31", "192.168.1.2/31" },
		{ "255.255.255.255", "255.255.255.255/32" },
	};
	char text[CIDR_TEXT];
	struct cidr cidr;
	char why[160];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(parse(good[i].text, &cidr, why, sizeof(why)),
				 0);
		cidr_print(&cidr, text);
		assert_string_equal(text, good[i].printed);
	}
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"", "/", "/8", "10", "10.0.0", "10.0.0.0.0", "10.0.0.256",
		"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8",
		"10.0.0.0/08", "10.0.0.0/ 8", "10.0.0.0/8 ", " 10.0.0.0/8",
		"10.0.0.0/8/8", "10.0.0.0/8x", "10.0.0.0/100", "010.0.0.0/8",
		"0x0a.0.0.0/8", "10.0.0.0/255.0.0.0", "fe80::1", "::/0",
		"10.0.0.00000000000000000000000000/8",
	};
	struct cidr cidr;
	char why[160];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(bad[i], &cidr, why, sizeof(why)),
				 -EINVAL);
}

static void test_host_bits(void **state)
{
	struct cidr cidr;
	char why[160];

	(void)state;
	assert_int_equal(parse("10.0.0.1/24", &cidr, why, sizeof(why)),
			 -ERANGE);
	assert_string_equal(why,
			    "10.0.0.1/24 has host bits set, did you mean 10.0.0.0/24?");
	assert_int_equal(parse("255.255.255.255/0", &cidr, why, sizeof(why)),
			 -ERANGE);
	assert_int_equal(parse("10.0.0.1/31", &cidr, why, sizeof(why)),
			 -ERANGE);
}

static void test_ipv6_is_named(void **state)
{
	struct cidr cidr;
	char why[160];

	(void)state;
	parse("fe80:1111:2222:3333:4444:5555:6666:7777/64", &cidr, why,
	      sizeof(why));
	assert_non_null(strstr(why, "IPv4 only"));
}

static void test_equal(void **state)
{
	struct cidr a = { htonl(0x0a000000), 8 };
	struct cidr b = { htonl(0x0a000000), 9 };
	struct cidr c = { htonl(0x0b000000), 8 };

	(void)state;
	assert_true(cidr_equal(&a, &a));
	assert_false(cidr_equal(&a, &b));
	assert_false(cidr_equal(&a, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_host_bits),
		cmocka_unit_test(test_ipv6_is_named),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests_name("cidr", tests, NULL, NULL);
}
