// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow.c, event.c, packet.c: flows, events and packets as the module sends
 * them, and as nobody should; and what becomes of them as text.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "answer_flow.h"
#include "attr.h"
#include "event.h"
#include "flow.h"
#include "flow_filter.h"
#include "flow_print.h"
#include "packet.h"

static char buf[ANSWER_SIZE] __attribute__((aligned(8)));
static char printed[2048];

/* Runs a printer into @printed */
#define PRINT(call) do { \
	FILE *to = fmemopen(printed, sizeof(printed), "w"); \
	\
	assert_non_null(to); \
	call; \
	fclose(to); \
} while (0)

static void test_flow(void **state)
{
	struct flow flow;

	(void)state;
	assert_int_equal(flow_decode(answer_flow(buf, GWLB_CMD_FLOW_GET),
				     &flow), 0);
	PRINT(flow_print(to, &flow));
	assert_string_equal(printed,
			    "tcp tcp-established src=10.1.2.3 dst=192.0.2.9 sport=40000 dport=443 packets=12 bytes=3456 reply-packets=10 reply-bytes=18364758544493064720 verdict=accept rule=3 direction=out endpoint=vpce-0123456789abcdef0 group=blue node=10.20.30.40 cookie=0xc0ffee01 age=1m01s idle=1.2s expires=6m38s id=17");
	assert_true(flow.endpoint == ANSWER_ID);
	assert_false(flow.has_icmp_type);
	assert_false(flow.has_end);

	assert_int_equal(flow_decode(answer_flow_icmpv6(buf,
							GWLB_CMD_FLOW_GET),
				     &flow), 0);
	PRINT(flow_print(to, &flow));
	assert_string_equal(printed,
			    "ipv6-icmp new src=fd00::1 dst=2001:db8::2 type=128 icmp-id=77 packets=12 bytes=3456 reply-packets=10 reply-bytes=18364758544493064720 verdict=accept direction=out endpoint=vpce-0123456789abcdef0 node=10.20.30.40 cookie=0xc0ffee01 age=1m01s idle=1.2s expires=6m38s id=18");

	/* of a module that is newer, and whose table of endpoints is full */
	assert_int_equal(flow_decode(answer_flow_bare(buf, GWLB_CMD_FLOW_GET),
				     &flow), 0);
	PRINT(flow_print(to, &flow));
	assert_memory_equal(printed, "200 unknown src=10.1.2.3 dst=192.0.2.9 packets=12",
			    48);
	assert_null(strstr(printed, "endpoint="));
}

static void test_summary(void **state)
{
	char text[FLOW_SUMMARY];
	struct flow flow;

	(void)state;
	flow_decode(answer_flow(buf, GWLB_CMD_FLOW_GET), &flow);
	flow_summary(&flow, text);
	assert_string_equal(text, "tcp 10.1.2.3:40000 > 192.0.2.9:443");
	flow_decode(answer_flow_icmpv6(buf, GWLB_CMD_FLOW_GET), &flow);
	flow_summary(&flow, text);
	assert_string_equal(text, "ipv6-icmp fd00::1 > 2001:db8::2");
	flow.has_icmp_type = false;
	flow_summary(&flow, text);
	assert_string_equal(text, "ipv6-icmp [fd00::1]:77 > 2001:db8::2");
}

static void test_flushed(void **state)
{
	struct nlmsghdr *nlh;
	__u32 flushed;

	(void)state;
	assert_int_equal(flow_decode_flushed(answer_flushed(buf, 0xfffffffe),
					     &flushed), 0);
	assert_int_equal(flushed, 0xfffffffe);
	nlh = answer_begin(buf, GWLB_CMD_FLOW_FLUSH);
	assert_int_equal(flow_decode_flushed(nlh, &flushed), -EBADMSG);
}

/* Addresses of two families, or of none */
static void test_families(void **state)
{
	static const size_t lengths[] = { 0, 3, 5, 8, 15, 17, 4, 16 };
	__u8 address[20] = { 10 };
	struct nlmsghdr *nlh;
	struct nlattr *attr;
	struct flow flow;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		nlh = answer_flow(buf, GWLB_CMD_FLOW_GET);
		mnl_attr_for_each(attr, nlh, 4)
			if (mnl_attr_get_type(attr) == GWLB_A_FLOW_SOURCE)
				attr->nla_type = GWLB_A_FLOW_PAD;
		mnl_attr_put(nlh, GWLB_A_FLOW_SOURCE, lengths[i], address);
		assert_int_equal(flow_decode(nlh, &flow),
				 lengths[i] == 4 ? 0 : -EBADMSG);
	}
}

