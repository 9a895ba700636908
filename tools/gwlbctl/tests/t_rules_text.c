// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules_text.c and its parts, rules_print.c: each element of the language and
 * its normal form; lists that are as long as they may be, or longer; and time.
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

#include "rules_print.h"
#include "rules_text.h"

#define ID	"vpce-0123456789abcdef0"
#define ID2	"vpce-0123456789abcdef1"
#define X10	"xxxxxxxxxx"

static char *print(const struct rules *rules)
{
	char *text = NULL;
	size_t size;
	FILE *to;

	to = open_memstream(&text, &size);
	assert_non_null(to);
	rules_print(to, rules);
	fclose(to);
	return text;
}

/* What is printed of it; it must be the same when that is read again */
static char *normal(const char *text)
{
	struct rules_error error;
	struct rules rules, again;
	char *printed, *twice;

	if (rules_parse(text, strlen(text), &rules, &error) < 0)
		fail_msg("%u:%u: %s in:\n%s", error.at.line, error.at.column,
			 error.text, text);
	printed = print(&rules);
	if (rules_parse(printed, strlen(printed), &again, &error) < 0)
		fail_msg("%u:%u: %s in:\n%s", error.at.line, error.at.column,
			 error.text, printed);
	assert_true(rules_equal(&rules, &again));
	twice = print(&again);
	assert_string_equal(printed, twice);
	free(twice);
	rules_free(&again);
	rules_free(&rules);
	return printed;
}

