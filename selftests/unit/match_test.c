// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_test: module/match.c against what rules are said to mean, case by
 * case; match_random.c has a million random ones. Owns one process; touches
 * nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "match_agree.h"
#include "match_build.h"
#include "match_oracle.h"
#include "match_random.h"
#include "match_values.h"

/* What the module says, if the oracle says the same */
static bool applies(const struct oracle_rule *rule,
		    const struct gwlb_subject *s)
{
	struct built_rules built;
	unsigned int matched = 0;

	build_rules(rule, 1, &built);
	if (!agree(rule, &built, s, &matched))
		fail_msg("the oracle does not agree");
	free_rules(&built);
	return matched;
}

static bool holds(struct oracle_match match, bool invert,
		  const struct gwlb_subject *s)
{
	struct oracle_rule rule = {
		.verdict = GWLB_VERDICT_DROP,
		.n = 1,
		.matches = { match },
	};

	rule.matches[0].invert = invert;
	return applies(&rule, s);
}

static void expect_holds(struct oracle_match match, struct gwlb_subject s)
{
	assert_true(holds(match, false, &s));
	assert_false(holds(match, true, &s));
}

static void expect_fails(struct oracle_match match, struct gwlb_subject s)
{
	assert_false(holds(match, false, &s));
	assert_true(holds(match, true, &s));
}

/* The packet does not have the field. */
static void expect_lacks(struct oracle_match match, struct gwlb_subject s)
{
	assert_false(holds(match, false, &s));
	assert_false(holds(match, true, &s));
}

/* Fields */

static void test_no_condition(void **state)
{
	struct oracle_rule rule = { .verdict = GWLB_VERDICT_DROP };

	(void)state;
	assert_true(applies(&rule, &tcp));
	assert_true(applies(&rule, &icmp6));
	assert_true(applies(&rule, &later));
}

static void test_endpoint(void **state)
{
	struct oracle_set set = {
		.n = 2,
		.elements = { id(5), id(0x0123456789abcdef) },
	};
	struct oracle_match match = one(GWLB_FIELD_ENDPOINT, id(7));

	(void)state;
	expect_fails(match, tcp);
	expect_fails(one(GWLB_FIELD_ENDPOINT, id(0x89abcdef)), tcp);
	add_value(&match, id(0x0123456789abcdef));
	expect_holds(match, tcp);
	expect_holds(match, later);
	expect_holds(one(GWLB_FIELD_ENDPOINT, all_of(&set)), tcp);
	set.n = 1;
	expect_fails(one(GWLB_FIELD_ENDPOINT, all_of(&set)), tcp);
}

/* Being in no group is not the same as having no field "group". */
static void test_group(void **state)
{
	struct oracle_match match = one(GWLB_FIELD_GROUP, group(0));

	(void)state;
	expect_fails(match, tcp);
	expect_fails(match, alone);
	add_value(&match, group(1));
	expect_holds(match, tcp);
	expect_fails(match, alone);
}

static void test_node(void **state)
{
	(void)state;
	expect_holds(one(GWLB_FIELD_NODE, prefix("10.254.0.0", 16)), tcp);
	expect_holds(one(GWLB_FIELD_NODE, prefix("10.254.11.60", 32)), tcp6);
	expect_fails(one(GWLB_FIELD_NODE, prefix("10.254.11.61", 32)), tcp);
	expect_fails(one(GWLB_FIELD_NODE, prefix("::", 0)), tcp6);
}

