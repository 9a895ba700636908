// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel: what the module, and the kernel's own files beside it, need of a
 * kernel. One CPU, one thread, no time but what is said to have passed. A
 * grace period ends, and work that was queued is done, when kernel_settle() is
 * called. What is not here is at address 0: who needs it ends the program. What
 * has the name of a function of the kernel does what that is documented to do.
 *
 * Objects lie in memory as SLUB has them: side by side in pages of their own
 * kind, none across the end of a slab.
 */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "kernel.h"
#include "native.h"

#define ARENA_PAGES	(8UL << 30 >> PAGE_SHIFT)
#define MAX_CACHES	32
#define MAX_WORKS	16

/**
 * struct kmem_cache - objects of one size
 * @size: the size, with what is between two of them
 * @free: the first free object, whose first word is the next one
 */
struct kmem_cache {
	unsigned int size;
	void **free;
};

/**
 * struct page_info - what a page of the arena is
 * @cache: it holds objects of this cache, or else is the first of many
 * @pages: how many, then
 */
struct page_info {
	struct kmem_cache *cache;
	unsigned long pages;
};

static struct kmem_cache caches[MAX_CACHES];
static struct kmem_cache *general[PAGE_SHIFT + 2];
static struct page_info *info;
static unsigned int n_caches;
static unsigned long n_used, n_live;
static u8 *arena;

static struct work_struct *works[MAX_WORKS];
static unsigned int n_works;
static struct rcu_head *waiting;

/* What headers expect to be there */
struct kmem_cache *
kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];
unsigned long __per_cpu_offset[NR_CPUS];
struct cpumask __cpu_possible_mask = { { 1 } };
struct cpumask __cpu_online_mask = { { 1 } };
unsigned int nr_cpu_ids = 1;
unsigned long volatile jiffies = INITIAL_JIFFIES;
struct workqueue_struct *system_wq;
struct workqueue_struct *system_power_efficient_wq;
DEFINE_PER_CPU(int, __preempt_count) = INIT_PREEMPT_COUNT;
DEFINE_PER_CPU_READ_MOSTLY(unsigned long, this_cpu_off);

/* Memory */

static unsigned long page_of(const void *at)
{
	return ((u8 *)at - arena) >> PAGE_SHIFT;
}

static void *take_pages(unsigned long n)
{
	if (n_used + n > ARENA_PAGES)
		native_fail("the arena is full");
	info[n_used].pages = n;
	n_used += n;
	n_live += n;
	return arena + ((n_used - n) << PAGE_SHIFT);
}

static void fill(struct kmem_cache *cache)
{
	u8 *page = take_pages(1);
	unsigned int at;

	info[page_of(page)].cache = cache;
	for (at = 0; at + cache->size <= PAGE_SIZE; at += cache->size) {
		*(void **)(page + at) = cache->free;
		cache->free = (void **)(page + at);
	}
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *))
{
	struct kmem_cache *cache = &caches[n_caches++];

	if (n_caches == MAX_CACHES)
		native_fail("too many caches");
	if (flags & SLAB_HWCACHE_ALIGN)
		align = max_t(unsigned int, align, L1_CACHE_BYTES);
	cache->size = ALIGN(size, max_t(unsigned int, align, sizeof(void *)));
	return cache;
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	void **object;

	if (!cache->free)
		fill(cache);
	object = cache->free;
	cache->free = *object;
	if (gfp & __GFP_ZERO)
		memset(object, 0, cache->size);
	return object;
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	*(void **)object = cache->free;
	cache->free = object;
}

void *__kmalloc(size_t size, gfp_t gfp)
{
	struct kmem_cache **cache = &general[order_base_2(size ?: 1)];

	if (size > PAGE_SIZE)
		return take_pages(PFN_UP(size));
	if (!*cache)
		*cache = kmem_cache_create(NULL, roundup_pow_of_two(size), 0,
					   0, NULL);
	return kmem_cache_alloc(*cache, gfp);
}

void *__kmalloc_node(size_t size, gfp_t gfp, int node)
{
	return __kmalloc(size, gfp);
}

void *kmalloc_trace(struct kmem_cache *cache, gfp_t gfp, size_t size)
{
	return __kmalloc(size, gfp);
}

void *kvmalloc_node(size_t size, gfp_t gfp, int node)
{
	return __kmalloc(size, gfp);
}

