// SPDX-License-Identifier: GPL-2.0-only
/*
 * proxy_config.c, import_geneve_proxy.c: good files and the rules that they
 * become, bad files and the places where they are bad. What the rules do is
 * for t_import.sh.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "rules_text.h"

static struct rules_error error;

/* At the end of its memory, and without a zero behind it */
static struct proxy_config *parse_bytes(const char *text, size_t len)
{
	struct proxy_config *config;
	char *copy;

	copy = malloc(len ? len : 1);
	memcpy(copy, text, len);
	config = proxy_config_parse(copy, len, &error);
	free(copy);
	return config;
}

static struct proxy_config *parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

/* The rules of a file are those of another text */
static void becomes(const char *yaml, const char *text)
{
	struct proxy_config *config = parse(yaml);
	struct rules_error bad;
	struct rules rules, expected;

	if (!config)
		fail_msg("%u:%u: %s", error.at.line, error.at.column,
			 error.text);
	rules_init(&rules);
	assert_int_equal(import_geneve_proxy(config, &rules), 0);
	free(config);
	/* the printer and the kernel insist on it */
	assert_int_equal(rules_check(&rules, &bad), 0);

	rules_init(&expected);
	if (rules_parse(text, strlen(text), &expected, &bad) < 0)
		fail_msg("%u:%u: %s", bad.at.line, bad.at.column, bad.text);
	rules_sort(&expected);
	if (!rules_equal(&rules, &expected))
		fail_msg("other rules than those of %s", yaml);
	rules_free(&rules);
	rules_free(&expected);
}

#define HEAD \
	"policy drop\n" \
	"refused remember\n" \
	"inside 0.0.0.0/8, 10.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16," \
	" 172.16.0.0/12, 192.0.0.0/29, 192.0.0.170/31, 192.0.2.0/24," \
	" 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24," \
	" 240.0.0.0/4\n"

#define ERRORS_IN \
	"rule inbound-icmp: family ipv4 direction in proto icmp" \
	" state related drop\n"
#define ERRORS_OUT \
	"rule outbound-icmp: family ipv4 direction out proto icmp" \
	" state related drop\n"
#define ICMP_IN \
	"rule inbound-icmp: family ipv4 direction in proto icmp" \
	" state new, established, related, invalid accept\n"
#define ICMP_OUT \
	"rule outbound-icmp: family ipv4 direction out proto icmp" \
	" state new, established, related, invalid accept\n"

/* The file that geneve-proxy comes with, in fewer words */
static const char shipped[] =
	"######################\n"
	"## Outbound Traffic ##\n"
	"######################\n"
	"\n"
	"outbound:\n"
	"  # If it is set to true, everything will be dropped.\n"
	"  drop_all_traffic: False\n"
	"\n"
	"  allowed_transport_protocols:\n"
	"    - 0x0006 # TCP\n"
	"    - 0x0011 # UDP\n"
	"  blocked_transport_protocols:\n"
	"    - 0x0001 # ICMP\n"
	"  allowed_application_ports:\n"
	"    - 443 # HTTPS\n"
	"    - 80 # HTTP\n"
	"  blocked_application_ports:\n"
	"    - 53 # DNS\n"
	"\n"
	"inbound:\n"
	"  drop_all_traffic: False\n"
	"  allowed_transport_protocols:\n"
	"    - 0x0001 # ICMP\n"
	"    - 0x0006 # TCP\n"
	"  blocked_transport_protocols:\n"
	"    - 0x0011 # UDP\n"
	"  allowed_application_ports:\n"
	"    - 443 # HTTPS\n"
	"  blocked_application_ports:\n"
	"    - 80 # HTTP";

static void test_shipped(void **state)
{
	(void)state;
	becomes(shipped, HEAD
		"rule outbound-blocked-ports: family ipv4 direction out proto tcp, udp dport 53 drop\n"
		"rule outbound-allowed-ports: family ipv4 direction out proto tcp, udp dport 80, 443 accept\n"
		ERRORS_OUT
		"rule inbound-blocked-ports: family ipv4 direction in proto tcp dport 80 drop\n"
		"rule inbound-allowed-ports: family ipv4 direction in proto tcp dport 443 accept\n"
		ICMP_IN);
}

#define ALL_IN \
	"rule inbound-ports: family ipv4 direction in" \
	" proto tcp, udp accept\n" \
	ICMP_IN
#define ALL_OUT \
	"rule outbound-ports: family ipv4 direction out" \
	" proto tcp, udp accept\n" \
	ICMP_OUT