static void test_source(void **state)
{
	struct oracle_set set = {
		.n = 2,
		.elements = { prefix("10.0.0.0", 31), prefix("::", 0) },
	};
	struct oracle_match match =
		one(GWLB_FIELD_SOURCE, prefix("10.0.0.1", 32));

	(void)state;
	expect_holds(match, tcp);
	expect_holds(match, later);
	expect_fails(match, tcp6);
	expect_fails(one(GWLB_FIELD_SOURCE, prefix("10.0.0.0", 32)), tcp);
	expect_fails(one(GWLB_FIELD_SOURCE, prefix("11.0.0.2", 32)), tcp);
	expect_holds(one(GWLB_FIELD_SOURCE, prefix("0.0.0.0", 0)), tcp);
	expect_fails(one(GWLB_FIELD_SOURCE, prefix("0.0.0.0", 0)), tcp6);
	add_value(&match, prefix("2001:db8::", 127));
	expect_holds(match, tcp6);
	expect_holds(one(GWLB_FIELD_SOURCE, all_of(&set)), tcp);
	expect_holds(one(GWLB_FIELD_SOURCE, all_of(&set)), tcp6);
	set.n = 1;
	expect_fails(one(GWLB_FIELD_SOURCE, all_of(&set)), tcp6);
}

static void test_destination(void **state)
{
	(void)state;
	expect_holds(one(GWLB_FIELD_DESTINATION, prefix("11.0.0.0", 8)), tcp);
	expect_fails(one(GWLB_FIELD_DESTINATION, prefix("10.0.0.0", 8)), tcp);
	expect_holds(one(GWLB_FIELD_DESTINATION, prefix("10.0.0.0", 7)), tcp);
	expect_holds(one(GWLB_FIELD_DESTINATION, prefix("2001:db8::2", 128)),
		     icmp6);
	expect_fails(one(GWLB_FIELD_DESTINATION, prefix("2001:db8::3", 128)),
		     icmp6);
	expect_fails(one(GWLB_FIELD_DESTINATION, prefix("::", 0)), icmp);
}

static void test_protocol(void **state)
{
	struct oracle_match match = one(GWLB_FIELD_PROTOCOL, range(17, 17));

	(void)state;
	expect_holds(match, udp);
	expect_fails(match, tcp);
	add_value(&match, range(5, 7));
	expect_holds(match, tcp);
	expect_holds(match, later);
	expect_fails(match, esp);
	expect_holds(one(GWLB_FIELD_PROTOCOL, range(0, 255)), esp);
	expect_holds(one(GWLB_FIELD_PROTOCOL, range(58, 58)), icmp6);
	expect_fails(one(GWLB_FIELD_PROTOCOL, range(58, 58)), icmp);
}

static void test_ports(void **state)
{
	struct oracle_set set = {
		.n = 1,
		.elements = { range(440, 443) },
	};
	struct oracle_match dport =
		one(GWLB_FIELD_DESTINATION_PORT, range(443, 443));
	struct oracle_match sport =
		one(GWLB_FIELD_SOURCE_PORT, range(32768, 65535));

	(void)state;
	expect_holds(dport, tcp);
	expect_holds(dport, udp);
	expect_fails(one(GWLB_FIELD_SOURCE_PORT, range(443, 443)), tcp);
	expect_holds(sport, tcp);
	expect_fails(one(GWLB_FIELD_DESTINATION_PORT, range(32768, 65535)),
		     tcp);
	expect_fails(one(GWLB_FIELD_DESTINATION_PORT, range(444, 500)), tcp);
	expect_fails(one(GWLB_FIELD_DESTINATION_PORT, range(0, 442)), tcp);
	expect_holds(one(GWLB_FIELD_DESTINATION_PORT, all_of(&set)), tcp);
	set.elements[0].last = 442;
	expect_fails(one(GWLB_FIELD_DESTINATION_PORT, all_of(&set)), tcp);

	dport = one(GWLB_FIELD_DESTINATION_PORT, range(0, 65535));
	sport = one(GWLB_FIELD_SOURCE_PORT, range(0, 65535));
	expect_lacks(dport, icmp);
	expect_lacks(sport, icmp6);
	expect_lacks(dport, esp);
	expect_lacks(sport, later);
}

