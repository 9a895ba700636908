// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate: bends requests by attribute, length, order and header. See mutate.h.
 */
#include <linux/netlink.h>
#include <string.h>

#include "mutate.h"

/* Attributes of one message that can be bent */
#define MAX_PICKED	2048

/**
 * struct picked - all attributes of a message
 * @items: the attributes
 * @lists: where each of them is
 * @n: how many
 */
struct picked {
	struct item *items[MAX_PICKED];
	struct item **lists[MAX_PICKED];
	uint32_t n;
};

static struct picked all;

static void pick(struct item **list)
{
	for (; *list && all.n < MAX_PICKED; list = &(*list)->next) {
		all.items[all.n] = *list;
		all.lists[all.n++] = list;
		if ((*list)->nest)
			pick(&(*list)->first);
	}
}

/* Attributes */

static void bend_type(struct item *item)
{
	switch (chance(4)) {
	case 0:
		item->type ^= 1 << chance(5);
		break;
	case 1:
		item->type += once_in(2) ? 1 : -1;
		break;
	case 2:
		item->type = chance(32) | (item->type & NLA_F_NESTED);
		break;
	default:
		item->type = chance(65536);
	}
}

static void bend_flag(struct item *item)
{
	item->type ^= once_in(4) ? NLA_F_NET_BYTEORDER : NLA_F_NESTED;
}

static void bend_length(struct item *item)
{
	static const int lies[] = { -4, -3, -2, -1, 1, 2, 3, 4, 8, 64, 4096 };

	if (once_in(4))
		item->lie = (int)chance(65536) - 32768;
	else
		item->lie = lies[chance(sizeof(lies) / sizeof(lies[0]))];
}

static void bend_payload(struct item *item)
{
	static const uint64_t edges[] = {
		0, 1, ~0ULL, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff,
		0x7fffffff, 0x80000000, 0xffff0000, 1ULL << 63,
	};
	uint64_t edge = edges[chance(sizeof(edges) / sizeof(edges[0]))];
	size_t i, n = item->len < sizeof(edge) ? item->len : sizeof(edge);

	if (!item->len)
		return;
	switch (chance(3)) {
	case 0:
		item->data[chance(item->len)] ^= 1 << chance(8);
		break;
	case 1:
		memcpy(item->data, &edge, n);
		break;
	default:
		for (i = 0; i < item->len; i++)
			item->data[i] = chance(256);
	}
}

static void bend_size(struct item *item)
{
	static const uint16_t sizes[] = {
		0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 127, 128,
		129, 255, 256, 4096, 65000,
	};
	size_t len = sizes[chance(sizeof(sizes) / sizeof(sizes[0]))];
	uint8_t *data = message_alloc(len);

	if (!data || item->nest)
		return;
	/* Letters, so that strings get too long, and some without an end. */
	memset(data, 'a', len);
	if (item->len)
		memcpy(data, item->data, len < item->len ? len : item->len);
	if (len && once_in(2))
		data[len - 1] = '\0';
	item->data = data;
	item->len = len;
}

/* Bytes where a nest should be, or a nest where bytes should be */
static void bend_kind(struct item *item)
{
	if (item->nest) {
		item->nest = false;
		item->len = 0;
		bend_size(item);
		return;
	}
	item->nest = true;
	item->len = 0;
	if (once_in(2))
		item->type |= NLA_F_NESTED;
}

static void nest_deeper(struct item *item)
{
	struct item *inner;
	uint32_t depth = once_in(8) ? 200 : 1 + chance(12);

	while (depth--) {
		inner = message_alloc(sizeof(*inner));
		if (!inner)
			return;
		*inner = *item;
		inner->next = NULL;
		item->first = inner;
		item->nest = true;
		item->len = 0;
		item->type |= NLA_F_NESTED;
	}
}

/* Order */

static void repeat(struct item *item)
{
	uint32_t n = once_in(16) ? 300 : 1 + chance(3);
	struct item *copy;

	while (n--) {
		copy = item_copy(item);
		if (!copy)
			return;
		copy->next = item->next;
		item->next = copy;
	}
}

static void drop(struct item **list)
{
	*list = (*list)->next;
}

static void swap(struct item **list)
{
	struct item *first = *list, *second = first->next;

	if (!second)
		return;
	first->next = second->next;
	second->next = first;
	*list = second;
}

/* Some attribute of another request, or of another place in this one */
static void splice(struct item *item, const struct surroundings *around)
{
	uint32_t mine = all.n;
	struct message donor;
	struct item *copy;

	seed(&donor, around);
	pick(&donor.first);
	copy = all.n ? item_copy(all.items[chance(all.n)]) : NULL;
	all.n = mine;
	if (!copy)
		return;
	copy->next = item->next;
	item->next = copy;
}

static void bend_item(uint32_t i, const struct surroundings *around)
{
	struct item *item = all.items[i];

	switch (chance(12)) {
	case 0:
		bend_type(item);
		break;
	case 1:
		bend_flag(item);
		break;
	case 2:
		bend_length(item);
		break;
	case 3:
	case 4:
		bend_payload(item);
		break;
	case 5:
		bend_size(item);
		break;
	case 6:
		bend_kind(item);
		break;
	case 7:
		nest_deeper(item);
		break;
	case 8:
		repeat(item);
		break;
	case 9:
		drop(all.lists[i]);
		break;
	case 10:
		swap(all.lists[i]);
		break;
	default:
		splice(item, around);
	}
}

/* The header. Its type is left alone: other families are not to be tested. */
static void bend_header(struct message *msg)
{
	switch (chance(7)) {
	case 0:
		msg->cmd = once_in(4) ? chance(256) : chance(32);
		break;
	case 1:
		msg->version = chance(256);
		break;
	case 2:
		msg->reserved = chance(65536);
		break;
	case 3:
		msg->flags ^= 1 << chance(16);
		break;
	case 4:
		msg->flags ^= NLM_F_DUMP;
		break;
	case 5:
		msg->lie = once_in(2) ? (int)chance(64) - 32 :
			(int)chance(1 << 20);
		break;
	default:
		msg->tail = 1 + chance(40);
	}
}

/**
 * mutate() - bend a request once or a few times
 * @msg: the request
 * @around: what others are about that parts are taken from
 */
void mutate(struct message *msg, const struct surroundings *around)
{
	uint32_t times = 1 + chance(3);

	while (times--) {
		all.n = 0;
		pick(&msg->first);
		if (!all.n || once_in(6))
			bend_header(msg);
		else
			bend_item(chance(all.n), around);
	}
}
