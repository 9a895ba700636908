// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow_table: the flows of a namespace. See flow_table.h.
 *
 * A flow that nobody has answered is young. When there is no place for a new
 * flow the oldest young one of the same endpoint makes way, or if the whole
 * table is full one of the endpoint that has most of them: whoever floods the
 * table displaces his own flows first, and none that is in use.
 */
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "endpoint.h"
#include "event.h"
#include "flow_table.h"
#include "gwlb.h"
#include "ruleset.h"

/* Garbage collection looks at a part of the table every second, so that a flow
 * is gone that many seconds after its end at the latest. Until then it takes a
 * place, but is never found again.
 */
#define GC_INTERVAL	HZ
#define GC_ROUNDS	8
#define GC_LEAST	1024
#define GC_BREATH	256

static struct kmem_cache *flow_cache __read_mostly;

/* Who makes a user namespace may have network namespaces in it, and say "up"
 * there. Nobody is charged for flows, so those of all of them have one limit.
 */
unsigned int gwlb_flow_guests __read_mostly = 65536;
static atomic_t guest_count;

u64 gwlb_flow_secret[GWLB_FLOW_SECRETS] __read_mostly;

/**
 * gwlb_flow_module_init() - get ready to have flows
 *
 * Return: 0 or -ENOMEM
 */
int gwlb_flow_module_init(void)
{
	get_random_bytes(gwlb_flow_secret, sizeof(gwlb_flow_secret));
	flow_cache = KMEM_CACHE(gwlb_flow, SLAB_HWCACHE_ALIGN);
	return flow_cache ? 0 : -ENOMEM;
}

/**
 * gwlb_flow_module_exit() - the last namespace is gone
 *
 * Waits until the last flow is freed.
 */
void gwlb_flow_module_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(flow_cache);
}

/**
 * gwlb_flow_find() - find a flow by its key
 * @table: the flows of the namespace
 * @key: the key
 *
 * Context: RCU read side
 * Return: the flow, which may be over; or NULL
 */
struct gwlb_flow *gwlb_flow_find(struct gwlb_flow_table *table,
				 const struct gwlb_flow_key *key)
{
	return gwlb_flow_lookup(table, key);
}

static void flow_free(struct rcu_head *rcu)
{
	kmem_cache_free(flow_cache, container_of(rcu, struct gwlb_flow, rcu));
}

/* Takes a flow out of the list of young ones, if it is there. The endpoint's
 * lock is held.
 */
static void grow_up(struct gwlb_flow *flow)
{
	if (!gwlb_flow_is_young(flow))
		return;
	atomic_andnot(GWLB_FLOW_YOUNG, &flow->progress);
	list_del(&flow->young);
	flow->endpoint->n_young--;
}

/* Gives a place in the table back. */
static void give_back(struct gwlb_net *gn, struct gwlb_endpoint *endpoint)
{
	atomic_dec(&endpoint->flows);
	atomic_dec(&gn->flows.count);
	if (gn->flows.guest)
		atomic_dec(&guest_count);
}

/* A flow is not in the hash table, or not any more. Others may still look at
 * it, but being neither young nor able to become so it is in no list, whose
 * place in the flow is that of @rcu from now on.
 */
static void release(struct gwlb_net *gn, struct gwlb_flow *flow)
{
	struct gwlb_endpoint *endpoint = flow->endpoint;

	spin_lock_bh(&endpoint->lock);
	flow->gone = true;
	grow_up(flow);
	spin_unlock_bh(&endpoint->lock);
	give_back(gn, endpoint);
	call_rcu(&flow->rcu, flow_free);
}

/**
 * gwlb_flow_remove() - end a flow
 * @gn: the namespace
 * @flow: the flow
 * @end: why
 *
 * Context: any but hard interrupt, RCU read side
 * Return: true if it was this call that ended it
 */
bool gwlb_flow_remove(struct gwlb_net *gn, struct gwlb_flow *flow,
		      enum gwlb_flow_end end)
{
	if (rhashtable_remove_fast(&gn->flows.hash, &flow->head,
				   gwlb_flow_params))
		return false;
	gwlb_event_flow(gn, GWLB_CMD_FLOW_END_EVENT, flow, end, GFP_ATOMIC);
	release(gn, flow);
	return true;
}

/* Ends the oldest young flow of an endpoint. */
static bool evict(struct gwlb_net *gn, struct gwlb_endpoint *endpoint)
{
	struct gwlb_flow *flow;

	do {
		spin_lock_bh(&endpoint->lock);
		flow = list_first_entry_or_null(&endpoint->young,
						struct gwlb_flow, young);
		if (flow)
			grow_up(flow);
		spin_unlock_bh(&endpoint->lock);
		/* Somebody else may be ending it: then the next one. */
	} while (flow && !gwlb_flow_remove(gn, flow, GWLB_FLOW_END_EVICTED));
	return flow;
}

