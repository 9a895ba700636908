// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules_text.c and its parts, rules_check.c: each mistake that there can be in
 * a rules file, with the place where it is.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "rules_text.h"

#define ID	"vpce-0123456789abcdef0"
#define ID2	"vpce-0123456789abcdef1"
#define X10	"xxxxxxxxxx"
#define X100	X10 X10 X10 X10 X10 X10 X10 X10 X10 X10

#define STATEMENT \
	"expected rule, set, group, policy, inside, pickup, refused, on-full, flow-max, flow-max-endpoint or timeout, got "
#define END_OF_RULE	"comment or the end of the rule"
#define VERDICT		"accept, drop, reject, " END_OF_RULE

static const struct {
	const char *text;
	__u32 line;
	__u32 column;
	const char *error;
} bad[] = {
	/* words */
	{ "\n  foo\n", 2, 3,
	  STATEMENT "\"foo\"" },
	{ "rules", 1, 1, STATEMENT "\"rules\"" },
	{ "{", 1, 1, STATEMENT "\"{\"" },
	{ "\"rule\" drop", 1, 1, STATEMENT "a string" },
	{ "rule $x", 1, 6, "expected a word, a string or a mark, got \"$\"" },
	{ "rule \xc3\xa4", 1, 6,
	  "expected a word, a string or a mark, got \"\xc3\xa4\"" },
	{ "rule \xff", 1, 6, "expected UTF-8, got byte 0xff" },
	{ "rule \xc0\xaf", 1, 6, "expected UTF-8, got byte 0xc0" },
	{ "rule \xed\xa0\x80", 1, 6, "expected UTF-8, got byte 0xed" },
	{ "rule \xf4\x90\x80\x80", 1, 6, "expected UTF-8, got byte 0xf4" },
	{ "rule \xe2\x82", 1, 6, "expected UTF-8, got byte 0xe2" },
	{ "rule \x01", 1, 6,
	  "expected a word, a string or a mark, got U+0001" },
	{ "rule\rdrop", 1, 5,
	  "expected a word, a string or a mark, got U+000D" },
	{ "# \xc3\xa4\xc3\xb6 \xe2\x80\xae", 1, 6,
	  "expected printable text in a comment, got U+202E" },
	{ "# \xfe", 1, 3, "expected UTF-8, got byte 0xfe" },
	{ "rule " X100 " drop", 1, 6,
	  "expected a match, log, limit, " VERDICT ", got "
	  "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\"" },

	/* strings */
	{ "rule drop comment \"abc\n\"", 1, 19,
	  "expected a \" at the end of this string, got the end of the line" },
	{ "rule drop comment \"abc", 1, 19,
	  "expected a \" at the end of this string, got the end of the line" },
	{ "rule drop comment \"a\\n\"", 1, 21,
	  "expected \\\" or \\\\ in a string, got another \\" },
	{ "rule drop comment \"a\\", 1, 21,
	  "expected \\\" or \\\\ in a string, got another \\" },
	{ "rule drop comment \"a\tb\"", 1, 21,
	  "expected printable text in a string, got U+0009" },
	{ "rule drop comment \"\xc3\xa4\x7f\"", 1, 21,
	  "expected printable text in a string, got U+007F" },
	{ "rule drop comment \"\xc3\xa4\x80\"", 1, 21,
	  "expected UTF-8, got byte 0x80" },
	{ "rule drop comment \"" X100 X10 X10 "12345678\"", 1, 19,
	  "expected a string of at most 127 bytes, got a longer one" },
	{ "rule drop comment x", 1, 19, "expected a string, in \"\", got "
	  "\"x\"" },
	{ "rule drop comment", 1, 18,
	  "expected a string, in \"\", got the end of the file" },

	/* options */
	{ "policy deny", 1, 8,
	  "expected accept, drop or reject, got \"deny\"" },
	{ "policy\n", 1, 7,
	  "expected accept, drop or reject, got the end of the line" },
	{ "policy drop drop", 1, 13,
	  "expected the end of the line, got \"drop\"" },
	{ "policy drop\n\npolicy drop", 3, 1,
	  "policy is given already, in line 1" },
	{ "inside", 1, 7,
	  "expected an address or a prefix, got the end of the file" },
	{ "inside 10.0.0.0/8, none", 1, 20,
	  "expected an address or a prefix, got \"none\"" },
	{ "inside @a", 1, 8, "expected an address or a prefix, got \"@a\"" },
	{ "inside none, 10.0.0.0/8", 1, 12,
	  "expected the end of the line, got \",\"" },
	{ "inside 10.0.0.0/8,\n ::1,\n 10.0.0.0/8", 3, 2,
	  "10.0.0.0/8 is inside already" },
	{ "pickup late", 1, 8,
	  "expected loose, strict or either, got \"late\"" },
	{ "refused maybe", 1, 9, "expected forget or remember, got \"maybe\"" },
	{ "on-full accept", 1, 9,
	  "expected drop or stateless, got \"accept\"" },
	{ "flow-max 0", 1, 10,
	  "expected a number from 1 to 4294967295, got \"0\"" },
	{ "flow-max 4294967296", 1, 10,
	  "expected a number from 1 to 4294967295, got \"4294967296\"" },
	{ "flow-max 99999999999999999999999", 1, 10,
	  "expected a number from 1 to 4294967295, got "
	  "\"99999999999999999999999\"" },
	{ "flow-max 012", 1, 10,
	  "expected a number from 1 to 4294967295, got \"012\"" },
	{ "flow-max-endpoint -1", 1, 19,
	  "expected a number from 1 to 4294967295, got \"-1\"" },
	{ "timeout tcp 1", 1, 9,
	  "expected tcp-syn, tcp-established, tcp-closing, tcp-closed, udp, "
	  "icmp or other, got \"tcp\"" },
	{ "timeout udp 1d", 1, 13,
	  "expected a duration such as 90s, 5m or 2h, got \"1d\"" },
	{ "timeout udp 0", 1, 13,
	  "expected a duration such as 90s, 5m or 2h, got \"0\"" },
	{ "timeout udp 1193047h", 1, 13,
	  "expected a duration such as 90s, 5m or 2h, got \"1193047h\"" },
	{ "timeout udp 1ms", 1, 13,
	  "expected a duration such as 90s, 5m or 2h, got \"1ms\"" },
	{ "timeout udp 1\ntimeout icmp 1\ntimeout udp 1", 3, 9,
	  "udp is given already, in line 1" },

	/* sets */
	{ "set", 1, 4, "expected the name of a set, got the end of the file" },
	{ "set 1a address", 1, 5, "expected the name of a set, got \"1a\"" },
	{ "set a: address", 1, 5, "expected the name of a set, got \"a:\"" },
	{ "set not address", 1, 5, "expected the name of a set, got \"not\"" },
	{ "set a23456789_123456789_123456789_12 address", 1, 5,
	  "expected the name of a set, got "
	  "\"a23456789_123456789_123456789_12\"" },
	{ "set a", 1, 6,
	  "expected address, port or endpoint, got the end of the file" },
	{ "set a addresses", 1, 7,
	  "expected address, port or endpoint, got \"addresses\"" },
	{ "set a address 10.0.0.1", 1, 15,
	  "expected \"{\" or the end of the line, got \"10.0.0.1\"" },
	{ "set a address\n{ 10.0.0.1 }", 2, 1, STATEMENT "\"{\"" },
	{ "set a address { 10.0.0.1", 1, 25,
	  "expected \",\" or \"}\", got the end of the file" },
	{ "set a address { 10.0.0.1 10.0.0.2 }", 1, 26,
	  "expected \",\" or \"}\", got \"10.0.0.2\"" },
	{ "set a address { , }", 1, 17,
	  "expected an address or a prefix, got \",\"" },
	{ "set a address { 1.1.1.1,, }", 1, 25,
	  "expected an address or a prefix, got \",\"" },
	{ "set a address { {{{{ }", 1, 17,
	  "expected an address or a prefix, got \"{\"" },
	{ "set a address { 80 }", 1, 17,
	  "expected an address or a prefix, got \"80\"" },
	{ "set a address { @b }", 1, 17,
	  "expected an address or a prefix, got \"@b\"" },
	{ "set a address { 10.0.0.1/33 }", 1, 17,
	  "\"10.0.0.1/33\": the prefix length must be 0 to 32" },
	{ "set a address { ::1/129 }", 1, 17,
	  "\"::1/129\": the prefix length must be 0 to 128" },
	{ "set a address { 10.0.0.1/24 }", 1, 17,
	  "10.0.0.1/24 has host bits set, did you mean 10.0.0.0/24?" },
	{ "set a address { 2001:db8::1/65 }", 1, 17,
	  "2001:db8::1/65 has host bits set, did you mean 2001:db8::/65?" },
	{ "set a address { 1.1.1.1, 2.2.2.2,\n1.1.1.1/32 }", 2, 1,
	  "1.1.1.1 is in set \"a\" already" },
	{ "set a port { 65536 }", 1, 14,
	  "expected a port or a range of ports up to 65535, got \"65536\"" },
	{ "set a port { 90-80 }", 1, 14, "90-80 ends before it begins" },
	{ "set a port { 1-10, 5 }", 1, 20, "5 overlaps 1-10" },
	{ "set a port { 5, 1-10 }", 1, 17, "1-10 overlaps 5" },
	{ "set a port { 1-100, 2000, 2-3,\n\n 50 }", 1, 27,
	  "2-3 overlaps 1-100" },
	{ "set a port { 1-100, 50, 2-3 }", 1, 21, "50 overlaps 1-100" },
	{ "set a port { 1-10, 10-20 }", 1, 20, "10-20 overlaps 1-10" },
	{ "set a endpoint { 10.0.0.1 }", 1, 18,
	  "expected an endpoint (vpce-...), got \"10.0.0.1\"" },
	{ "set a endpoint { vpce-1 }", 1, 18,
	  "\"vpce-1\" has 1 digits, an endpoint has 17 (or, of old, 8)" },
	{ "set a endpoint { vpce-10000000000000000 }", 1, 18,
	  "\"vpce-10000000000000000\" is larger than 64 bits, the first digit "
	  "must be 0" },
	{ "set a port\nset b port\n set a address", 3, 2,
	  "there is a set \"a\" already" },

	/* groups */
	{ "group g", 1, 8, "expected \"{\", got the end of the file" },
	{ "group not { }", 1, 7,
	  "expected the name of a group, got \"not\"" },
	{ "group g {", 1, 10,
	  "expected endpoint, policy, inside or \"}\", got the end of the "
	  "file" },
	{ "group g { timeout udp 1 }", 1, 11,
	  "expected endpoint, policy, inside or \"}\", got \"timeout\"" },
	{ "group g { } drop", 1, 13,
	  "expected the end of the line, got \"drop\"" },
	{ "group g { endpoint }", 1, 20,
	  "expected an endpoint (vpce-...), got \"}\"" },
	{ "group g { endpoint " ID ", }", 1, 44,
	  "expected an endpoint (vpce-...), got \"}\"" },
	{ "group g { policy drop, inside none }", 1, 22,
	  "expected endpoint, policy, inside or \"}\", got \",\"" },
	{ "group g { policy drop; policy drop }", 1, 24,
	  "policy is given already in this group" },
	{ "group g { endpoint " ID "; endpoint " ID2 " }", 1, 44,
	  "endpoint is given already in this group" },
	{ "group g { inside none; inside none }", 1, 24,
	  "inside is given already in this group" },
	{ "group g { inside ::1, ::1 }", 1, 23, "::1 is inside already" },
	{ "group g { endpoint " ID ", " ID " }", 1, 44,
	  ID " is in group \"g\" already" },
	{ "group z { endpoint " ID " }\ngroup a { endpoint " ID " }", 2, 20,
	  ID " is in group \"z\" already" },
	{ "group g { }\ngroup g { }", 2, 1, "there is a group \"g\" already" },

	/* rules */
	{ "rule", 1, 5,
	  "expected accept, drop, reject or log, got the end of the file" },
	{ "rule from 10.0.0.1\nrule accept", 1, 19,
	  "expected accept, drop, reject or log, got the end of the line" },
	{ "rule limit 1/second; rule accept", 1, 20,
	  "expected accept, drop, reject or log, got \";\"" },
	{ "rule 1: accept", 1, 6,
	  "expected the name of a rule and \":\", got \"1:\"" },
	{ "rule : accept", 1, 6,
	  "expected the name of a rule and \":\", got \":\"" },
	{ "rule a : accept", 1, 6,
	  "expected a match, log, limit, " VERDICT ", got \"a\"" },
	{ "rule a: b: accept", 1, 9,
	  "expected a match, log, limit, " VERDICT ", got \"b:\"" },
	{ "rule a: accept\nrule b: drop\nrule a: accept", 3, 1,
	  "there is a rule \"a\" already" },
	{ "rule accept drop", 1, 13,
	  "expected " END_OF_RULE ", got \"drop\"" },
	{ "rule accept from 10.0.0.1", 1, 13,
	  "expected " END_OF_RULE ", got \"from\"" },
	{ "rule log limit 1/hour log accept", 1, 23,
	  "expected " VERDICT ", got \"log\"" },
	{ "rule log from 10.0.0.1 accept", 1, 10,
	  "expected limit, " VERDICT ", got \"from\"" },
	{ "rule limit 1/hour log limit 1/hour accept", 1, 23,
	  "expected " VERDICT ", got \"limit\"" },
	{ "rule limit 1/hour limit 1/hour accept", 1, 19,
	  "expected log, " VERDICT ", got \"limit\"" },
	{ "rule drop comment \"a\" comment \"b\"", 1, 23,
	  "expected the end of the rule, got \"comment\"" },
	{ "rule drop comment \"a\" }", 1, 23,
	  "expected the end of the rule, got \"}\"" },
	{ "rule dport 80 443 accept", 1, 15,
	  "expected \",\", a match, log, limit, " VERDICT ", got \"443\"" },
	{ "rule dport 80, accept", 1, 16,
	  "expected a port or a range of ports up to 65535, or @SET, got "
	  "\"accept\"" },
	{ "rule dport 80,\n\nrule accept", 3, 1,
	  "expected a port or a range of ports up to 65535, or @SET, got "
	  "\"rule\"" },
	{ "rule dport 80 dport 81 accept", 1, 15,
	  "dport is given already in this rule" },
	{ "rule direction in direction out accept", 1, 19,
	  "direction is given already in this rule" },
	{ "rule dport not not-80 accept", 1, 16,
	  "expected a port or a range of ports up to 65535, or @SET, got "
	  "\"not-80\"" },
	{ "rule dport accept", 1, 12,
	  "expected a port or a range of ports up to 65535, or @SET, got "
	  "\"accept\"" },
	{ "rule sport http accept", 1, 12,
	  "expected a port or a range of ports up to 65535, or @SET, got "
	  "\"http\"" },
	{ "rule dport 443-80 accept", 1, 12, "443-80 ends before it begins" },
	{ "rule dport 1-2-3 accept", 1, 12,
	  "expected a port or a range of ports up to 65535, or @SET, got "
	  "\"1-2-3\"" },
	{ "rule endpoint x accept", 1, 15,
	  "expected an endpoint (vpce-...) or @SET, got \"x\"" },
	{ "rule endpoint vpce-xyz accept", 1, 15,
	  "\"vpce-xyz\" has other than hexadecimal digits after \"vpce-\"" },
	{ "rule endpoint @1 accept", 1, 15,
	  "expected an endpoint (vpce-...) or @SET, got \"@1\"" },
	{ "rule group @x accept", 1, 12,
	  "expected the name of a group, got \"@x\"" },
	{ "rule node ::1 accept", 1, 11,
	  "::1: the load balancer talks IPv4 only" },
	{ "rule from 10.0.0.1/8 accept", 1, 11,
	  "10.0.0.1/8 has host bits set, did you mean 10.0.0.0/8?" },
	{ "rule from 10.0.0.256 accept", 1, 11,
	  "expected an address, a prefix or @SET, got \"10.0.0.256\"" },
	{ "rule from 010.0.0.1 accept", 1, 11,
	  "expected an address, a prefix or @SET, got \"010.0.0.1\"" },
	{ "rule to 10.0.0.1/ accept", 1, 9,
	  "\"10.0.0.1/\": the prefix length must be 0 to 32" },
	{ "rule to 10.0.0.1/+8 accept", 1, 9,
	  "\"10.0.0.1/+8\": the prefix length must be 0 to 32" },
	{ "rule to :::: accept", 1, 9,
	  "expected an address, a prefix or @SET, got \"::::\"" },
	{ "rule to ::ffff:1.2.3.4/96 accept", 1, 9,
	  "::ffff:1.2.3.4/96 has host bits set, did you mean "
	  "::ffff:0.0.0.0/96?" },
	{ "rule proto 256 accept", 1, 12,
	  "expected a protocol: a name, or numbers up to 255, got \"256\"" },
	{ "rule proto TCP accept", 1, 12,
	  "expected a protocol: a name, or numbers up to 255, got \"TCP\"" },
	{ "rule proto @x accept", 1, 12,
	  "expected a protocol: a name, or numbers up to 255, got \"@x\"" },
	{ "rule icmp echo accept", 1, 11,
	  "expected an ICMP type, by its name or number, or TYPE/CODE, got "
	  "\"echo\"" },
	{ "rule icmp 256 accept", 1, 11,
	  "expected an ICMP type, by its name or number, or TYPE/CODE, got "
	  "\"256\"" },
	{ "rule icmp 3/256 accept", 1, 11,
	  "expected an ICMP type, by its name or number, or TYPE/CODE, got "
	  "\"3/256\"" },
	{ "rule icmp echo-request/x accept", 1, 11,
	  "expected an ICMP type, by its name or number, or TYPE/CODE, got "
	  "\"echo-request/x\"" },
	{ "rule icmp 4-3 accept", 1, 11, "4-3 ends before it begins" },
	{ "rule icmpv6 timestamp-request accept", 1, 13,
	  "expected an ICMPv6 type, by its name or number, or TYPE/CODE, got "
	  "\"timestamp-request\"" },
	{ "rule tcp-flags syn accept", 1, 16,
	  "expected TCP flags such as syn/syn|ack, got \"syn\"" },
	{ "rule tcp-flags syn/syn| accept", 1, 16,
	  "expected TCP flags such as syn/syn|ack, got \"syn/syn|\"" },
	{ "rule tcp-flags /syn accept", 1, 16,
	  "expected TCP flags such as syn/syn|ack, got \"/syn\"" },
	{ "rule tcp-flags syn/syn|none accept", 1, 16,
	  "expected TCP flags such as syn/syn|ack, got \"syn/syn|none\"" },
	{ "rule tcp-flags syn|rst/syn accept", 1, 16,
	  "syn|rst/syn can never be: flags before the slash must be among "
	  "those behind it" },
	{ "rule family inet accept", 1, 13,
	  "expected ipv4 or ipv6, got \"inet\"" },
	{ "rule direction not in accept", 1, 16,
	  "expected in or out, got \"not\"" },
	{ "rule state new, accept", 1, 17,
	  "expected new, established, related or invalid, got \"accept\"" },
	{ "rule fragment some accept", 1, 15,
	  "expected none, first or later, got \"some\"" },
	{ "rule limit 10 accept", 1, 12,
	  "expected a limit such as 10/second (or minute, or hour), up to "
	  "1000000, got \"10\"" },
	{ "rule limit 0/second accept", 1, 12,
	  "expected a limit such as 10/second (or minute, or hour), up to "
	  "1000000, got \"0/second\"" },
	{ "rule limit 1000001/second accept", 1, 12,
	  "expected a limit such as 10/second (or minute, or hour), up to "
	  "1000000, got \"1000001/second\"" },
	{ "rule limit 1/day accept", 1, 12,
	  "expected a limit such as 10/second (or minute, or hour), up to "
	  "1000000, got \"1/day\"" },
	{ "rule limit 1/hour burst 0 accept", 1, 25,
	  "expected a number from 1 to 1000000, got \"0\"" },

	/* what is declared */
	{ "rule from @x accept", 1, 11, "there is no set \"x\"" },
	{ "rule from 10.0.0.1, @x accept", 1, 21, "there is no set \"x\"" },
	{ "rule group x accept", 1, 12, "there is no group \"x\"" },
	{ "set x port\nrule from @x accept", 2, 11,
	  "set \"x\" is one of type port, not of type address" },
	{ "set x address\nrule dport @x accept", 2, 12,
	  "set \"x\" is one of type address, not of type port" },
	{ "set x address\nrule endpoint @x accept", 2, 15,
	  "set \"x\" is one of type address, not of type endpoint" },
	/* of several mistakes the first one in the file */
	{ "rule from @x accept\nset a port { 1, 1 }\nset a port", 1, 11,
	  "there is no set \"x\"" },
	{ "rule a: accept\nset s port { 1, 1 }\nrule a: accept", 2, 17,
	  "1 is in set \"s\" already" },
};

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

