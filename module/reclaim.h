/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reclaim: frees what may be large or has to sleep for it, after a grace
 * period and in process context. Owns the queue that this is done by.
 */
#ifndef _GWLB_RECLAIM_H
#define _GWLB_RECLAIM_H

#include <linux/workqueue.h>

void gwlb_reclaim(struct rcu_work *rwork, work_func_t free);
int gwlb_reclaim_register(void);
void gwlb_reclaim_unregister(void);

#endif /* _GWLB_RECLAIM_H */
