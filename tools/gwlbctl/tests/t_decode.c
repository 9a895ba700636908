// SPDX-License-Identifier: GPL-2.0-only
/*
 * config.c, counter.c, traffic.c, nl.c: messages as the module sends them, and
 * messages as nobody should.
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
#include "config.h"
#include "counter.h"
#include "nl.h"
#include "traffic.h"

static char buf[ANSWER_SIZE] __attribute__((aligned(8)));

static void test_config(void **state)
{
	struct config config;
	char text[CIDR_TEXT];

	(void)state;
	assert_int_equal(config_decode(answer_config(buf, 3), &config), 0);
	assert_int_equal(config.state, GWLB_STATE_UP);
	assert_int_equal(config.send_mode, GWLB_SEND_MODE_REFLECT);
	assert_int_equal(config.generation, 0x80000001);
	assert_string_equal(config.version, "9.8.7");
	assert_int_equal(config.nodes, 3);
	assert_int_equal(config.endpoints, 4);
	assert_int_equal(config.drain, GWLB_DRAIN_ON);
	assert_int_equal(config.attach, GWLB_ATTACH_INGRESS);
	assert_int_equal(config.device_count, 2);
	assert_string_equal(config.devices[0].name, "ens5");
	assert_false(config.devices[0].attached);
	assert_string_equal(config.devices[1].name, "longest-of-all0");
	assert_true(config.devices[1].attached);
	assert_int_equal(config.peer_count, 3);
	cidr_print(&config.peers[0].prefix, text);
	assert_string_equal(text, "10.0.0.0/8");
	cidr_print(&config.peers[2].prefix, text);
	assert_string_equal(text, "10.2.0.0/16");
	config_free(&config);
}

static void test_config_names(void **state)
{
	__u32 mode;

	(void)state;
	assert_string_equal(config_state_name(GWLB_STATE_DOWN), "down");
	assert_string_equal(config_state_name(77), "unknown");
	assert_string_equal(config_send_mode_name(0xffffffff), "unknown");
	assert_int_equal(config_send_mode_parse("reflect", &mode), 0);
	assert_int_equal(mode, GWLB_SEND_MODE_REFLECT);
	assert_int_equal(config_send_mode_parse("ref", &mode), -1);
	assert_string_equal(config_drain_name(GWLB_DRAIN_OFF), "off");
	assert_string_equal(config_drain_name(2), "unknown");
	assert_int_equal(config_drain_parse("on", &mode), 0);
	assert_int_equal(mode, GWLB_DRAIN_ON);
	assert_int_equal(config_drain_parse("yes", &mode), -1);
	assert_string_equal(config_attach_name(GWLB_ATTACH_PREROUTING),
			    "prerouting");
	assert_string_equal(config_attach_name(2), "unknown");
	assert_int_equal(config_attach_parse("ingress", &mode), 0);
	assert_int_equal(mode, GWLB_ATTACH_INGRESS);
	assert_int_equal(config_attach_parse("egress", &mode), -1);
}

/* More devices than there is room for */
static void test_config_devices(void **state)
{
	struct nlmsghdr *nlh;
	struct config config;
	int i;

	(void)state;
	nlh = answer_config(buf, 0);
	for (i = 2; i < GWLB_MAX_DEVICES; i++)
		mnl_attr_put_strz(nlh, GWLB_A_CONFIG_DEVICE, "eth0");
	assert_int_equal(config_decode(nlh, &config), 0);
	assert_int_equal(config.device_count, GWLB_MAX_DEVICES);
	config_free(&config);
	mnl_attr_put_strz(nlh, GWLB_A_CONFIG_DEVICE, "eth0");
	assert_int_equal(config_decode(nlh, &config), -EBADMSG);
	config_free(&config);
}

