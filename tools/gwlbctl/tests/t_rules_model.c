// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random rulesets: what is printed is read as the same, what is sent is
 * received as the same, and nothing is different between it and itself.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "rules_diff.h"
#include "rules_netlink.h"
#include "rules_print.h"
#include "rules_text.h"

#define MODELS	5000
#define SETS	6
#define GROUPS	4

static const char *const texts[] = {
	"", "a", "a \"b\" \\ c", "# { } ; ,", "\xc3\xa4\xe2\x82\xac",
	"\xf0\x9f\x98\x80", "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678",
};

/* What has ever been made, so that a generator that makes nothing fails */
static unsigned int seen[RULES_FIELDS], inverted, kept, limits, logs, empties;

static __u32 any(__u32 below)
{
	return (__u32)random() % below;
}

static bool maybe(__u32 one_in)
{
	return any(one_in) == 0;
}

static void random_text(char *text)
{
	size_t len;

	/* the last one is a byte too long, for the sake of its first bytes */
	snprintf(text, RULES_TEXT, "%s",
		 texts[any(sizeof(texts) / sizeof(texts[0]))]);
	len = strlen(text);
	if (len > 10 && maybe(2) && (unsigned char)text[0] < 0x80)
		text[len - any(9)] = '\0';
}

static void random_prefix(struct prefix *prefix)
{
	size_t i;

	memset(prefix, 0, sizeof(*prefix));
	prefix->family = maybe(2) ? AF_INET : AF_INET6;
	for (i = 0; i < prefix_bits(prefix) / 8; i++)
		prefix->address[i] = (__u8)(maybe(2) ? random() : 0);
	prefix_cut(prefix, maybe(2) ? prefix_bits(prefix) :
		   (__u8)any(prefix_bits(prefix) + 1U));
}

static void random_range(struct rules_range *range, __u32 field)
{
	__u32 max = field == GWLB_FIELD_PROTOCOL ? 255 : 65535;
	__u32 small = maybe(2) ? max : 30;

	range->first = (__u16)any(small + 1);
	range->last = range->first;
	if (maybe(3))
		range->last = (__u16)(range->first +
				      any(max - range->first + 1));
	if (field == GWLB_FIELD_ICMP || field == GWLB_FIELD_ICMPV6) {
		if (maybe(2))
			range->first &= 0xff00;
		if (maybe(2))
			range->last |= 0xff;
		if (maybe(2))
			range->first = range->last & 0xff00;
	}
}

static struct rules_value *random_value(struct rules_values *values,
					enum rules_kind kind, __u32 field)
{
	struct rules_value *value = rules_add_value(values, kind);

	assert_non_null(value);
	switch (kind) {
	case RULES_PREFIX:
		random_prefix(&value->prefix);
		break;
	case RULES_RANGE:
		random_range(&value->range, field);
		break;
	case RULES_ID:
		value->id = maybe(2) ? any(9) :
			    (__u64)random() << 40 ^ (__u64)random();
		break;
	default:
		break;
	}
	return value;
}

/* A list without duplicates, in any order */
static void random_list(struct rules_values *values, enum rules_kind kind,
			size_t count, __u32 base)
{
	struct rules_value *value;
	size_t i, j;

	for (i = 0; i < count; i++) {
		value = random_value(values, kind, GWLB_FIELD_SOURCE_PORT);
		if (kind == RULES_ID)
			value->id = (__u64)base << 32 | i;
		if (kind == RULES_RANGE) {
			value->range.first = (__u16)(i * 100 + any(20));
			value->range.last = value->range.first +
					    (__u16)any(50);
		}
		for (j = 0; j < i; j++) {
			if (!rules_compare_values(&values->list[j], value))
				break;
		}
		if (j < i)
			values->count--;
	}
	for (i = 1; i < values->count; i++) {
		struct rules_value swap = values->list[i];

		j = any((__u32)i + 1);
		values->list[i] = values->list[j];
		values->list[j] = swap;
	}
}

static void random_options(struct rules_options *options)
{
	size_t i;

	options->policy = GWLB_VERDICT_ACCEPT + any(3);
	options->pickup = any(3);
	options->refused = any(2);
	options->on_full = any(2);
	if (maybe(2)) {
		options->has_inside = true;
		random_list(&options->inside, RULES_PREFIX, any(4), 0);
	}
	if (maybe(2))
		options->flow_max = 1 + any(5000000);
	if (maybe(2))
		options->flow_max_endpoint = 1 + any(options->flow_max);
	for (i = 0; i < RULES_TIMEOUTS; i++) {
		if (maybe(3))
			options->timeout[i] = (1 + any(100)) *
					      (maybe(2) ? 60 : 1) *
					      (maybe(2) ? 60 : 1);
	}
}

