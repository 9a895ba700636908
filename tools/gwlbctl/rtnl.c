// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host's network says: interfaces and routes, over routing netlink.
 * Owns the socket. Asks, and changes nothing.
 */

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "attr.h"
#include "nl.h"
#include "rtnl.h"

#define REQUEST_SIZE	256
#define ANSWER_SIZE	32768

/**
 * rtnl_open_bus() - open a conversation with another part of the network stack
 * @rtnl: the conversation
 * @bus: NETLINK_*
 *
 * Return: 0 or a negative errno.
 */
int rtnl_open_bus(struct rtnl *rtnl, int bus)
{
	int err;

	memset(rtnl, 0, sizeof(*rtnl));
	rtnl->socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!rtnl->socket)
		return -errno;
	if (mnl_socket_bind(rtnl->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = -errno;
		rtnl_close(rtnl);
		return err;
	}
	return 0;
}

/**
 * rtnl_open() - open a conversation in the current network namespace
 * @rtnl: the conversation
 *
 * Return: 0 or a negative errno.
 */
int rtnl_open(struct rtnl *rtnl)
{
	return rtnl_open_bus(rtnl, NETLINK_ROUTE);
}

/**
 * rtnl_close() - end a conversation
 * @rtnl: the conversation
 */
void rtnl_close(struct rtnl *rtnl)
{
	if (rtnl->socket)
		mnl_socket_close(rtnl->socket);
	rtnl->socket = NULL;
}

/**
 * rtnl_ask() - ask, and read the answer
 * @rtnl: the conversation
 * @nlh: a message that is complete but for flags and number
 * @flags: NLM_F_ACK or NLM_F_DUMP
 * @answer: type of the messages that carry something
 * @item: takes each of them; returns 0, or a negative errno that ends it all
 * @data: for @item
 *
 * Return: 0 or a negative errno.
 */