/* The normal form, or NULL if it is the text itself */
static const struct {
	const char *text;
	const char *normal;
} good[] = {
	{ "", NULL },
	{ "\n \t\n# nothing\n;;\n", "" },
	{ "# no newline at the end", "" },

	{ "policy drop\n", NULL },
	{ "policy reject", "policy reject\n" },
	{ "policy accept\n", "" },
	{ "inside none\n", NULL },
	{ "inside 192.168.0.0/16,\n\n  # more\n\t10.0.0.0/8\n",
	  "inside 10.0.0.0/8, 192.168.0.0/16\n" },
	{ "inside "
	  "fc00::/7,10.0.0.0/8,172.16.0.0/12,100.64.0.0/10,192.168.0.0/16",
	  "" },
	{ "pickup either\n", NULL },
	{ "pickup strict\nrefused remember\non-full stateless\n", NULL },
	{ "pickup loose; refused forget; on-full drop", "" },
	{ "flow-max 1000\nflow-max-endpoint 10\n", NULL },
	{ "flow-max-endpoint 500; flow-max 1000", "flow-max 1000\n" },
	{ "flow-max 1048576; flow-max-endpoint 524288", "" },
	{ "flow-max 1; flow-max-endpoint 1", "flow-max 1\n" },
	{ "flow-max 4294967295\n", NULL },
	{ "timeout tcp-syn 90s\ntimeout tcp-established 5m\ntimeout "
	  "tcp-closing 2h\ntimeout tcp-closed 1s\ntimeout udp 61s\ntimeout "
	  "icmp 1m\ntimeout other 25h\n",
	  NULL },
	{ "timeout udp 90; timeout icmp 3600; timeout other 120s",
	  "timeout udp 90s\ntimeout icmp 1h\n" },

	{ "set a address\n", NULL },
	{ "set a address { }\n", NULL },
	{ "set a address {\n\n}\n", "set a address { }\n" },
	{ "set a address { 10.0.0.1/32, ::1/128, 0.0.0.0/0, ::/0, 10.0.0.0/8 }",
	  "set a address { 0.0.0.0/0, 10.0.0.0/8, 10.0.0.1, ::/0, ::1 }\n" },
	{ "set p port { 443, 80, 8000-8100, 0, 65535, 7-7, }",
	  "set p port { 0, 7, 80, 443, 8000-8100, 65535 }\n" },
	{ "set e endpoint { vpce-1a2b3c4d, VPCE-0123456789ABCDEF0 }",
	  "set e endpoint { vpce-0000000001a2b3c4d, " ID " }\n" },
	{ "set e endpoint { vpce-00000000000000001, vpce-00000000000000002, "
	  "vpce-00000000000000003 }",
	  "set e endpoint {\n\tvpce-00000000000000001,\n"
	  "\tvpce-00000000000000002,\n\tvpce-00000000000000003\n}\n" },
	{ "set b port\nset a port", "set a port\nset b port\n" },
	{ "set set address\nset address port\nset port endpoint",
	  "set address port\nset port endpoint\nset set address\n" },

	{ "group g { }\n", NULL },
	{ "group g{}", "group g { }\n" },
	{ "group g {\n\tendpoint " ID ",\n\t\t" ID2 ";\n\tpolicy drop;\n"
	  "\tinside 10.0.0.0/8, fc00::/7\n}\n",
	  NULL },
	{ "group g { inside none; ; policy accept; endpoint " ID2 " , " ID ";}",
	  "group g {\n\tendpoint " ID ",\n\t\t" ID2 ";\n\tpolicy accept;\n"
	  "\tinside none\n}\n" },
	{ "group g {\n endpoint " ID "\n policy reject\n}",
	  "group g {\n\tendpoint " ID ";\n\tpolicy reject\n}\n" },
	{ "group b { }\ngroup a { }\n", "group a { }\ngroup b { }\n" },

	{ "rule accept\nrule drop\nrule reject\nrule log\n", NULL },
	{ "rule a: accept; rule _B.c-9: drop # why\n",
	  "rule a: accept\nrule _B.c-9: drop\n" },
	{ "rule rule: accept\nrule log: log accept\nrule not-that: drop\n",
	  NULL },
	{ "rule log \"text\" limit 10/second accept comment \"words\"\n",
	  NULL },
	{ "rule log \"\" accept comment \"\"\n", "rule log accept\n" },
	{ "rule accept comment \"a \\\"b\\\" \\\\ c # ; {\"\n", NULL },
	{ "rule accept comment \"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\"\n",
	  NULL },
	{ "rule limit 1/minute burst 1 drop\nrule log limit 1000000/hour burst "
	  "1000000\n",
	  NULL },
	{ "rule limit 3/hour log \"x\" drop", "rule log \"x\" limit 3/hour "
	  "drop\n" },
	{ "rule limit 3/hour burst 5 accept", "rule limit 3/hour accept\n" },

	{ "set e endpoint\nrule endpoint " ID ", @e accept\n", NULL },
	{ "group g { }\ngroup h { }\nrule group g, h accept\nrule group not g "
	  "drop\n",
	  NULL },
	{ "set a address\nrule node 10.0.0.1, 10.1.0.0/16, @a accept\n", NULL },
	{ "set a address\nrule from ::/0, 10.0.0.0/8, @a to not 2001:db8::1 "
	  "accept\n",
	  NULL },
	{ "rule from 10.0.0.1/32 accept", "rule from 10.0.0.1 accept\n" },
	{ "rule proto tcp, udp, ipv6-icmp, 200, 10-20, 0-255 accept\n", NULL },
	{ "rule proto 6, icmpv6, 58-58, 17-17 accept",
	  "rule proto tcp, ipv6-icmp, ipv6-icmp, udp accept\n" },
	{ "set p port\nrule sport 0-1023, @p dport not 80, 443 accept\n",
	  NULL },
	{ "rule icmp echo-request, destination-unreachable/4, 40, 40/1 "
	  "accept\n",
	  NULL },
	{ "rule icmp 8, 8/0, 0-255, 3/1-3/4, 3-4/2, 3/0-3/255, 9/5-9 accept",
	  "rule icmp echo-request, echo-request/0, 0-255, 3/1-3/4, 3/0-4/2, "
	  "destination-unreachable, 9/5-9/255 accept\n" },
	{ "rule icmpv6 not echo-request, packet-too-big/0, "
	  "neighbour-advertisement drop\n",
	  NULL },
	{ "rule icmpv6 128, neighbor-solicitation drop",
	  "rule icmpv6 echo-request, neighbour-solicitation drop\n" },
	{ "rule tcp-flags syn/fin|syn|rst|ack accept\n", NULL },
	{ "rule tcp-flags not none/fin|syn|rst|psh|ack|urg|ece|cwr drop\n",
	  NULL },
	{ "rule tcp-flags ack|syn/ack|syn drop",
	  "rule tcp-flags syn|ack/syn|ack drop\n" },
	{ "rule family ipv4 direction in state new fragment none accept\n",
	  NULL },
	{ "rule family ipv6, ipv4 direction out, in state invalid, related, "
	  "established fragment later, first accept",
	  "rule family ipv4, ipv6 direction in, out state established, "
	  "related, invalid fragment first, later accept\n" },
	/* whatever their order, it is the same rule */
	{ "rule dport 80 proto tcp from 10.0.0.0/8 accept",
	  "rule from 10.0.0.0/8 proto tcp dport 80 accept\n" },
	{ "rule dport 1,\n2, # three\n\t3 accept",
	  "rule dport 1, 2, 3 accept\n" },
	/* used before it is declared */
	{ "rule from @later accept\nset later address",
	  "set later address\nrule from @later accept\n" },
	{ "rule accept\r\nrule drop\r\n", "rule accept\nrule drop\n" },
	{ "rule a23456789_123456789_1234567890: accept\n", NULL },
};

