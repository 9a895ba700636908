// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules_encode.c, rules_map.c, rules_decode.c, ruleset.c: large lists, where
 * in a file an attribute comes from, and messages that make no sense.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "rules_netlink.h"
#include "rules_text.h"
#include "ruleset.h"

static char buf[ANSWER_SIZE] __attribute__((aligned(8)));

static const char good[] =
	"policy drop\n"						/* 1 */
	"timeout udp 5m; flow-max 7; inside 1.0.0.0/8\n"	/* 2 */
	"set a address { 10.0.0.1,\n"				/* 3 */
	"  ::1 }\n"						/* 4 */
	"set p port\n"						/* 5 */
	"group g { endpoint vpce-0123456789abcdef0; policy drop;\n" /* 6 */
	"  inside 10.0.0.0/8 }\n"				/* 7 */
	"rule one: group g from @a,\n"				/* 8 */
	"  ::2 dport not 80 tcp-flags syn/syn log \"text\"\n"	/* 9 */
	"\n"							/* 10 */
	"  rule limit 1/hour accept comment \"text\"\n";	/* 11 */

static struct nlmsghdr *begin(size_t room)
{
	struct nlmsghdr *nlh;

	room += MNL_NLMSG_HDRLEN + MNL_ALIGN(sizeof(struct genlmsghdr));
	nlh = malloc(room);
	assert_non_null(nlh);
	memset(nlh, 0, room);
	mnl_nlmsg_put_header(nlh);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	return nlh;
}

static struct nlmsghdr *encode(const char *text, struct rules_map *map)
{
	struct rules_error error;
	struct nlmsghdr *nlh;
	struct rules rules;

	if (rules_parse(text, strlen(text), &rules, &error) < 0)
		fail_msg("%u:%u: %s", error.at.line, error.at.column,
			 error.text);
	nlh = begin(rules_size(&rules));
	rules_encode(nlh, &rules, map);
	rules_free(&rules);
	return nlh;
}

/**
 * struct walk - a walk over all attributes of a message
 * @nlh: the message
 * @map: where they come from
 * @count: how many have been seen
 */
struct walk {
	const struct nlmsghdr *nlh;
	const struct rules_map *map;
	unsigned int count;
};

/* The attributes in the order of the message: depth, type, line, column */
static const struct {
	unsigned int type;
	__u32 line;
	__u32 column;
} places[] = {
	{ GWLB_A_RULESET_OPTIONS, 0, 0 },
	{ GWLB_A_OPTIONS_POLICY, 1, 1 },
	{ GWLB_A_OPTIONS_INSIDE, 2, 36 },
	{ GWLB_A_PREFIX_ADDRESS, 2, 36 },
	{ GWLB_A_PREFIX_PREFIX_LEN, 2, 36 },
	{ GWLB_A_OPTIONS_FLOW_MAX, 2, 17 },
	{ GWLB_A_OPTIONS_TIMEOUT_UDP, 2, 9 },
	{ GWLB_A_RULESET_SET, 3, 1 },
	{ GWLB_A_SET_NAME, 3, 1 },
	{ GWLB_A_SET_TYPE, 3, 1 },
	{ GWLB_A_RULESET_SET, 5, 1 },
	{ GWLB_A_SET_NAME, 5, 1 },
	{ GWLB_A_SET_TYPE, 5, 1 },
	{ GWLB_A_SET_KEEP, 5, 1 },
	{ GWLB_A_RULESET_VALUES, 3, 17 },
	{ GWLB_A_VALUES_SET, 3, 17 },
	{ GWLB_A_VALUES_PREFIX, 3, 17 },
	{ GWLB_A_PREFIX_ADDRESS, 3, 17 },
	{ GWLB_A_PREFIX_PREFIX_LEN, 3, 17 },
	{ GWLB_A_VALUES_PREFIX, 4, 3 },
	{ GWLB_A_PREFIX_ADDRESS, 4, 3 },
	{ GWLB_A_PREFIX_PREFIX_LEN, 4, 3 },
	{ GWLB_A_RULESET_GROUP, 6, 1 },
	{ GWLB_A_GROUP_NAME, 6, 1 },
	{ GWLB_A_GROUP_ENDPOINT, 6, 20 },
	{ GWLB_A_GROUP_POLICY, 6, 1 },
	{ GWLB_A_GROUP_INSIDE, 7, 10 },
	{ GWLB_A_PREFIX_ADDRESS, 7, 10 },
	{ GWLB_A_PREFIX_PREFIX_LEN, 7, 10 },
	{ GWLB_A_RULESET_RULE, 8, 1 },
	{ GWLB_A_RULE_NAME, 8, 1 },
	{ GWLB_A_RULE_MATCH, 8, 11 },
	{ GWLB_A_MATCH_FIELD, 8, 11 },
	{ GWLB_A_MATCH_GROUP, 8, 17 },
	{ GWLB_A_RULE_MATCH, 8, 19 },
	{ GWLB_A_MATCH_FIELD, 8, 19 },
	{ GWLB_A_MATCH_SET, 8, 24 },
	{ GWLB_A_MATCH_PREFIX, 9, 3 },
	{ GWLB_A_PREFIX_ADDRESS, 9, 3 },
	{ GWLB_A_PREFIX_PREFIX_LEN, 9, 3 },
	{ GWLB_A_RULE_MATCH, 9, 7 },
	{ GWLB_A_MATCH_FIELD, 9, 7 },
	{ GWLB_A_MATCH_INVERT, 9, 7 },
	{ GWLB_A_MATCH_RANGE, 9, 17 },
	{ GWLB_A_RULE_MATCH, 9, 20 },
	{ GWLB_A_MATCH_FIELD, 9, 20 },
	{ GWLB_A_MATCH_BITS, 9, 20 },
	{ GWLB_A_MATCH_MASK, 9, 20 },
	{ GWLB_A_RULE_LOG, 8, 1 },
	{ GWLB_A_RULE_LOG_TEXT, 8, 1 },
	{ GWLB_A_RULESET_RULE, 11, 3 },
	{ GWLB_A_RULE_COMMENT, 11, 3 },
	{ GWLB_A_RULE_LIMIT_RATE, 11, 3 },
	{ GWLB_A_RULE_LIMIT_UNIT, 11, 3 },
	{ GWLB_A_RULE_LIMIT_BURST, 11, 3 },
	{ GWLB_A_RULE_VERDICT, 11, 3 },
	{ GWLB_A_RULESET_CONFIRM, 0, 0 },
};