static const __u32 set_types[SETS] = {
	GWLB_SET_TYPE_ADDRESS, GWLB_SET_TYPE_PORT, GWLB_SET_TYPE_ENDPOINT,
	GWLB_SET_TYPE_ADDRESS, GWLB_SET_TYPE_PORT, GWLB_SET_TYPE_ENDPOINT,
};

static void random_sets(struct rules *rules)
{
	static const enum rules_kind kinds[] = {
		RULES_PREFIX, RULES_RANGE, RULES_ID,
	};
	struct rules_set *set;
	char name[RULES_NAME];
	__u32 i;

	for (i = SETS; i; i--) {
		snprintf(name, sizeof(name), "s%u%s", i - 1,
			 i == 1 ? "_23456789.123456789-12345678" : "");
		set = rules_add_set(rules, name, set_types[i - 1]);
		assert_non_null(set);
		set->keep = maybe(3);
		if (!set->keep)
			random_list(&set->elements, kinds[set->type],
				    maybe(3) ? any(40) : any(4), i);
		kept += set->keep;
	}
}

static void random_groups(struct rules *rules)
{
	struct rules_group *group;
	char name[RULES_NAME];
	__u32 i;

	for (i = 0; i < GROUPS; i++) {
		snprintf(name, sizeof(name), "g%u", GROUPS - i);
		group = rules_add_group(rules, name);
		assert_non_null(group);
		group->policy = any(4);
		random_list(&group->endpoints, RULES_ID, any(4), i);
		group->has_inside = maybe(2);
		if (group->has_inside)
			random_list(&group->inside, RULES_PREFIX, any(3), 0);
	}
}

static void random_reference(struct rules_match *match)
{
	static const char *const names[][2] = {
		[GWLB_SET_TYPE_ADDRESS] = { "s0_23456789.123456789-12345678",
					    "s3" },
		[GWLB_SET_TYPE_PORT] = { "s1", "s4" },
		[GWLB_SET_TYPE_ENDPOINT] = { "s2", "s5" },
	};
	__u32 type = GWLB_SET_TYPE_ADDRESS;
	struct rules_value *value;

	if (match->field == GWLB_FIELD_ENDPOINT)
		type = GWLB_SET_TYPE_ENDPOINT;
	if (match->field >= GWLB_FIELD_SOURCE_PORT)
		type = GWLB_SET_TYPE_PORT;
	value = random_value(&match->values, RULES_SET, match->field);
	snprintf(value->name, sizeof(value->name), "%s",
		 names[type][any(2)]);
}

static void random_values(struct rules_match *match)
{
	size_t i, count = 1 + any(3);
	struct rules_value *value;

	for (i = 0; i < count; i++) {
		switch (match->field) {
		case GWLB_FIELD_ENDPOINT:
		case GWLB_FIELD_NODE:
		case GWLB_FIELD_SOURCE:
		case GWLB_FIELD_DESTINATION:
		case GWLB_FIELD_SOURCE_PORT:
		case GWLB_FIELD_DESTINATION_PORT:
			if (maybe(3)) {
				random_reference(match);
				continue;
			}
		}
		switch (match->field) {
		case GWLB_FIELD_ENDPOINT:
			random_value(&match->values, RULES_ID, match->field);
			break;
		case GWLB_FIELD_GROUP:
			value = random_value(&match->values, RULES_GROUP, 0);
			snprintf(value->name, sizeof(value->name), "g%u",
				 1 + any(GROUPS));
			break;
		case GWLB_FIELD_NODE:
		case GWLB_FIELD_SOURCE:
		case GWLB_FIELD_DESTINATION:
			value = random_value(&match->values, RULES_PREFIX, 0);
			while (match->field == GWLB_FIELD_NODE &&
			       value->prefix.family != AF_INET)
				random_prefix(&value->prefix);
			break;
		default:
			random_value(&match->values, RULES_RANGE,
				     match->field);
		}
	}
}

static void random_bits(struct rules_match *match)
{
	const struct name *names = rules_bit_names(match->field);
	__u32 all = 0;

	if (match->field == GWLB_FIELD_TCP_FLAGS) {
		match->mask = any(256);
		match->bits = match->mask & any(256);
		return;
	}
	for (; names->text; names++)
		all |= names->value;
	match->bits = 1 + any(all);
}

