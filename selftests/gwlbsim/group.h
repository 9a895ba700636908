/* SPDX-License-Identifier: GPL-2.0-only */
/* Distinct frames that are expected, found by their content. */
#ifndef GWLBSIM_GROUP_H
#define GWLBSIM_GROUP_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "inflight.h"
#include "pool.h"
#include "wire.h"

#define GROUP_BUCKETS	(1U << 16)
#define GROUP_CLASSES	3

/**
 * struct group - one distinct frame
 * @chain: next in the same bucket
 * @hash: of the inner packet
 * @inner: the inner packet, kept while a packet of the group waits
 * @inner_len: its length
 * @first: the packet that waits for longest, or NULL
 * @last: the packet that was sent last
 * @packets: packets in any state
 * @missing: packets that are missing and did not come back late
 * @ids: who it belongs to
 * @hdr: outer header as it must come back
 */
struct group {
	struct group *chain;
	__u64 hash;
	__u8 *inner;
	size_t inner_len;
	struct inflight_packet *first;
	struct inflight_packet *last;
	unsigned int packets;
	unsigned int missing;
	struct inflight_ids ids;
	__u8 hdr[WIRE_HDR_LEN];
};

/**
 * struct group_table - all distinct frames
 * @bucket: by the hash of the inner packet
 * @groups: memory for groups
 * @data: memory for inner packets, by size
 * @seed: key of the hash
 */
struct group_table {
	struct group *bucket[GROUP_BUCKETS];
	struct pool groups;
	struct pool data[GROUP_CLASSES];
	__u64 seed;
};

bool group_table_init(struct group_table *table, size_t limit);
void group_table_exit(struct group_table *table);
struct group *group_get(struct group_table *table,
			const struct inflight_ids *ids, const __u8 *hdr,
			const void *inner, size_t len);
void group_put(struct group_table *table, struct group *group);
void group_settle(struct group_table *table, struct group *group);
struct group *group_find(struct group_table *table, const __u8 *hdr,
			 const void *inner, size_t len);
struct group *group_find_inner(struct group_table *table, const void *inner,
			       size_t len);
size_t group_common(const struct group *group, const __u8 *inner, size_t len);

#endif