/* Makes place in a full table: whoever has more young flows loses one. */
static bool evict_any(struct gwlb_net *gn, struct gwlb_endpoint *endpoint)
{
	struct gwlb_endpoint *crowded = READ_ONCE(gn->flows.crowded);

	if (crowded && crowded != endpoint &&
	    READ_ONCE(crowded->n_young) > READ_ONCE(endpoint->n_young))
		return evict(gn, crowded) || evict(gn, endpoint);
	return evict(gn, endpoint) || (crowded && evict(gn, crowded));
}

/* Is there a place for one more guest? */
static bool has_room(struct gwlb_net *gn)
{
	return !gn->flows.guest ||
	       atomic_inc_return(&guest_count) <= READ_ONCE(gwlb_flow_guests);
}

/* Takes a place in the table. */
static enum gwlb_reason reserve(struct gwlb_net *gn,
				const struct gwlb_options *options,
				struct gwlb_endpoint *endpoint)
{
	struct gwlb_flow_table *table = &gn->flows;

	if (atomic_inc_return(&endpoint->flows) > options->flow_max_endpoint &&
	    !evict(gn, endpoint)) {
		atomic_dec(&endpoint->flows);
		return GWLB_REASON_DROP_FLOW_LIMIT;
	}
	if (atomic_inc_return(&table->count) > options->flow_max &&
	    !evict_any(gn, endpoint)) {
		atomic_dec(&endpoint->flows);
		atomic_dec(&table->count);
		return GWLB_REASON_DROP_FLOW_FULL;
	}
	if (!has_room(gn) && !evict_any(gn, endpoint)) {
		give_back(gn, endpoint);
		return GWLB_REASON_DROP_FLOW_FULL;
	}
	return GWLB_REASON_RETURNED;
}

/**
 * gwlb_flow_alloc() - begin to make a flow
 * @gn: the namespace
 * @options: limits
 * @endpoint: where its first packet came by
 * @flow: gets the flow, with a place in the table and everything else 0
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED, or why there is none
 */
enum gwlb_reason gwlb_flow_alloc(struct gwlb_net *gn,
				 const struct gwlb_options *options,
				 struct gwlb_endpoint *endpoint,
				 struct gwlb_flow **flow)
{
	enum gwlb_reason reason = reserve(gn, options, endpoint);

	if (reason)
		return reason;
	*flow = kmem_cache_zalloc(flow_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!*flow) {
		give_back(gn, endpoint);
		return GWLB_REASON_DROP_NO_MEMORY;
	}
	(*flow)->endpoint = endpoint;
	(*flow)->id = atomic64_inc_return(&gn->flows.last_id);
	(*flow)->born = jiffies;
	(*flow)->last = jiffies;
	return GWLB_REASON_RETURNED;
}

static void be_young(struct gwlb_net *gn, struct gwlb_flow *flow)
{
	struct gwlb_endpoint *crowded = READ_ONCE(gn->flows.crowded);
	struct gwlb_endpoint *endpoint = flow->endpoint;

	spin_lock_bh(&endpoint->lock);
	if (!flow->gone) {
		atomic_or(GWLB_FLOW_YOUNG, &flow->progress);
		list_add_tail(&flow->young, &endpoint->young);
		endpoint->n_young++;
	}
	spin_unlock_bh(&endpoint->lock);
	if (!crowded ||
	    READ_ONCE(endpoint->n_young) > READ_ONCE(crowded->n_young))
		WRITE_ONCE(gn->flows.crowded, endpoint);
}

/**
 * gwlb_flow_publish() - put a flow into the table, unless somebody was faster
 * @gn: the namespace
 * @flow: the flow, complete; belongs to the table from now on
 *
 * Context: bottom halves off, RCU read side
 * Return: @flow, or the flow with the same key that is there already; an
 *	   error pointer if there is no memory. Then @flow is gone.
 */
struct gwlb_flow *gwlb_flow_publish(struct gwlb_net *gn,
				    struct gwlb_flow *flow)
{
	struct gwlb_flow *old;

	old = rhashtable_lookup_get_insert_fast(&gn->flows.hash, &flow->head,
						gwlb_flow_params);
	if (old) {
		release(gn, flow);
		return old;
	}
	be_young(gn, flow);
	gwlb_flow_gc_kick(gn);
	gwlb_event_flow(gn, GWLB_CMD_FLOW_NEW_EVENT, flow, 0, GFP_ATOMIC);
	return flow;
}

/**
 * gwlb_flow_answered() - both sides take part in it
 * @flow: the flow
 *
 * Context: bottom halves off
 */
void gwlb_flow_answered(struct gwlb_flow *flow)
{
	if (!gwlb_flow_is_young(flow))
		return;
	spin_lock_bh(&flow->endpoint->lock);
	grow_up(flow);
	spin_unlock_bh(&flow->endpoint->lock);
}

