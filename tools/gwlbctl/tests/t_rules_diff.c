// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules_diff.c: what it says about two rulesets.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules_diff.h"
#include "rules_text.h"

#define ID	"vpce-0123456789abcdef0"

static void parse(const char *text, struct rules *rules)
{
	struct rules_error error;

	if (rules_parse(text, strlen(text), rules, &error) < 0)
		fail_msg("%u:%u: %s in:\n%s", error.at.line, error.at.column,
			 error.text, text);
}

static char *diff(const char *before, const char *after)
{
	struct rules old, new;
	char *text = NULL;
	size_t len;
	FILE *to;
	int rc;

	parse(before, &old);
	parse(after, &new);
	to = open_memstream(&text, &len);
	assert_non_null(to);
	rc = rules_diff(to, &old, &new);
	fclose(to);
	assert_int_equal(rc, len ? 1 : 0);
	rules_free(&old);
	rules_free(&new);
	return text;
}

static const struct {
	const char *before;
	const char *after;
	const char *diff;
} cases[] = {
	{ "", "", "" },
	{ "rule dport 80 proto tcp accept # a",
	  "rule proto 6 dport 80-80 accept", "" },
	{ "policy drop\ntimeout udp 1m", "timeout udp 60; policy drop", "" },

	{ "policy drop", "policy reject", "-policy drop\n+policy reject\n" },
	{ "", "policy drop", "+policy drop\n" },
	{ "policy drop\ntimeout udp 1m\ntimeout icmp 1m",
	  "policy drop\ntimeout udp 1m", "-timeout icmp 1m\n" },
	{ "flow-max 10\nflow-max-endpoint 10", "flow-max 100\n"
	  "flow-max-endpoint 10",
	  "-flow-max 10\n+flow-max 100\n" },
	/* one line that begins like another */
	{ "flow-max 10", "flow-max 1", "-flow-max 10\n+flow-max 1\n" },

	{ "set a port { 1, 3 }", "set a port", "" },
	{ "set a port { }", "set a port { }", "" },
	{ "set a port { 1, 3 }", "set a port { 1, 2 }",
	  " set a port {\n+\t2\n-\t3\n }\n" },
	{ "set a address { 10.0.0.1 }", "set a address { }",
	  " set a address {\n-\t10.0.0.1\n }\n" },
	{ "set a port { 1 }", "set a address",
	  "-set a port { 1 }\n+set a address\n" },
	{ "set a port { 1 }\nset c port { 3 }",
	  "set b port { 2 }\nset c port { 3 }\nset d endpoint",
	  "-set a port { 1 }\n+set b port { 2 }\n+set d endpoint\n" },

	{ "group a { policy drop }\ngroup b { }",
	  "group b { }\ngroup a { policy drop }", "" },
	{ "group a { policy drop }", "group a { policy accept }",
	  "-group a {\n-\tpolicy drop\n-}\n+group a {\n+\tpolicy accept\n"
	  "+}\n" },
	{ "group a { }", "group b { endpoint " ID " }",
	  "-group a { }\n+group b {\n+\tendpoint " ID "\n+}\n" },

	{ "rule accept", "", "-rule accept\n" },
	{ "", "rule accept\nrule drop", "+rule accept\n+rule drop\n" },
	{ "rule a: accept\nrule b: accept\nrule c: accept",
	  "rule a: accept\nrule c: accept", "-rule b: accept\n" },
	{ "rule a: accept\nrule c: accept",
	  "rule a: accept\nrule b: accept\nrule c: accept",
	  "+rule b: accept\n" },
	{ "rule a: accept", "rule a: accept comment \"x\"",
	  "-rule a: accept\n+rule a: accept comment \"x\"\n" },
	/* one has moved, not all the others */
	{ "rule a: accept\nrule b: accept\nrule c: accept\nrule d: drop",
	  "rule d: drop\nrule a: accept\nrule b: accept\nrule c: accept",
	  "+rule d: drop # moved\n-rule d: drop # moved\n" },
	{ "rule a: accept\nrule b: accept\nrule c: accept\nrule d: drop",
	  "rule b: accept\nrule c: accept\nrule a: accept\nrule e: drop",
	  "-rule a: accept # moved\n-rule d: drop\n+rule a: accept # moved\n"
	  "+rule e: drop\n" },
	/* equal ones: the first is the first */
	{ "rule accept\nrule drop\nrule accept",
	  "rule accept\nrule accept\nrule drop",
	  "-rule drop # moved\n+rule drop # moved\n" },
	{ "rule accept\nrule accept\nrule accept", "rule accept",
	  "-rule accept\n-rule accept\n" },
};

static void test_cases(void **state)
{
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text = diff(cases[i].before, cases[i].after);
		assert_string_equal(text, cases[i].diff);
		free(text);
	}
}

/* All rules the other way round: quadratic would take for ever */
static void test_reversed(void **state)
{
	char *before = NULL, *after = NULL, *text;
	struct timespec start, end;
	size_t len, lines = 0, i;
	FILE *a, *b;

	(void)state;
	a = open_memstream(&before, &len);
	b = open_memstream(&after, &len);
	assert_non_null(a);
	assert_non_null(b);
	for (i = 0; i < 65536; i++) {
		fprintf(a, "rule dport %zu accept\n", i);
		fprintf(b, "rule dport %zu accept\n", 65535 - i);
	}
	fclose(a);
	fclose(b);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	text = diff(before, after);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	assert_true(end.tv_sec - start.tv_sec < 60);
	for (i = 0; text[i]; i++)
		lines += text[i] == '\n';
	/* one of them can stay */
	assert_int_equal(lines, 2 * 65535);
	free(text);
	free(before);
	free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_reversed),
	};

	return cmocka_run_group_tests_name("rules_diff", tests, NULL, NULL);
}
