// SPDX-License-Identifier: GPL-2.0-only
/*
 * extack.c: what the kernel says about a request, and config_where(): what it
 * points at, in the user's words.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "config.h"
#include "extack.h"

static char buf[ANSWER_SIZE] __attribute__((aligned(8)));

static void test_refusal(void **state)
{
	struct extack extack;
	struct nlmsghdr *nlh;

	(void)state;
	nlh = answer_error(buf, ESTALE, "too late", 52);
	assert_int_equal(extack_decode(nlh, &extack), 0);
	assert_int_equal(extack.code, ESTALE);
	assert_string_equal(extack.text, "too late");
	assert_true(extack.has_offset);
	assert_int_equal(extack.offset, 52);

	nlh = answer_error(buf, EPERM, NULL, 0);
	assert_int_equal(extack_decode(nlh, &extack), 0);
	assert_int_equal(extack.code, EPERM);
	assert_string_equal(extack.text, "");
	assert_false(extack.has_offset);

	nlh = answer_error(buf, 0, NULL, 0);
	assert_int_equal(extack_decode(nlh, &extack), 0);
	assert_int_equal(extack.code, 0);
}

/* A kernel that does not know NETLINK_CAP_ACK quotes the whole request */
static void test_quoted_request(void **state)
{
	char request[ANSWER_SIZE] __attribute__((aligned(8)));
	struct extack extack;
	struct nlmsghdr *nlh, *quoted;
	int code = -EINVAL;

	(void)state;
	quoted = answer_config(request, 3);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_ACK_TLVS;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(code)), &code,
	       sizeof(code));
	memcpy(mnl_nlmsg_put_extra_header(nlh, quoted->nlmsg_len), quoted,
	       quoted->nlmsg_len);
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "after the quote");
	assert_int_equal(extack_decode(nlh, &extack), 0);
	assert_int_equal(extack.code, EINVAL);
	assert_string_equal(extack.text, "after the quote");
}

static void test_done(void **state)
{
	struct extack extack;
	struct nlmsghdr *nlh;
	int code = -EINVAL;

	(void)state;
	assert_int_equal(extack_decode(answer_done(buf), &extack), 0);
	assert_int_equal(extack.code, 0);

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_DONE;
	nlh->nlmsg_flags = NLM_F_MULTI | NLM_F_ACK_TLVS;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(code)), &code,
	       sizeof(code));
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "no filter");
	assert_int_equal(extack_decode(nlh, &extack), 0);
	assert_int_equal(extack.code, EINVAL);
	assert_string_equal(extack.text, "no filter");
}

static void test_terminal_is_safe(void **state)
{
	struct extack extack;

	(void)state;
	assert_int_equal(extack_decode(answer_error(buf, EINVAL,
						    "a\033[2Jb\nc\xff", 0),
				       &extack), 0);
	assert_string_equal(extack.text, "a?[2Jb?c?");
}

static void test_long_sentence(void **state)
{
	struct extack extack;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(extack_decode(answer_error(buf, EINVAL, text, 0),
				       &extack), 0);
	assert_int_equal(strlen(extack.text), sizeof(extack.text) - 1);
}

static void test_bad_codes(void **state)
{
	static const int bad[] = { 1, 4096, -5000, -2147483647 - 1 };
	struct nlmsghdr *nlh;
	struct extack extack;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		nlh = answer_error(buf, 0, NULL, 0);
		memcpy(mnl_nlmsg_get_payload(nlh), &bad[i], sizeof(bad[i]));
		assert_int_equal(extack_decode(nlh, &extack), -1);
	}
}

