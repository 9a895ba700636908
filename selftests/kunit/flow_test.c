// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow_test: the table of flows: who is found in it, by whom, and until when.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/kthread.h>

#include "fixture.h"
#include "flow_fixture.h"
#include "place.h"

/* What both directions of a flow look like */
struct pair {
	const char *name;
	struct gwlb_pkt there;
	struct gwlb_pkt back;
};

#define ADDRESS4(n)	{ .all = { cpu_to_be32(0x0a000000 + (n)) } }
#define ADDRESS6(n)	{ .all = { cpu_to_be32(0x20010db8), 0, 0, \
				   cpu_to_be32(n) } }

/* RFC 792: 8 asks, 0 answers; RFC 4443: 128 and 129. */
static const struct pair pairs[] = {
	{ "IPv4, TCP",
	  { .src = ADDRESS4(1), .dst = ADDRESS4(2), .sport = htons(40000),
	    .dport = htons(443), .family = NFPROTO_IPV4, .proto = IPPROTO_TCP },
	  { .src = ADDRESS4(2), .dst = ADDRESS4(1), .sport = htons(443),
	    .dport = htons(40000), .family = NFPROTO_IPV4,
	    .proto = IPPROTO_TCP } },
	{ "IPv4, UDP, to itself",
	  { .src = ADDRESS4(1), .dst = ADDRESS4(1), .sport = htons(1),
	    .dport = htons(2), .family = NFPROTO_IPV4, .proto = IPPROTO_UDP },
	  { .src = ADDRESS4(1), .dst = ADDRESS4(1), .sport = htons(2),
	    .dport = htons(1), .family = NFPROTO_IPV4,
	    .proto = IPPROTO_UDP } },
	{ "IPv6, TCP",
	  { .src = ADDRESS6(1), .dst = ADDRESS6(2), .sport = htons(40000),
	    .dport = htons(443), .family = NFPROTO_IPV6, .proto = IPPROTO_TCP },
	  { .src = ADDRESS6(2), .dst = ADDRESS6(1), .sport = htons(443),
	    .dport = htons(40000), .family = NFPROTO_IPV6,
	    .proto = IPPROTO_TCP } },
	{ "IPv4, a protocol without ports",
	  { .src = ADDRESS4(3), .dst = ADDRESS4(2), .family = NFPROTO_IPV4,
	    .proto = IPPROTO_ESP },
	  { .src = ADDRESS4(2), .dst = ADDRESS4(3), .family = NFPROTO_IPV4,
	    .proto = IPPROTO_ESP } },
	{ "IPv4, echo",
	  { .src = ADDRESS4(2), .dst = ADDRESS4(1), .icmp_id = htons(77),
	    .icmp_type = ICMP_ECHO, .family = NFPROTO_IPV4,
	    .proto = IPPROTO_ICMP },
	  { .src = ADDRESS4(1), .dst = ADDRESS4(2), .icmp_id = htons(77),
	    .icmp_type = ICMP_ECHOREPLY, .family = NFPROTO_IPV4,
	    .proto = IPPROTO_ICMP } },
	{ "IPv6, echo",
	  { .src = ADDRESS6(2), .dst = ADDRESS6(1), .icmp_id = htons(77),
	    .icmp_type = ICMPV6_ECHO_REQUEST, .family = NFPROTO_IPV6,
	    .proto = IPPROTO_ICMPV6 },
	  { .src = ADDRESS6(1), .dst = ADDRESS6(2), .icmp_id = htons(77),
	    .icmp_type = ICMPV6_ECHO_REPLY, .family = NFPROTO_IPV6,
	    .proto = IPPROTO_ICMPV6 } },
};

/* Where a packet of the first endpoint belongs */
static void place(struct gwlb_net *gn, const struct gwlb_pkt *pkt,
		  struct gwlb_place *p, struct gwlb_flow_key *key)
{
	struct gwlb_pkt ours = *pkt;

	ours.endpoint = TEST_ENDPOINT;
	gwlb_place_packet(p, rcu_dereference(gn->rules), &ours);
	gwlb_place_keep(p, key);
}