/* What config-set says is what config-get would have to be read from */
static void test_config_encode(void **state)
{
	const struct peer peers[] = {
		{ { htonl(0x0a000000), 8 }, NULL },
		{ { htonl(0xc0a80101), 32 }, NULL },
	};
	struct config_change change = {
		.has_state = true, .state = GWLB_STATE_UP,
		.has_send_mode = true, .send_mode = GWLB_SEND_MODE_ROUTE,
		.has_drain = true, .drain = GWLB_DRAIN_ON,
		.has_attach = true, .attach = GWLB_ATTACH_INGRESS,
		.devices = { "eth0", "longest-of-all0" }, .device_count = 2,
		.has_peers = true, .peers = peers, .peer_count = 2,
		.has_expect = true, .expect = 5,
	};
	struct nlmsghdr *nlh;
	struct config config;

	(void)state;
	nlh = answer_begin(buf, GWLB_CMD_CONFIG_SET);
	config_encode(nlh, &change);
	assert_true(nlh->nlmsg_len <= MNL_NLMSG_HDRLEN + 4 +
		    config_room(&change));
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_GENERATION, 5);
	mnl_attr_put_strz(nlh, GWLB_A_CONFIG_VERSION, "1");
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_NODES, 0);
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_ENDPOINTS, 0);
	assert_int_equal(config_decode(nlh, &config), 0);
	assert_int_equal(config.drain, GWLB_DRAIN_ON);
	assert_int_equal(config.attach, GWLB_ATTACH_INGRESS);
	assert_int_equal(config.device_count, 2);
	assert_string_equal(config.devices[1].name, "longest-of-all0");
	assert_int_equal(config.peer_count, 2);
	assert_true(cidr_equal(&config.peers[1].prefix, &peers[1].prefix));
	config_free(&config);

	/* nothing is said about what shall not change */
	nlh = answer_begin(buf, GWLB_CMD_CONFIG_SET);
	config_encode(nlh, &(struct config_change) { .has_state = false });
	assert_int_equal(nlh->nlmsg_len,
			 MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr));
}

static void test_counters(void **state)
{
	struct counters counters = { .count = 0 };

	(void)state;
	assert_int_equal(counter_decode(answer_counter(buf, -1, "received",
						       20, 2000),
					&counters), 0);
	assert_true(counters.has_received);
	assert_int_equal(counters.count, 0);
	assert_int_equal(counter_decode(answer_counter(buf, 0, "returned",
						       10, 1000),
					&counters), 0);
	assert_int_equal(counter_decode(answer_counter(buf, 1, "pass-other",
						       6, 600),
					&counters), 0);
	assert_int_equal(counter_decode(answer_counter(buf, 7, NULL, 3, 300),
					&counters), 0);
	/* of a module that is newer than this program */
	assert_int_equal(counter_decode(answer_counter(buf, 9000,
						       "drop-new", 1, 100),
					&counters), 0);
	assert_int_equal(counter_decode(answer_counter(buf, 9001, "odd", 5,
						       500),
					&counters), 0);

	assert_int_equal(counters.received.packets, 20);
	assert_int_equal(counters.count, 5);
	assert_string_equal(counters.list[0].name, "returned");
	assert_string_equal(counters.list[2].name, "reason-7");
	assert_int_equal(counter_class(&counters.list[2]), GWLB_CLASS_DROP);
	assert_int_equal(counter_class(&counters.list[3]), GWLB_CLASS_DROP);
	assert_int_equal(counter_class(&counters.list[4]),
			 COUNTER_CLASS_OTHER);
	assert_non_null(strstr(counter_explain(&counters.list[3]),
			       "older than the module"));
	assert_int_equal(counter_sum(&counters, GWLB_CLASS_DROP).bytes, 400);
	assert_int_equal(counter_missing(&counters), 0);
	counter_free(&counters);
}

static void test_balance(void **state)
{
	struct counter list = { .reason = GWLB_REASON_RETURNED };
	struct counters before = { .list = &list, .count = 1 };
	struct counters after = before;

	(void)state;
	assert_int_equal(counter_balance(&before, &after), BALANCE_OK);

	before.received.packets = 3;
	after.received.packets = 3;
	assert_int_equal(counter_missing(&after), 3);
	assert_int_equal(counter_balance(&before, &after), BALANCE_BROKEN);
	/* traffic, and the difference moves with it */
	after.received.packets = 5;
	assert_int_equal(counter_balance(&before, &after), BALANCE_MOVING);
	/* more fates than packets */
	list.amount.packets = 6;
	assert_int_equal(counter_missing(&after), -1);
}

