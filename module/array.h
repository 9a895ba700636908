/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * array: memory for what a ruleset has thousands of, and keeps.
 */
#ifndef _GWLB_ARRAY_H
#define _GWLB_ARRAY_H

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/**
 * gwlb_array() - allocate an array, all 0
 * @n: how many there are
 * @size: how large one is
 *
 * What is large is not rounded up to a power of two, as kvcalloc() would do
 * where there is so much in one piece.
 *
 * Context: process, may sleep
 * Return: the array, for kvfree(); or NULL
 */
static inline void *gwlb_array(size_t n, size_t size)
{
	size_t bytes = array_size(n, size);

	if (bytes > 4 * PAGE_SIZE)
		return __vmalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	return kvcalloc(n, size, GFP_KERNEL_ACCOUNT);
}

#endif /* _GWLB_ARRAY_H */
