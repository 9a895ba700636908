// SPDX-License-Identifier: GPL-2.0-only
/*
 * top.c, samples.c, ticker.c: who grew most, of many.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "samples.h"
#include "ticker.h"
#include "top.h"

#define MANY	100000

static void test_samples(void **state)
{
	struct samples samples = { .count = 0 };
	struct amount amount, grown;
	__u64 key;

	(void)state;
	amount = (struct amount) { 5, 500 };
	grown = samples_grown(&samples, 1, &amount);
	assert_int_equal(grown.packets, 5);
	assert_false(samples_have(&samples, 1));

	for (key = 0; key < MANY; key++) {
		amount = (struct amount) { key, key * 2 };
		/* neighbours, and some that are far apart */
		assert_int_equal(samples_add(&samples, key << (key % 3 * 20),
					     &amount), 0);
	}
	for (key = 0; key < MANY; key++) {
		amount = (struct amount) { key + 1, key * 2 + 3 };
		grown = samples_grown(&samples, key << (key % 3 * 20),
				      &amount);
		assert_int_equal(grown.packets, 1);
		assert_int_equal(grown.bytes, 3);
	}
	assert_false(samples_have(&samples, ~0ULL));

	/* a key that has another value now */
	amount = (struct amount) { 9, 9 };
	assert_int_equal(samples_add(&samples, 3, &amount), 0);
	assert_int_equal(samples.count, MANY);
	/* less than before: then it is another one */
	amount = (struct amount) { 8, 10 };
	grown = samples_grown(&samples, 3, &amount);
	assert_int_equal(grown.packets, 8);
	samples_free(&samples);
}

/* What top_look() reads in these tests: MANY counters */
static __u64 values[MANY];

static int look(struct nl *nl, struct top *top)
{
	struct top_row *row;
	struct amount amount;
	size_t i;
	int err;

	(void)nl;
	for (i = 0; i < MANY; i++) {
		amount = (struct amount) { values[i], values[i] * 100 };
		row = top_rank(top, i, &amount, &err);
		if (err < 0)
			return err;
		if (row)
			snprintf(row->label, sizeof(row->label), "%zu", i);
	}
	return 0;
}

static json_t *nothing(const struct top_row *row)
{
	(void)row;
	return json_object();
}

static const struct top_kind kind = {
	.name = "things", .look = look, .json = nothing,
};

static void test_top(void **state)
{
	json_t *json, *things, *rate;
	struct top top;
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++)
		values[i] = i * 7919 % MANY;
	top_start(&top);
	/* there is nothing to compare with, so nobody is busy */
	assert_int_equal(top_look(&top, &kind, NULL), 0);
	assert_int_equal(top.count, 0);
	assert_int_equal(top_look(&top, &kind, NULL), 0);
	assert_int_equal(top.count, 0);

	for (i = 0; i < 30; i++)
		values[i * 1000] += 1 + i;
	assert_int_equal(top_look(&top, &kind, NULL), 0);
	assert_int_equal(top.count, TOP_ROWS);
	for (i = 0; i < TOP_ROWS; i++)
		assert_int_equal(top.rows[i].grown.packets, 30 - i);
	assert_string_equal(top.rows[0].label, "29000");
	assert_string_equal(top.rows[TOP_ROWS - 1].label, "10000");

	json = top_json(&top, &kind, 2);
	things = json_object_get(json, "things");
	assert_int_equal(json_array_size(things), TOP_ROWS);
	rate = json_object_get(json_array_get(things, 0), "bits-per-second");
	assert_true(json_real_value(rate) == 30 * 100 * 8 / 2.0);
	rate = json_object_get(json_array_get(things, 1),
			       "packets-per-second");
	assert_true(json_real_value(rate) == 29 / 2.0);
	json_decref(json);

	/* only those that moved since the last look */
	values[5]++;
	assert_int_equal(top_look(&top, &kind, NULL), 0);
	assert_int_equal(top.count, 1);
	assert_string_equal(top.rows[0].label, "5");
	top_free(&top);
}

static void test_seconds(void **state)
{
	static const char *const bad[] = {
		"", ".", "1.", ".5", "0", "0.09", "86401", "-1", "+1", "1e3",
		"inf", "1.5.5", " 1", "1 ", "1111111111111111",
	};
	double seconds;
	size_t i;

	(void)state;
	assert_int_equal(ticker_parse("0.1", &seconds), 0);
	assert_true(seconds > 0.0999 && seconds < 0.1001);
	assert_int_equal(ticker_parse("86400", &seconds), 0);
	assert_int_equal(ticker_parse("2.50", &seconds), 0);
	assert_true(seconds == 2.5);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ticker_parse(bad[i], &seconds), -1);
	/* never 0, as it is divided by */
	assert_true(ticker_seconds(5, 5) > 0);
	assert_true(ticker_seconds(0, 2500000000LL) == 2.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_seconds),
	};

	return cmocka_run_group_tests_name("top", tests, NULL, NULL);
}