/* Each length and each byte; the sanitizers watch a copy of exact size */
static void test_mangled(void **state)
{
	struct nlmsghdr *nlh, *copy;
	struct extack extack;
	__u32 len, cut, i;
	int value;

	(void)state;
	nlh = answer_error(buf, EINVAL, "sentence", 20);
	len = nlh->nlmsg_len;
	for (cut = MNL_NLMSG_HDRLEN; cut < len; cut++) {
		copy = malloc(cut);
		memcpy(copy, nlh, cut);
		copy->nlmsg_len = cut;
		extack_decode(copy, &extack);
		copy->nlmsg_flags = NLM_F_ACK_TLVS;
		extack_decode(copy, &extack);
		free(copy);
	}
	for (i = MNL_NLMSG_HDRLEN; i < len; i++) {
		for (value = 0; value < 256; value++) {
			copy = malloc(len);
			memcpy(copy, nlh, len);
			((char *)copy)[i] = (char)value;
			extack_decode(copy, &extack);
			copy->nlmsg_flags &= (__u16)~NLM_F_CAPPED;
			extack_decode(copy, &extack);
			free(copy);
		}
	}
}

static void check_where(const struct config_change *change, int type,
			unsigned int nth, bool inside, const char *expected)
{
	struct extack extack = { .code = EINVAL, .has_offset = true };
	const struct nlattr *attr;
	struct nlmsghdr *nlh;
	char text[64];

	nlh = answer_begin(buf, GWLB_CMD_CONFIG_SET);
	config_encode(nlh, change);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != type || nth--)
			continue;
		extack.offset = (__u32)((const char *)attr -
					(const char *)nlh);
		if (inside)
			extack.offset += MNL_ATTR_HDRLEN + 8;
		break;
	}
	assert_int_not_equal(extack.offset, 0);
	config_where(nlh, &extack, change, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_where(void **state)
{
	const struct peer peers[] = {
		{ { 0x0a, 8 }, "10.0.0.0/8" },
		{ { 0x0100000a, 32 }, "10.0.0.1" },
		{ { 0x0b, 8 }, NULL },
	};
	const struct config_change change = {
		.has_state = true, .has_send_mode = true,
		.has_attach = true, .devices = { "eth0", "eth1" },
		.device_count = 2,
		.has_expect = true, .has_peers = true, .peers = peers,
		.peer_count = 3,
	};

	(void)state;
	check_where(&change, GWLB_A_CONFIG_STATE, 0, false, "state");
	check_where(&change, GWLB_A_CONFIG_SEND_MODE, 0, false, "send-mode");
	check_where(&change, GWLB_A_CONFIG_ATTACH, 0, false, "attach");
	check_where(&change, GWLB_A_CONFIG_DEVICE, 1, false, "eth1");
	check_where(&change, GWLB_A_CONFIG_EXPECT_GENERATION, 0, false,
		    "expect-generation");
	check_where(&change, GWLB_A_CONFIG_PEER, 0, false, "10.0.0.0/8");
	/* as the user wrote it; and an offset into the nest */
	check_where(&change, GWLB_A_CONFIG_PEER, 1, true, "10.0.0.1");
	check_where(&change, GWLB_A_CONFIG_PEER, 2, true, "11.0.0.0/8");
}

static void test_where_nothing(void **state)
{
	const struct config_change change = { .has_state = true };
	struct extack extack = { .code = EINVAL };
	struct nlmsghdr *nlh;
	char text[64];

	(void)state;
	nlh = answer_begin(buf, GWLB_CMD_CONFIG_SET);
	config_encode(nlh, &change);
	config_where(nlh, &extack, &change, text, sizeof(text));
	assert_string_equal(text, "");

	extack.has_offset = true;
	extack.offset = 100000;
	config_where(nlh, &extack, &change, text, sizeof(text));
	assert_string_equal(text, "");

	extack = (struct extack) {
		.code = EINVAL, .miss_type = GWLB_A_CONFIG_SEND_MODE,
	};
	config_where(nlh, &extack, &change, text, sizeof(text));
	assert_string_equal(text, "send-mode");
	extack.miss_type = 70000;
	config_where(nlh, &extack, &change, text, sizeof(text));
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_quoted_request),
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_terminal_is_safe),
		cmocka_unit_test(test_long_sentence),
		cmocka_unit_test(test_bad_codes),
		cmocka_unit_test(test_mangled),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_where_nothing),
	};

	return cmocka_run_group_tests_name("extack", tests, NULL, NULL);
}