static void both_directions_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);
	struct gwlb_flow *flow[ARRAY_SIZE(pairs)];
	struct gwlb_flow *there, *back;
	struct gwlb_flow_key key;
	struct gwlb_place p;
	bool flipped;
	int i;

	fixture_walk_begin();
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		place(gn, &pairs[i].there, &p, &key);
		flow[i] = flow_begin(test, TEST_ENDPOINT, &key);
	}
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		place(gn, &pairs[i].there, &p, &key);
		flipped = p.flipped;
		there = gwlb_flow_find(&gn->flows, &key);
		place(gn, &pairs[i].back, &p, &key);
		back = gwlb_flow_find(&gn->flows, &key);
		KUNIT_EXPECT_PTR_EQ_MSG(test, there, flow[i], "%s",
					pairs[i].name);
		KUNIT_EXPECT_PTR_EQ_MSG(test, back, flow[i], "%s",
					pairs[i].name);
		KUNIT_EXPECT_NE_MSG(test, flipped, p.flipped, "%s",
				    pairs[i].name);
	}
	fixture_walk_end();
	KUNIT_EXPECT_EQ(test, flow_count(test), ARRAY_SIZE(pairs));
}

static void stranger_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);
	struct gwlb_flow_key key, other;
	struct gwlb_place p;
	int i;

	fixture_walk_begin();
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		place(gn, &pairs[i].there, &p, &key);
		flow_begin(test, TEST_ENDPOINT, &key);
	}
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		place(gn, &pairs[i].there, &p, &key);
#define EXPECT_NONE(change) ({ \
	other = key; \
	change; \
	KUNIT_EXPECT_NULL_MSG(test, gwlb_flow_find(&gn->flows, &other), \
			      "%s: %s", pairs[i].name, #change); \
})
		EXPECT_NONE(other.zone ^= 1);
		EXPECT_NONE(other.zone ^= 1ULL << 63);
		EXPECT_NONE(other.flags = 1);
		EXPECT_NONE(other.low_port ^= htons(1));
		EXPECT_NONE(other.high_port ^= htons(0x8000));
		EXPECT_NONE(other.proto ^= 1);
		EXPECT_NONE(other.low.ip ^= htonl(1));
		EXPECT_NONE(other.high.ip ^= htonl(1));
		if (key.family == NFPROTO_IPV6) {
			EXPECT_NONE(other.low.all[3] ^= htonl(1));
			EXPECT_NONE(other.high.all[1] ^= htonl(1));
		}
#undef EXPECT_NONE
	}
	fixture_walk_end();
}

/* Two packets of one flow on two CPUs: who comes second gets the first's. */
static void clash_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);
	struct gwlb_endpoint *endpoint;
	struct gwlb_flow *first, *second, *kept;
	struct gwlb_flow_key key = flow_key(1);

	fixture_walk_begin();
	first = flow_make(test, TEST_ENDPOINT, &key);
	second = flow_make(test, TEST_ENDPOINT, &key);
	endpoint = gwlb_endpoint_get(&gn->endpoints, TEST_ENDPOINT);
	KUNIT_EXPECT_EQ(test, flow_count(test), 2);
	if (first && second) {
		kept = gwlb_flow_publish(gn, first);
		KUNIT_EXPECT_PTR_EQ(test, kept, first);
		kept = gwlb_flow_publish(gn, second);
		KUNIT_EXPECT_PTR_EQ(test, kept, first);
	}
	KUNIT_EXPECT_EQ(test, flow_count(test), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&endpoint->flows), 1);
	KUNIT_EXPECT_EQ(test, endpoint->n_young, 1);
	fixture_walk_end();
}

static void remove_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);
	struct gwlb_flow_key key = flow_key(1);
	struct gwlb_endpoint *endpoint;
	struct gwlb_flow *flow;
	u64 id;

	fixture_walk_begin();
	flow = flow_begin(test, TEST_ENDPOINT, &key);
	if (flow) {
		endpoint = flow->endpoint;
		id = flow->id;
		KUNIT_EXPECT_TRUE(test, gwlb_flow_remove(gn, flow, 0));
		KUNIT_EXPECT_NULL(test, gwlb_flow_find(&gn->flows, &key));
		KUNIT_EXPECT_FALSE(test, gwlb_flow_remove(gn, flow, 0));
		/* We may still look at it: KASAN says if it is freed. */
		KUNIT_EXPECT_EQ(test, flow->id, id);
		KUNIT_EXPECT_EQ(test, flow_count(test), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&endpoint->flows), 0);
		KUNIT_EXPECT_EQ(test, endpoint->n_young, 0);
		/* What comes too late for its flow is no harm. */
		gwlb_flow_answered(flow);
		KUNIT_EXPECT_EQ(test, endpoint->n_young, 0);
	}
	fixture_walk_end();
}