static void test_bad(void **state)
{
	char *copy;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		/* without a zero behind it, and on the heap, for ASan */
		len = strlen(bad[i].text);
		copy = malloc(len ? len : 1);
		assert_non_null(copy);
		memcpy(copy, bad[i].text, len);
		refused(copy, len, bad[i].line, bad[i].column, bad[i].error);
		free(copy);
	}
}

static void test_nul(void **state)
{
	(void)state;
	refused("rule \0drop", 10, 1, 6,
		"expected a word, a string or a mark, got U+0000");
	refused("# a\0b", 5, 1, 4,
		"expected printable text in a comment, got U+0000");
	refused("rule drop comment \"\0\"", 21, 1, 20,
		"expected printable text in a string, got U+0000");
	refused("\0", 1, 1, 1,
		"expected a word, a string or a mark, got U+0000");
}

/* Prefixes of what is good, and what is good with a byte changed, end well */
static void test_cut(void **state)
{
	static const char text[] =
		"set a address { 10.0.0.1, ::1 }\n"
		"group g { endpoint " ID "; policy drop; inside none }\n"
		"rule x: group g from not @a dport 1-2 tcp-flags syn/syn\\\n"
		" log \"a\\\"b\" limit 1/hour burst 2 drop comment "
		"\"\xc3\xa4\"\n";
	struct rules_error error;
	struct rules rules;
	size_t len, i;
	char *copy;

	(void)state;
	for (len = 0; len < sizeof(text); len++) {
		copy = malloc(len ? len : 1);
		assert_non_null(copy);
		for (i = 0; i <= 256; i++) {
			memcpy(copy, text, len);
			if (len)
				copy[len * i / 257] ^= (char)i;
			memset(&error, 0, sizeof(error));
			if (rules_parse(copy, len, &rules, &error) == 0) {
				rules_free(&rules);
				continue;
			}
			assert_true(error.at.line > 0);
			assert_true(error.at.column > 0);
			assert_true(strlen(error.text) > 0);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests_name("rules_errors", tests, NULL, NULL);
}