void *__vmalloc(unsigned long size, gfp_t gfp)
{
	return __kmalloc(size, gfp);
}

/* Many pages at once are counted, and not used again: memory that was not
 * used before is 0, as some who ask for it expect.
 */
void kfree(const void *object)
{
	struct page_info *page = &info[page_of(object)];

	if (ZERO_OR_NULL_PTR(object))
		return;
	if (page->cache)
		kmem_cache_free(page->cache, (void *)object);
	else
		n_live -= page->pages;
}

void kvfree(const void *object)
{
	kfree(object);
}

void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)
{
	return (void __percpu *)__kmalloc(size, gfp | __GFP_ZERO);
}

void free_percpu(void __percpu *object)
{
	kfree((void __force *)object);
}

unsigned long native_bytes(void)
{
	return n_live << PAGE_SHIFT;
}

/* Grace periods and work */

void __rcu_read_lock(void)
{
}

void __rcu_read_unlock(void)
{
}

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->func = func;
	head->next = waiting;
	waiting = head;
}

/* Instead of a function it gets the place of the head in the object. */
void kvfree_call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	call_rcu(head, func);
}

static void end_grace_period(struct rcu_head *head)
{
	unsigned long offset = (unsigned long)head->func;

	if (__is_kvfree_rcu_offset(offset))
		kfree((u8 *)head - offset);
	else
		head->func(head);
}

bool queue_work_on(int cpu, struct workqueue_struct *wq,
		   struct work_struct *work)
{
	if (test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work)))
		return false;
	if (n_works == MAX_WORKS)
		native_fail("too much work");
	works[n_works++] = work;
	return true;
}

bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork)
{
	return queue_work_on(0, wq, &rwork->work);
}

/* No time passes until it would have to be done. */
bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq,
			   struct delayed_work *dwork, unsigned long delay)
{
	return !test_and_set_bit(WORK_STRUCT_PENDING_BIT,
				 work_data_bits(&dwork->work));
}

void delayed_work_timer_fn(struct timer_list *timer)
{
}

void init_timer_key(struct timer_list *timer,
		    void (*func)(struct timer_list *), unsigned int flags,
		    const char *name, struct lock_class_key *key)
{
}

bool flush_work(struct work_struct *work)
{
	kernel_settle();
	return true;
}

bool cancel_work_sync(struct work_struct *work)
{
	unsigned int i;

	for (i = 0; i < n_works && works[i] != work; i++)
		;
	if (i == n_works)
		return false;
	works[i] = works[--n_works];
	clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
	return true;
}

/**
 * kernel_settle() - let grace periods end, and do all work that was queued
 */
void kernel_settle(void)
{
	struct work_struct *work;
	struct rcu_head *head;

	while (n_works || waiting) {
		head = waiting;
		if (head) {
			waiting = head->next;
			end_grace_period(head);
			continue;
		}
		work = works[--n_works];
		clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
		work->func(work);
	}
}

/* Nobody else is there */

void _raw_spin_lock(raw_spinlock_t *lock)
{
}

void _raw_spin_unlock(raw_spinlock_t *lock)
{
}

void _raw_spin_lock_bh(raw_spinlock_t *lock)
{
}

void _raw_spin_unlock_bh(raw_spinlock_t *lock)
{
}

void __mutex_init(struct mutex *lock, const char *name,
		  struct lock_class_key *key)
{
}

void mutex_lock(struct mutex *lock)
{
}

void mutex_unlock(struct mutex *lock)
{
}

void __local_bh_enable_ip(unsigned long ip, unsigned int cnt)
{
	preempt_count_sub(cnt);
}

/* Static calls of a kernel that is never asked to give way */
asm(
	".globl __SCT__preempt_schedule, __SCT__cond_resched\n"
	"__SCT__preempt_schedule:\n"
	"__SCT__cond_resched:\n"
	"	xorl %eax, %eax\n"
	"	ret\n"
);

int netlink_has_listeners(struct sock *sk, unsigned int group)
{
	return 0;
}

u32 get_random_u32(void)
{
	return native_random();
}

void get_random_bytes(void *to, size_t len)
{
	u8 *at = to;

	while (len--)
		*at++ = native_random();
}

/**
 * kernel_start() - get ready
 */
void kernel_start(void)
{
	arena = native_map(ARENA_PAGES << PAGE_SHIFT);
	info = native_map(ARENA_PAGES * sizeof(*info));
}