static int parse(const char *line, struct flow_filter *filter, char why[256])
{
	static char copy[256];
	const char *args[32];
	int count = 0;
	char *word;

	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		args[count++] = word;
	return flow_filter_parse(args, count, filter, why, 256);
}

/* What is asked for, as the module would see it */
static void test_filter(void **state)
{
	const struct nlattr *tb[GWLB_A_FLOW_MAX + 1];
	const struct nlattr *prefix[GWLB_A_PREFIX_MAX + 1];
	struct flow_filter filter;
	struct nlmsghdr *nlh;
	char why[256];

	(void)state;
	assert_int_equal(parse("endpoint vpce-0123456789abcdef0 group blue proto tcp from 10.0.0.0/8 to fd00::1 sport 1 dport 65535 state tcp-closing id 18446744073709551615",
			       &filter, why), 0);
	nlh = answer_begin(buf, GWLB_CMD_FLOW_GET);
	flow_encode(nlh, &filter);
	assert_true(nlh->nlmsg_len < 256);
	assert_int_equal(attr_parse_msg(nlh, tb, GWLB_A_FLOW_MAX), 0);
	assert_true(mnl_attr_get_u64(tb[GWLB_A_FLOW_ID]) == ~0ULL);
	assert_true(mnl_attr_get_u64(tb[GWLB_A_FLOW_ENDPOINT]) == ANSWER_ID);
	assert_string_equal(mnl_attr_get_str(tb[GWLB_A_FLOW_GROUP]), "blue");
	assert_int_equal(mnl_attr_get_u8(tb[GWLB_A_FLOW_PROTOCOL]), 6);
	assert_int_equal(mnl_attr_get_u16(tb[GWLB_A_FLOW_SOURCE_PORT]), 1);
	assert_int_equal(mnl_attr_get_u16(tb[GWLB_A_FLOW_DESTINATION_PORT]),
			 65535);
	assert_int_equal(mnl_attr_get_u32(tb[GWLB_A_FLOW_STATE]),
			 GWLB_FLOW_STATE_TCP_CLOSING);
	assert_int_equal(attr_parse_nest(tb[GWLB_A_FLOW_SOURCE_PREFIX], prefix,
					 GWLB_A_PREFIX_MAX), 0);
	assert_int_equal(mnl_attr_get_payload_len(
				prefix[GWLB_A_PREFIX_ADDRESS]), 4);
	assert_int_equal(mnl_attr_get_u8(prefix[GWLB_A_PREFIX_PREFIX_LEN]), 8);
	assert_int_equal(attr_parse_nest(tb[GWLB_A_FLOW_DESTINATION_PREFIX],
					 prefix, GWLB_A_PREFIX_MAX), 0);
	assert_int_equal(mnl_attr_get_payload_len(
				prefix[GWLB_A_PREFIX_ADDRESS]), 16);
	assert_int_equal(mnl_attr_get_u8(prefix[GWLB_A_PREFIX_PREFIX_LEN]),
			 128);
}

/* Nothing is asked about what was not said */
static void test_one_filter(void **state)
{
	static const struct {
		const char *line;
		int type;
	} table[] = {
		{ "", -1 },
		{ "id 1", GWLB_A_FLOW_ID },
		{ "endpoint vpce-00000000000000001", GWLB_A_FLOW_ENDPOINT },
		{ "group x", GWLB_A_FLOW_GROUP },
		{ "proto 0", GWLB_A_FLOW_PROTOCOL },
		{ "sport 0", GWLB_A_FLOW_SOURCE_PORT },
		{ "dport 0", GWLB_A_FLOW_DESTINATION_PORT },
		{ "state new", GWLB_A_FLOW_STATE },
		{ "from 0.0.0.0/0", GWLB_A_FLOW_SOURCE_PREFIX },
		{ "to ::/0", GWLB_A_FLOW_DESTINATION_PREFIX },
	};
	const struct nlattr *tb[GWLB_A_FLOW_MAX + 1];
	struct flow_filter filter;
	struct nlmsghdr *nlh;
	char why[256];
	size_t i;
	int type;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(parse(table[i].line, &filter, why), 0);
		nlh = answer_begin(buf, GWLB_CMD_FLOW_GET);
		flow_encode(nlh, &filter);
		assert_int_equal(attr_parse_msg(nlh, tb, GWLB_A_FLOW_MAX), 0);
		for (type = 0; type <= GWLB_A_FLOW_MAX; type++)
			assert_int_equal(!!tb[type], type == table[i].type);
	}
}