int rtnl_ask(struct rtnl *rtnl, struct nlmsghdr *nlh, __u16 flags,
	     __u16 answer,
	     int (*item)(const struct nlmsghdr *nlh, void *data), void *data)
{
	struct nl_reader reader = {
		.type = answer, .seq = ++rtnl->seq, .item = item,
		.data = data,
	};
	ssize_t len;
	char *buf;
	int err;

	nlh->nlmsg_seq = rtnl->seq;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	if (mnl_socket_sendto(rtnl->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	buf = malloc(ANSWER_SIZE);
	if (!buf)
		return -ENOMEM;
	do {
		len = mnl_socket_recvfrom(rtnl->socket, buf, ANSWER_SIZE);
		if (len < 0)
			err = errno == EINTR ? 1 : -errno;
		else if (!len)
			err = -EBADMSG;
		else
			err = nl_read(&reader, buf, (size_t)len);
	} while (err > 0);
	free(buf);
	return err;
}

/* The attributes behind a message's fixed part, or -1 if that is cut off */
static int parse(const struct nlmsghdr *nlh, size_t fixed,
		 const struct nlattr **tb, unsigned int max)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const char *payload = mnl_nlmsg_get_payload(nlh);

	fixed = MNL_ALIGN(fixed);
	if (len < fixed)
		return -1;
	return attr_parse(payload + fixed, len - fixed, tb, max);
}

/**
 * rtnl_decode_link() - read an interface
 * @nlh: the message
 * @link: filled in
 *
 * Return: 0 or -EBADMSG.
 */
int rtnl_decode_link(const struct nlmsghdr *nlh, struct rtnl_link *link)
{
	const struct nlattr *tb[IFLA_XDP + 1], *xdp[IFLA_XDP_ATTACHED + 1];
	struct ifinfomsg info;
	__u8 attached = XDP_ATTACHED_NONE;

	memset(link, 0, sizeof(*link));
	if (parse(nlh, sizeof(info), tb, IFLA_XDP) < 0 ||
	    !tb[IFLA_IFNAME] || !tb[IFLA_MTU] ||
	    attr_string(tb[IFLA_IFNAME], link->name, sizeof(link->name)) < 0 ||
	    attr_u32(tb[IFLA_MTU], &link->mtu) < 0)
		return -EBADMSG;
	memcpy(&info, mnl_nlmsg_get_payload(nlh), sizeof(info));
	link->index = (__u32)info.ifi_index;
	link->loopback = info.ifi_flags & IFF_LOOPBACK;
	link->up = info.ifi_flags & IFF_UP;
	/* not IFF_RUNNING, which comes up to a second later */
	link->carrier = info.ifi_flags & IFF_LOWER_UP;
	if (!tb[IFLA_XDP])
		return 0;
	if (attr_parse_nest(tb[IFLA_XDP], xdp, IFLA_XDP_ATTACHED) < 0 ||
	    (xdp[IFLA_XDP_ATTACHED] &&
	     attr_u8(xdp[IFLA_XDP_ATTACHED], &attached) < 0))
		return -EBADMSG;
	link->xdp = attached != XDP_ATTACHED_NONE;
	return 0;
}

/**
 * rtnl_decode_route() - read a route
 * @nlh: the message
 * @route: filled in
 *
 * Return: 0 or a negative errno; -EHOSTUNREACH if it leads nowhere.
 */
int rtnl_decode_route(const struct nlmsghdr *nlh, struct rtnl_route *route)
{
	const struct nlattr *tb[RTA_METRICS + 1], *metrics[RTAX_MTU + 1];
	struct rtmsg rtm;

	memset(route, 0, sizeof(*route));
	if (parse(nlh, sizeof(rtm), tb, RTA_METRICS) < 0)
		return -EBADMSG;
	memcpy(&rtm, mnl_nlmsg_get_payload(nlh), sizeof(rtm));
	if (rtm.rtm_type != RTN_UNICAST && rtm.rtm_type != RTN_LOCAL)
		return -EHOSTUNREACH;
	if (!tb[RTA_OIF] || attr_u32(tb[RTA_OIF], &route->index) < 0)
		return -EBADMSG;
	if (!tb[RTA_METRICS])
		return 0;
	if (attr_parse_nest(tb[RTA_METRICS], metrics, RTAX_MTU) < 0 ||
	    (metrics[RTAX_MTU] &&
	     attr_u32(metrics[RTAX_MTU], &route->mtu) < 0))
		return -EBADMSG;
	return 0;
}

/**
 * rtnl_decode_address() - read an address of an interface
 * @nlh: the message
 * @address: filled in
 *
 * Return: 0 or -EBADMSG.
 */
int rtnl_decode_address(const struct nlmsghdr *nlh,
			struct rtnl_address *address)
{
	const struct nlattr *tb[IFA_LOCAL + 1];
	struct ifaddrmsg info;

	memset(address, 0, sizeof(*address));
	if (parse(nlh, sizeof(info), tb, IFA_LOCAL) < 0 ||
	    !tb[IFA_LOCAL] ||
	    attr_u32(tb[IFA_LOCAL], &address->address) < 0)
		return -EBADMSG;
	memcpy(&info, mnl_nlmsg_get_payload(nlh), sizeof(info));
	address->index = info.ifa_index;
	return 0;
}

static int take_link(const struct nlmsghdr *nlh, void *data)
{
	return rtnl_decode_link(nlh, data);
}

static int take_route(const struct nlmsghdr *nlh, void *data)
{
	return rtnl_decode_route(nlh, data);
}

/* Keeps the first one that the interface has */
static int take_address(const struct nlmsghdr *nlh, void *data)
{
	struct rtnl_address *wanted = data, address;
	int err;

	err = rtnl_decode_address(nlh, &address);
	if (!err && address.index == wanted->index && !wanted->address)
		wanted->address = address.address;
	return err;
}

/**
 * rtnl_get_link() - ask for an interface
 * @rtnl: the conversation
 * @index: its number, unless @name
 * @name: its name, or NULL
 * @link: filled in
 *
 * Return: 0 or a negative errno; -ENODEV if there is none.
 */
int rtnl_get_link(struct rtnl *rtnl, __u32 index, const char *name,
		  struct rtnl_link *link)
{
	char request[REQUEST_SIZE] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);
	struct ifinfomsg *info;

	if (name && strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	nlh->nlmsg_type = RTM_GETLINK;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_index = name ? 0 : (int)index;
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return rtnl_ask(rtnl, nlh, NLM_F_ACK, RTM_NEWLINK, take_link, link);
}

/**
 * rtnl_get_address() - ask for an interface's first IPv4 address
 * @rtnl: the conversation
 * @index: the interface's number
 * @address: set to it, or to 0 if there is none
 *
 * Return: 0 or a negative errno.
 */
int rtnl_get_address(struct rtnl *rtnl, __u32 index, __be32 *address)
{
	char request[REQUEST_SIZE] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);
	struct rtnl_address wanted = { .index = index };
	struct ifaddrmsg *info;
	int err;

	nlh->nlmsg_type = RTM_GETADDR;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifa_family = AF_INET;
	err = rtnl_ask(rtnl, nlh, NLM_F_DUMP, RTM_NEWADDR, take_address,
		       &wanted);
	*address = wanted.address;
	return err;
}

/**
 * rtnl_get_route() - ask how to get to an address
 * @rtnl: the conversation
 * @address: the address
 * @source: of what is sent there, or 0 if that is for the route to tell
 * @route: filled in
 *
 * Return: 0 or a negative errno; what the kernel says if there is no route.
 */
int rtnl_get_route(struct rtnl *rtnl, __be32 address, __be32 source,
		   struct rtnl_route *route)
{
	char request[REQUEST_SIZE] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);
	struct rtmsg *rtm;

	nlh->nlmsg_type = RTM_GETROUTE;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	mnl_attr_put_u32(nlh, RTA_DST, address);
	if (source) {
		rtm->rtm_src_len = 32;
		mnl_attr_put_u32(nlh, RTA_SRC, source);
	}
	return rtnl_ask(rtnl, nlh, NLM_F_ACK, RTM_NEWROUTE, take_route, route);
}

static int count(const struct nlmsghdr *nlh, void *data)
{
	unsigned int *counted = data;

	(void)nlh;
	++*counted;
	return 0;
}

/**
 * rtnl_count_filters() - how many tc filters see what comes in by an interface
 * @rtnl: the conversation
 * @index: the interface's number
 * @counted: set to how many there are
 *
 * Return: 0 or a negative errno.
 */
int rtnl_count_filters(struct rtnl *rtnl, __u32 index, unsigned int *counted)
{
	char request[REQUEST_SIZE] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);
	struct tcmsg *tcm;

	*counted = 0;
	nlh->nlmsg_type = RTM_GETTFILTER;
	tcm = mnl_nlmsg_put_extra_header(nlh, sizeof(*tcm));
	tcm->tcm_ifindex = (int)index;
	tcm->tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	return rtnl_ask(rtnl, nlh, NLM_F_DUMP, RTM_NEWTFILTER, count, counted);
}
