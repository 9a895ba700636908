/* SPDX-License-Identifier: GPL-2.0-only */
/* The conversation with the module, over generic netlink. See nl.c. */

#ifndef _GWLBCTL_NL_H
#define _GWLBCTL_NL_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>

#include "extack.h"

/**
 * struct nl - one open conversation
 * @socket: the socket
 * @family: number of the family "gwlb"
 * @events: number of its multicast group, 0 if it has none
 * @seq: number of the last request
 * @request: the last request
 * @room: bytes that @request has
 * @extack: verdict on the last request
 * @where: what the verdict points at, in the user's words, or empty
 */
struct nl {
	struct mnl_socket *socket;
	__u16 family;
	__u32 events;
	__u32 seq;
	struct nlmsghdr *request;
	size_t room;
	struct extack extack;
	char where[64];
};

/**
 * struct nl_reader - what reading an answer needs and finds
 * @type: type of the messages that carry something
 * @seq: number of the request that is answered
 * @item: takes each message; returns 0, or a negative errno that ends it all
 * @data: for @item
 * @interrupted: set if the kernel's list changed during the dump
 * @extack: the verdict at the end
 */
struct nl_reader {
	__u16 type;
	__u32 seq;
	int (*item)(const struct nlmsghdr *nlh, void *data);
	void *data;
	bool interrupted;
	struct extack extack;
};

int nl_open(struct nl **nl);
int nl_open_loaded(struct nl **nl);
void nl_close(struct nl *nl);
struct nlmsghdr *nl_request(struct nl *nl, __u8 cmd, size_t room);
int nl_do(struct nl *nl, int (*item)(const struct nlmsghdr *nlh, void *data),
	  void *data);
int nl_dump(struct nl *nl, int (*item)(const struct nlmsghdr *nlh, void *data),
	    void (*restart)(void *data), void *data);
int nl_dump_once(struct nl *nl,
		 int (*item)(const struct nlmsghdr *nlh, void *data),
		 void *data, bool *interrupted);
int nl_read(struct nl_reader *reader, const void *answer, size_t len);
int nl_report(const struct nl *nl, int err);

#endif /* _GWLBCTL_NL_H */