static void test_bad_filter(void **state)
{
	static const struct {
		const char *line;
		int err;
		const char *why;
	} table[] = {
		{ "from", -EINVAL, "\"from\" needs a value" },
		{ "nonsense x", -EINVAL, "unknown filter \"nonsense\"" },
		{ "sport 1 sport 1", -EINVAL, "twice" },
		{ "sport 65536", -EINVAL, "0 to 65535" },
		{ "sport -1", -EINVAL, "0 to 65535" },
		{ "dport 1-2", -EINVAL, "0 to 65535" },
		{ "proto 256", -EINVAL, "a name or 0 to 255" },
		{ "proto tcpp", -EINVAL, "a name or 0 to 255" },
		{ "id 18446744073709551616", -EINVAL, "number of a flow" },
		{ "id 0x1", -EINVAL, "number of a flow" },
		{ "state syn", -EINVAL, "there are new established tcp-syn" },
		{ "from 10.0.0.1/8", -ERANGE, "did you mean 10.0.0.0/8?" },
		{ "to x", -EINVAL, "not an address or prefix" },
		{ "endpoint x", -EINVAL, "vpce-" },
		{ "group 0123456789012345678901234567890x", -EINVAL,
		  "name of a group" },
	};
	struct flow_filter filter;
	char why[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(parse(table[i].line, &filter, why),
				 table[i].err);
		if (!strstr(why, table[i].why))
			fail_msg("%s: %s", table[i].line, why);
	}
}

/* Only the part behind the time, which depends on the machine's time zone */
static const char *event_text(struct nlmsghdr *nlh)
{
	struct event event;

	assert_int_equal(event_decode(nlh, &event), 0);
	assert_true(event.time == ANSWER_TIME);
	PRINT(event_print(to, &event));
	assert_memory_equal(printed + 19, ".012345 ", 8);
	return printed + 27;
}

static void test_events(void **state)
{
	struct event event;
	__u8 packet[40];

	(void)state;
	assert_memory_equal(event_text(answer_flow(buf,
						   GWLB_CMD_FLOW_NEW_EVENT)),
			    "new tcp tcp-established src=", 28);
	assert_memory_equal(event_text(answer_flow(buf,
						   GWLB_CMD_FLOW_END_EVENT)),
			    "end reason=refused tcp tcp-established src=", 43);
	assert_null(strstr(printed, "expires="));
	assert_string_equal(event_text(answer_rules_event(buf, 0xffffffff)),
			    "rules generation=4294967295");
	assert_string_equal(event_text(answer_log(buf, false, packet,
						  answer_packet(packet))),
			    "log rule=2 tcp src=10.1.2.3 dst=192.0.2.9 sport=40000 dport=443 flags=syn|ece ttl=63 length=1500 endpoint=vpce-0123456789abcdef0 cookie=0xc0ffee01");
	assert_string_equal(event_text(answer_log(buf, true, packet, 0)),
			    "log rule=2 name=web text=\"a \\\"\xc3\xa4\\\" \\\\ ??\" not an IP packet length=1500 endpoint=vpce-0123456789abcdef0 cookie=0xc0ffee01 lost=3");

	/* an end without a reason, and a reason without an end */
	assert_int_equal(event_decode(answer_flow(buf, GWLB_CMD_FLOW_GET),
				      &event), 0);
	assert_int_equal(event.kind, 0);
	((struct genlmsghdr *)mnl_nlmsg_get_payload(
		answer_flow(buf, GWLB_CMD_FLOW_END_EVENT)))->cmd =
			GWLB_CMD_FLOW_NEW_EVENT;
	assert_int_equal(event_decode((void *)buf, &event), -EBADMSG);
	((struct genlmsghdr *)mnl_nlmsg_get_payload(
		answer_flow(buf, GWLB_CMD_FLOW_NEW_EVENT)))->cmd =
			GWLB_CMD_FLOW_END_EVENT;
	assert_int_equal(event_decode((void *)buf, &event), -EBADMSG);
}

