/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * message: a request as a tree of attributes, that can be bent before it is
 * made into bytes; and the numbers by chance that it is bent by.
 */
#ifndef _MESSAGE_H
#define _MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for any message, and for what trees are made of */
#define MESSAGE_MAX	(256 * 1024)

/**
 * struct item - an attribute
 * @next: the one behind it
 * @first: what is nested in it, if it is a nest
 * @type: nla_type, with flags
 * @nest: it has @first, and no @data
 * @lie: is added to its true length
 * @len: of @data
 * @data: payload
 */
struct item {
	struct item *next;
	struct item *first;
	uint16_t type;
	bool nest;
	int lie;
	size_t len;
	uint8_t *data;
};

/**
 * struct message - a request
 * @cmd: enum GWLB_CMD_*
 * @version: of the family
 * @reserved: of struct genlmsghdr
 * @flags: nlmsg_flags
 * @seq: nlmsg_seq
 * @lie: is added to its true length
 * @first: its attributes
 * @tail: so many bytes of garbage behind them
 */
struct message {
	uint8_t cmd;
	uint8_t version;
	uint16_t reserved;
	uint16_t flags;
	uint32_t seq;
	int lie;
	struct item *first;
	uint32_t tail;
};

void chance_seed(uint64_t seed, uint64_t index);
uint64_t chance(uint64_t n);
bool once_in(uint64_t n);

void message_reset(void);
void *message_alloc(size_t len);
struct item *item_put(struct item **list, uint16_t type, const void *data,
		      size_t len);
struct item *item_nest(struct item **list, uint16_t type);
struct item *item_copy(const struct item *item);
void put_u8(struct item **list, uint16_t type, uint8_t value);
void put_u16(struct item **list, uint16_t type, uint16_t value);
void put_u32(struct item **list, uint16_t type, uint32_t value);
void put_u64(struct item **list, uint16_t type, uint64_t value);
void put_string(struct item **list, uint16_t type, const char *value);
void put_flag(struct item **list, uint16_t type);
size_t message_bytes(const struct message *msg, uint16_t family, uint8_t *buf,
		     size_t size);

#endif
