// SPDX-License-Identifier: GPL-2.0-only
/*
 * account: what a rule or a policy did, and how often it still may. See
 * account.h.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "account.h"

static struct gwlb_account_book *book_alloc(void)
{
	struct gwlb_account_book *book = kzalloc(sizeof(*book),
						 GFP_KERNEL_ACCOUNT);
	int cpu, i;

	if (!book)
		return NULL;
	book->cpu = __alloc_percpu_gfp(GWLB_BOOK_ACCOUNTS *
				       sizeof(*book->cpu),
				       __alignof__(*book->cpu),
				       GFP_KERNEL_ACCOUNT);
	if (!book->cpu) {
		kfree(book);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		for (i = 0; i < GWLB_BOOK_ACCOUNTS; i++)
			u64_stats_init(&per_cpu_ptr(book->cpu + i,
						    cpu)->syncp);
	refcount_set(&book->refs, 1);
	return book;
}

static void book_put(struct gwlb_account_book *book)
{
	if (!refcount_dec_and_test(&book->refs))
		return;
	free_percpu(book->cpu);
	kfree(book);
}

/**
 * gwlb_account_open() - make an account that counted nothing
 * @book: where the one before was made, or NULL; gets where this one is
 * @interval: nanoseconds until a token comes; 0 for no limit
 * @burst: how many tokens the bucket holds, and does at first
 *
 * Context: process
 * Return: the account, with one reference; or NULL
 */
struct gwlb_account *gwlb_account_open(struct gwlb_account_book **book,
				       u64 interval, u32 burst)
{
	struct gwlb_account *a;

	if (*book && (*book)->n == GWLB_BOOK_ACCOUNTS) {
		gwlb_account_close(*book);
		*book = NULL;
	}
	if (!*book)
		*book = book_alloc();
	if (!*book)
		return NULL;
	a = &(*book)->accounts[(*book)->n];
	a->book = *book;
	a->cpu = (*book)->cpu + (*book)->n++;
	a->interval = interval;
	a->burst = burst;
	return gwlb_account_get(a);
}

/**
 * gwlb_account_close() - open no more accounts
 * @book: where the last one was made, or NULL
 *
 * Context: process
 */
void gwlb_account_close(struct gwlb_account_book *book)
{
	if (book)
		book_put(book);
}

/**
 * gwlb_account_alloc() - make a single account that counted nothing
 * @interval: nanoseconds until a token comes; 0 for no limit
 * @burst: how many tokens the bucket holds, and does at first
 *
 * Context: process
 * Return: the account, with one reference; or NULL
 */
struct gwlb_account *gwlb_account_alloc(u64 interval, u32 burst)
{
	struct gwlb_account_book *book = NULL;
	struct gwlb_account *a;

	a = gwlb_account_open(&book, interval, burst);
	gwlb_account_close(book);
	return a;
}

/**
 * gwlb_account_get() - take another reference
 * @a: the account
 *
 * Return: @a
 */
struct gwlb_account *gwlb_account_get(struct gwlb_account *a)
{
	refcount_inc(&a->book->refs);
	return a;
}

/**
 * gwlb_account_put() - give a reference back
 * @a: the account, which no packet can meet any more by this reference
 *
 * Context: process
 */
void gwlb_account_put(struct gwlb_account *a)
{
	book_put(a->book);
}

/**
 * gwlb_account_sum() - what was counted on all CPUs
 * @a: the account
 * @sum: gets it
 */
void gwlb_account_sum(const struct gwlb_account *a, struct gwlb_count *sum)
{
	const struct gwlb_account_cpu *c;
	u64 packets, bytes;
	unsigned int start;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(a->cpu, cpu);
		do {
			start = u64_stats_fetch_begin(&c->syncp);
			packets = u64_stats_read(&c->count.packets);
			bytes = u64_stats_read(&c->count.bytes);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		sum->packets += packets;
		sum->bytes += bytes;
	}
}

/**
 * gwlb_account_may() - is there a token in the bucket?
 * @a: an account with a limit
 *
 * For what costs something before it is known whether a token is needed.
 *
 * Context: any
 * Return: true if there was one just now
 */
bool gwlb_account_may(const struct gwlb_account *a)
{
	s64 now = ktime_get_ns();

	return max_t(s64, atomic64_read(&a->full), now) + a->interval - now <=
		a->interval * a->burst;
}

/**
 * gwlb_account_take() - take a token from the bucket
 * @a: an account with a limit
 *
 * Context: any
 * Return: true if there was one
 */
bool gwlb_account_take(struct gwlb_account *a)
{
	s64 depth = a->interval * a->burst;
	s64 full = atomic64_read(&a->full);
	s64 now = ktime_get_ns();
	s64 next;

	do {
		next = max(full, now) + a->interval;
		if (next - now > depth)
			return false;
	} while (!atomic64_try_cmpxchg(&a->full, &full, next));
	return true;
}