static void test_icmp(void **state)
{
	struct oracle_match match = one(GWLB_FIELD_ICMP, range(0x300, 0x3ff));
	struct gwlb_subject odd = icmp6;

	(void)state;
	expect_holds(match, icmp);
	expect_holds(one(GWLB_FIELD_ICMP, range(0x304, 0x304)), icmp);
	expect_fails(one(GWLB_FIELD_ICMP, range(0x305, 0x305)), icmp);
	expect_fails(one(GWLB_FIELD_ICMP, range(0x800, 0x8ff)), icmp);
	match = one(GWLB_FIELD_ICMP, range(0, 0xffff));
	expect_lacks(match, icmp6);
	expect_lacks(match, tcp);
	/* Nobody knows what ICMP means in IPv6, and the other way round. */
	odd.proto = IPPROTO_ICMP;
	expect_lacks(match, odd);
	odd = icmp;
	odd.fragment = GWLB_FRAGMENT_LATER;
	expect_lacks(match, odd);
	odd.fragment = GWLB_FRAGMENT_FIRST;
	expect_holds(match, odd);
}

static void test_icmpv6(void **state)
{
	struct oracle_match match = one(GWLB_FIELD_ICMPV6,
					range(0x8000, 0x80ff));
	struct gwlb_subject odd = icmp;

	(void)state;
	expect_holds(match, icmp6);
	expect_fails(one(GWLB_FIELD_ICMPV6, range(0x8001, 0x80ff)), icmp6);
	match = one(GWLB_FIELD_ICMPV6, range(0, 0xffff));
	expect_lacks(match, icmp);
	expect_lacks(match, udp);
	odd.proto = IPPROTO_ICMPV6;
	expect_lacks(match, odd);
	odd = icmp6;
	odd.fragment = GWLB_FRAGMENT_LATER;
	expect_lacks(match, odd);
}

static void test_tcp_flags(void **state)
{
	struct gwlb_subject answer = tcp;

	(void)state;
	answer.tcp_flags = 0x12;
	expect_holds(flags(0x02, 0x17), tcp);
	expect_fails(flags(0x02, 0x17), answer);
	expect_holds(flags(0x02, 0x02), answer);
	expect_holds(flags(0x00, 0x04), tcp);
	expect_fails(flags(0x00, 0xff), tcp);
	expect_holds(flags(0x00, 0x00), tcp);
	expect_lacks(flags(0x00, 0xff), udp);
	expect_lacks(flags(0x00, 0xff), later);
	expect_lacks(flags(0x00, 0x00), icmp6);
}

static void test_family(void **state)
{
	(void)state;
	expect_holds(bits(GWLB_FIELD_FAMILY, GWLB_FAMILY_IPV4), tcp);
	expect_fails(bits(GWLB_FIELD_FAMILY, GWLB_FAMILY_IPV4), tcp6);
	expect_holds(bits(GWLB_FIELD_FAMILY, GWLB_FAMILY_IPV6), icmp6);
	expect_holds(bits(GWLB_FIELD_FAMILY,
			  GWLB_FAMILY_IPV4 | GWLB_FAMILY_IPV6), later);
}

static void test_direction(void **state)
{
	struct gwlb_subject in = tcp;

	(void)state;
	in.direction = GWLB_DIRECTION_IN;
	expect_holds(bits(GWLB_FIELD_DIRECTION, GWLB_DIRECTION_OUT), tcp);
	expect_fails(bits(GWLB_FIELD_DIRECTION, GWLB_DIRECTION_OUT), in);
	expect_holds(bits(GWLB_FIELD_DIRECTION, GWLB_DIRECTION_IN), in);
	expect_holds(bits(GWLB_FIELD_DIRECTION,
			  GWLB_DIRECTION_IN | GWLB_DIRECTION_OUT), in);
}

