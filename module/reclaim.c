// SPDX-License-Identifier: GPL-2.0-only
/*
 * reclaim: frees what may be large, after a grace period and in process
 * context. See reclaim.h.
 *
 * A queue of the module's own, as its end has to wait for what is in it.
 */
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "reclaim.h"

static struct workqueue_struct *queue;

/**
 * gwlb_reclaim() - free something when nobody reads it any more
 * @rwork: its part that says so
 * @free: frees what @rwork, by its work, is part of; in process context
 *
 * Context: process
 */
void gwlb_reclaim(struct rcu_work *rwork, work_func_t free)
{
	INIT_RCU_WORK(rwork, free);
	queue_rcu_work(queue, rwork);
}

/**
 * gwlb_reclaim_register() - be ready
 *
 * Return: 0 or -ENOMEM
 */
int gwlb_reclaim_register(void)
{
	queue = alloc_workqueue("gwlb", WQ_UNBOUND, 0);
	return queue ? 0 : -ENOMEM;
}

/**
 * gwlb_reclaim_unregister() - free all that was to be freed
 *
 * Nobody may call gwlb_reclaim() any more.
 */
void gwlb_reclaim_unregister(void)
{
	/* What waits for a grace period is not in the queue yet. */
	rcu_barrier();
	destroy_workqueue(queue);
}