/* A leak stays the same while packets keep coming */
static void test_balance_leak(void **state)
{
	struct counter old = { .amount = { 100, 0 } };
	struct counter new = { .amount = { 150, 0 } };
	struct counters before = {
		.received = { 101, 0 }, .list = &old, .count = 1,
	};
	struct counters after = {
		.received = { 151, 0 }, .list = &new, .count = 1,
	};

	(void)state;
	assert_int_equal(counter_balance(&before, &after), BALANCE_BROKEN);
}

static void test_endpoint(void **state)
{
	struct endpoints endpoints = { .count = 0 };
	size_t i;

	(void)state;
	/* more than fit at first */
	for (i = 0; i < 40; i++)
		assert_int_equal(traffic_decode_endpoint(
				answer_endpoint(buf, ANSWER_ID + i),
				&endpoints), 0);
	assert_int_equal(traffic_decode_endpoint(answer_endpoint(buf, 0),
						 &endpoints), 0);
	assert_int_equal(endpoints.count, 41);
	assert_false(endpoints.list[39].others);
	assert_true(endpoints.list[39].id == ANSWER_ID + 39);
	assert_true(endpoints.list[40].others);
	assert_int_equal(endpoints.list[0].traffic.received.packets, 11);
	assert_true(endpoints.list[0].traffic.received.bytes == ANSWER_BIG);
	assert_int_equal(endpoints.list[0].traffic.returned.packets, 7);
	assert_int_equal(endpoints.list[0].traffic.returned.bytes, 700);
	assert_int_equal(endpoints.list[0].traffic.dropped.packets, 4);
	assert_int_equal(endpoints.list[0].traffic.dropped.bytes, 400);
	assert_true(endpoints.list[0].traffic.has_idle);
	assert_int_equal(endpoints.list[0].traffic.idle, 3250);
	traffic_free_endpoints(&endpoints);
}

static void test_node(void **state)
{
	struct nodes nodes = { .count = 0 };

	(void)state;
	assert_int_equal(traffic_decode_node(answer_node(buf, ANSWER_ADDRESS),
					     &nodes), 0);
	assert_int_equal(traffic_decode_node(answer_node(buf, NULL), &nodes),
			 0);
	assert_int_equal(nodes.count, 2);
	assert_int_equal(nodes.list[0].address, inet_addr(ANSWER_ADDRESS));
	assert_int_equal(nodes.list[0].local, inet_addr(ANSWER_LOCAL));
	assert_false(nodes.list[0].others);
	assert_true(nodes.list[1].others);
	traffic_free_nodes(&nodes);
}

static int decode_any(const struct nlmsghdr *nlh, void *data)
{
	struct endpoints endpoints = { .count = 0 };
	struct counters counters = { .count = 0 };
	struct nodes nodes = { .count = 0 };
	struct config config;
	int err;

	switch (*(__u8 *)data) {
	case GWLB_CMD_CONFIG_GET:
		err = config_decode(nlh, &config);
		config_free(&config);
		break;
	case GWLB_CMD_COUNTER_GET:
		err = counter_decode(nlh, &counters);
		counter_free(&counters);
		break;
	case GWLB_CMD_NODE_GET:
		err = traffic_decode_node(nlh, &nodes);
		traffic_free_nodes(&nodes);
		break;
	default:
		err = traffic_decode_endpoint(nlh, &endpoints);
		traffic_free_endpoints(&endpoints);
		break;
	}
	return err;
}

static struct nlmsghdr *good(__u8 cmd)
{
	switch (cmd) {
	case GWLB_CMD_CONFIG_GET:
		return answer_config(buf, 2);
	case GWLB_CMD_COUNTER_GET:
		return answer_counter(buf, 3, "name", 1, 2);
	case GWLB_CMD_NODE_GET:
		return answer_node(buf, ANSWER_ADDRESS);
	default:
		return answer_endpoint(buf, ANSWER_ID);
	}
}