static void test_unset(void **state)
{
	(void)state;
	becomes("outbound: {}\ninbound: {}\n", HEAD ALL_OUT ALL_IN);
	/* there, but without a value, in each way to write that */
	becomes("inbound:\n  drop_all_traffic:\n"
		"  allowed_transport_protocols: ~\n"
		"  blocked_transport_protocols: null\n"
		"  allowed_application_ports: Null\n"
		"  blocked_application_ports: NULL\n"
		"outbound: { allowed_application_ports: }\n",
		HEAD ALL_OUT ALL_IN);
	/* nothing is blocked by an empty list */
	becomes("outbound: { blocked_transport_protocols: [], blocked_application_ports: [] }\n"
		"inbound: {}\n", HEAD ALL_OUT ALL_IN);
	/* not this program's business, but a good file */
	becomes("%YAML 1.1\n---\n{\"outbound\": {}, 'inbound': {}}\n...\n",
		HEAD ALL_OUT ALL_IN);
}

static void test_empty(void **state)
{
	(void)state;
	becomes("outbound: { allowed_transport_protocols: [] }\n"
		"inbound: { allowed_application_ports: [] }\n",
		HEAD ERRORS_OUT ICMP_IN);
	/* what is blocked needs no rule if nothing is allowed */
	becomes("outbound: { allowed_application_ports: [], blocked_application_ports: [1] }\n"
		"inbound: { drop_all_traffic: no }\n",
		HEAD ICMP_OUT ALL_IN);
}

static void test_drop_all(void **state)
{
	static const char *const yes[] = {
		"true", "True", "TRUE", "yes", "Yes", "YES",
	};
	static const char *const no[] = {
		"false", "False", "FALSE", "no", "No", "NO",
	};
	char yaml[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		snprintf(yaml, sizeof(yaml),
			 "outbound: {}\ninbound: { drop_all_traffic: %s }\n",
			 yes[i]);
		becomes(yaml, HEAD ALL_OUT ERRORS_IN);
		snprintf(yaml, sizeof(yaml),
			 "outbound: {}\ninbound: { drop_all_traffic: %s }\n",
			 no[i]);
		becomes(yaml, HEAD ALL_OUT ALL_IN);
	}
	becomes("inbound: { drop_all_traffic: true, allowed_application_ports: [80] }\n"
		"outbound: { drop_all_traffic: true }\n",
		HEAD ERRORS_OUT ERRORS_IN);
}

static void test_protocols(void **state)
{
	(void)state;
	/* allowed first, then blocked; what is neither of three is nothing */
	becomes("outbound: { allowed_transport_protocols: [1, 6, 47], blocked_transport_protocols: [6, 50] }\n"
		"inbound: { blocked_transport_protocols: [0x11] }\n",
		HEAD ICMP_OUT
		"rule inbound-ports: family ipv4 direction in proto tcp accept\n"
		ICMP_IN);
}

static void test_ports(void **state)
{
	static const char all[] =
		"outbound: {}\ninbound: { allowed_application_ports: [";
	size_t len = strlen(all), i;
	struct proxy_config *config;
	struct rules rules;
	char *yaml;

	(void)state;
	/* in any order, neighbours become one */
	becomes("outbound: {}\n"
		"inbound: { allowed_application_ports: [82, 0xFFFF, 80, 81, 0, 90] }\n",
		HEAD ALL_OUT
		"rule inbound-allowed-ports: family ipv4 direction in proto tcp, udp dport 0, 80-82, 90, 65535 accept\n"
		ICMP_IN);

	/* every other port: 32768 ranges, a set; all of them: one range */
	yaml = malloc(len + PROXY_PORTS * 6 + 8);
	memcpy(yaml, all, len);
	for (i = 0; i < PROXY_PORTS; i += 2)
		len += (size_t)sprintf(yaml + len, "%zu,", i);
	strcpy(yaml + len, "]}\n");
	config = parse(yaml);
	assert_non_null(config);
	rules_init(&rules);
	assert_int_equal(import_geneve_proxy(config, &rules), 0);
	assert_int_equal(rules_check(&rules, &error), 0);
	assert_int_equal(rules.set_count, 1);
	assert_string_equal(rules.sets[0].name, "inbound-allowed-ports");
	assert_int_equal(rules.sets[0].elements.count, PROXY_PORTS / 2);
	rules_free(&rules);
	free(config);

	for (i = 1; i < PROXY_PORTS; i += 2)
		len += (size_t)sprintf(yaml + len, "%zu,", i);
	strcpy(yaml + len, "]}\n");
	becomes(yaml, HEAD ALL_OUT
		"rule inbound-allowed-ports: family ipv4 direction in proto tcp, udp dport 0-65535 accept\n"
		ICMP_IN);
	free(yaml);
}

