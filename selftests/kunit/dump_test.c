// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump_test: a dump of elements that somebody leaves for as long as it takes to
 * have all that it could be told by come round. That it reads nothing that was
 * freed KASAN sees.
 */
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "netlink_gen.h"
#include "ruleset_build.h"
#include "set.h"

#define PORTS		400
/* For a few of them */
#define ANSWER_SIZE	256

/**
 * struct dump - a dump of elements, as the kernel's netlink goes through it
 * @sock: what asks, of which only its namespace is looked at
 * @attrs: the request's attributes: there are none
 * @info: where they are
 * @request: the request
 * @cb: how far it has come
 */
struct dump {
	struct sock sock;
	struct nlattr *attrs[GWLB_A_RULESET_MAX + 1];
	struct genl_dumpit_info info;
	struct sk_buff *request;
	struct netlink_callback cb;
};

static struct dump *dump_begin(struct kunit *test)
{
	struct dump *dump = kunit_kzalloc(test, sizeof(*dump), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dump);
	sock_net_set(&dump->sock, &init_net);
	dump->info.attrs = dump->attrs;
	dump->request = nlmsg_new(GENL_HDRLEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dump->request);
	dump->cb.skb = dump->request;
	dump->cb.nlh = nlmsg_put(dump->request, 0, 1, NLMSG_MIN_TYPE,
				 GENL_HDRLEN, NLM_F_DUMP);
	dump->cb.data = &dump->info;
	gwlb_nl_element_get_start(&dump->cb);
	return dump;
}

static void dump_end(struct dump *dump)
{
	gwlb_nl_element_get_done(&dump->cb);
	nlmsg_free(dump->request);
}

/* The next message; how long it is, 0 at the end. */
static int dump_next(struct kunit *test, struct dump *dump)
{
	struct sk_buff *skb = alloc_skb(ANSWER_SIZE, GFP_KERNEL);
	int len;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->sk = &dump->sock;
	len = gwlb_nl_element_get_dumpit(skb, &dump->cb);
	skb->sk = NULL;
	kfree_skb(skb);
	return len;
}

static void make_ports(struct kunit *test)
{
	struct request r;
	u16 port;

	request_begin(test, &r);
	request_set(&r, "ports", false);
	for (port = 1; port <= PORTS; port++)
		request_port(&r, "ports", port);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);
}

/* As the request that empties it does, and whoever waits until it is freed */
static void flush(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);

	mutex_lock(&gn->rules_lock);
	KUNIT_EXPECT_EQ(test, gwlb_set_flush(rules_now(test)->sets[0]), 0);
	gwlb_ruleset_changed(gn);
	mutex_unlock(&gn->rules_lock);
	rcu_barrier();
}

static void whole_test(struct kunit *test)
{
	struct dump *dump;
	int len, n = 0, sum = 0;

	make_ports(test);
	dump = dump_begin(test);
	while ((len = dump_next(test, dump)) > 0) {
		sum += len;
		n++;
	}
	KUNIT_EXPECT_EQ(test, len, 0);
	KUNIT_EXPECT_GE(test, n, 2);
	KUNIT_EXPECT_GE(test, sum, PORTS * (NLA_HDRLEN + sizeof(u32)));
	dump_end(dump);
}

/* 2^32 changes later the generation is what it was, and 0 was "no dump yet". */
static void come_round_test(struct kunit *test)
{
	static const u32 generations[] = { 7, U32_MAX - 1, U32_MAX };
	struct dump *dump;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(generations); i++) {
		make_ports(test);
		rules_now(test)->generation = generations[i];
		dump = dump_begin(test);
		KUNIT_EXPECT_GT(test, dump_next(test, dump), 0);
		flush(test);
		KUNIT_EXPECT_EQ(test, dump_next(test, dump), 0);
		rules_now(test)->generation = generations[i];
		KUNIT_EXPECT_EQ(test, dump_next(test, dump), 0);
		/* It has to be said that it is not complete. */
		KUNIT_EXPECT_NE(test, dump->cb.prev_seq, 0);
		KUNIT_EXPECT_NE(test, dump->cb.seq, dump->cb.prev_seq);
		dump_end(dump);
	}
}

static struct kunit_case dump_cases[] = {
	KUNIT_CASE(whole_test),
	KUNIT_CASE(come_round_test),
	{}
};

static struct kunit_suite dump_suite = {
	.name = "gwlb_dump",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = dump_cases,
};

kunit_test_suite(dump_suite);
