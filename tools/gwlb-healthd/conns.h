/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is connected, and for how long already. See conns.c. */

#ifndef _GWLB_HEALTHD_CONNS_H
#define _GWLB_HEALTHD_CONNS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct conn_list - connections in the order in which they got there
 * @first: the one that is there longest
 * @last: the one that came last
 */
struct conn_list {
	struct conn *first;
	struct conn *last;
};

/**
 * struct conn - one connection
 * @before: the one before it in its list
 * @after: the one after it
 * @list: its list; NULL once it was told to go
 * @since: when it got there, in milliseconds
 * @owner: whoever made it knows what this is
 */
struct conn {
	struct conn *before;
	struct conn *after;
	struct conn_list *list;
	__u64 since;
	void *owner;
};

/**
 * struct conns - all connections
 * @talking: whose question is not complete, or who reads the answer
 * @waiting: who waits for the answer
 * @count: how many are in these lists
 * @max: how many there may be
 * @lifetime: how long question and answer may take, each, in milliseconds
 * @late: how many took too long
 * @crowded: how many made room for others
 * @doom: tells one to go; it is given to conns_remove() later on
 */
struct conns {
	struct conn_list talking;
	struct conn_list waiting;
	size_t count;
	size_t max;
	__u64 lifetime;
	__u64 late;
	__u64 crowded;
	void (*doom)(struct conn *conn);
};

void conns_add(struct conns *conns, struct conn *conn, __u64 now);
void conns_wait(struct conns *conns, struct conn *conn, __u64 now);
void conns_talk(struct conns *conns, struct conn *conn, __u64 now);
void conns_remove(struct conns *conns, struct conn *conn);
void conns_expire(struct conns *conns, __u64 now);
__u64 conns_next(const struct conns *conns);

#endif /* _GWLB_HEALTHD_CONNS_H */
