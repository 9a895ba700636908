// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules_life_test: how a ruleset takes the place of another one, what goes
 * over, what comes back, and what readers see meanwhile. That nothing is freed
 * too early KASAN sees, and kmemleak that it is freed at all.
 */
#include <linux/jiffies.h>
#include <linux/kthread.h>

#include "ingress.h"
#include "ruleset_build.h"
#include "set.h"
#include "skb_wire.h"

static void count(struct kunit *test, u32 index, u32 packets)
{
	fixture_walk_begin();
	gwlb_account_count(rules_now(test)->accounts[index], packets, 0);
	fixture_walk_end();
}

static u64 counted(struct kunit *test, u32 index)
{
	struct gwlb_count sum;

	gwlb_account_sum(rules_now(test)->accounts[index], &sum);
	return sum.packets;
}

/* Puts a ruleset of rules that drop into force. */
static void drop_ports(struct kunit *test, const u16 *ports, u32 n, u32 confirm)
{
	struct request r;
	u32 i;

	request_begin(test, &r);
	for (i = 0; i < n; i++)
		request_rule(&r, ports[i], GWLB_VERDICT_DROP);
	KUNIT_ASSERT_EQ(test, request_send(&r, confirm), 0);
}

#define DROP_PORTS(confirm, ...) ({ \
	static const u16 ports[] = { __VA_ARGS__ }; \
	drop_ports(test, ports, ARRAY_SIZE(ports), confirm); \
})

/* "Counts the changes of the ruleset": asking for what is there is none. */
static void generation_test(struct kunit *test)
{
	struct gwlb_ruleset *before;

	DROP_PORTS(0, 80);
	KUNIT_EXPECT_EQ(test, rules_generation(test), 1);
	before = rules_now(test);
	DROP_PORTS(0, 80);
	KUNIT_EXPECT_EQ(test, rules_generation(test), 1);
	KUNIT_EXPECT_PTR_EQ(test, rules_now(test), before);
	DROP_PORTS(0, 80, 81);
	KUNIT_EXPECT_EQ(test, rules_generation(test), 2);
	DROP_PORTS(0, 81, 80);
	KUNIT_EXPECT_EQ(test, rules_generation(test), 3);
}

/* Counters survive for rules that stay the same, wherever they are. */
static void account_test(struct kunit *test)
{
	DROP_PORTS(0, 80, 81, 80);
	count(test, 0, 5);
	count(test, 1, 7);
	count(test, 2, 11);
	count(test, 3, 13);
	DROP_PORTS(0, 79, 81, 80, 80, 80);
	KUNIT_EXPECT_EQ(test, counted(test, 0), 0);
	KUNIT_EXPECT_EQ(test, counted(test, 1), 7);
	/* Of equal ones the first is the first's. */
	KUNIT_EXPECT_EQ(test, counted(test, 2), 5);
	KUNIT_EXPECT_EQ(test, counted(test, 3), 11);
	KUNIT_EXPECT_EQ(test, counted(test, 4), 0);
	/* The policy's */
	KUNIT_EXPECT_EQ(test, counted(test, 5), 13);
	DROP_PORTS(0, 79);
	DROP_PORTS(0, 79, 81);
	KUNIT_EXPECT_EQ(test, counted(test, 1), 0);
}

/* "the same in each ruleset that has a group of this name after one that had,
 * and never given again" (struct gwlb_group)
 */
static void group_id_test(struct kunit *test)
{
	struct request r;
	u32 one, another;

	request_begin(test, &r);
	request_group(&r, "one", TEST_ENDPOINT);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);
	one = rules_now(test)->groups[0].id;
	KUNIT_EXPECT_NE(test, one, 0);

	request_begin(test, &r);
	request_group(&r, "another", TEST_ENDPOINT2);
	request_group(&r, "one", TEST_ENDPOINT);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);
	another = rules_now(test)->groups[0].id;
	KUNIT_EXPECT_NE(test, another, one);
	KUNIT_EXPECT_EQ(test, rules_now(test)->groups[1].id, one);

	DROP_PORTS(0, 80);
	request_begin(test, &r);
	request_group(&r, "one", TEST_ENDPOINT);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);
	KUNIT_EXPECT_NE(test, rules_now(test)->groups[0].id, one);
	KUNIT_EXPECT_NE(test, rules_now(test)->groups[0].id, another);
}