static void test_good(void **state)
{
	char *printed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		printed = normal(good[i].text);
		assert_string_equal(printed, good[i].normal ? good[i].normal :
				    good[i].text);
		free(printed);
	}
}

#define STATEMENT \
	"expected rule, set, group, policy, inside, pickup, refused, on-full, flow-max, flow-max-endpoint or timeout, got "

static void refused(const char *text, size_t len, __u32 line, __u32 column,
		    const char *why)
{
	struct rules_error error;
	struct rules rules;

	if (rules_parse(text, len, &rules, &error) == 0)
		fail_msg("not refused:\n%.*s", (int)len, text);
	if (error.at.line != line || error.at.column != column ||
	    strcmp(error.text, why) != 0)
		fail_msg("%u:%u: %s\nexpected\n%u:%u: %s\nin\n%.*s",
			 error.at.line, error.at.column, error.text, line,
			 column, why, len > 200 ? 200 : (int)len, text);
}

/* begin, then N times repeat with a number in it, then end */
static char *repeat(const char *begin, const char *format, unsigned int count,
		    const char *end, size_t *len)
{
	char *text = NULL;
	unsigned int i;
	FILE *to;

	to = open_memstream(&text, len);
	assert_non_null(to);
	fputs(begin, to);
	for (i = 0; i < count; i++)
		fprintf(to, format, i >> 16, i >> 8 & 0xff, i & 0xff);
	fputs(end, to);
	fclose(to);
	return text;
}

static void test_limits(void **state)
{
	static const struct {
		const char *begin;
		const char *format;
		unsigned int max;
		const char *end;
		const char *what;
	} limits[] = {
		{ "", "rule accept # %u%u%u\n", 65536, "", "rules" },
		{ "", "set s%u.%u.%u port\n", 1024, "", "sets" },
		{ "", "group s%u.%u.%u { }\n", 4096, "", "groups" },
		{ "set s address {", "10.%u.%u.%u,\n", 1048576, "}",
		  "elements in a set" },
		{ "inside ::1", ",\n10.%u.%u.%u", 63, "", "inside prefixes" },
		{ "rule from ::1", ",\n10.%u.%u.%u", 255, " drop",
		  "values; a set has room for more" },
	};
	struct rules_error error;
	struct rules rules;
	char why[128];
	char *text;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		text = repeat(limits[i].begin, limits[i].format,
			      limits[i].max, limits[i].end, &len);
		if (rules_parse(text, len, &rules, &error) < 0)
			fail_msg("%u:%u: %s", error.at.line, error.at.column,
				 error.text);
		rules_free(&rules);
		free(text);

		text = repeat(limits[i].begin, limits[i].format,
			      limits[i].max + 1, limits[i].end, &len);
		assert_int_equal(rules_parse(text, len, &rules, &error), -1);
		snprintf(why, sizeof(why), " %s, got another one",
			 limits[i].what);
		assert_non_null(strstr(error.text, why));
		free(text);
	}
}

#define NAME	X10 X10 X10