static void test_connection(void **state)
{
	struct gwlb_subject s = tcp;

	(void)state;
	expect_holds(bits(GWLB_FIELD_CONNECTION, GWLB_CONNECTION_NEW), s);
	expect_fails(bits(GWLB_FIELD_CONNECTION,
			  GWLB_CONNECTION_ESTABLISHED |
			  GWLB_CONNECTION_RELATED |
			  GWLB_CONNECTION_INVALID), s);
	s.connection = GWLB_CONNECTION_INVALID;
	expect_holds(bits(GWLB_FIELD_CONNECTION, GWLB_CONNECTION_INVALID), s);
	expect_fails(bits(GWLB_FIELD_CONNECTION, GWLB_CONNECTION_NEW), s);
	s.connection = GWLB_CONNECTION_RELATED;
	expect_holds(bits(GWLB_FIELD_CONNECTION, GWLB_CONNECTION_RELATED |
			  GWLB_CONNECTION_NEW), s);
	expect_fails(bits(GWLB_FIELD_CONNECTION,
			  GWLB_CONNECTION_ESTABLISHED), s);
}

static void test_fragment(void **state)
{
	struct gwlb_subject first = tcp;

	(void)state;
	first.fragment = GWLB_FRAGMENT_FIRST;
	expect_holds(bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_NONE), tcp);
	expect_fails(bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_NONE), first);
	expect_holds(bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_FIRST), first);
	expect_fails(bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_LATER), first);
	expect_holds(bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_LATER), later);
	expect_fails(bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_NONE |
			  GWLB_FRAGMENT_FIRST), later);
}

/* None of nothing holds, so that "not" nothing does. */
static void test_nothing(void **state)
{
	struct oracle_set empty = { 0 };

	(void)state;
	expect_fails(no_values(GWLB_FIELD_ENDPOINT), tcp);
	expect_fails(no_values(GWLB_FIELD_GROUP), tcp);
	expect_fails(no_values(GWLB_FIELD_SOURCE), tcp);
	expect_fails(no_values(GWLB_FIELD_PROTOCOL), tcp);
	expect_fails(no_values(GWLB_FIELD_DESTINATION_PORT), tcp);
	expect_lacks(no_values(GWLB_FIELD_DESTINATION_PORT), icmp);
	expect_fails(bits(GWLB_FIELD_FAMILY, 0), tcp);
	expect_fails(bits(GWLB_FIELD_DIRECTION, 0), tcp);
	expect_fails(bits(GWLB_FIELD_CONNECTION, 0), tcp);
	expect_fails(bits(GWLB_FIELD_FRAGMENT, 0), tcp);
	expect_fails(one(GWLB_FIELD_SOURCE, all_of(&empty)), tcp);
	expect_fails(one(GWLB_FIELD_SOURCE_PORT, all_of(&empty)), tcp);
	expect_fails(one(GWLB_FIELD_ENDPOINT, all_of(&empty)), tcp);
}

static void test_all_must_hold(void **state)
{
	struct oracle_rule rule = {
		.n = 3,
		.matches = {
			one(GWLB_FIELD_SOURCE, prefix("10.0.0.0", 8)),
			one(GWLB_FIELD_PROTOCOL, range(6, 6)),
			one(GWLB_FIELD_DESTINATION_PORT, range(443, 443)),
		},
	};
	struct gwlb_subject s = tcp;

	(void)state;
	assert_true(applies(&rule, &s));
	s.dport = htons(80);
	assert_false(applies(&rule, &s));
	s = tcp;
	s.src.ip = htonl(0x0b000001);
	assert_false(applies(&rule, &s));
	assert_false(applies(&rule, &udp));
}