static void ports_set(struct kunit *test, bool keep, u16 port)
{
	struct request r;

	request_begin(test, &r);
	request_set(&r, "ports", keep);
	if (!keep)
		request_port(&r, "ports", port);
	request_set_rule(&r, "ports", GWLB_VERDICT_DROP);
	request_rule(&r, 9, keep ? GWLB_VERDICT_DROP : GWLB_VERDICT_REJECT);
	KUNIT_ASSERT_EQ(test, request_send(&r, 0), 0);
}

static void set_life_test(struct kunit *test)
{
	struct gwlb_set *set;

	ports_set(test, false, 80);
	set = gwlb_set_get(rules_now(test)->sets[0]);
	ports_set(test, true, 0);
	KUNIT_EXPECT_PTR_EQ(test, rules_now(test)->sets[0], set);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 80), GWLB_VERDICT_DROP);
	ports_set(test, false, 443);
	KUNIT_EXPECT_PTR_NE(test, rules_now(test)->sets[0], set);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 80), GWLB_VERDICT_ACCEPT);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 443), GWLB_VERDICT_DROP);
	DROP_PORTS(0, 80);
	/* Nobody has it any more but us. */
	synchronize_rcu();
	rcu_barrier();
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, gwlb_set_has_port(set, 80));
	KUNIT_EXPECT_FALSE(test, gwlb_set_has_port(set, 443));
	rcu_read_unlock();
	gwlb_set_put(set);
}

static void changed_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);
	struct gwlb_ruleset *before;

	DROP_PORTS(0, 80);
	before = rules_now(test);
	mutex_lock(&gn->rules_lock);
	gwlb_ruleset_changed(gn);
	mutex_unlock(&gn->rules_lock);
	KUNIT_EXPECT_EQ(test, rules_generation(test), 2);
	KUNIT_EXPECT_PTR_EQ(test, rules_now(test), before);
}

/* A large ruleset takes seconds to read, and nobody's network stands still for
 * that: a device comes, and goes, under RTNL.
 */
static void device_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);
	struct net_device *dev;

	KUNIT_ASSERT_EQ(test, gwlb_ingress_register(), 0);
	mutex_lock(&gn->rules_lock);
	dev = wire_open(1500);
	if (dev)
		wire_close(dev);
	mutex_unlock(&gn->rules_lock);
	gwlb_ingress_unregister();
	KUNIT_EXPECT_NOT_NULL(test, dev);
}

/* On trial */

static int confirm(struct kunit *test, bool rollback)
{
	struct gwlb_net *gn = fixture_net(test);
	int err;

	mutex_lock(&gn->rules_lock);
	err = gwlb_ruleset_confirm(gn, rollback);
	mutex_unlock(&gn->rules_lock);
	return err;
}

/* Longer than the test takes */
#define TRIAL	10000

static void rollback_test(struct kunit *test)
{
	struct gwlb_ruleset *before;

	KUNIT_EXPECT_EQ(test, confirm(test, true), -ENOENT);
	DROP_PORTS(0, 80);
	before = rules_now(test);
	count(test, 0, 3);
	DROP_PORTS(TRIAL, 80, 81);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 81), GWLB_VERDICT_DROP);
	/* What is on trial counts for both. */
	count(test, 0, 4);
	KUNIT_EXPECT_EQ(test, confirm(test, true), 0);
	KUNIT_EXPECT_PTR_EQ(test, rules_now(test), before);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 81), GWLB_VERDICT_ACCEPT);
	KUNIT_EXPECT_EQ(test, counted(test, 0), 7);
	/* That is a change, too: flows have to be decided anew. */
	KUNIT_EXPECT_EQ(test, rules_generation(test), 3);
	KUNIT_EXPECT_EQ(test, confirm(test, true), -ENOENT);
}

static void confirm_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);

	DROP_PORTS(TRIAL, 80);
	KUNIT_EXPECT_EQ(test, confirm(test, false), 0);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 80), GWLB_VERDICT_DROP);
	KUNIT_EXPECT_EQ(test, rules_generation(test), 1);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&gn->rollback.work));
	KUNIT_EXPECT_EQ(test, confirm(test, false), -ENOENT);
}