static struct nlmsghdr *good(int which)
{
	static __u8 packet[40];
	size_t len = answer_packet(packet);

	switch (which) {
	case 0:
		return answer_flow(buf, GWLB_CMD_FLOW_END_EVENT);
	case 1:
		return answer_flow_icmpv6(buf, GWLB_CMD_FLOW_NEW_EVENT);
	case 2:
		return answer_log(buf, true, packet, len);
	default:
		return answer_rules_event(buf, 1);
	}
}

/* Formats it, too: what was decoded may be anything */
static int use(const struct nlmsghdr *nlh)
{
	struct event event;
	int err;

	err = event_decode(nlh, &event);
	if (!err && event.kind) {
		PRINT(event_print(to, &event));
		json_decref(event_json(&event));
	}
	return err;
}

/* Which attributes an event of @cmd can do without */
static bool is_optional(__u8 cmd, __u16 type)
{
	if (cmd == GWLB_CMD_LOG_EVENT)
		return type == GWLB_A_EVENT_NAME || type == GWLB_A_EVENT_TEXT;
	if (cmd == GWLB_CMD_RULESET_EVENT)
		return false;
	return type == GWLB_A_FLOW_ENDPOINT || type == GWLB_A_FLOW_GROUP ||
	       type == GWLB_A_FLOW_SOURCE_PORT ||
	       type == GWLB_A_FLOW_DESTINATION_PORT ||
	       type == GWLB_A_FLOW_ICMP_TYPE || type == GWLB_A_FLOW_RULE;
}

/* Without one of the attributes, and with one of a wrong size */
static void test_missing(void **state)
{
	struct nlmsghdr *nlh, *copy;
	struct nlattr *attr;
	__u16 type, at;
	int which;
	__u8 cmd;

	(void)state;
	for (which = 0; which < 4; which++) {
		nlh = good(which);
		cmd = ((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->cmd;
		mnl_attr_for_each(attr, nlh, 4) {
			type = mnl_attr_get_type(attr);
			at = (__u16)((char *)attr - (char *)nlh);
			copy = malloc(nlh->nlmsg_len);
			memcpy(copy, nlh, nlh->nlmsg_len);
			/* of no use to anybody: beyond all that are known */
			((struct nlattr *)((char *)copy + at))->nla_type = 999;
			assert_int_equal(use(copy), is_optional(cmd, type) ?
					 0 : -EBADMSG);
			free(copy);
		}
	}
}

static void test_truncated(void **state)
{
	struct nlmsghdr *nlh, *copy;
	__u32 cut;
	int which;

	(void)state;
	for (which = 0; which < 4; which++) {
		nlh = good(which);
		assert_int_equal(use(nlh), 0);
		for (cut = MNL_NLMSG_HDRLEN; cut < nlh->nlmsg_len; cut++) {
			copy = malloc(cut);
			memcpy(copy, nlh, cut);
			copy->nlmsg_len = cut;
			/* the rule comes last, and is optional */
			if (use(copy) == 0)
				assert_true(which == 0 &&
					    nlh->nlmsg_len - cut <= 8);
			free(copy);
		}
	}
}

/* Each byte takes each value: the sanitizers must have nothing to say */
static void test_mangled(void **state)
{
	struct nlmsghdr *nlh, *copy;
	int which, value;
	__u32 at;

	(void)state;
	for (which = 0; which < 4; which++) {
		nlh = good(which);
		for (at = MNL_NLMSG_HDRLEN; at < nlh->nlmsg_len; at++) {
			for (value = 0; value < 256; value += 3) {
				copy = malloc(nlh->nlmsg_len);
				memcpy(copy, nlh, nlh->nlmsg_len);
				((char *)copy)[at] = (char)value;
				use(copy);
				free(copy);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_flushed),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_one_filter),
		cmocka_unit_test(test_bad_filter),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_mangled),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
