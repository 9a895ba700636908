// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the memory of what was sent: which packets are waited for, which came
 * back, which are missing, and for how long each is remembered. Knows
 * nothing of sockets and counters.
 *
 * Senders repeat themselves byte for byte (UDP with IP id 0, packet
 * generators), so equal packets share a "group" that holds their content,
 * and the oldest one that waits is taken as returned.
 */
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "inflight.h"
#include "pool.h"
#include "wire.h"

#define PACKET_LIMIT	(1U << 19)
/* How far back a packet with an unknown inner packet is searched for */
#define SEARCH_LIMIT	8192

enum state {
	WAITING,
	RETURNED,
	MISSING,
	STATES,
};

static const unsigned int lifetime[STATES] = {
	[WAITING] = INFLIGHT_TIMEOUT_MS,
	[RETURNED] = INFLIGHT_RETURNED_MS,
	[MISSING] = INFLIGHT_MISSING_MS,
};

struct inflight_packet {
	struct group *group;
	struct inflight_packet *next;		/* waiting in the group */
	struct inflight_packet *older;		/* in the list of the state */
	struct inflight_packet *newer;
	__u64 since;
};

struct list {
	struct inflight_packet *oldest;
	struct inflight_packet *newest;
	unsigned long count;
};

struct inflight {
	struct group_table groups;
	struct pool packets;
	struct list list[STATES];
	struct inflight_ids expired;
};

/**
 * inflight_new() - make an empty table
 *
 * Return: the table, or NULL without memory.
 */
struct inflight *inflight_new(void)
{
	struct inflight *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	if (!group_table_init(&table->groups, PACKET_LIMIT)) {
		free(table);
		return NULL;
	}
	pool_init(&table->packets, sizeof(struct inflight_packet),
		  PACKET_LIMIT);
	return table;
}

/**
 * inflight_free() - free a table and all that it remembers
 * @table: the table
 */
void inflight_free(struct inflight *table)
{
	if (table) {
		group_table_exit(&table->groups);
		pool_exit(&table->packets);
	}
	free(table);
}

static void list_append(struct list *list, struct inflight_packet *packet)
{
	packet->older = list->newest;
	packet->newer = NULL;
	if (list->newest)
		list->newest->newer = packet;
	else
		list->oldest = packet;
	list->newest = packet;
	list->count++;
}

static void list_remove(struct list *list, struct inflight_packet *packet)
{
	if (packet->older)
		packet->older->newer = packet->newer;
	else
		list->oldest = packet->newer;
	if (packet->newer)
		packet->newer->older = packet->older;
	else
		list->newest = packet->older;
	list->count--;
}

/* In the list of a state for as long as that state lasts */
static void enter(struct inflight *table, struct inflight_packet *packet,
		  enum state state, __u64 now)
{
	packet->since = now;
	list_append(&table->list[state], packet);
}

static void drop(struct inflight *table, struct inflight_packet *packet)
{
	struct group *group = packet->group;

	group->packets--;
	group_put(&table->groups, group);
	pool_put(&table->packets, packet);
}

/* A packet that is over, but was still remembered */
static void forget(struct inflight *table, enum state state,
		   struct inflight_packet *packet)
{
	if (state == MISSING && packet->group->missing)
		packet->group->missing--;
	list_remove(&table->list[state], packet);
	drop(table, packet);
}

/* At the limit, what is over goes first; what is waited for never goes. */
static struct inflight_packet *take(struct inflight *table)
{
	struct inflight_packet *packet = pool_get(&table->packets);
	enum state state = table->list[MISSING].oldest ? MISSING : RETURNED;

	if (packet)
		return packet;
	packet = table->list[state].oldest;
	if (!packet)
		return NULL;
	forget(table, state, packet);
	return pool_get(&table->packets);
}

/**
 * inflight_add() - remember a packet that is about to be sent
 * @table: the table
 * @ids: who it belongs to
 * @hdr: outer header as it must come back, WIRE_HDR_LEN bytes
 * @inner: inner packet
 * @len: its length, at most WIRE_INNER_MAX
 * @now: time in ms
 *
 * Return: a handle for inflight_cancel(), or NULL when memory is used up;
 * then the packet must not be sent.
 */
struct inflight_packet *inflight_add(struct inflight *table,
				     const struct inflight_ids *ids,
				     const __u8 *hdr, const void *inner,
				     size_t len, __u64 now)
{
	struct inflight_packet *packet = take(table);
	struct group *group;

	if (!packet)
		return NULL;
	group = group_get(&table->groups, ids, hdr, inner, len);
	if (!group) {
		pool_put(&table->packets, packet);
		return NULL;
	}
	packet->group = group;
	packet->next = NULL;
	if (group->last)
		group->last->next = packet;
	else
		group->first = packet;
	group->last = packet;
	group->packets++;
	enter(table, packet, WAITING, now);
	return packet;
}

