// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the packets that cannot be sent yet because the kernel is still
 * resolving their next hop. Short queues with copies of the packets; this
 * is the one place that allocates per packet, and only at the start.
 */
#include <stdlib.h>
#include <string.h>

#include "hold.h"

#define HOLD_MAX	128

/**
 * hold_push() - let a packet wait
 * @hold: the queue of its next hop
 * @ids: who it belongs to
 * @hdr: outer header
 * @inner: inner packet
 * @len: its length
 * @now: time in ms
 *
 * Return: false when the queue is full or memory is short.
 */
bool hold_push(struct hold *hold, const struct inflight_ids *ids,
	       const __u8 *hdr, const void *inner, size_t len, __u64 now)
{
	struct hold_packet *packet;

	if (hold->count == HOLD_MAX)
		return false;
	packet = malloc(sizeof(*packet) + len);
	if (!packet)
		return false;
	packet->ids = *ids;
	packet->len = len;
	packet->since = now;
	packet->next = NULL;
	memcpy(packet->hdr, hdr, WIRE_HDR_LEN);
	memcpy(packet->inner, inner, len);
	if (hold->last)
		hold->last->next = packet;
	else
		hold->first = packet;
	hold->last = packet;
	hold->count++;
	return true;
}

/**
 * hold_pop() - take the oldest packet
 * @hold: the queue
 *
 * Return: the packet, to be given to free(); or NULL when there is none.
 */
struct hold_packet *hold_pop(struct hold *hold)
{
	struct hold_packet *packet = hold->first;

	if (!packet)
		return NULL;
	hold->first = packet->next;
	if (!hold->first)
		hold->last = NULL;
	hold->count--;
	return packet;
}

/**
 * hold_pop_old() - take the oldest packet if it has waited for too long
 * @hold: the queue
 * @now: time in ms
 *
 * Return: the packet, to be given to free(); or NULL when none is too old.
 */
struct hold_packet *hold_pop_old(struct hold *hold, __u64 now)
{
	if (!hold->first || now - hold->first->since < HOLD_TIMEOUT_MS)
		return NULL;
	return hold_pop(hold);
}