static void random_rule(struct rules *rules, __u32 number)
{
	struct rules_rule *rule = rules_add_rule(rules);
	struct rules_match *match;
	__u32 field;

	assert_non_null(rule);
	if (maybe(3))
		snprintf(rule->name, sizeof(rule->name), "r%u", number);
	for (field = 0; field < RULES_FIELDS; field++) {
		if (!maybe(4))
			continue;
		match = rules_add_match(rule, field);
		assert_non_null(match);
		if (field <= GWLB_FIELD_TCP_FLAGS)
			match->invert = maybe(3);
		if (field < GWLB_FIELD_TCP_FLAGS)
			random_values(match);
		else
			random_bits(match);
		seen[field]++;
		inverted += match->invert;
	}
	if (maybe(2))
		random_text(rule->comment);
	rule->verdict = any(4);
	rule->log = !rule->verdict || maybe(3);
	if (rule->log)
		random_text(rule->log_text);
	if (maybe(3)) {
		rule->limit_rate = 1 + any(RULES_LIMIT_MAX);
		rule->limit_unit = any(3);
		rule->limit_burst = maybe(2) ? RULES_BURST :
				    1 + any(RULES_LIMIT_MAX);
	}
	limits += !!rule->limit_rate;
	logs += rule->log;
	empties += !rule->count;
}

static void random_rules(struct rules *rules)
{
	__u32 i, count = any(8);

	rules_init(rules);
	random_options(&rules->options);
	random_sets(rules);
	random_groups(rules);
	for (i = 0; i < count; i++)
		random_rule(rules, i);
	rules_sort(rules);
}

static char *print(const struct rules *rules, size_t *len)
{
	char *text = NULL;
	FILE *to;

	to = open_memstream(&text, len);
	assert_non_null(to);
	rules_print(to, rules);
	fclose(to);
	return text;
}

static void check_text(const struct rules *rules)
{
	struct rules_error error;
	struct rules again;
	size_t len, twice;
	char *text, *more;

	text = print(rules, &len);
	if (rules_parse(text, len, &again, &error) < 0)
		fail_msg("%u:%u: %s in:\n%s", error.at.line, error.at.column,
			 error.text, text);
	more = print(&again, &twice);
	if (strcmp(text, more) != 0 || !rules_equal(rules, &again))
		fail_msg("printed:\n%s\nread as:\n%s", text, more);
	free(more);
	free(text);
	rules_free(&again);
}

static struct nlmsghdr *begin(size_t room)
{
	struct nlmsghdr *nlh;

	room += MNL_NLMSG_HDRLEN + MNL_ALIGN(sizeof(struct genlmsghdr));
	nlh = malloc(room);
	assert_non_null(nlh);
	memset(nlh, 0xa5, room);
	mnl_nlmsg_put_header(nlh);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	return nlh;
}

static void check_netlink(const struct rules *rules)
{
	struct nlmsghdr *nlh, *copy;
	struct rules again;

	/* the heap's limits are those of the room that was asked for */
	nlh = begin(rules_size(rules));
	rules_encode(nlh, rules, NULL);
	assert_int_equal(rules_decode(nlh, &again), 0);
	assert_true(rules_equal(rules, &again));

	/* the same rules are the same bytes, or their counters are lost */
	copy = begin(rules_size(&again));
	rules_encode(copy, &again, NULL);
	assert_int_equal(nlh->nlmsg_len, copy->nlmsg_len);
	assert_memory_equal(nlh, copy, nlh->nlmsg_len);
	rules_free(&again);
	free(copy);
	free(nlh);
}

static int diff(const struct rules *before, const struct rules *after)
{
	char *text = NULL;
	size_t len;
	FILE *to;
	int rc;

	to = open_memstream(&text, &len);
	assert_non_null(to);
	rc = rules_diff(to, before, after);
	fclose(to);
	assert_int_equal(rc, len ? 1 : 0);
	free(text);
	return rc;
}

/* Nothing is printed exactly if nothing would change */
static void check_diff(struct rules *before, struct rules *after)
{
	struct rules_set *was, *is;
	bool same;
	size_t i;

	assert_int_equal(diff(after, after), 0);
	/* a set that keeps its elements is the same whatever it has */
	for (i = 0; i < after->set_count; i++) {
		was = &before->sets[i];
		is = &after->sets[i];
		was->keep = is->keep;
		if (is->keep)
			rules_free_values(&was->elements);
	}
	same = rules_equal(before, after);
	assert_int_equal(diff(before, after), !same);
}

