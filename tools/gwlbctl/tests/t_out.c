// SPDX-License-Identifier: GPL-2.0-only
/*
 * out.c: numbers made readable.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdint.h>

#include "out.h"

static void test_ago(void **state)
{
	static const struct {
		__u64 ms;
		const char *text;
	} cases[] = {
		{ 0, "0.0s ago" }, { 99, "0.0s ago" }, { 3250, "3.2s ago" },
		{ 59999, "59.9s ago" }, { 60000, "1m00s ago" },
		{ 3599999, "59m59s ago" }, { 3600000, "1h00m ago" },
		{ 86399999, "23h59m ago" }, { 86400000, "1d00h ago" },
		{ UINT64_MAX, "213503982334d14h ago" },
	};
	char text[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(out_ago(cases[i].ms, text, sizeof(text)),
				    cases[i].text);
}

static void test_rate(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0, "0.0" }, { 0.25, "0.2" }, { 999.9, "999.9" },
		{ 999.96, "1.0k" }, { 1000, "1.0k" }, { 583e6, "583.0M" },
		{ 1e11, "100.0G" }, { 1e18, "1.0E" }, { 1e22, "10000.0E" },
	};
	char text[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(out_rate(cases[i].value, text,
					     sizeof(text)), cases[i].text);
}

static void test_u64(void **state)
{
	(void)state;
	assert_true(out_u64(5) == 5);
	assert_true(out_u64(INT64_MAX) == INT64_MAX);
	assert_true(out_u64((__u64)INT64_MAX + 1) == INT64_MAX);
	assert_true(out_u64(UINT64_MAX) == INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ago),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_u64),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
