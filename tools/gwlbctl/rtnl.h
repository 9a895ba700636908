/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host's network says: interfaces and routes. See rtnl.c. */

#ifndef _GWLBCTL_RTNL_H
#define _GWLBCTL_RTNL_H

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/types.h>
#include <stdbool.h>

/**
 * struct rtnl - one open conversation, about interfaces and routes or the like
 * @socket: the socket
 * @seq: number of the last request
 */
struct rtnl {
	struct mnl_socket *socket;
	__u32 seq;
};

/**
 * struct rtnl_link - one interface
 * @index: its number
 * @name: its name
 * @loopback: does it lead back here
 * @up: is it up
 * @carrier: is there somebody at the other end
 * @mtu: the largest packet that it takes
 * @xdp: does an XDP program see packets first
 */
struct rtnl_link {
	__u32 index;
	char name[IFNAMSIZ];
	bool loopback;
	bool up;
	bool carrier;
	__u32 mtu;
	bool xdp;
};

/**
 * struct rtnl_route - how to get to an address
 * @index: by this interface
 * @mtu: the route's own limit for packets, 0 if it has none
 */
struct rtnl_route {
	__u32 index;
	__u32 mtu;
};

/**
 * struct rtnl_address - one address of an interface
 * @index: the interface's number
 * @address: IPv4
 */
struct rtnl_address {
	__u32 index;
	__be32 address;
};

int rtnl_open(struct rtnl *rtnl);
int rtnl_open_bus(struct rtnl *rtnl, int bus);
void rtnl_close(struct rtnl *rtnl);
int rtnl_ask(struct rtnl *rtnl, struct nlmsghdr *nlh, __u16 flags,
	     __u16 answer,
	     int (*item)(const struct nlmsghdr *nlh, void *data), void *data);
int rtnl_decode_link(const struct nlmsghdr *nlh, struct rtnl_link *link);
int rtnl_decode_route(const struct nlmsghdr *nlh, struct rtnl_route *route);
int rtnl_decode_address(const struct nlmsghdr *nlh,
			struct rtnl_address *address);
int rtnl_get_link(struct rtnl *rtnl, __u32 index, const char *name,
		  struct rtnl_link *link);
int rtnl_get_address(struct rtnl *rtnl, __u32 index, __be32 *address);
int rtnl_get_route(struct rtnl *rtnl, __be32 address, __be32 source,
		   struct rtnl_route *route);
int rtnl_count_filters(struct rtnl *rtnl, __u32 index, unsigned int *counted);

#endif /* _GWLBCTL_RTNL_H */
