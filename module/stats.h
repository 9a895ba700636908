/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats: how many packets, and what became of them. Owns the counters of a
 * namespace and the traffic counters of nodes and endpoints. Written by the
 * walk on its own CPU, bottom halves off; summed up by whoever asks.
 */
#ifndef _GWLB_STATS_H
#define _GWLB_STATS_H

#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include <linux/gwlb.h>

/* The highest number in enum gwlb_reason */
#define GWLB_REASON_LAST	GWLB_REASON_DROP_FRAGMENT_OVERLAP
#define GWLB_REASONS_COUNT	(GWLB_REASON_LAST + 1)

/**
 * enum gwlb_class - what a reason means for the packet
 * @GWLB_CLASS_RETURNED: it was sent back
 * @GWLB_CLASS_PASS: it is the host's; the stack goes on with it
 * @GWLB_CLASS_DROP: it was freed
 */
enum gwlb_class {
	GWLB_CLASS_RETURNED,
	GWLB_CLASS_PASS,
	GWLB_CLASS_DROP,
};

/**
 * struct gwlb_counter - packets and bytes on one CPU
 * @packets: packets; each segment of an aggregate is one
 * @bytes: bytes from the outer IP header on
 */
struct gwlb_counter {
	u64_stats_t packets;
	u64_stats_t bytes;
};

/**
 * struct gwlb_stats - the counters of a namespace on one CPU
 * @syncp: makes 64 bits readable on 32-bit machines
 * @reason: every packet, counted when its fate is known; but for those that are
 *	returned, which are counted for their nodes only
 */
struct gwlb_stats {
	struct u64_stats_sync syncp;
	struct gwlb_counter reason[GWLB_REASONS_COUNT];
};

/**
 * struct gwlb_traffic - the counters of one node or endpoint on one CPU
 * @syncp: makes 64 bits readable on 32-bit machines
 * @returned: what came from it and was sent back
 * @dropped: what came from it and was dropped
 * @last: jiffies of the last packet; 0 before the first
 */
struct gwlb_traffic {
	struct u64_stats_sync syncp;
	struct gwlb_counter returned;
	struct gwlb_counter dropped;
	unsigned long last;
};

/**
 * struct gwlb_count - a sum over all CPUs
 * @packets: packets
 * @bytes: bytes
 */
struct gwlb_count {
	u64 packets;
	u64 bytes;
};

/**
 * struct gwlb_traffic_sum - struct gwlb_traffic, summed over all CPUs
 * @received: what came
 * @returned: what was sent back
 * @dropped: what was dropped
 * @idle_ms: milliseconds since the last packet
 */
struct gwlb_traffic_sum {
	struct gwlb_count received;
	struct gwlb_count returned;
	struct gwlb_count dropped;
	u64 idle_ms;
};

static inline void gwlb_count_add(struct gwlb_count *to,
				  const struct gwlb_count *c)
{
	to->packets += c->packets;
	to->bytes += c->bytes;
}

/* A reason nobody has, which stands for all packets in a sum */
#define GWLB_REASON_RECEIVED	GWLB_REASONS_COUNT

enum gwlb_class gwlb_reason_class(enum gwlb_reason reason);
const char *gwlb_reason_name(enum gwlb_reason reason);

/* What every packet does is here. */

static inline void gwlb_counter_add(struct gwlb_counter *c, u32 packets,
				    u32 bytes)
{
	u64_stats_add(&c->packets, packets);
	u64_stats_add(&c->bytes, bytes);
}

/**
 * gwlb_stats_count() - count what became of a packet
 * @stats: counters of the namespace
 * @reason: what became of it
 * @packets: how many it stands for
 * @bytes: its length from the outer IP header on
 *
 * Context: bottom halves off
 */
static inline void gwlb_stats_count(struct gwlb_stats __percpu *stats,
				    enum gwlb_reason reason, u32 packets,
				    u32 bytes)
{
	struct gwlb_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	gwlb_counter_add(&s->reason[reason], packets, bytes);
	u64_stats_update_end(&s->syncp);
}

/**
 * gwlb_traffic_count() - count a packet for its node or endpoint
 * @traffic: counters of the node or endpoint
 * @reason: what became of it
 * @packets: how many it stands for
 * @bytes: its length from the outer IP header on
 * @now: jiffies
 *
 * Context: bottom halves off
 */
static inline void gwlb_traffic_count(struct gwlb_traffic __percpu *traffic,
				      enum gwlb_reason reason, u32 packets,
				      u32 bytes, unsigned long now)
{
	struct gwlb_traffic *t = this_cpu_ptr(traffic);

	u64_stats_update_begin(&t->syncp);
	gwlb_counter_add(reason == GWLB_REASON_RETURNED ?
			 &t->returned : &t->dropped, packets, bytes);
	u64_stats_update_end(&t->syncp);
	WRITE_ONCE(t->last, now);
}

void gwlb_stats_sum(struct gwlb_stats __percpu *stats, u32 reason,
		    struct gwlb_count *sum);
void gwlb_traffic_sum(struct gwlb_traffic __percpu *traffic,
		      struct gwlb_traffic_sum *sum);

struct gwlb_stats __percpu *gwlb_stats_alloc(void);
struct gwlb_traffic __percpu *gwlb_traffic_alloc(gfp_t gfp);

#endif /* _GWLB_STATS_H */