static const __u8 commands[] = {
	GWLB_CMD_CONFIG_GET, GWLB_CMD_COUNTER_GET, GWLB_CMD_NODE_GET,
	GWLB_CMD_ENDPOINT_GET,
};

/* Cut at each length that does not end between two attributes: refused */
static void test_truncated(void **state)
{
	struct nlmsghdr *nlh, *copy;
	__u32 cut;
	size_t i;
	__u8 cmd;

	(void)state;
	for (i = 0; i < sizeof(commands); i++) {
		cmd = commands[i];
		nlh = good(cmd);
		assert_int_equal(decode_any(nlh, &cmd), 0);
		for (cut = MNL_NLMSG_HDRLEN; cut < nlh->nlmsg_len; cut++) {
			copy = malloc(cut);
			memcpy(copy, nlh, cut);
			copy->nlmsg_len = cut;
			/* drain and attach, which old modules do not have,
			 * three names and all peers are the end of a config:
			 * one less is a shorter list, and padding is no
			 * attribute
			 */
			if (decode_any(copy, &cmd) == 0)
				assert_true(cmd == GWLB_CMD_CONFIG_GET &&
					    nlh->nlmsg_len - cut <=
					    8 + 8 + 12 + 20 + 20 + 2 * 20);
			free(copy);
		}
	}
}

/* Each byte takes each value: the sanitizers must have nothing to say */
static void test_mangled(void **state)
{
	struct nlmsghdr *nlh, *copy;
	__u32 at;
	int value;
	size_t i;
	__u8 cmd;

	(void)state;
	for (i = 0; i < sizeof(commands); i++) {
		cmd = commands[i];
		nlh = good(cmd);
		for (at = MNL_NLMSG_HDRLEN; at < nlh->nlmsg_len; at++) {
			for (value = 0; value < 256; value++) {
				copy = malloc(nlh->nlmsg_len);
				memcpy(copy, nlh, nlh->nlmsg_len);
				((char *)copy)[at] = (char)value;
				decode_any(copy, &cmd);
				free(copy);
			}
		}
	}
}

/* The next attribute has a zero, too, but that is not the string's end */
static void test_unterminated(void **state)
{
	struct counters counters = { .count = 0 };
	struct nlmsghdr *nlh;

	(void)state;
	nlh = answer_begin(buf, GWLB_CMD_COUNTER_GET);
	mnl_attr_put_u32(nlh, GWLB_A_COUNTER_REASON, 1);
	mnl_attr_put_str(nlh, GWLB_A_COUNTER_NAME, "name");
	mnl_attr_put_u64(nlh, GWLB_A_COUNTER_PACKETS, 1);
	mnl_attr_put_u64(nlh, GWLB_A_COUNTER_BYTES, 1);
	assert_int_equal(counter_decode(nlh, &counters), -EBADMSG);
	assert_int_equal(counters.count, 0);
	counter_free(&counters);
}

/* Bytes without any order; always the same ones, so that a failure stays */
static void test_noise(void **state)
{
	__u32 seed = 1, len, i;
	struct nlmsghdr *nlh;
	int round;
	__u8 cmd;

	(void)state;
	for (round = 0; round < 20000; round++) {
		cmd = commands[round % 4];
		seed = seed * 1664525 + 1013904223;
		len = MNL_NLMSG_HDRLEN + (seed >> 16) % 100;
		nlh = malloc(len);
		for (i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			/* small numbers look like lengths and types */
			((__u8 *)nlh)[i] = (__u8)((seed >> 24) %
						  (round % 2 ? 256 : 12));
		}
		nlh->nlmsg_len = len;
		decode_any(nlh, &cmd);
		free(nlh);
	}
}

static int take(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(int *)data;
	return 0;
}

static int take_none(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return -ENOMEM;
}

/* Puts messages one behind the other */
static size_t append(char *to, size_t len, const struct nlmsghdr *nlh)
{
	memcpy(to + len, nlh, nlh->nlmsg_len);
	return len + MNL_ALIGN(nlh->nlmsg_len);
}

static char stream[8 * ANSWER_SIZE] __attribute__((aligned(8)));