static void visit(struct walk *walk, const struct nlattr *attr)
{
	__u32 offset = (__u32)((const char *)attr - (const char *)walk->nlh);
	struct rules_pos at = { 0, 0 };
	const struct nlattr *inner;
	unsigned int i = walk->count++;

	assert_true(i < sizeof(places) / sizeof(places[0]));
	assert_int_equal(mnl_attr_get_type(attr), places[i].type);
	assert_int_equal(rules_map_find(walk->map, offset, &at),
			 places[i].line != 0);
	if (at.line != places[i].line || at.column != places[i].column)
		fail_msg("attribute %u: %u:%u, expected %u:%u", i, at.line,
			 at.column, places[i].line, places[i].column);
	if (!(attr->nla_type & NLA_F_NESTED))
		return;
	mnl_attr_for_each_nested(inner, attr)
		visit(walk, inner);
}

static void test_places(void **state)
{
	struct rules_map map = { .count = 0 };
	struct walk walk = { .count = 0 };
	const struct nlattr *attr;
	struct rules_error error;
	struct nlmsghdr *nlh;
	struct rules rules;

	(void)state;
	assert_int_equal(rules_parse(good, strlen(good), &rules, &error), 0);
	nlh = begin(rules_size(&rules) + 64);
	rules_encode(nlh, &rules, &map);
	mnl_attr_put_u32(nlh, GWLB_A_RULESET_CONFIRM, 60);
	rules_free(&rules);
	assert_false(map.failed);
	walk.nlh = nlh;
	walk.map = &map;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		visit(&walk, attr);
	assert_int_equal(walk.count, sizeof(places) / sizeof(places[0]));
	rules_map_free(&map);
	free(nlh);
}

static void test_no_place(void **state)
{
	struct rules_map map = { .count = 0 };
	struct rules_pos at;

	(void)state;
	assert_false(rules_map_find(&map, 0, &at));
	assert_false(rules_map_find(&map, 4711, &at));
}