/* Makes one small difference; false if there is nothing to make it in */
static bool change_rule(struct rules_rule *rule, unsigned int which)
{
	struct rules_match *match = rule->count ?
		&rule->matches[any((__u32)rule->count)] : NULL;

	switch (which) {
	case 0:
		rule->comment[0] = rule->comment[0] == 'x' ? 'y' : 'x';
		rule->comment[1] = '\0';
		return true;
	case 1:
		rule->verdict = 1 + rule->verdict % 3;
		return true;
	case 2:
		snprintf(rule->name, sizeof(rule->name), "%s",
			 rule->name[0] ? "" : "other");
		return true;
	case 3:
		rule->limit_unit = (rule->limit_unit + 1) % 3;
		return rule->limit_rate;
	case 4:
		rule->limit_burst ^= 64;
		return rule->limit_rate;
	case 5:
		rule->log_text[0] = rule->log_text[0] == 'x' ? 'y' : 'x';
		rule->log_text[1] = '\0';
		return rule->log;
	case 6:
		if (match && match->field <= GWLB_FIELD_TCP_FLAGS)
			match->invert = !match->invert;
		return match && match->field <= GWLB_FIELD_TCP_FLAGS;
	case 7:
		if (match && match->values.count > 1)
			match->values.count--;
		return match && match->values.count &&
		       match->values.list[match->values.count].kind ==
		       match->values.list[0].kind;
	default:
		if (match && match->field == GWLB_FIELD_TCP_FLAGS)
			match->mask = 0xff & ~match->mask;
		return match && match->field == GWLB_FIELD_TCP_FLAGS;
	}
}

static bool change_options(struct rules_options *options, unsigned int which)
{
	switch (which) {
	case 0:
		options->refused = !options->refused;
		return true;
	case 1:
		options->pickup = (options->pickup + 1) % 3;
		return true;
	case 2:
		options->on_full = !options->on_full;
		return true;
	case 3:
		options->policy = 1 + options->policy % 3;
		return true;
	case 4:
		options->timeout[any(RULES_TIMEOUTS)] += 1;
		return true;
	case 5:
		options->flow_max_endpoint += 1 + options->flow_max;
		return true;
	default:
		options->has_inside = !options->has_inside;
		return !options->inside.count;
	}
}

static bool change_any(struct rules *rules)
{
	struct rules_group *group = &rules->groups[any(GROUPS)];
	struct rules_set *set = &rules->sets[any(SETS)];

	switch (any(4)) {
	case 0:
		return change_options(&rules->options, any(7));
	case 1:
		group->policy = (group->policy + 1) % 4;
		return true;
	case 2:
		if (!set->elements.count)
			return false;
		set->elements.count--;
		return true;
	default:
		if (!rules->rule_count)
			return false;
		return change_rule(&rules->rules[any((__u32)rules->rule_count)],
				   any(9));
	}
}

/* However small it is, a difference is one */
static void test_differences(void **state)
{
	struct rules rules, other;
	unsigned int i, changed = 0;

	(void)state;
	for (i = 0; i < MODELS; i++) {
		srandom(i);
		random_rules(&rules);
		srandom(i);
		random_rules(&other);
		assert_true(rules_equal(&rules, &other));
		if (change_any(&other)) {
			changed++;
			assert_false(rules_equal(&rules, &other));
			assert_int_equal(diff(&rules, &other), 1);
			assert_int_equal(diff(&other, &rules), 1);
		}
		rules_free(&rules);
		rules_free(&other);
	}
	assert_true(changed > MODELS / 2);
}

static void test_random(void **state)
{
	struct rules before, rules;
	unsigned int i;

	(void)state;
	srandom(20261124);
	random_rules(&before);
	for (i = 0; i < MODELS; i++) {
		random_rules(&rules);
		check_text(&rules);
		check_netlink(&rules);
		check_diff(&before, &rules);
		rules_free(&before);
		before = rules;
	}
	rules_free(&before);

	for (i = 0; i < RULES_FIELDS; i++)
		assert_in_range(seen[i], MODELS / 4, MODELS * 4);
	assert_true(inverted > MODELS && kept > MODELS && limits > MODELS);
	assert_true(logs > MODELS && empties > MODELS / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_differences),
	};

	return cmocka_run_group_tests_name("rules_model", tests, NULL, NULL);
}