/* The table grows under it, several times. */
#define MANY	5000

static void many_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);
	u32 i, missing = 0, missing4 = 0, other = 0;
	struct gwlb_flow_key key;
	struct gwlb_flow_key4 key4;
	struct gwlb_flow *flow, *flow4;

	for (i = 0; i < MANY; i++) {
		key = flow_key(i);
		fixture_walk_begin();
		flow_begin(test, TEST_ENDPOINT, &key);
		fixture_walk_end();
	}
	/* The table may be getting its size: then the short way may miss. */
	flush_work(&gn->flows.hash.run_work);
	for (i = 0; i < MANY; i++) {
		key = flow_key(i);
		key4 = (struct gwlb_flow_key4) {
			.zone = key.zone, .ports = key.ports,
			.kind = key.kind, .low = key.low.all[0],
			.high = key.high.all[0],
		};
		fixture_walk_begin();
		flow = gwlb_flow_find(&gn->flows, &key);
		missing += !flow;
		other += flow && flow->key.ports != key.ports;
		missing4 += !gwlb_flow_lookup4(&gn->flows, &key4, &flow4) ||
			flow4 != flow;
		fixture_walk_end();
	}
	KUNIT_EXPECT_EQ(test, missing, 0);
	KUNIT_EXPECT_EQ(test, other, 0);
	KUNIT_EXPECT_EQ(test, missing4, 0);
	KUNIT_EXPECT_EQ(test, flow_count(test), MANY);
	key = flow_key(MANY);
	fixture_walk_begin();
	KUNIT_EXPECT_NULL(test, gwlb_flow_find(&gn->flows, &key));
	fixture_walk_end();
}

/* Racing */

#define RACED	2000

struct racer {
	struct kunit *test;
	struct completion *go;
	struct completion done;
	u32 won;
	u32 lost;
};

static int race(void *arg)
{
	struct racer *r = arg;
	struct gwlb_net *gn = fixture_net(r->test);
	struct gwlb_flow_key key;
	struct gwlb_flow *flow;
	u32 i;

	wait_for_completion(r->go);
	for (i = 0; i < RACED; i++) {
		key = flow_key(i);
		fixture_walk_begin();
		flow = flow_make(r->test, TEST_ENDPOINT, &key);
		if (flow && gwlb_flow_publish(gn, flow) == flow)
			r->won++;
		else
			r->lost++;
		fixture_walk_end();
	}
	complete(&r->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void race_test(struct kunit *test)
{
	struct racer racers[2] = { { .test = test }, { .test = test } };
	struct task_struct *task[2];
	DECLARE_COMPLETION_ONSTACK(go);
	int i;

	for (i = 0; i < 2; i++) {
		racers[i].go = &go;
		init_completion(&racers[i].done);
		task[i] = kthread_create_on_cpu(race, &racers[i],
						i % num_online_cpus(),
						"gwlb_race/%u");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task[i]);
		wake_up_process(task[i]);
	}
	complete_all(&go);
	for (i = 0; i < 2; i++) {
		wait_for_completion(&racers[i].done);
		kthread_stop(task[i]);
	}
	KUNIT_EXPECT_EQ(test, racers[0].won + racers[1].won, RACED);
	KUNIT_EXPECT_EQ(test, racers[0].lost + racers[1].lost, RACED);
	KUNIT_EXPECT_EQ(test, flow_count(test), RACED);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(both_directions_test),
	KUNIT_CASE(stranger_test),
	KUNIT_CASE(clash_test),
	KUNIT_CASE(remove_test),
	KUNIT_CASE(many_test),
	KUNIT_CASE(race_test),
	{}
};

static struct kunit_suite flow_suite = {
	.name = "gwlb_flow",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = flow_cases,
};

kunit_test_suite(flow_suite);