/* More than a nest can hold, of each type */
static void test_many_elements(void **state)
{
	static const enum rules_kind kinds[] = {
		[GWLB_SET_TYPE_ADDRESS] = RULES_PREFIX,
		[GWLB_SET_TYPE_PORT] = RULES_RANGE,
		[GWLB_SET_TYPE_ENDPOINT] = RULES_ID,
	};
	const struct nlattr *attr;
	struct rules rules, again;
	struct rules_value *value;
	struct nlmsghdr *nlh;
	struct rules_set *set;
	unsigned int nests;
	__u32 type, i;

	(void)state;
	for (type = 0; type <= GWLB_SET_TYPE_ENDPOINT; type++) {
		rules_init(&rules);
		set = rules_add_set(&rules, "a23456789_123456789_12345678901",
				    type);
		assert_non_null(set);
		for (i = 0; i < 40000; i++) {
			value = rules_add_value(&set->elements, kinds[type]);
			assert_non_null(value);
			if (type == GWLB_SET_TYPE_PORT) {
				value->range.first = (__u16)i;
				value->range.last = (__u16)i;
			} else if (type == GWLB_SET_TYPE_ENDPOINT) {
				value->id = i;
			} else {
				value->prefix.family = i % 2 ? AF_INET :
						       AF_INET6;
				memcpy(value->prefix.address, &i, sizeof(i));
				value->prefix.length =
					prefix_bits(&value->prefix);
			}
		}
		rules_sort(&rules);
		nlh = begin(rules_size(&rules));
		rules_encode(nlh, &rules, NULL);
		nests = 0;
		mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
			nests++;
		assert_in_range(nests, 6, 20);
		assert_int_equal(rules_decode(nlh, &again), 0);
		assert_true(rules_equal(&rules, &again));
		rules_free(&again);
		rules_free(&rules);
		free(nlh);
	}
}

/* Of all that may come instead of a message, nothing does any harm */
static void test_damaged(void **state)
{
	struct nlmsghdr *nlh, *copy;
	struct rules rules;
	__u32 len, i;
	int err;

	(void)state;
	nlh = encode(good, NULL);
	for (len = MNL_NLMSG_HDRLEN; len < nlh->nlmsg_len; len++) {
		copy = malloc(len);
		assert_non_null(copy);
		memcpy(copy, nlh, len);
		copy->nlmsg_len = len;
		err = rules_decode(copy, &rules);
		assert_true(err == 0 || err == -EBADMSG || err == -ESTALE);
		rules_free(&rules);
		free(copy);
	}

	srandom(20261124);
	copy = malloc(nlh->nlmsg_len);
	assert_non_null(copy);
	for (i = 0; i < 200000; i++) {
		memcpy(copy, nlh, nlh->nlmsg_len);
		for (len = 0; len < 1 + i % 3; len++)
			((__u8 *)copy)[20 + (__u32)random() %
				       (nlh->nlmsg_len - 20)] =
				(__u8)random();
		err = rules_decode(copy, &rules);
		assert_true(err == 0 || err == -EBADMSG || err == -ESTALE);
		rules_free(&rules);
	}
	free(copy);
	free(nlh);
}

static void put_options(struct nlmsghdr *nlh, __u32 policy)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, GWLB_A_RULESET_OPTIONS);
	mnl_attr_put_u32(nlh, GWLB_A_OPTIONS_POLICY, policy);
	mnl_attr_put_u32(nlh, GWLB_A_OPTIONS_FLOW_MAX, 1048576);
	mnl_attr_put_u32(nlh, GWLB_A_OPTIONS_FLOW_MAX_ENDPOINT, 524288);
	mnl_attr_put_u32(nlh, GWLB_A_OPTIONS_TIMEOUT_UDP, 119);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *info_with(__u32 policy)
{
	struct nlmsghdr *nlh = answer_begin(buf, GWLB_CMD_RULESET_GET);

	mnl_attr_put_u32(nlh, GWLB_A_RULESET_GENERATION, 0x80000001);
	put_options(nlh, policy);
	mnl_attr_put_u32(nlh, GWLB_A_RULESET_RULES, 1);
	mnl_attr_put_u32(nlh, GWLB_A_RULESET_GROUPS, 2);
	mnl_attr_put_u32(nlh, GWLB_A_RULESET_SETS, 3);
	mnl_attr_put_u32(nlh, GWLB_A_RULESET_FLOWS, 4);
	return nlh;
}