/* Who lets flows begin lets them go on; who does not, does not end them. */
static void test_live(void **state)
{
	struct oracle_rule rule = { .n = 1 };
	struct gwlb_subject s = tcp;
	static const struct {
		unsigned int bits;
		bool invert;
		bool accept;
		bool drop;
	} rows[] = {
		{ GWLB_CONNECTION_NEW, false, true, false },
		{ GWLB_CONNECTION_ESTABLISHED, false, true, true },
		{ GWLB_CONNECTION_RELATED, false, false, false },
		{ GWLB_CONNECTION_INVALID, false, false, false },
		{ GWLB_CONNECTION_NEW, true, true, true },
		{ GWLB_CONNECTION_ESTABLISHED, true, true, false },
		{ GWLB_CONNECTION_NEW | GWLB_CONNECTION_ESTABLISHED, true,
		  false, false },
	};
	unsigned int i;

	(void)state;
	s.connection = GWLB_CONNECTION_ESTABLISHED;
	s.live = true;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rule.matches[0] = bits(GWLB_FIELD_CONNECTION, rows[i].bits);
		rule.matches[0].invert = rows[i].invert;
		rule.verdict = GWLB_VERDICT_ACCEPT;
		assert_int_equal(applies(&rule, &s), rows[i].accept);
		rule.verdict = GWLB_VERDICT_DROP;
		assert_int_equal(applies(&rule, &s), rows[i].drop);
		rule.verdict = GWLB_VERDICT_REJECT;
		assert_int_equal(applies(&rule, &s), rows[i].drop);
		rule.verdict = GWLB_VERDICT_CONTINUE;
		assert_int_equal(applies(&rule, &s), rows[i].drop);
	}
	/* It is not enough to be established. */
	s.live = false;
	rule.matches[0] = bits(GWLB_FIELD_CONNECTION, GWLB_CONNECTION_NEW);
	rule.verdict = GWLB_VERDICT_ACCEPT;
	assert_false(applies(&rule, &s));
	/* What else the rule says must hold, too. */
	s.live = true;
	assert_true(applies(&rule, &s));
	rule.n = 2;
	rule.matches[1] = one(GWLB_FIELD_PROTOCOL, range(17, 17));
	assert_false(applies(&rule, &s));
}

static void test_related_scope(void **state)
{
	struct oracle_rule rule = { .verdict = GWLB_VERDICT_DROP };
	struct gwlb_subject s = icmp;

	(void)state;
	s.connection = GWLB_CONNECTION_RELATED;
	s.scope = GWLB_SCOPE_RELATED;
	assert_false(applies(&rule, &s));
	rule.n = 1;
	rule.matches[0] = bits(GWLB_FIELD_CONNECTION, GWLB_CONNECTION_RELATED |
			       GWLB_CONNECTION_INVALID);
	assert_true(applies(&rule, &s));
	/* It would hold, but it does not name it. */
	rule.matches[0] = bits(GWLB_FIELD_CONNECTION, GWLB_CONNECTION_NEW);
	rule.matches[0].invert = true;
	assert_false(applies(&rule, &s));
	s.scope = GWLB_SCOPE_ALL;
	assert_true(applies(&rule, &s));
	/* It names it, and all else must hold as ever. */
	s.scope = GWLB_SCOPE_RELATED;
	rule.n = 2;
	rule.matches[0] = bits(GWLB_FIELD_CONNECTION, GWLB_CONNECTION_RELATED);
	rule.matches[1] = one(GWLB_FIELD_ICMP, range(0x300, 0x303));
	assert_false(applies(&rule, &s));
	s.icmp_code = 3;
	assert_true(applies(&rule, &s));
}

static void test_later_scope(void **state)
{
	struct oracle_rule rule = { .verdict = GWLB_VERDICT_ACCEPT };
	struct gwlb_subject s = later;

	(void)state;
	s.scope = GWLB_SCOPE_LATER;
	assert_false(applies(&rule, &s));
	rule.n = 1;
	rule.matches[0] = bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_LATER);
	assert_true(applies(&rule, &s));
	rule.matches[0] = bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_FIRST);
	rule.matches[0].invert = true;
	assert_false(applies(&rule, &s));
	s.scope = GWLB_SCOPE_ALL;
	assert_true(applies(&rule, &s));
	s.scope = GWLB_SCOPE_LATER;
	rule.n = 2;
	rule.matches[0] = bits(GWLB_FIELD_FRAGMENT, GWLB_FRAGMENT_LATER);
	rule.matches[1] = one(GWLB_FIELD_DESTINATION_PORT, range(0, 65535));
	assert_false(applies(&rule, &s));
	rule.matches[1] = one(GWLB_FIELD_PROTOCOL, range(6, 6));
	assert_true(applies(&rule, &s));
}

