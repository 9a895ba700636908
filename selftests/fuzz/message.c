// SPDX-License-Identifier: GPL-2.0-only
/*
 * message: trees of attributes, and the bytes that they are. See message.h.
 * Owns the memory of one message at a time.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

static uint8_t arena[4 * MESSAGE_MAX] __attribute__((aligned(16)));
static size_t used;
static uint64_t state;

static uint64_t next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ULL;

	/* splitmix64: any state will do, so each message has one of its own. */
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/**
 * chance_seed() - from here on chance depends on this, and nothing else
 * @seed: of the run
 * @index: of the message
 */
void chance_seed(uint64_t seed, uint64_t index)
{
	state = seed;
	state = next() ^ index;
	next();
}

/**
 * chance() - a number
 * @n: how many there are
 *
 * Return: one of 0 .. @n - 1
 */
uint64_t chance(uint64_t n)
{
	return n ? next() % n : next();
}

/**
 * once_in() - does what happens once in so many times happen now?
 * @n: so many times
 *
 * Return: true if so
 */
bool once_in(uint64_t n)
{
	return !chance(n);
}

/**
 * message_reset() - all messages are forgotten
 */
void message_reset(void)
{
	used = 0;
}

/**
 * message_alloc() - room for something in a message
 * @len: how much
 *
 * Return: zeroes; or NULL if the message is as large as it gets
 */
void *message_alloc(size_t len)
{
	void *p = arena + used;

	len = (len + 15) & ~(size_t)15;
	if (len > sizeof(arena) - used)
		return NULL;
	used += len;
	return memset(p, 0, len);
}

static struct item *append(struct item **list)
{
	struct item *item = message_alloc(sizeof(*item));

	if (!item)
		return NULL;
	while (*list)
		list = &(*list)->next;
	*list = item;
	return item;
}

/**
 * item_put() - an attribute at the end of others
 * @list: the others
 * @type: its type, with flags
 * @data: its payload
 * @len: of @data
 *
 * Return: the attribute, or NULL if there is no room
 */
struct item *item_put(struct item **list, uint16_t type, const void *data,
		      size_t len)
{
	uint8_t *copy = message_alloc(len);
	struct item *item;

	if (!copy)
		return NULL;
	item = append(list);
	if (!item)
		return NULL;
	item->type = type;
	item->len = len;
	item->data = copy;
	if (len)
		memcpy(copy, data, len);
	return item;
}

/**
 * item_nest() - an attribute with others in it, at the end of others
 * @list: the others
 * @type: its type, without flags
 *
 * Return: the attribute, still empty. If there is no room it is one that is
 *	   in no message.
 */
struct item *item_nest(struct item **list, uint16_t type)
{
	static struct item nowhere;
	struct item *item = append(list);

	if (!item)
		item = memset(&nowhere, 0, sizeof(nowhere));
	item->type = type | NLA_F_NESTED;
	item->nest = true;
	return item;
}

/**
 * item_copy() - the same attribute once more, with all that is in it
 * @item: the attribute
 *
 * Return: the copy, or NULL if there is no room
 */
struct item *item_copy(const struct item *item)
{
	struct item *copy = message_alloc(sizeof(*copy)), **end, *child;

	if (!copy)
		return NULL;
	*copy = *item;
	copy->next = NULL;
	copy->first = NULL;
	if (item->len) {
		copy->data = message_alloc(item->len);
		if (!copy->data)
			return NULL;
		memcpy(copy->data, item->data, item->len);
	}
	end = &copy->first;
	for (child = item->first; child; child = child->next) {
		*end = item_copy(child);
		if (!*end)
			return NULL;
		end = &(*end)->next;
	}
	return copy;
}

/**
 * put_u8() - a number
 * @list: where it goes
 * @type: its type
 * @value: the number
 */
void put_u8(struct item **list, uint16_t type, uint8_t value)
{
	item_put(list, type, &value, sizeof(value));
}

/**
 * put_u16() - a number
 * @list: where it goes
 * @type: its type
 * @value: the number
 */
void put_u16(struct item **list, uint16_t type, uint16_t value)
{
	item_put(list, type, &value, sizeof(value));
}

/**
 * put_u32() - a number
 * @list: where it goes
 * @type: its type
 * @value: the number
 */
void put_u32(struct item **list, uint16_t type, uint32_t value)
{
	item_put(list, type, &value, sizeof(value));
}

/**
 * put_u64() - a number
 * @list: where it goes
 * @type: its type
 * @value: the number
 */
void put_u64(struct item **list, uint16_t type, uint64_t value)
{
	item_put(list, type, &value, sizeof(value));
}

/**
 * put_string() - a string
 * @list: where it goes
 * @type: its type
 * @value: the string
 */
void put_string(struct item **list, uint16_t type, const char *value)
{
	item_put(list, type, value, strlen(value) + 1);
}

/**
 * put_flag() - a flag
 * @list: where it goes
 * @type: its type
 */
void put_flag(struct item **list, uint16_t type)
{
	item_put(list, type, NULL, 0);
}

/* Return: the place behind what was written, or SIZE_MAX if there is no room */
static size_t put_items(const struct item *item, uint8_t *buf, size_t size,
			size_t at)
{
	struct nlattr nla;
	size_t begin;

	for (; item; item = item->next) {
		begin = at;
		if (size - at < NLA_HDRLEN + NLA_ALIGN(item->len))
			return SIZE_MAX;
		at += NLA_HDRLEN;
		if (item->nest) {
			at = put_items(item->first, buf, size, at);
			if (at == SIZE_MAX)
				return SIZE_MAX;
		} else if (item->len) {
			memset(buf + at, 0, NLA_ALIGN(item->len));
			memcpy(buf + at, item->data, item->len);
			at += NLA_ALIGN(item->len);
		}
		nla.nla_type = item->type;
		nla.nla_len = item->lie + (item->nest ? at - begin :
					   NLA_HDRLEN + item->len);
		memcpy(buf + begin, &nla, sizeof(nla));
	}
	return at;
}

/**
 * message_bytes() - a message as it is sent
 * @msg: the message
 * @family: number of the family
 * @buf: gets the bytes
 * @size: of @buf
 *
 * Return: how many bytes, 0 if there is no room
 */
size_t message_bytes(const struct message *msg, uint16_t family, uint8_t *buf,
		     size_t size)
{
	struct genlmsghdr genl = {
		.cmd = msg->cmd,
		.version = msg->version,
		.reserved = msg->reserved,
	};
	struct nlmsghdr nlh = {
		.nlmsg_type = family,
		.nlmsg_flags = msg->flags,
		.nlmsg_seq = msg->seq,
	};
	size_t len;

	len = put_items(msg->first, buf, size, NLMSG_HDRLEN + GENL_HDRLEN);
	if (len == SIZE_MAX || size - len < msg->tail)
		return 0;
	memset(buf + len, 0x5a, msg->tail);
	len += msg->tail;
	nlh.nlmsg_len = len + msg->lie;
	memcpy(buf, &nlh, sizeof(nlh));
	memcpy(buf + NLMSG_HDRLEN, &genl, sizeof(genl));
	return len;
}
