// SPDX-License-Identifier: GPL-2.0-only
/*
 * The beginning and the end of a conversation with the module: which number
 * its family has. Owns the socket.
 */

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "attr.h"
#include "nl.h"

/**
 * struct family - the numbers that the kernel gave the module
 * @number: of its family, 0 if there is none
 * @events: of its multicast group, 0 if there is none
 */
struct family {
	__u16 number;
	__u32 events;
};

/* Finds the number of the group of events, if the family has it */
static int take_groups(const struct nlattr *groups, __u32 *events)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *group;
	char name[GENL_NAMSIZ];

	mnl_attr_for_each_nested(group, groups) {
		if (attr_parse_nest(group, tb, CTRL_ATTR_MCAST_GRP_MAX) < 0 ||
		    !tb[CTRL_ATTR_MCAST_GRP_NAME] ||
		    !tb[CTRL_ATTR_MCAST_GRP_ID] ||
		    attr_string(tb[CTRL_ATTR_MCAST_GRP_NAME], name,
				sizeof(name)) < 0)
			return -EBADMSG;
		if (!strcmp(name, GWLB_MCGRP_EVENTS) &&
		    attr_u32(tb[CTRL_ATTR_MCAST_GRP_ID], events) < 0)
			return -EBADMSG;
	}
	return 0;
}

static int take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct family *family = data;
	char name[GENL_NAMSIZ];

	if (attr_parse_msg(nlh, tb, CTRL_ATTR_MAX) < 0 ||
	    !tb[CTRL_ATTR_FAMILY_ID] || !tb[CTRL_ATTR_FAMILY_NAME] ||
	    attr_string(tb[CTRL_ATTR_FAMILY_NAME], name, sizeof(name)) < 0)
		return -EBADMSG;
	if (strcmp(name, GWLB_GENL_NAME) != 0)
		return 0;
	if (attr_u16(tb[CTRL_ATTR_FAMILY_ID], &family->number) < 0)
		return -EBADMSG;
	if (!tb[CTRL_ATTR_MCAST_GROUPS])
		return 0;
	return take_groups(tb[CTRL_ATTR_MCAST_GROUPS], &family->events);
}

static void forget_family(void *data)
{
	memset(data, 0, sizeof(struct family));
}

/* The kernel looks for a module if it is asked for a family by its name and
 * has none; if it is asked for all of them, it does not. The family that lists
 * families is spoken to in the same manner as the one that is looked for.
 */
static int resolve(struct nl *nl, bool load)
{
	struct family family = { .number = 0 };
	struct nlmsghdr *nlh;
	int err;

	nl->family = GENL_ID_CTRL;
	nlh = nl_request(nl, CTRL_CMD_GETFAMILY, 64);
	if (!nlh)
		return -ENOMEM;
	if (load) {
		mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, GWLB_GENL_NAME);
		err = nl_do(nl, take_family, &family);
	} else {
		err = nl_dump(nl, take_family, forget_family, &family);
	}
	nl->family = family.number;
	nl->events = family.events;
	if (!err && !family.number)
		return -ENOENT;
	return err;
}

static int prepare(struct nl *nl, bool load)
{
	int on = 1;

	nl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->socket)
		return -errno;
	if (mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;

	/* Without these the errors are shorter, but they are still errors */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on,
			      sizeof(on));
	return resolve(nl, load);
}

static int open_any(struct nl **nl, bool load)
{
	struct nl *new;
	int err;

	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	err = prepare(new, load);
	if (err < 0) {
		nl_close(new);
		return err;
	}
	*nl = new;
	return 0;
}

/**
 * nl_open() - open a conversation in the current network namespace
 * @nl: set to it
 *
 * Return: 0 or a negative errno; -ENOENT if the module is not loaded, and the
 * kernel has found none to load.
 */
int nl_open(struct nl **nl)
{
	return open_any(nl, true);
}

/**
 * nl_open_loaded() - the same, but leave the module alone if it is not loaded
 * @nl: set to the conversation
 *
 * Return: 0 or a negative errno; -ENOENT if the module is not loaded.
 */
int nl_open_loaded(struct nl **nl)
{
	return open_any(nl, false);
}

/**
 * nl_close() - end a conversation
 * @nl: the conversation, or NULL
 */
void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	if (nl->socket)
		mnl_socket_close(nl->socket);
	free(nl->request);
	free(nl);
}