static void test_info(void **state)
{
	struct ruleset_info info;
	struct nlmsghdr *nlh;
	__u32 i;

	(void)state;
	nlh = info_with(GWLB_VERDICT_DROP);
	assert_int_equal(ruleset_decode_info(nlh, &info), 0);
	assert_int_equal(info.generation, 0x80000001);
	assert_int_equal(info.rules, 1);
	assert_int_equal(info.groups, 2);
	assert_int_equal(info.sets, 3);
	assert_int_equal(info.flows, 4);
	assert_false(info.pending);
	assert_int_equal(info.options.policy, GWLB_VERDICT_DROP);
	assert_int_equal(info.options.timeout[GWLB_A_OPTIONS_TIMEOUT_UDP -
			 GWLB_A_OPTIONS_TIMEOUT_TCP_SYN], 119);
	ruleset_free_info(&info);

	mnl_attr_put_u32(nlh, GWLB_A_RULESET_CONFIRM, 59);
	assert_int_equal(ruleset_decode_info(nlh, &info), 0);
	assert_true(info.pending);
	assert_int_equal(info.confirm, 59);
	ruleset_free_info(&info);

	for (i = nlh->nlmsg_len - 1; i >= 20; i--) {
		nlh->nlmsg_len = i;
		assert_true(ruleset_decode_info(nlh, &info) <= 0);
		ruleset_free_info(&info);
	}
	nlh = info_with(GWLB_VERDICT_CONTINUE);
	assert_int_equal(ruleset_decode_info(nlh, &info), -EBADMSG);
	ruleset_free_info(&info);
}

static void test_tally(void **state)
{
	struct ruleset ruleset = { .room = 0 };
	struct ruleset_tally tally;
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	(void)state;
	nlh = answer_begin(buf, GWLB_CMD_RULE_GET);
	mnl_attr_put_u32(nlh, GWLB_A_TALLY_INDEX, 1);
	nest = mnl_attr_nest_start(nlh, GWLB_A_TALLY_RULE);
	mnl_attr_put_strz(nlh, GWLB_A_RULE_NAME, "a");
	mnl_attr_put_strz(nlh, GWLB_A_RULE_COMMENT, "\xc3\xa4\n\xff");
	mnl_attr_put_u32(nlh, GWLB_A_RULE_VERDICT, GWLB_VERDICT_REJECT);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put_u64(nlh, GWLB_A_TALLY_PACKETS, ANSWER_BIG);
	mnl_attr_put_u64(nlh, GWLB_A_TALLY_BYTES, 5);
	assert_int_equal(ruleset_decode_tally(nlh, &tally), 0);
	assert_int_equal(tally.index, 1);
	assert_string_equal(tally.rule.name, "a");
	/* a terminal does not obey it, and a file can be read again */
	assert_string_equal(tally.rule.comment, "\xc3\xa4??");
	assert_int_equal(tally.rule.verdict, GWLB_VERDICT_REJECT);
	assert_true(tally.amount.packets == ANSWER_BIG);
	assert_int_equal(ruleset_add_tally(&ruleset, &tally), 0);

	nlh = answer_begin(buf, GWLB_CMD_RULE_GET);
	mnl_attr_put_u32(nlh, GWLB_A_TALLY_POLICY, GWLB_VERDICT_DROP);
	mnl_attr_put_strz(nlh, GWLB_A_TALLY_GROUP, "g");
	mnl_attr_put_u64(nlh, GWLB_A_TALLY_PACKETS, 6);
	mnl_attr_put_u64(nlh, GWLB_A_TALLY_BYTES, 7);
	assert_int_equal(ruleset_decode_tally(nlh, &tally), 0);
	assert_int_equal(tally.index, 0);
	assert_int_equal(ruleset_add_tally(&ruleset, &tally), 0);

	assert_int_equal(ruleset.rules.rule_count, 1);
	assert_true(ruleset.counts[0].bytes == 5);
	assert_int_equal(ruleset.policy_count, 1);
	assert_string_equal(ruleset.policies[0].group, "g");
	assert_true(ruleset.policies[0].amount.bytes == 7);
	ruleset_free(&ruleset);

	nlh = answer_begin(buf, GWLB_CMD_RULE_GET);
	mnl_attr_put_u32(nlh, GWLB_A_TALLY_POLICY, 77);
	mnl_attr_put_u64(nlh, GWLB_A_TALLY_PACKETS, 6);
	mnl_attr_put_u64(nlh, GWLB_A_TALLY_BYTES, 7);
	assert_int_equal(ruleset_decode_tally(nlh, &tally), -EBADMSG);
	nlh = answer_begin(buf, GWLB_CMD_RULE_GET);
	mnl_attr_put_u32(nlh, GWLB_A_TALLY_POLICY, GWLB_VERDICT_DROP);
	assert_int_equal(ruleset_decode_tally(nlh, &tally), -EBADMSG);
}