/* Take the oldest waiting packet of a group out of the waiting. */
static struct inflight_packet *shift(struct inflight *table,
				     struct group *group)
{
	struct inflight_packet *packet = group->first;

	group->first = packet->next;
	if (!group->first) {
		group->last = NULL;
		group_settle(&table->groups, group);
	}
	list_remove(&table->list[WAITING], packet);
	return packet;
}

/**
 * inflight_cancel() - forget a packet that could not be sent after all
 * @table: the table
 * @packet: what inflight_add() returned
 *
 * Equal packets are one as good as the other, so the group's oldest goes.
 */
void inflight_cancel(struct inflight *table, struct inflight_packet *packet)
{
	drop(table, shift(table, packet->group));
}

/*
 * A frame with a changed inner packet is recognised by the cookie; of the
 * flow's waiting packets the one that starts alike for longest is meant.
 */
static struct group *search(struct inflight *table, __u32 cookie,
			    const __u8 *inner, size_t len)
{
	struct inflight_packet *packet = table->list[WAITING].newest;
	struct group *group, *found = NULL;
	size_t n, best = 0;
	struct wire wire;
	int left;

	for (left = SEARCH_LIMIT; packet && left; left--) {
		group = packet->group;
		packet = packet->older;
		wire_parse(group->hdr, WIRE_HDR_LEN, &wire);
		if (wire.cookie != cookie)
			continue;
		n = group_common(group, inner, len);
		if (!found || n > best) {
			found = group;
			best = n;
		}
	}
	return found;
}

static enum inflight_verdict different(struct inflight *table,
				       const __u8 *frame, size_t len,
				       struct inflight_match *match)
{
	struct group *group;
	struct wire wire;
	long off;

	off = wire_parse(frame, len, &wire);
	if (off < 0)
		return INFLIGHT_UNSOLICITED;
	len -= off;
	match->inner = NULL;
	group = group_find_inner(&table->groups, frame + off, len);
	if (!group) {
		group = search(table, wire.cookie, frame + off, len);
		if (!group)
			return INFLIGHT_UNSOLICITED;
		match->inner = group->inner;
	}
	match->ids = group->ids;
	match->hdr = group->hdr;
	match->inner_len = group->inner_len;
	return INFLIGHT_DIFFERENT;
}

/**
 * inflight_return() - find out what a returned frame is
 * @table: the table
 * @frame: from the outer IPv4 header on
 * @len: its length
 * @now: time in ms
 * @match: what it was compared with
 *
 * Only an equal frame ends the waiting. A wrong one leaves the packet in
 * flight: it did not come back, and will be missing.
 *
 * Return: the verdict.
 */
enum inflight_verdict inflight_return(struct inflight *table,
				      const __u8 *frame, size_t len, __u64 now,
				      struct inflight_match *match)
{
	struct group *group = NULL;

	if (len > WIRE_HDR_LEN)
		group = group_find(&table->groups, frame,
				   frame + WIRE_HDR_LEN, len - WIRE_HDR_LEN);
	if (!group)
		return different(table, frame, len, match);

	match->ids = group->ids;
	match->hdr = group->hdr;
	match->inner = NULL;
	match->inner_len = group->inner_len;
	if (group->first) {
		enter(table, shift(table, group), RETURNED, now);
		return INFLIGHT_RETURNED;
	}
	if (group->missing) {
		group->missing--;
		return INFLIGHT_LATE;
	}
	return INFLIGHT_DUPLICATE;
}

static struct inflight_packet *overdue(const struct inflight *table,
				       enum state state, __u64 now)
{
	struct inflight_packet *packet = table->list[state].oldest;

	if (!packet || now - packet->since < lifetime[state])
		return NULL;
	return packet;
}

static void forget_overdue(struct inflight *table, enum state state,
			   __u64 now)
{
	struct inflight_packet *packet;

	while ((packet = overdue(table, state, now)))
		forget(table, state, packet);
}

/**
 * inflight_expire() - give up on one packet that is overdue
 * @table: the table
 * @now: time in ms
 *
 * To be called until it returns NULL.
 *
 * Return: who the missing packet belongs to, or NULL when none is overdue.
 */
const struct inflight_ids *inflight_expire(struct inflight *table, __u64 now)
{
	struct inflight_packet *packet = overdue(table, WAITING, now);

	if (!packet) {
		forget_overdue(table, RETURNED, now);
		forget_overdue(table, MISSING, now);
		return NULL;
	}
	/* The oldest of all is the oldest of its group. */
	shift(table, packet->group);
	packet->group->missing++;
	table->expired = packet->group->ids;
	enter(table, packet, MISSING, now);
	return &table->expired;
}

/**
 * inflight_waiting() - packets that are neither back nor missing
 * @table: the table
 *
 * Return: how many.
 */
unsigned long inflight_waiting(const struct inflight *table)
{
	return table->list[WAITING].count;
}
