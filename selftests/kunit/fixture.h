/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fixture: what every test begins and ends with: the module in the first
 * namespace, as if it had just been loaded, and then unloaded. Its end frees
 * the caches, so that what a test left behind is complained of.
 */
#ifndef _KUNIT_FIXTURE_H
#define _KUNIT_FIXTURE_H

#include <kunit/test.h>

#include "gwlb.h"

/* An endpoint, and another one */
#define TEST_ENDPOINT	0x0123456789abcdefULL
#define TEST_ENDPOINT2	0x0fedcba987654321ULL

int fixture_init(struct kunit *test);
void fixture_exit(struct kunit *test);

/* The namespace's part of the module */
static inline struct gwlb_net *fixture_net(struct kunit *test)
{
	return test->priv;
}

/* The walk is in softirq, under RCU. No KUNIT_ASSERT in between: it ends the
 * thread.
 */
static inline void fixture_walk_begin(void)
{
	local_bh_disable();
	rcu_read_lock();
}

static inline void fixture_walk_end(void)
{
	rcu_read_unlock();
	local_bh_enable();
}

#endif /* _KUNIT_FIXTURE_H */
