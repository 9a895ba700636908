// SPDX-License-Identifier: GPL-2.0-only
/*
 * prometheus.c, byte for byte as the description of the text format says:
 * prometheus.io/docs/instrumenting/exposition_formats.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "prometheus.h"

static char *text;
static size_t len;
static FILE *to;

static void begin(void)
{
	to = open_memstream(&text, &len);
	assert_non_null(to);
}

static void written(const char *expected)
{
	fclose(to);
	assert_string_equal(text, expected);
	free(text);
}

static void test_family(void **state)
{
	(void)state;
	begin();
	prometheus_family(to, "a_total", "counter",
			  "Says \"this\" and \\that\\\nand more.");
	/* quotes are escaped in label values only */
	written("# HELP a_total Says \"this\" and \\\\that\\\\\\nand more.\n"
		"# TYPE a_total counter\n");
}

static void test_plain(void **state)
{
	(void)state;
	begin();
	prometheus_sample(to, "a", 0, NULL);
	prometheus_sample(to, "b", ~0ULL, NULL);
	written("a 0\nb 18446744073709551615\n");
}

static void test_labels(void **state)
{
	(void)state;
	begin();
	prometheus_sample(to, "a", 1, "x", "", NULL);
	prometheus_sample(to, "a", 2, "x", "1", "y", "2", NULL);
	written("a{x=\"\"} 1\na{x=\"1\",y=\"2\"} 2\n");
}

static void test_hostile(void **state)
{
	(void)state;
	begin();
	prometheus_sample(to, "a", 3, "x", "\"} 1\nb{y=\"", NULL);
	prometheus_sample(to, "a", 4, "x", "\\", NULL);
	prometheus_sample(to, "a", 5, "x", "\\n\\\"", NULL);
	prometheus_sample(to, "a", 6, "x", "{},= #\t\xc3\xa4\x7f", NULL);
	written("a{x=\"\\\"} 1\\nb{y=\\\"\"} 3\n"
		"a{x=\"\\\\\"} 4\n"
		"a{x=\"\\\\n\\\\\\\"\"} 5\n"
		"a{x=\"{},= #\t\xc3\xa4\x7f\"} 6\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
