// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace.c: lines of the trace, and how far each packet came.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow_filter.h"
#include "trace.h"

#define FRONT	"          <idle>-0       [001] ..s1.    17.123456: "
#define EVENT4	FRONT "gwlb_verdict: drop-policy node=10.0.1.2 local=10.0.1.9 bytes=124 endpoint=2356de92d389839c cookie=98ef1b00 proto=6 src=::ffff:10.1.0.1 sport=1234 dst=::ffff:10.2.0.1 dport=443"
#define EVENT6	FRONT "gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=144 endpoint=0000000000000001 cookie=00000002 proto=58 src=fd00::1 sport=0 dst=fd00:1::2 dport=0"

static struct trace_event event;

static void test_parse(void **state)
{
	(void)state;
	assert_int_equal(trace_parse(EVENT4, &event), 0);
	assert_string_equal(event.reason.name, "drop-policy");
	assert_int_equal(event.reason.reason, GWLB_REASON_DROP_POLICY);
	assert_string_equal(event.node, "10.0.1.2");
	assert_string_equal(event.local, "10.0.1.9");
	assert_int_equal(event.bytes, 124);
	assert_true(event.endpoint == 0x2356de92d389839c);
	assert_int_equal(event.cookie, 0x98ef1b00);
	assert_int_equal(event.protocol, 6);
	assert_int_equal(event.family, AF_INET);
	assert_memory_equal(event.source, "\x0a\x01\0\x01\0", 5);
	assert_int_equal(event.source_port, 1234);
	assert_int_equal(event.destination_port, 443);
	assert_true(event.read);
	assert_int_equal(trace_parse(EVENT6, &event), 0);
	assert_int_equal(event.family, AF_INET6);
	assert_int_equal(event.destination[15], 2);
}

