/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory, of which a test may say that there is no more. */
#ifndef _SHIM_LINUX_MM_H
#define _SHIM_LINUX_MM_H

#include <stdlib.h>

#include <linux/types.h>

#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define __GFP_ZERO		0
#define PAGE_SIZE		4096UL

/* How many more times there is memory; a test sets it. */
extern unsigned int shim_allocations;

static inline void *kzalloc(size_t size, int flags)
{
	(void)flags;
	return shim_allocations && shim_allocations-- ? calloc(1, size) : NULL;
}

static inline void *kvmalloc_array(size_t n, size_t size, int flags)
{
	(void)flags;
	return shim_allocations && shim_allocations-- ? malloc(n * size) :
		NULL;
}

static inline void *kvcalloc(size_t n, size_t size, int flags)
{
	return kzalloc(n * size, flags);
}

static inline void *__vmalloc(size_t size, int flags)
{
	return kzalloc(size, flags);
}

static inline void kfree(const void *p)
{
	free((void *)p);
}

static inline void kvfree(const void *p)
{
	free((void *)p);
}

#endif /* _SHIM_LINUX_MM_H */