#define IN	"inbound: {}\n"

static const struct {
	const char *yaml;
	__u32 line;
	__u32 column;
	const char *text;
} bad[] = {
	{ "", 1, 1, "the file is empty" },
	{ "# nothing\n\n", 3, 1, "the file is empty" },
	{ "---\n", 2, 1, "expected a mapping, got nothing" },
	{ "outbound", 1, 1, "expected a mapping, got \"outbound\"" },
	{ "- outbound\n", 1, 1, "expected a mapping, got a list" },
	{ IN, 2, 1, "section \"outbound\" is missing" },
	{ "outbound: {}\n", 2, 1, "section \"inbound\" is missing" },
	{ "{}", 1, 2, "section \"outbound\" is missing" },
	{ IN "outbound:\n", 2, 10, "expected a mapping, got nothing" },
	{ IN "outbound: []\n", 2, 11, "expected a mapping, got a list" },
	{ IN "outbound: 1\n", 2, 11, "expected a mapping, got \"1\"" },
	{ IN "outbund: {}\n", 2, 1,
	  "expected \"outbound\" or \"inbound\", got \"outbund\"" },
	{ IN "? [a]\n: b\n", 2, 3,
	  "expected \"outbound\" or \"inbound\", got a list" },
	{ IN IN, 2, 1, "\"inbound\" is there twice" },
	{ IN "\"inbound\\0x\": {}\n", 2, 1,
	  "expected \"outbound\" or \"inbound\", got the string"
	  " \"inbound?x\"" },
	{ IN "outbound:\n  drop_all: true\n", 3, 3,
	  "expected a key of geneve-proxy, got \"drop_all\"" },
	{ IN "outbound:\n  drop_all_traffic: true\n  drop_all_traffic: true\n",
	  4, 3, "\"drop_all_traffic\" is there twice" },
	{ IN "outbound: { drop_all_traffic: 1 }\n", 2, 31,
	  "expected true or false, got \"1\"" },
	{ IN "outbound: { drop_all_traffic: on }\n", 2, 31,
	  "expected true or false, got \"on\"" },
	{ IN "outbound: { drop_all_traffic: 'true' }\n", 2, 31,
	  "expected true or false, got the string \"true\"" },
	{ IN "outbound: { drop_all_traffic: [] }\n", 2, 31,
	  "expected true or false, got a list" },
	{ IN "outbound: { allowed_application_ports: 80 }\n", 2, 40,
	  "expected a list, got \"80\"" },
	{ IN "outbound: { allowed_application_ports: '' }\n", 2, 40,
	  "expected a list, got the string \"\"" },
	{ IN "outbound: { allowed_application_ports: {} }\n", 2, 40,
	  "expected a list, got a mapping" },
	{ IN "outbound: { allowed_application_ports: [65536] }\n", 2, 41,
	  "expected a port, 0 to 65535, got \"65536\"" },
	{ IN "outbound: { allowed_application_ports: [4294967376] }\n", 2, 41,
	  "expected a port, 0 to 65535, got \"4294967376\"" },
	{ IN "outbound: { allowed_application_ports: [-1] }\n", 2, 41,
	  "expected a port, 0 to 65535, got \"-1\"" },
	{ IN "outbound: { allowed_application_ports: [080] }\n", 2, 41,
	  "expected a port, 0 to 65535, got \"080\"" },
	{ IN "outbound: { allowed_application_ports: [0x] }\n", 2, 41,
	  "expected a port, 0 to 65535, got \"0x\"" },
	{ IN "outbound: { allowed_application_ports: [8f] }\n", 2, 41,
	  "expected a port, 0 to 65535, got \"8f\"" },
	{ IN "outbound: { allowed_application_ports: [1_0] }\n", 2, 41,
	  "expected a port, 0 to 65535, got \"1_0\"" },
	{ IN "outbound: { allowed_application_ports: [80, 81, 80] }\n", 2, 49,
	  "80 is there twice" },
	{ IN "outbound: { allowed_application_ports: [80, 0x50] }\n", 2, 45,
	  "80 is there twice" },
	{ IN "outbound:\n  allowed_application_ports:\n  - 80\n  -\n", 5, 4,
	  "expected a port, 0 to 65535, got nothing" },
	{ IN "outbound: { allowed_application_ports: [[80]] }\n", 2, 41,
	  "expected a port, 0 to 65535, got a list" },
	{ IN "outbound: { allowed_application_ports: ['80'] }\n", 2, 41,
	  "expected a port, 0 to 65535, got the string \"80\"" },
	{ IN "outbound: { allowed_transport_protocols: [tcp] }\n", 2, 43,
	  "expected a protocol, 0 to 255, got \"tcp\"" },
	{ IN "outbound: { blocked_transport_protocols: [256] }\n", 2, 43,
	  "expected a protocol, 0 to 255, got \"256\"" },
	{ IN "outbound: { blocked_transport_protocols: ["
	  "0123456789012345678901234567890123456789012345\xc3\xa4\xc3\xa4"
	  "] }\n",
	  2, 43,
	  "expected a protocol, 0 to 255, got \""
	  "0123456789012345678901234567890123456789012345\xc3\xa4...\"" },
	/* columns are characters, not bytes */
	{ IN "outbound: { \xc3\xa4\xc3\xa4: 1, \xe2\x82\xac: 2 }\n", 2, 13,
	  "expected a key of geneve-proxy, got \"\xc3\xa4\xc3\xa4\"" },
	{ IN "outbound: { drop_all_traffic: \"\\e[2J\" }\n", 2, 31,
	  "expected true or false, got the string \"?[2J\"" },
	/* what is small and means a lot */
	{ "a: &a [x, x]\nb: &b [*a, *a]\n", 1, 1,
	  "expected \"outbound\" or \"inbound\", got \"a\"" },
	{ "inbound: &a {}\noutbound: *a\n", 1, 10,
	  "anchors are not understood" },
	{ IN "outbound: *a\n", 2, 11, "aliases are not understood" },
	{ IN "outbound: { allowed_application_ports: &p [1] }\n", 2, 40,
	  "anchors are not understood" },
	{ IN "outbound: { <<: *a }\n", 2, 13,
	  "expected a key of geneve-proxy, got \"<<\"" },
	{ IN "outbound: { drop_all_traffic: !!bool true }\n", 2, 31,
	  "tags are not understood" },
	{ "!!python/object:os.system {}\n", 1, 1, "tags are not understood" },
	{ IN "outbound: { drop_all_traffic: ! true }\n", 2, 31,
	  "tags are not understood" },
	{ IN "outbound: {}\n---\n", 3, 1, "expected the end of the file" },
	{ "[[[[[[[[[[[[[[[[", 1, 1, "expected a mapping, got a list" },
	{ "{{{{{{{{{{{{{{{{", 1, 2,
	  "expected \"outbound\" or \"inbound\", got a mapping" },
};

