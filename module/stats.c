// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats: how many packets, and what became of them. See stats.h.
 */
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>

#include <gwlb_reasons.h>

#include "stats.h"

/* The list is in the order of the numbers, so they need not be said. */
#define GWLB_X_CLASS(number, name, class, doc)	class,
#define GWLB_X_NAME(number, name, class, doc)	name,

static const u8 reason_class[] = { GWLB_REASONS(GWLB_X_CLASS) };
static const char * const reason_name[] = { GWLB_REASONS(GWLB_X_NAME) };

static_assert(ARRAY_SIZE(reason_class) == GWLB_REASONS_COUNT);

/**
 * gwlb_reason_class() - what a reason means for the packet
 * @reason: the reason
 *
 * Return: its class
 */
enum gwlb_class gwlb_reason_class(enum gwlb_reason reason)
{
	return reason_class[reason];
}

/**
 * gwlb_reason_name() - how a reason is called
 * @reason: the reason
 *
 * Return: its name in uapi/gwlb.yaml
 */
const char *gwlb_reason_name(enum gwlb_reason reason)
{
	return reason_name[reason];
}

static void counter_read(const struct gwlb_counter *c, struct gwlb_count *to)
{
	to->packets = u64_stats_read(&c->packets);
	to->bytes = u64_stats_read(&c->bytes);
}

/* The reasons from @first to @last on one CPU */
static void stats_read(const struct gwlb_stats *s, u32 first, u32 last,
		       struct gwlb_count *sum)
{
	struct gwlb_count one;
	unsigned int start;
	u32 reason;

	do {
		start = u64_stats_fetch_begin(&s->syncp);
		memset(sum, 0, sizeof(*sum));
		for (reason = first; reason <= last; reason++) {
			counter_read(&s->reason[reason], &one);
			gwlb_count_add(sum, &one);
		}
	} while (u64_stats_fetch_retry(&s->syncp, start));
}

/**
 * gwlb_stats_sum() - sum up one counter of a namespace
 * @stats: counters of the namespace
 * @reason: enum gwlb_reason, or GWLB_REASON_RECEIVED: all of them, as every
 *	packet that was received has one
 * @sum: gets the sum
 */
void gwlb_stats_sum(struct gwlb_stats __percpu *stats, u32 reason,
		    struct gwlb_count *sum)
{
	bool all = reason == GWLB_REASON_RECEIVED;
	struct gwlb_count one;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		stats_read(per_cpu_ptr(stats, cpu), all ? 0 : reason,
			   all ? GWLB_REASON_LAST : reason, &one);
		gwlb_count_add(sum, &one);
	}
}

/**
 * gwlb_traffic_sum() - sum up the counters of a node or endpoint
 * @traffic: its counters
 * @sum: gets the sums
 */
void gwlb_traffic_sum(struct gwlb_traffic __percpu *traffic,
		      struct gwlb_traffic_sum *sum)
{
	struct gwlb_count returned, dropped;
	unsigned long now = jiffies, idle = ULONG_MAX;
	const struct gwlb_traffic *t;
	unsigned long last;
	unsigned int start;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		t = per_cpu_ptr(traffic, cpu);
		do {
			start = u64_stats_fetch_begin(&t->syncp);
			counter_read(&t->returned, &returned);
			counter_read(&t->dropped, &dropped);
		} while (u64_stats_fetch_retry(&t->syncp, start));
		gwlb_count_add(&sum->returned, &returned);
		gwlb_count_add(&sum->dropped, &dropped);

		last = READ_ONCE(t->last);
		/* Not later than now: it may have been written since. */
		if (last)
			idle = min(idle, time_after(now, last) ?
				   now - last : 0UL);
	}
	gwlb_count_add(&sum->received, &sum->returned);
	gwlb_count_add(&sum->received, &sum->dropped);
	sum->idle_ms = idle == ULONG_MAX ? 0 : jiffies64_to_msecs(idle);
}

/**
 * gwlb_stats_alloc() - counters for a namespace
 *
 * Return: the counters, all 0, to be freed by free_percpu(); or NULL
 */
struct gwlb_stats __percpu *gwlb_stats_alloc(void)
{
	return netdev_alloc_pcpu_stats(struct gwlb_stats);
}

/**
 * gwlb_traffic_alloc() - counters for a node or endpoint
 * @gfp: GFP_ATOMIC in the walk
 *
 * Return: the counters, all 0, to be freed by free_percpu(); or NULL
 */
struct gwlb_traffic __percpu *gwlb_traffic_alloc(gfp_t gfp)
{
	return __netdev_alloc_pcpu_stats(struct gwlb_traffic,
					 gfp | __GFP_NOWARN);
}