/* Two rules apply at most. */
static void expect_order(const struct oracle_rule *rules, unsigned int n,
			 const struct gwlb_subject *s, u32 first, u32 second)
{
	struct gwlb_candidates c;
	struct built_rules built;

	build_rules(rules, n, &built);
	gwlb_index_find(&built.index, s, &c);
	assert_int_equal(gwlb_match(built.rules, &c, s), first);
	assert_int_equal(gwlb_match(built.rules, &c, s), second);
	assert_int_equal(gwlb_match(built.rules, &c, s), GWLB_NO_RULE);
	free_rules(&built);
}

static void test_order(void **state)
{
	const struct oracle_rule rules[] = {
		{ .n = 1, .matches = { one(GWLB_FIELD_PROTOCOL,
					   range(17, 17)) } },
		{ .n = 0 },
		{ .n = 1, .matches = { one(GWLB_FIELD_PROTOCOL,
					   range(6, 6)) } },
	};

	(void)state;
	expect_order(rules, 3, &tcp, 1, 2);
	expect_order(rules, 3, &udp, 0, 1);
	expect_order(rules, 2, &tcp, 1, GWLB_NO_RULE);
	expect_order(rules, 1, &tcp, GWLB_NO_RULE, GWLB_NO_RULE);
	expect_order(rules, 0, &tcp, GWLB_NO_RULE, GWLB_NO_RULE);
}

static unsigned int n_classes(struct oracle_match match)
{
	struct oracle_rule rule = { .n = 1, .matches = { match } };
	struct built_rules built;
	unsigned int n;

	build_rules(&rule, 1, &built);
	n = __builtin_popcount(built.rules[0].classes);
	free_rules(&built);
	return n;
}

/* Most rules should be passed by at one look. */
static void test_classes(void **state)
{
	struct oracle_match match = one(GWLB_FIELD_PROTOCOL, range(6, 6));

	(void)state;
	/* TCP and later fragments, by two families and two directions */
	assert_int_equal(n_classes(match), 8);
	/* All but TCP */
	match.invert = true;
	assert_int_equal(n_classes(match), 16);
	assert_int_equal(n_classes(one(GWLB_FIELD_SOURCE_PORT,
				       range(1, 1))), 8);
	assert_int_equal(n_classes(one(GWLB_FIELD_ICMP, range(1, 1))), 2);
	assert_int_equal(n_classes(flags(0x02, 0x02)), 4);
	assert_int_equal(n_classes(one(GWLB_FIELD_SOURCE,
				       prefix("10.0.0.0", 8))), 10);
	assert_int_equal(n_classes(bits(GWLB_FIELD_DIRECTION,
					GWLB_DIRECTION_IN)), 10);
	assert_int_equal(n_classes(bits(GWLB_FIELD_FRAGMENT,
					GWLB_FRAGMENT_LATER)), 4);
	assert_int_equal(n_classes(one(GWLB_FIELD_PROTOCOL,
				       range(50, 50))), 8);
	assert_int_equal(n_classes(bits(GWLB_FIELD_FAMILY, 0)), 0);
}

#define TEST(f)	{ #f, test_ ## f, NULL, NULL, NULL }

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(no_condition),
		TEST(endpoint),
		TEST(group),
		TEST(node),
		TEST(source),
		TEST(destination),
		TEST(protocol),
		TEST(ports),
		TEST(icmp),
		TEST(icmpv6),
		TEST(tcp_flags),
		TEST(family),
		TEST(direction),
		TEST(connection),
		TEST(fragment),
		TEST(nothing),
		TEST(all_must_hold),
		TEST(live),
		TEST(related_scope),
		TEST(later_scope),
		TEST(order),
		TEST(classes),
		TEST(random),
	};

	cmocka_set_test_filter(getenv("ONLY"));
	set_packets();
	return !!_cmocka_run_group_tests("match", tests,
					 sizeof(tests) / sizeof(tests[0]),
					 NULL, NULL);
}
