/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules as netlink attributes: rules_encode.c writes them, rules_decode.c
 * reads them, rules_map.c knows what an attribute was made from.
 */

#ifndef _GWLBCTL_RULES_NETLINK_H
#define _GWLBCTL_RULES_NETLINK_H

#include <libmnl/libmnl.h>

#include "rules.h"

/* The largest nest: the length of an attribute has 16 bits */
#define RULES_NEST_MAX	65532

/**
 * struct rules_mark - from here on, a message says what was written there
 * @offset: bytes from the beginning of the message
 * @at: where it was written
 */
struct rules_mark {
	__u32 offset;
	struct rules_pos at;
};

/**
 * struct rules_map - what the parts of a message were made from
 * @marks: in the order of their offsets
 * @count: how many there are
 * @room: for how many there is memory
 * @failed: set when there was no memory for one
 */
struct rules_map {
	struct rules_mark *marks;
	size_t count;
	size_t room;
	bool failed;
};

void rules_map_add(struct rules_map *map, const struct nlmsghdr *nlh,
		   struct rules_pos at);
bool rules_map_find(const struct rules_map *map, __u32 offset,
		    struct rules_pos *at);
void rules_map_free(struct rules_map *map);

size_t rules_rule_size(const struct rules_rule *rule);
size_t rules_group_size(const struct rules_group *group);
size_t rules_elements_size(const struct rules_values *values);
size_t rules_size(const struct rules *rules);
void rules_encode_elements(struct nlmsghdr *nlh, const char *set,
			   const struct rules_values *values,
			   struct rules_map *map);
void rules_encode(struct nlmsghdr *nlh, const struct rules *rules,
		  struct rules_map *map);

int rules_decode_options(const struct nlattr *nest,
			 struct rules_options *options);
int rules_decode_set(const struct nlattr *nest, struct rules *rules);
int rules_decode_elements(const struct nlattr *nest, struct rules *rules);
int rules_decode_group(const struct nlattr *nest, struct rules *rules);
int rules_decode_rule(const struct nlattr *nest, struct rules_rule *rule);
int rules_decode(const struct nlmsghdr *nlh, struct rules *rules);

#endif /* _GWLBCTL_RULES_NETLINK_H */
