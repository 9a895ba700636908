// SPDX-License-Identifier: GPL-2.0-only
/*
 * vpce.c: names of VPC endpoints.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "vpce.h"

static int parse(const char *text, __u64 *id)
{
	char why[160] = "";
	int err;

	*id = 42;
	err = vpce_parse(text, id, why, sizeof(why));
	if (err < 0) {
		assert_int_equal(*id, 42);
		assert_true(strlen(why) > 0);
	}
	return err;
}

static void test_good(void **state)
{
	static const struct {
		const char *text;
		__u64 id;
	} good[] = {
		{ "vpce-0123456789abcdef0", 0x123456789abcdef0ULL },
		{ "vpce-02356de92d389839c", 0x2356de92d389839cULL },
		{ "vpce-0ffffffffffffffff", 0xffffffffffffffffULL },
		{ "vpce-00000000000000000", 0 },
		{ "vpce-1a2b3c4d", 0x1a2b3c4d },
		{ "vpce-FFFFFFFF", 0xffffffff },
		{ "VPCE-0123456789ABCDEF0", 0x123456789abcdef0ULL },
		{ "vpce-0123456789AbCdEf0", 0x123456789abcdef0ULL },
	};
	size_t i;
	__u64 id;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(parse(good[i].text, &id), 0);
		assert_true(id == good[i].id);
	}
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"", "vpce", "vpce-", "vpc-0123456789abcdef0",
		"0123456789abcdef0", "vpce-0123456789abcdef",
		"vpce-0123456789abcdef01", "vpce-0123456789abcdeg0",
		"vpce-1234567", "vpce-123456789", "vpce-+1234567",
		"vpce-0x123456", " vpce-1a2b3c4d", "vpce-1a2b3c4d ",
		"vpce-1a2b3c4d\n", "vpce--1a2b3c4",
	};
	size_t i;
	__u64 id;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(bad[i], &id), -EINVAL);
	/* the smallest number of 65 bits */
	assert_int_equal(parse("vpce-10000000000000000", &id), -ERANGE);
	assert_int_equal(parse("vpce-fffffffffffffffff", &id), -ERANGE);
}

static void test_print(void **state)
{
	char text[VPCE_TEXT];
	__u64 id;

	(void)state;
	vpce_print(0x123456789abcdef0ULL, text);
	assert_string_equal(text, "vpce-0123456789abcdef0");
	vpce_print(0, text);
	assert_string_equal(text, "vpce-00000000000000000");
	vpce_print(~0ULL, text);
	assert_string_equal(text, "vpce-0ffffffffffffffff");
	assert_int_equal(parse(text, &id), 0);
	assert_true(id == ~0ULL);
}

static void test_long_complaint(void **state)
{
	char text[5000] = "vpce-";
	char why[32];
	__u64 id;

	(void)state;
	memset(text + 5, '0', sizeof(text) - 6);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(vpce_parse(text, &id, why, sizeof(why)), -EINVAL);
	assert_true(strlen(why) < sizeof(why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_long_complaint),
	};

	return cmocka_run_group_tests_name("vpce", tests, NULL, NULL);
}
