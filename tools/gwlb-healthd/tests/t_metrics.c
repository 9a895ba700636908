// SPDX-License-Identifier: GPL-2.0-only
/*
 * metrics.c: each family once, each of its samples right behind it, no sample
 * twice, numbers where they belong. With a name on the command line it writes
 * a page with hostile names there, for t_promtool.sh.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "metrics.h"

#define HOSTILE	"\"} 1\n\\x{"

static struct metrics metrics;

static void add_rule(const char *name, __u32 verdict, __u64 packets)
{
	struct ruleset_tally tally = {
		.index = 1, .amount = { packets, packets * 100 },
	};

	snprintf(tally.rule.name, sizeof(tally.rule.name), "%s", name);
	tally.rule.verdict = verdict;
	assert_int_equal(ruleset_add_tally(&metrics.ruleset, &tally), 0);
}

static void add_policy(const char *group, __u32 verdict, __u64 packets)
{
	struct ruleset_tally tally = {
		.policy = verdict, .amount = { packets, packets * 100 },
	};

	snprintf(tally.group, sizeof(tally.group), "%s", group);
	assert_int_equal(ruleset_add_tally(&metrics.ruleset, &tally), 0);
}

static void add_counter(__u32 reason, const char *name, __u64 packets)
{
	struct counter *counter;

	counter = realloc(metrics.counters.list,
			  (metrics.counters.count + 1) * sizeof(*counter));
	assert_non_null(counter);
	metrics.counters.list = counter;
	counter += metrics.counters.count++;
	*counter = (struct counter) {
		.reason = reason, .amount = { packets, packets * 100 },
	};
	snprintf(counter->name, sizeof(counter->name), "%s", name);
}

static void fill_endpoints(void)
{
	struct endpoint *list = calloc(2, sizeof(*list));

	assert_non_null(list);
	list[0] = (struct endpoint) {
		.id = 0x0123456789abcdef0ULL, .flows = 21, .flows_new = 22,
		.traffic = {
			.received = { 11, 12 }, .returned = { 13, 14 },
			.dropped = { 15, 16 },
		},
	};
	strcpy(list[0].group, HOSTILE);
	list[1].others = true;
	metrics.endpoints = (struct endpoints) { list, 2, 2 };
}

static int fill(void **state)
{
	(void)state;
	memset(&metrics, 0, sizeof(metrics));
	metrics.up = true;
	metrics.has_rules = true;
	metrics.connections = 31;
	metrics.late = 32;
	metrics.crowded = 33;
	metrics.health.check[HEALTH_DRAIN].ok = true;
	metrics.config = (struct config) {
		.version = HOSTILE, .generation = 41, .drain = GWLB_DRAIN_ON,
		.nodes = 42, .endpoints = 43,
	};
	metrics.ruleset.info = (struct ruleset_info) {
		.generation = 51, .rules = 3, .groups = 52, .sets = 53,
		.flows = 54, .options = { .flow_max = 55 },
	};
	metrics.counters.received = (struct amount) { ~0ULL, 61 };
	add_counter(GWLB_REASON_RETURNED, "returned", 62);
	add_counter(9000, HOSTILE, 63);
	add_counter(GWLB_REASON_DROP_RULE, "drop-rule", 64);
	fill_endpoints();
	add_rule("web", GWLB_VERDICT_ACCEPT, 71);
	add_rule(HOSTILE, GWLB_VERDICT_DROP, 72);
	/* without a name, and another one without */
	add_rule("", GWLB_VERDICT_CONTINUE, 73);
	add_rule("", GWLB_VERDICT_CONTINUE, 74);
	add_policy("", GWLB_VERDICT_DROP, 75);
	add_policy(HOSTILE, GWLB_VERDICT_REJECT, 76);
	return 0;
}

static int release(void **state)
{
	(void)state;
	metrics_free(&metrics);
	return 0;
}

static char *print(void)
{
	char *text = NULL;
	size_t len;
	FILE *to;

	to = open_memstream(&text, &len);
	assert_non_null(to);
	metrics_print(to, &metrics);
	assert_int_equal(fclose(to), 0);
	return text;
}

/* Is this one of the lines, as a whole */
static void has(const char *text, const char *line)
{
	const char *at = text;
	size_t len = strlen(line);

	while ((at = strstr(at, line))) {
		if ((at == text || at[-1] == '\n') && at[len] == '\n')
			return;
		at++;
	}
	fail_msg("there is no line %s", line);
}

