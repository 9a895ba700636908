/* SPDX-License-Identifier: GPL-2.0-only */
/* Listening to what the module tells without being asked. See listen.c. */

#ifndef _GWLBCTL_LISTEN_H
#define _GWLBCTL_LISTEN_H

#include <libmnl/libmnl.h>
#include <linux/types.h>
#include <stdbool.h>

#include "nl.h"

/**
 * struct listener - one open ear
 * @events: where events come
 * @families: where the end of the module is told
 * @family: number of the family "gwlb"
 * @overrun: were events lost behind those that are still to be read
 * @lost: how many were lost so far
 * @gone: has the module gone
 */
struct listener {
	struct mnl_socket *events;
	struct mnl_socket *families;
	__u16 family;
	bool overrun;
	__u32 lost;
	bool gone;
};

int listen_open(struct listener *listener, const struct nl *nl);
void listen_close(struct listener *listener);
int listen_wait(struct listener *listener,
		int (*item)(const struct nlmsghdr *nlh, void *data),
		void *data, __u32 *lost);

#endif /* _GWLBCTL_LISTEN_H */
