/* SPDX-License-Identifier: GPL-2.0-only */
/* Objects of one size, given out and taken back without malloc. */
#ifndef GWLBSIM_POOL_H
#define GWLBSIM_POOL_H

#include <stddef.h>

struct pool_slab;
struct pool_free;

/**
 * struct pool - objects of one size
 * @size: bytes of one object
 * @left: how many more objects may be made
 * @free: objects that wait to be used
 * @slabs: what was allocated, for pool_exit()
 */
struct pool {
	size_t size;
	size_t left;
	struct pool_free *free;
	struct pool_slab *slabs;
};

void pool_init(struct pool *pool, size_t size, size_t limit);
void *pool_get(struct pool *pool);
void pool_put(struct pool *pool, void *object);
void pool_exit(struct pool *pool);

#endif
