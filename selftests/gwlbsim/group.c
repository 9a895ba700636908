// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the content of what is expected: distinct frames, found by the hash
 * of their inner packet. When and how often they are expected is up to
 * inflight.c. Touches nothing but its own memory.
 */
#include <string.h>
#include <sys/random.h>

#include "group.h"
#include "hash.h"

/* Memory for inner packets, for each size */
#define DATA_LIMIT	(256U << 20)

static const size_t data_size[GROUP_CLASSES] = { 256, 1600, WIRE_INNER_MAX };

/**
 * group_table_init() - prepare an empty table
 * @table: the table, all zeroes
 * @limit: most groups
 *
 * Return: false when there are no random numbers.
 */
bool group_table_init(struct group_table *table, size_t limit)
{
	int i;

	pool_init(&table->groups, sizeof(struct group), limit);
	for (i = 0; i < GROUP_CLASSES; i++)
		pool_init(&table->data[i], data_size[i],
			  DATA_LIMIT / data_size[i]);
	return getrandom(&table->seed, sizeof(table->seed), 0) ==
	       (ssize_t)sizeof(table->seed);
}

/**
 * group_table_exit() - free all groups
 * @table: the table
 */
void group_table_exit(struct group_table *table)
{
	int i;

	pool_exit(&table->groups);
	for (i = 0; i < GROUP_CLASSES; i++)
		pool_exit(&table->data[i]);
}

static struct pool *data_pool(struct group_table *table, size_t len)
{
	int i;

	for (i = 0; i < GROUP_CLASSES; i++)
		if (len <= data_size[i])
			return &table->data[i];
	return NULL;
}

static struct group **bucket_of(struct group_table *table, __u64 hash)
{
	return &table->bucket[hash % GROUP_BUCKETS];
}

/* Without the inner packet at hand the 64-bit hash stands for it. */
static bool has_inner(const struct group *group, __u64 hash,
		      const void *inner, size_t len)
{
	return group->hash == hash && group->inner_len == len &&
	       (!group->inner || !memcmp(group->inner, inner, len));
}

static struct group *find(struct group_table *table, __u64 hash,
			  const __u8 *hdr, const void *inner, size_t len)
{
	struct group *group;

	for (group = *bucket_of(table, hash); group; group = group->chain)
		if (has_inner(group, hash, inner, len) &&
		    !memcmp(group->hdr, hdr, WIRE_HDR_LEN))
			break;
	return group;
}

static struct group *make(struct group_table *table, __u64 hash,
			  const struct inflight_ids *ids, const __u8 *hdr,
			  size_t len)
{
	struct group **at = bucket_of(table, hash);
	struct group *group = pool_get(&table->groups);

	if (!group)
		return NULL;
	memset(group, 0, sizeof(*group));
	group->hash = hash;
	group->inner_len = len;
	group->ids = *ids;
	memcpy(group->hdr, hdr, WIRE_HDR_LEN);
	group->chain = *at;
	*at = group;
	return group;
}

/**
 * group_get() - find or make the group of a frame, with its inner packet
 * @table: the table
 * @ids: who it belongs to
 * @hdr: outer header as it must come back
 * @inner: inner packet
 * @len: its length
 *
 * Return: the group, or NULL without memory.
 */
struct group *group_get(struct group_table *table,
			const struct inflight_ids *ids, const __u8 *hdr,
			const void *inner, size_t len)
{
	__u64 hash = hash_bytes(table->seed, inner, len);
	struct pool *data = data_pool(table, len);
	struct group *group;

	if (!data)
		return NULL;
	group = find(table, hash, hdr, inner, len);
	if (!group)
		group = make(table, hash, ids, hdr, len);
	if (!group || group->inner)
		return group;
	group->inner = pool_get(data);
	if (!group->inner) {
		group_put(table, group);
		return NULL;
	}
	memcpy(group->inner, inner, len);
	return group;
}

/**
 * group_put() - free a group if it has no packets
 * @table: the table
 * @group: the group
 */
void group_put(struct group_table *table, struct group *group)
{
	struct group **at = bucket_of(table, group->hash);

	if (group->packets)
		return;
	while (*at != group)
		at = &(*at)->chain;
	*at = group->chain;
	group_settle(table, group);
	pool_put(&table->groups, group);
}

/**
 * group_settle() - nothing waits any more, forget the inner packet
 * @table: the table
 * @group: the group
 *
 * Header and hash are enough to know a duplicate.
 */
void group_settle(struct group_table *table, struct group *group)
{
	if (group->inner)
		pool_put(data_pool(table, group->inner_len), group->inner);
	group->inner = NULL;
}

/**
 * group_find() - find exactly this frame
 * @table: the table
 * @hdr: outer header
 * @inner: inner packet
 * @len: length of the inner packet
 *
 * Return: the group, or NULL.
 */
struct group *group_find(struct group_table *table, const __u8 *hdr,
			 const void *inner, size_t len)
{
	return find(table, hash_bytes(table->seed, inner, len), hdr, inner,
		    len);
}

/**
 * group_find_inner() - find this inner packet under any outer header
 * @table: the table
 * @inner: inner packet
 * @len: its length
 *
 * Return: the group, one that something waits for if there is; or NULL.
 */
struct group *group_find_inner(struct group_table *table, const void *inner,
			       size_t len)
{
	__u64 hash = hash_bytes(table->seed, inner, len);
	struct group *group, *found = NULL;

	for (group = *bucket_of(table, hash); group; group = group->chain) {
		if (!has_inner(group, hash, inner, len))
			continue;
		if (group->first)
			return group;
		if (!found)
			found = group;
	}
	return found;
}

/**
 * group_common() - how alike is an inner packet?
 * @group: the group, with its inner packet
 * @inner: inner packet to compare
 * @len: its length
 *
 * Return: how many bytes at the beginning are the same.
 */
size_t group_common(const struct group *group, const __u8 *inner, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < group->inner_len; i++)
		if (group->inner[i] != inner[i])
			break;
	return i;
}
