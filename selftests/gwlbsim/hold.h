/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that wait until the MAC address of their next hop is known. */
#ifndef GWLBSIM_HOLD_H
#define GWLBSIM_HOLD_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "inflight.h"
#include "wire.h"

/* Longer than the kernel takes to give a neighbour up and ask once more. */
#define HOLD_TIMEOUT_MS	5000

/**
 * struct hold_packet - one packet that waits
 * @ids: who it belongs to
 * @hdr: outer header as it will be sent
 * @len: length of the inner packet
 * @since: when it came, in ms
 * @next: the next one
 * @inner: the inner packet
 */
struct hold_packet {
	struct inflight_ids ids;
	__u8 hdr[WIRE_HDR_LEN];
	size_t len;
	__u64 since;
	struct hold_packet *next;
	__u8 inner[];
};

/**
 * struct hold - the packets to one neighbour that wait, oldest first
 * @first: the oldest
 * @last: the newest
 * @count: how many
 */
struct hold {
	struct hold_packet *first;
	struct hold_packet *last;
	unsigned int count;
};

bool hold_push(struct hold *hold, const struct inflight_ids *ids,
	       const __u8 *hdr, const void *inner, size_t len, __u64 now);
struct hold_packet *hold_pop(struct hold *hold);
struct hold_packet *hold_pop_old(struct hold *hold, __u64 now);

#endif