/* A flow may be silent for longer than the generation takes to come round to
 * that of its decision, which then would be believed, and whose rule may not be
 * there any more. But it is looked at every GC_ROUNDS seconds, and so many
 * changes take longer. Who decides anew meanwhile is right.
 */
static void outdate(struct gwlb_net *gn, struct gwlb_flow *flow)
{
	s64 decision = atomic64_read(&flow->decision);
	u32 generation;

	/* Read later, it is not before the decision's. */
	smp_rmb();
	generation = gwlb_ruleset_generation(rcu_dereference(gn->rules));
	if (generation - gwlb_decision_generation(decision) <=
	    GWLB_DECISION_OLD)
		return;
	atomic64_cmpxchg(&flow->decision, decision,
			 gwlb_decision_outdated(generation, decision));
}

/* Looks at up to @budget flows, beginning where it ended last time. */
static void collect(struct gwlb_net *gn, u32 budget)
{
	struct rhashtable_iter *iter = &gn->flows.iter;
	struct gwlb_flow *flow;

	rhashtable_walk_start(iter);
	while (budget--) {
		flow = rhashtable_walk_next(iter);
		/* The table has a new size: it begins anew by itself. */
		if (IS_ERR(flow))
			continue;
		if (!flow) {
			rhashtable_walk_stop(iter);
			rhashtable_walk_exit(iter);
			rhashtable_walk_enter(&gn->flows.hash, iter);
			return;
		}
		if (gwlb_flow_is_over(flow))
			gwlb_flow_remove(gn, flow, GWLB_FLOW_END_TIMEOUT);
		else
			outdate(gn, flow);
		if (budget % GC_BREATH == 0) {
			rhashtable_walk_stop(iter);
			cond_resched();
			rhashtable_walk_start(iter);
		}
	}
	rhashtable_walk_stop(iter);
}

/* New flows see to it that the hint goes up; that it goes down again, this. */
static void find_crowded(struct gwlb_net *gn)
{
	struct gwlb_endpoint *crowded = &gn->endpoints.others, *endpoint;
	struct gwlb_tally *tally;
	unsigned long index = 0;

	rcu_read_lock();
	while ((tally = gwlb_tally_next(&gn->endpoints.table, &index))) {
		endpoint = container_of(tally, struct gwlb_endpoint, tally);
		if (READ_ONCE(endpoint->n_young) > READ_ONCE(crowded->n_young))
			crowded = endpoint;
	}
	rcu_read_unlock();
	WRITE_ONCE(gn->flows.crowded, crowded);
}

static void gc(struct work_struct *work)
{
	struct gwlb_flow_table *table =
		container_of(to_delayed_work(work), struct gwlb_flow_table, gc);
	struct gwlb_net *gn = container_of(table, struct gwlb_net, flows);
	u32 count = atomic_read(&table->count);

	gwlb_fragment_expire(&gn->fragments);
	find_crowded(gn);
	collect(gn, max_t(u32, GC_LEAST, count / GC_ROUNDS));
	/* An empty namespace costs nothing; its next flow starts this again. */
	if (atomic_read(&table->count) || READ_ONCE(gn->fragments.count))
		gwlb_flow_gc_kick(gn);
}

/**
 * gwlb_flow_gc_kick() - see to it that garbage collection is running
 * @gn: the namespace
 */
void gwlb_flow_gc_kick(struct gwlb_net *gn)
{
	if (!delayed_work_pending(&gn->flows.gc))
		queue_delayed_work(system_power_efficient_wq, &gn->flows.gc,
				   GC_INTERVAL);
}

/**
 * gwlb_flow_table_init() - make an empty table
 * @gn: the namespace
 *
 * Context: process
 * Return: 0 or -ENOMEM
 */
int gwlb_flow_table_init(struct gwlb_net *gn)
{
	struct gwlb_flow_table *table = &gn->flows;
	int err = rhashtable_init(&table->hash, &gwlb_flow_params);

	if (err)
		return err;
	rhashtable_walk_enter(&table->hash, &table->iter);
	INIT_DELAYED_WORK(&table->gc, gc);
	return 0;
}

static void free_flow(void *ptr, void *arg)
{
	kmem_cache_free(flow_cache, ptr);
}

/**
 * gwlb_flow_table_exit() - free a table and all that is in it
 * @gn: the namespace; nobody may be reading the table any more
 *
 * Nobody is told of the end of these flows: their namespace is gone.
 *
 * Context: process, sleeps
 */
void gwlb_flow_table_exit(struct gwlb_net *gn)
{
	struct gwlb_flow_table *table = &gn->flows;

	cancel_delayed_work_sync(&table->gc);
	rhashtable_walk_exit(&table->iter);
	rhashtable_free_and_destroy(&table->hash, free_flow, NULL);
	if (table->guest)
		atomic_sub(atomic_read(&table->count), &guest_count);
}
