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
 * @book: what it is in, and lives as long as
 * @cpu: counters
 * @full: when the bucket is full again, in nanoseconds of the uptime
 * @interval: nanoseconds until a token comes; 0 if there is no limit
 * @burst: how many tokens the bucket holds
 */
struct gwlb_account {
	struct gwlb_account_book *book;
	struct gwlb_account_cpu __percpu *cpu;
	atomic64_t full;
	u64 interval;
	u32 burst;
};

/* How many accounts a book has: it is not larger than 512 bytes then. */
#define GWLB_BOOK_ACCOUNTS	12

/**
 * struct gwlb_account_book - accounts that were opened one after the other
 *
 * To allocate memory for each CPU takes longer than all else that a rule needs,
 * so it is done for some rules at once.
 *
 * @refs: how often a ruleset has one of its accounts, and one for who opens
 *	accounts
 * @n: how many were opened
 * @cpu: counters of all of them
 * @accounts: the accounts
 */
struct gwlb_account_book {
	refcount_t refs;
	u32 n;
	struct gwlb_account_cpu __percpu *cpu;
	struct gwlb_account accounts[GWLB_BOOK_ACCOUNTS];
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
struct gwlb_account *gwlb_account_open(struct gwlb_account_book **book,
				       u64 interval, u32 burst);
void gwlb_account_close(struct gwlb_account_book *book);
struct gwlb_account *gwlb_account_get(struct gwlb_account *a);
void gwlb_account_put(struct gwlb_account *a);

void gwlb_account_sum(const struct gwlb_account *a, struct gwlb_count *sum);
bool gwlb_account_may(const struct gwlb_account *a);
bool gwlb_account_take(struct gwlb_account *a);

#endif /* _GWLB_ACCOUNT_H */
