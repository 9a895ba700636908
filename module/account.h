/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * account: what a rule or a policy did, and how often it still may. Owns the
 * counters and the token bucket, which outlive a ruleset if the next one has
 * the same rule.
 */
#ifndef _GWLB_ACCOUNT_H
#define _GWLB_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "stats.h"

/**
 * struct gwlb_account_cpu - what was counted on one CPU
 * @syncp: makes 64 bits readable on 32-bit machines
 * @count: packets and bytes
 */
struct gwlb_account_cpu {
	struct u64_stats_sync syncp;
	struct gwlb_counter count;
};

/**
 * struct gwlb_account - counters and token bucket of a rule or policy
 *
 * The bucket is the generic cell rate algorithm: all there is to know of a
 * bucket is when it will be full again.
 *
 * Each rule has one, so it is 32 bytes and the counters, no more.
 *
 * @refs: how many rulesets have it
 * @burst: how many tokens the bucket holds
 * @cpu: counters
 * @full: when the bucket is full again, in nanoseconds of the uptime
 * @interval: nanoseconds until a token comes; 0 if there is no limit
 */
struct gwlb_account {
	refcount_t refs;
	u32 burst;
	struct gwlb_account_cpu __percpu *cpu;
	atomic64_t full;
	u64 interval;
};

/**
 * gwlb_account_count() - count packets
 * @a: the account
 * @packets: how many
 * @bytes: bytes of all of them
 *
 * Here, as every packet does it.
 *
 * Context: bottom halves off
 */
static inline void gwlb_account_count(struct gwlb_account *a, u32 packets,
				      u32 bytes)
{
	struct gwlb_account_cpu *c = this_cpu_ptr(a->cpu);

	u64_stats_update_begin(&c->syncp);
	gwlb_counter_add(&c->count, packets, bytes);
	u64_stats_update_end(&c->syncp);
}

struct gwlb_account *gwlb_account_alloc(u64 interval, u32 burst);
struct gwlb_account *gwlb_account_get(struct gwlb_account *a);
void gwlb_account_put(struct gwlb_account *a);

void gwlb_account_sum(const struct gwlb_account *a, struct gwlb_count *sum);
bool gwlb_account_take(struct gwlb_account *a);

#endif /* _GWLB_ACCOUNT_H */