static void test_too_large(void **state)
{
	static const struct {
		const char *field;
		const char *value;
	} lists[] = {
		{ "endpoint", "@e" NAME }, { "group", "g" NAME },
		{ "node", "@a" NAME }, { "from", "@a" NAME },
		{ "to", "@a" NAME }, { "sport", "@p" NAME },
		{ "dport", "@p" NAME }, { "proto", "tcp" },
	};
	char *text = NULL;
	size_t len;
	FILE *to;
	int i, n;

	(void)state;
	to = open_memstream(&text, &len);
	assert_non_null(to);
	fprintf(to, "\ngroup large { endpoint vpce-%017x", 0);
	for (i = 1; i < 5461; i++)
		fprintf(to, ", vpce-%017x", i);
	fprintf(to, " }\n");
	fclose(to);
	refused(text, len, 2, 1,
		"group \"large\" is too large: it has more than 64 KB in the "
		"kernel's format");
	free(text);

	/* each list is as long as it may be, and names are */
	to = open_memstream(&text, &len);
	assert_non_null(to);
	fprintf(to, "set a" NAME " address; set p" NAME " port\n"
		"set e" NAME " endpoint; group g" NAME " { }\n\n  rule");
	for (i = 0; i < (int)(sizeof(lists) / sizeof(lists[0])); i++) {
		fprintf(to, " %s %s", lists[i].field, lists[i].value);
		for (n = 1; n < 256; n++)
			fprintf(to, ", %s", lists[i].value);
	}
	fputs(" drop\n", to);
	fclose(to);
	refused(text, len, 4, 3,
		"this rule is too large: it has more than 64 KB in the "
		"kernel's format");
	free(text);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Twice as much takes twice as long, not four times: no quadratic loop */
static void test_linear(void **state)
{
	static const struct {
		const char *begin;
		const char *format;
		const char *end;
		unsigned int count;
	} big[] = {
		{ "", "rule r%u.%u.%u: from 10.0.0.1 drop\n", "", 65536 },
		{ "set s address {", "10.%u.%u.%u,", "}", 1048576 },
	};
	struct rules_error error;
	struct rules rules;
	double start;
	char *text;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(big) / sizeof(big[0]); i++) {
		text = repeat(big[i].begin, big[i].format, big[i].count,
			      big[i].end, &len);
		start = now();
		assert_int_equal(rules_parse(text, len, &rules, &error), 0);
		/* with sanitizers, on a busy machine; quadratic takes hours */
		assert_true(now() - start < 60);
		rules_free(&rules);
		free(text);
	}

	/* one word, one string, one comment of 100 MB */
	len = 100 << 20;
	text = malloc(len);
	assert_non_null(text);
	memset(text, 'x', len);
	refused(text, len, 1, 1, STATEMENT "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\"");
	text[0] = '"';
	refused(text, len, 1, 1,
		"expected a string of at most 127 bytes, got a longer one");
	text[0] = '#';
	assert_int_equal(rules_parse(text, len, &rules, &error), 0);
	rules_free(&rules);
	memset(text, '{', len);
	refused(text, len, 1, 1, STATEMENT "\"{\"");
	free(text);
}

static void test_elements(void **state)
{
	struct rules_error error;
	struct rules_values values;

	(void)state;
#define ELEMENTS(text) rules_parse_elements(text, strlen(text), &values, \
					    &error)
	assert_int_equal(ELEMENTS(""), 0);
	assert_int_equal(values.count, 0);
	assert_int_equal(ELEMENTS("10.0.0.1 10.0.0.2,\n# no\n::1\n"), 0);
	assert_int_equal(values.count, 3);
	assert_int_equal(values.list[2].at.line, 3);
	rules_free_values(&values);
	assert_int_equal(ELEMENTS("80 443-445"), 0);
	assert_int_equal(values.list[1].range.last, 445);
	rules_free_values(&values);
	assert_int_equal(ELEMENTS("80\n10.0.0.1"), -1);
	assert_int_equal(error.at.line, 2);
	assert_string_equal(error.text,
			    "expected a port or a range of ports up to 65535, "
			    "got \"10.0.0.1\"");
	rules_free_values(&values);
	assert_int_equal(ELEMENTS("x"), -1);
	assert_string_equal(error.text,
			    "expected an address, a port or an endpoint, got "
			    "\"x\"");
	rules_free_values(&values);
	assert_int_equal(ELEMENTS("80 { 443"), -1);
	assert_string_equal(error.text,
			    "expected an address, a port or an endpoint, got "
			    "\"{\"");
	rules_free_values(&values);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_elements),
	};

	return cmocka_run_group_tests_name("rules_text", tests, NULL, NULL);
}
