// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns memory in slabs of equal objects, so that the packet path neither
 * calls malloc nor grows without a limit. Touches nothing else.
 */
#include <stdlib.h>

#include "pool.h"

#define POOL_SLAB_BYTES	(256 * 1024)

struct pool_slab {
	struct pool_slab *next;
	max_align_t objects[];
};

struct pool_free {
	struct pool_free *next;
};

/**
 * pool_init() - prepare an empty pool
 * @pool: the pool
 * @size: bytes of one object
 * @limit: most objects that the pool may hold
 */
void pool_init(struct pool *pool, size_t size, size_t limit)
{
	const size_t align = _Alignof(max_align_t);

	pool->size = (size + align - 1) / align * align;
	pool->left = limit;
	pool->free = NULL;
	pool->slabs = NULL;
}

static void grow(struct pool *pool)
{
	size_t n = POOL_SLAB_BYTES / pool->size;
	struct pool_slab *slab;
	char *object;

	if (n > pool->left)
		n = pool->left;
	if (!n)
		return;
	slab = malloc(sizeof(*slab) + n * pool->size);
	if (!slab)
		return;
	slab->next = pool->slabs;
	pool->slabs = slab;
	pool->left -= n;
	for (object = (char *)slab->objects; n; n--, object += pool->size)
		pool_put(pool, object);
}

/**
 * pool_get() - take one object
 * @pool: the pool
 *
 * Return: an object with undefined content, or NULL at the limit.
 */
void *pool_get(struct pool *pool)
{
	struct pool_free *object;

	if (!pool->free)
		grow(pool);
	object = pool->free;
	if (object)
		pool->free = object->next;
	return object;
}

/**
 * pool_put() - give one object back
 * @pool: the pool that it came from
 * @object: the object
 */
void pool_put(struct pool *pool, void *object)
{
	struct pool_free *f = object;

	f->next = pool->free;
	pool->free = f;
}

/**
 * pool_exit() - free everything, objects in use as well
 * @pool: the pool
 */
void pool_exit(struct pool *pool)
{
	struct pool_slab *slab;

	while ((slab = pool->slabs)) {
		pool->slabs = slab->next;
		free(slab);
	}
	pool->free = NULL;
}
