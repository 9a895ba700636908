/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory per CPU that fails as other memory does. The kernel fails slabs and
 * pages on demand, and most blocks per CPU need neither. So in the module that
 * faults are tried on, of which this is the first header, each takes a small
 * slab before.
 */
#ifndef _FUZZ_PERCPU_H
#define _FUZZ_PERCPU_H

#include <linux/percpu.h>
#include <linux/slab.h>
#include <net/dst_cache.h>

static inline bool gwlb_percpu_fails(gfp_t gfp)
{
	void *p = kmalloc(8, gfp);

	kfree(p);
	return !p;
}

#define __alloc_percpu_gfp(size, align, gfp)				\
	(gwlb_percpu_fails(gfp) ? NULL :				\
	 __alloc_percpu_gfp(size, align, gfp))

#define __alloc_percpu(size, align)					\
	(gwlb_percpu_fails(GFP_KERNEL) ? NULL : __alloc_percpu(size, align))

#define dst_cache_init(cache, gfp)					\
	(gwlb_percpu_fails(gfp) ? -ENOMEM : dst_cache_init(cache, gfp))

#endif