static void test_numbers(void **state)
{
	static const char *const lines[] = {
		"gwlb_up 1",
		"gwlb_healthy 0",
		"gwlb_health_check{check=\"hook\"} 0",
		"gwlb_health_check{check=\"drain\"} 1",
		"gwlb_version_info{healthd=\"" VERSION
			"\",module=\"\\\"} 1\\n\\\\x{\"} 1",
		"gwlb_healthd_connections 31",
		"gwlb_healthd_dropped_connections_total{why=\"late\"} 32",
		"gwlb_healthd_dropped_connections_total{why=\"crowded\"} 33",
		"gwlb_draining 1",
		"gwlb_config_generation 41",
		"gwlb_nodes 42",
		"gwlb_endpoints 43",
		"gwlb_peers 0",
		"gwlb_ruleset_generation 51",
		"gwlb_ruleset_unconfirmed 0",
		"gwlb_rules 3",
		"gwlb_groups 52",
		"gwlb_sets 53",
		"gwlb_flows 54",
		"gwlb_flows_max 55",
		"gwlb_received_packets_total 18446744073709551615",
		"gwlb_received_bytes_total 61",
		"gwlb_packets_total{reason=\"returned\",class=\"returned\"} 62",
		"gwlb_bytes_total{reason=\"returned\",class=\"returned\"} 6200",
		"gwlb_packets_total{reason=\"drop-rule\",class=\"drop\"} 64",
		"gwlb_packets_total{reason=\"\\\"} 1\\n\\\\x{\",class=\"other\"} 63",
		"gwlb_endpoint_info{endpoint=\"vpce-0123456789abcdef0\",group=\"\\\"} 1\\n\\\\x{\"} 1",
		"gwlb_endpoint_received_packets_total{endpoint=\"vpce-0123456789abcdef0\"} 11",
		"gwlb_endpoint_received_bytes_total{endpoint=\"vpce-0123456789abcdef0\"} 12",
		"gwlb_endpoint_returned_packets_total{endpoint=\"vpce-0123456789abcdef0\"} 13",
		"gwlb_endpoint_returned_bytes_total{endpoint=\"vpce-0123456789abcdef0\"} 14",
		"gwlb_endpoint_dropped_packets_total{endpoint=\"vpce-0123456789abcdef0\"} 15",
		"gwlb_endpoint_dropped_bytes_total{endpoint=\"vpce-0123456789abcdef0\"} 16",
		"gwlb_endpoint_dropped_bytes_total{endpoint=\"others\"} 0",
		"gwlb_endpoint_flows{endpoint=\"vpce-0123456789abcdef0\"} 21",
		"gwlb_endpoint_flows_new{endpoint=\"vpce-0123456789abcdef0\"} 22",
		"gwlb_rule_packets_total{rule=\"1\",name=\"web\",verdict=\"accept\"} 71",
		"gwlb_rule_bytes_total{rule=\"2\",name=\"\\\"} 1\\n\\\\x{\",verdict=\"drop\"} 7200",
		"gwlb_rule_packets_total{rule=\"4\",name=\"\",verdict=\"continue\"} 74",
		"gwlb_policy_packets_total{group=\"\",policy=\"drop\"} 75",
		"gwlb_policy_bytes_total{group=\"\\\"} 1\\n\\\\x{\",policy=\"reject\"} 7600",
	};
	char *text = print();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		has(text, lines[i]);
	free(text);
}

/* Takes a page apart by lines; @family is the one whose samples come */
static void check_line(char *line, char *family, size_t size)
{
	size_t len;

	assert_true(line[0] != '\0');
	if (!strncmp(line, "# HELP ", 7)) {
		line += 7;
		len = strcspn(line, " ");
		assert_true(len < size);
		memcpy(family, line, len);
		family[len] = '\0';
	} else if (!strncmp(line, "# TYPE ", 7)) {
		line += 7;
		len = strlen(family);
		assert_memory_equal(line, family, len);
		/* what only grows says so by its name */
		assert_int_equal(!strcmp(line + len, " counter"),
				 len > 6 && !strcmp(family + len - 6,
						    "_total"));
	} else {
		len = strcspn(line, "{ ");
		assert_int_equal(len, strlen(family));
		assert_memory_equal(line, family, len);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void test_families(void **state)
{
	char *text = print(), *at = text, *lines[1000];
	char family[80] = "";
	size_t count = 0, i;

	(void)state;
	assert_int_equal(text[strlen(text) - 1], '\n');
	while (*at) {
		lines[count] = at;
		at += strcspn(at, "\n");
		*at++ = '\0';
		check_line(lines[count++], family, sizeof(family));
		assert_true(count < 1000);
	}
	/* without their values, no two are the same: no family begins twice,
	 * and no sample is there twice
	 */
	for (i = 0; i < count; i++) {
		if (lines[i][0] != '#')
			*strrchr(lines[i], ' ') = '\0';
	}
	qsort(lines, count, sizeof(*lines), compare);
	for (i = 1; i < count; i++)
		assert_string_not_equal(lines[i - 1], lines[i]);
	free(text);
}

static void test_down(void **state)
{
	char *text;

	(void)state;
	metrics.up = false;
	text = print();
	has(text, "gwlb_up 0");
	has(text, "gwlb_version_info{healthd=\"" VERSION "\",module=\"\"} 1");
	assert_null(strstr(text, "gwlb_packets_total"));
	free(text);
	metrics.up = true;
	metrics.has_rules = false;
	text = print();
	assert_non_null(strstr(text, "gwlb_packets_total"));
	assert_null(strstr(text, "gwlb_rule_"));
	free(text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers, fill, release),
		cmocka_unit_test_setup_teardown(test_families, fill, release),
		cmocka_unit_test_setup_teardown(test_down, fill, release),
	};
	FILE *to;

	if (argc == 1)
		return cmocka_run_group_tests(tests, NULL, NULL);
	to = fopen(argv[1], "w");
	if (!to)
		return 1;
	fill(NULL);
	metrics_print(to, &metrics);
	release(NULL);
	return fclose(to) != 0;
}