static void test_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(bad[i].yaml))
			fail_msg("%s: accepted", bad[i].yaml);
		if (error.at.line != bad[i].line ||
		    error.at.column != bad[i].column ||
		    strcmp(error.text, bad[i].text) != 0)
			fail_msg("%s%u:%u: %s", bad[i].yaml, error.at.line,
				 error.at.column, error.text);
	}
}

/* What is no YAML, and what is no text: libyaml's sentences are its own */
static void test_not_yaml(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		__u32 line;
		__u32 column;
	} table[] = {
		{ "outbound:\n\tx: 1\n", 16, 2, 1 },
		{ "outbound: {\n", 12, 2, 1 },
		{ "outbound: \"\n", 12, 2, 1 },
		{ "outbound: {}\n\nin\xff: {}\n", 22, 3, 3 },
		{ "a\xc3\xa4\x80: {}\n", 9, 1, 3 },
		{ "outbound: \0{}\n", 14, 1, 11 },
		{ "\x01", 1, 1, 1 },
		{ "\xff\xfe", 2, 1, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_null(parse_bytes(table[i].text, table[i].len));
		if (error.at.line != table[i].line ||
		    error.at.column != table[i].column ||
		    strncmp(error.text, "not YAML: ", 10) != 0)
			fail_msg("%zu: %u:%u: %s", i, error.at.line,
				 error.at.column, error.text);
	}
}

/* The file, with each byte changed to some others, and cut anywhere */
static void test_mangled(void **state)
{
	static const char others[] = "\0\n\t :-[]{},&*!|>'\"%@`#x0\xc3\xff";
	size_t len = strlen(shipped), at, i;
	char *copy = malloc(len);

	(void)state;
	for (at = 0; at < len; at++) {
		free(parse_bytes(shipped, at));
		for (i = 0; i < sizeof(others) - 1; i++) {
			memcpy(copy, shipped, len);
			copy[at] = others[i];
			free(parse_bytes(copy, len));
		}
	}
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_unset),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_drop_all),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_not_yaml),
		cmocka_unit_test(test_mangled),
	};

	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