/* One match of a rule, with one attribute in it that does not fit */
static int match_with(__u32 field, __u16 type, const void *data, size_t len)
{
	struct rules_rule rule;
	struct nlattr *outer, *nest;
	struct nlmsghdr *nlh;
	int err;

	nlh = answer_begin(buf, GWLB_CMD_RULE_GET);
	outer = mnl_attr_nest_start(nlh, GWLB_A_TALLY_RULE);
	nest = mnl_attr_nest_start(nlh, GWLB_A_RULE_MATCH);
	mnl_attr_put_u32(nlh, GWLB_A_MATCH_FIELD, field);
	mnl_attr_put(nlh, type, len, data);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, outer);
	err = rules_decode_rule(outer, &rule);
	rules_free_rule(&rule);
	return err;
}

/* The one element of a set, a prefix of so many bytes and bits */
static int prefix_with(size_t bytes, __u8 bits)
{
	const __u8 address[20] = { 10, 0, 0, 0x80 };
	struct nlattr *values, *nest;
	struct nlmsghdr *nlh;
	struct rules rules;
	int err;

	rules_init(&rules);
	assert_non_null(rules_add_set(&rules, "a", GWLB_SET_TYPE_ADDRESS));
	nlh = answer_begin(buf, GWLB_CMD_ELEMENT_GET);
	values = mnl_attr_nest_start(nlh, GWLB_A_RULESET_VALUES);
	mnl_attr_put_strz(nlh, GWLB_A_VALUES_SET, "a");
	nest = mnl_attr_nest_start(nlh, GWLB_A_VALUES_PREFIX);
	mnl_attr_put(nlh, GWLB_A_PREFIX_ADDRESS, bytes, address);
	mnl_attr_put_u8(nlh, GWLB_A_PREFIX_PREFIX_LEN, bits);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, values);
	err = rules_decode_elements(values, &rules);
	rules_free(&rules);
	return err;
}

static void test_bad_prefix(void **state)
{
	(void)state;
	assert_int_equal(prefix_with(4, 25), 0);
	assert_int_equal(prefix_with(4, 32), 0);
	assert_int_equal(prefix_with(16, 128), 0);
	assert_int_equal(prefix_with(4, 24), -EBADMSG);
	assert_int_equal(prefix_with(4, 33), -EBADMSG);
	assert_int_equal(prefix_with(16, 24), -EBADMSG);
	assert_int_equal(prefix_with(16, 129), -EBADMSG);
	assert_int_equal(prefix_with(3, 24), -EBADMSG);
	assert_int_equal(prefix_with(20, 32), -EBADMSG);
}

static void test_bad_match(void **state)
{
	const __u32 range = 5 << 16 | 6, turned = 6 << 16 | 5, wide = 0x100;

	(void)state;
	assert_int_equal(match_with(GWLB_FIELD_PROTOCOL, GWLB_A_MATCH_RANGE,
				    &range, 4), 0);
	assert_int_equal(match_with(GWLB_FIELD_PROTOCOL, GWLB_A_MATCH_RANGE,
				    &turned, 4), -EBADMSG);
	assert_int_equal(match_with(GWLB_FIELD_PROTOCOL, GWLB_A_MATCH_RANGE,
				    &range, 3), -EBADMSG);
	assert_int_equal(match_with(RULES_FIELDS, GWLB_A_MATCH_RANGE, &range,
				    4), -EBADMSG);
	assert_int_equal(match_with(GWLB_FIELD_GROUP, GWLB_A_MATCH_GROUP,
				    "abc", 4), 0);
	assert_int_equal(match_with(GWLB_FIELD_GROUP, GWLB_A_MATCH_GROUP,
				    "abc", 3), -EBADMSG);
	assert_int_equal(match_with(GWLB_FIELD_FAMILY, GWLB_A_MATCH_BITS,
				    &wide, 4), -EBADMSG);
	assert_int_equal(match_with(GWLB_FIELD_ENDPOINT, GWLB_A_MATCH_ID,
				    &range, 4), -EBADMSG);
	assert_int_equal(match_with(GWLB_FIELD_SOURCE, GWLB_A_MATCH_PREFIX,
				    &range, 4), -EBADMSG);
	/* what is newer than this program */
	assert_int_equal(match_with(GWLB_FIELD_SOURCE, 77, &range, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_no_place),
		cmocka_unit_test(test_many_elements),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_bad_match),
		cmocka_unit_test(test_bad_prefix),
	};

	return cmocka_run_group_tests_name("rules_netlink", tests, NULL, NULL);
}