/* Cut off anywhere, it is refused or the end of its last number is missing. */
static void test_refused(void **state)
{
	static const char *const bad[] = {
		"gwlb_verdict: nonsense node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=1 cookie=1 proto=6 src=::1 sport=1 dst=::1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=1 cookie=1 proto=256 src=::1 sport=1 dst=::1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=1 cookie=1 proto=6 src=::1 sport=65536 dst=::1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=1 cookie=1 proto=6 src=::1 sport=1 dst=::1 dport=65536",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=1 cookie=1 proto=6 src=10.0.0.1 sport=1 dst=::1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=1 cookie=1 proto=6 src=::1 sport=1 dst=::ffff:10.0.0.1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=-1 endpoint=1 cookie=1 proto=6 src=::1 sport=1 dst=::1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=4294967296 endpoint=1 cookie=1 proto=6 src=::1 sport=1 dst=::1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=10000000000000000 cookie=1 proto=6 src=::1 sport=1 dst=::1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=1 cookie=100000000 proto=6 src=::1 sport=1 dst=::1 dport=1",
		"gwlb_verdict: returned node=10.0.1.2 local=10.0.1.9 bytes=1 endpoint=+1 cookie=1 proto=6 src=::1 sport=1 dst=::1 dport=1",
	};
	char line[] = EVENT4;
	size_t len, i;

	(void)state;
	for (len = strlen(line) - 3; len > strlen(FRONT) + 14; len--) {
		line[len] = '\0';
		assert_int_equal(trace_parse(line, &event), -EINVAL);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(trace_parse(bad[i], &event), -EINVAL);
	assert_int_equal(trace_parse("", &event), -ENOENT);
	assert_int_equal(trace_parse("CPU:1 [LOST 17 EVENTS]", &event),
			 -ENOENT);
}

static void parse(const char *words, struct flow_filter *filter)
{
	const char *list[16];
	char copy[256], why[256];
	int count = 0;
	char *word;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		list[count++] = word;
	assert_int_equal(flow_filter_parse(list, count, filter, why,
					   sizeof(why)), 0);
}

static bool matches(const char *line, const char *words)
{
	struct flow_filter filter;

	assert_int_equal(trace_parse(line, &event), 0);
	parse(words, &filter);
	return trace_matches(&event, &filter);
}

static void test_filter(void **state)
{
	static const struct {
		const char *words;
		bool four;
		bool six;
	} table[] = {
		{ "", true, true },
		{ "proto tcp", true, false },
		{ "proto udp", false, false },
		{ "endpoint vpce-00000000000000001", false, true },
		{ "from 10.1.0.0/16", true, false },
		{ "from 10.1.0.1 to 10.2.0.1", true, false },
		{ "from 10.1.0.2", false, false },
		{ "from 0.0.0.0/0", true, false },
		{ "from ::/0", false, true },
		{ "to fd00:1::/33", false, true },
		{ "to fd00:1::2 from fd00::1", false, true },
		{ "to fd00:2::/32", false, false },
		{ "sport 1234 dport 443", true, false },
		{ "sport 1234 dport 444", false, false },
		{ "sport 1235", false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(matches(EVENT4, table[i].words),
				 table[i].four);
		assert_int_equal(matches(EVENT6, table[i].words),
				 table[i].six);
	}
}

static void test_expression(void **state)
{
	struct flow_filter filter;
	char text[256];

	(void)state;
	parse("", &filter);
	trace_expression(&filter, text, sizeof(text));
	assert_string_equal(text, "reason != \"pass-other\"");
	parse("endpoint vpce-0ffffffffffffffff proto 255 sport 65535 dport 1 from ::/0",
	      &filter);
	trace_expression(&filter, text, sizeof(text));
	assert_string_equal(text,
			    "reason != \"pass-other\" && endpoint == 0xffffffffffffffff && proto == 255 && sport == 65535 && dport == 1");
}

/* Each reason belongs to a step, and those before it were good. */
static void test_steps(void **state)
{
	static const struct {
		__u32 reason;
		enum trace_step step;
	} table[] = {
		{ GWLB_REASON_RETURNED, TRACE_SENDING },
		{ GWLB_REASON_PASS_OTHER, TRACE_OUTER },
		{ GWLB_REASON_PASS_FRAGMENT, TRACE_OUTER },
		{ GWLB_REASON_PASS_NOT_HOST, TRACE_ADMISSION },
		{ GWLB_REASON_DROP_NOT_PEER, TRACE_ADMISSION },
		{ GWLB_REASON_DROP_LOOP, TRACE_ADMISSION },
		{ GWLB_REASON_DROP_UDP_LENGTH, TRACE_TUNNEL },
		{ GWLB_REASON_DROP_NO_COOKIE, TRACE_TUNNEL },
		{ GWLB_REASON_DROP_INNER_VERSION, TRACE_INNER },
		{ GWLB_REASON_DROP_INNER_TRANSPORT, TRACE_INNER },
		{ GWLB_REASON_DROP_GSO, TRACE_TUNNEL },
		{ GWLB_REASON_DROP_NO_MEMORY, TRACE_TUNNEL },
		{ GWLB_REASON_DROP_NO_ROUTE, TRACE_SENDING },
		{ GWLB_REASON_DROP_TRANSMIT, TRACE_SENDING },
		{ GWLB_REASON_DROP_RULE, TRACE_DECISION },
		{ GWLB_REASON_DROP_FRAGMENT_OVERLAP, TRACE_DECISION },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(trace_step(table[i].reason), table[i].step);
}

static void expect_text(const char *line, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *to;

	assert_int_equal(trace_parse(line, &event), 0);
	to = open_memstream(&text, &size);
	trace_print(to, &event);
	fclose(to);
	assert_string_equal(text, expected);
	free(text);
	json_decref(trace_json(&event));
}

static void test_print(void **state)
{
	(void)state;
	expect_text(EVENT4,
		    "drop-policy tcp src=10.1.0.1 dst=10.2.0.1 sport=1234 dport=443 endpoint=vpce-02356de92d389839c cookie=98ef1b00 node=10.0.1.2 local=10.0.1.9 bytes=124\n"
		    "    outer     ok\n"
		    "    admission ok\n"
		    "    tunnel    ok\n"
		    "    inner     ok\n"
		    "    decision  No rule decided, and the policy of the group, or of endpoints that are in none, says so.\n");
	expect_text(EVENT6,
		    "returned ipv6-icmp src=fd00::1 dst=fd00:1::2 endpoint=vpce-00000000000000001 cookie=00000002 node=10.0.1.2 local=10.0.1.9 bytes=144\n"
		    "    outer     ok\n"
		    "    admission ok\n"
		    "    tunnel    ok\n"
		    "    inner     ok\n"
		    "    decision  ok\n"
		    "    sending   ok\n");
	expect_text("gwlb_verdict: drop-not-peer node=10.0.1.2 local=10.0.1.9 bytes=96 endpoint=0000000000000000 cookie=00000000 proto=0 src=::ffff:0.0.0.0 sport=0 dst=::ffff:0.0.0.0 dport=0",
		    "drop-not-peer node=10.0.1.2 local=10.0.1.9 bytes=96\n"
		    "    outer     ok\n"
		    "    admission The outer source is in none of the prefixes that \"gwlbctl peer\" allows.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_expression),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