static void test_read_dump(void **state)
{
	int count = 0;
	struct nl_reader reader = {
		.type = ANSWER_FAMILY, .seq = ANSWER_SEQ, .item = take,
		.data = &count,
	};
	struct nlmsghdr *nlh;
	size_t len = 0;

	(void)state;
	/* left over from an earlier request, whatever it may be */
	nlh = answer_error(buf, EINVAL, "of yesterday", 0);
	nlh->nlmsg_seq--;
	len = append(stream, len, nlh);
	len = append(stream, len, answer_counter(buf, 1, "a", 1, 1));
	len = append(stream, len, answer_counter(buf, 2, "b", 1, 1));
	assert_int_equal(nl_read(&reader, stream, len), 1);
	assert_int_equal(count, 2);
	assert_false(reader.interrupted);

	nlh = answer_counter(buf, 3, "c", 1, 1);
	nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
	len = append(stream, 0, nlh);
	len = append(stream, len, answer_done(buf));
	assert_int_equal(nl_read(&reader, stream, len), 0);
	assert_int_equal(count, 3);
	assert_true(reader.interrupted);
}

static void test_read_errors(void **state)
{
	int count = 0;
	struct nl_reader reader = {
		.type = ANSWER_FAMILY, .seq = ANSWER_SEQ, .item = take,
		.data = &count,
	};
	struct nlmsghdr *nlh;
	size_t len;

	(void)state;
	len = append(stream, 0, answer_error(buf, ESTALE, "sentence", 0));
	assert_int_equal(nl_read(&reader, stream, len), -ESTALE);
	assert_string_equal(reader.extack.text, "sentence");

	len = append(stream, 0, answer_error(buf, 0, NULL, 0));
	assert_int_equal(nl_read(&reader, stream, len), 0);

	/* of a family that was not asked */
	nlh = answer_counter(buf, 1, "a", 1, 1);
	nlh->nlmsg_type++;
	len = append(stream, 0, nlh);
	assert_int_equal(nl_read(&reader, stream, len), -EBADMSG);

	nlh = answer_done(buf);
	nlh->nlmsg_type = NLMSG_OVERRUN;
	len = append(stream, 0, nlh);
	assert_int_equal(nl_read(&reader, stream, len), -EIO);

	/* longer than what arrived, and what is no message at all */
	len = append(stream, 0, answer_counter(buf, 1, "a", 1, 1));
	assert_int_equal(nl_read(&reader, stream, len - 4), -EBADMSG);
	assert_int_equal(nl_read(&reader, stream, 7), -EBADMSG);
	memset(stream, 0, 64);
	assert_int_equal(nl_read(&reader, stream, 64), -EBADMSG);

	assert_int_equal(count, 0);
	reader.item = take_none;
	len = append(stream, 0, answer_counter(buf, 1, "a", 1, 1));
	assert_int_equal(nl_read(&reader, stream, len), -ENOMEM);
	/* an answer to a request that has none */
	reader.item = NULL;
	assert_int_equal(nl_read(&reader, stream, len), -EBADMSG);
}

static void test_read_mangled(void **state)
{
	size_t len = 0, at, cut;
	int count, value;
	char *copy;

	(void)state;
	len = append(stream, len, answer_counter(buf, 1, "a", 1, 1));
	len = append(stream, len, answer_error(buf, EINVAL, "no", 20));
	for (cut = 0; cut <= len; cut++) {
		for (at = 0; at < cut; at++) {
			for (value = 0; value < 256; value += 15) {
				struct nl_reader reader = {
					.type = ANSWER_FAMILY,
					.seq = ANSWER_SEQ, .item = take,
					.data = &count,
				};

				copy = malloc(cut);
				memcpy(copy, stream, cut);
				copy[at] = (char)value;
				nl_read(&reader, copy, cut);
				free(copy);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_config_names),
		cmocka_unit_test(test_config_encode),
		cmocka_unit_test(test_config_devices),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_balance_leak),
		cmocka_unit_test(test_endpoint),
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_mangled),
		cmocka_unit_test(test_unterminated),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_read_dump),
		cmocka_unit_test(test_read_errors),
		cmocka_unit_test(test_read_mangled),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