static void run_rollback(struct gwlb_net *gn)
{
	mod_delayed_work(system_wq, &gn->rollback.work, 0);
	flush_delayed_work(&gn->rollback.work);
}

static void deadline_test(struct kunit *test)
{
	struct gwlb_net *gn = fixture_net(test);

	DROP_PORTS(TRIAL, 80);
	/* Too early: it is that of a trial that is over. */
	run_rollback(gn);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 80), GWLB_VERDICT_DROP);
	gn->rollback.deadline = jiffies;
	run_rollback(gn);
	KUNIT_EXPECT_EQ(test, rules_verdict(test, 80), GWLB_VERDICT_ACCEPT);
	KUNIT_EXPECT_EQ(test, rules_generation(test), 2);
	KUNIT_EXPECT_EQ(test, confirm(test, false), -ENOENT);
}

/* The namespace goes while something is on trial: fixture_exit() is the test,
 * and kmemleak.
 */
static void end_on_trial_test(struct kunit *test)
{
	DROP_PORTS(TRIAL, 80);
	KUNIT_EXPECT_NOT_NULL(test, fixture_net(test)->rollback.previous);
}

/* Readers */

#define CHANGES		100
#define FLOW_MAX	1000

struct reader {
	struct gwlb_net *gn;
	u32 looks;
	u32 mixed;
	u32 backwards;
};

/* Each ruleset has as many rules as its limit of flows says. */
static int look(void *arg)
{
	struct reader *r = arg;
	struct gwlb_ruleset *rs;
	u32 last = 0, now, i, n;

	while (!kthread_should_stop()) {
		fixture_walk_begin();
		rs = rcu_dereference(r->gn->rules);
		now = gwlb_ruleset_generation(rs);
		r->backwards += now < last;
		last = now;
		for (i = 0, n = 0; i < rs->n_rules; i++)
			n += rs->rules[i].verdict == GWLB_VERDICT_DROP &&
				rs->accounts[i];
		r->mixed += now && FLOW_MAX + n != rs->options.flow_max;
		r->looks++;
		fixture_walk_end();
		cond_resched();
	}
	return 0;
}

/* How often it has looked, once that is more often than @looks; or after a
 * minute.
 */
static u32 looked(struct reader *r, u32 looks)
{
	unsigned long end = jiffies + 60 * HZ;

	while (READ_ONCE(r->looks) <= looks && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	return READ_ONCE(r->looks);
}

static void readers_test(struct kunit *test)
{
	struct reader r = { .gn = fixture_net(test) };
	struct task_struct *task;
	struct request q;
	u32 looks, i, n;

	task = kthread_run(look, &r, "gwlb_look");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	for (i = 0; i < CHANGES; i++) {
		n = 1 + i % 7;
		request_begin(test, &q);
		request_flow_max(&q, FLOW_MAX + n);
		while (n--)
			request_rule(&q, n, GWLB_VERDICT_DROP);
		KUNIT_EXPECT_EQ(test, request_send(&q, 0), 0);
		if (i % 10)
			continue;
		looks = READ_ONCE(r.looks);
		KUNIT_EXPECT_GT(test, looked(&r, looks), looks);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, r.mixed, 0);
	KUNIT_EXPECT_EQ(test, r.backwards, 0);
	KUNIT_EXPECT_EQ(test, rules_generation(test), CHANGES);
}

static struct kunit_case life_cases[] = {
	KUNIT_CASE(generation_test),
	KUNIT_CASE(account_test),
	KUNIT_CASE(group_id_test),
	KUNIT_CASE(set_life_test),
	KUNIT_CASE(changed_test),
	KUNIT_CASE(device_test),
	KUNIT_CASE(rollback_test),
	KUNIT_CASE(confirm_test),
	KUNIT_CASE(deadline_test),
	KUNIT_CASE(end_on_trial_test),
	KUNIT_CASE(readers_test),
	{}
};

static struct kunit_suite life_suite = {
	.name = "gwlb_rules_life",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = life_cases,
};

kunit_test_suite(life_suite);
