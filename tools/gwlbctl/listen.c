// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listening to what the module tells without being asked. Owns two sockets of
 * its own, since answers and events must not mix.
 */

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/socket.h>

#include "attr.h"
#include "listen.h"

/* A burst of events while the reader is printing; what does not fit is lost */
#define BACKLOG		(16 << 20)
/* The longest event, with much room to spare */
#define EVENT_SIZE	8192

static struct mnl_socket *join(__u32 group)
{
	struct mnl_socket *socket;
	int backlog = BACKLOG;

	socket = mnl_socket_open2(NETLINK_GENERIC,
				  SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!socket)
		return NULL;
	/* beyond the system's limit only root may go */
	if (setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUFFORCE,
		       &backlog, sizeof(backlog)) < 0)
		setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUF,
			   &backlog, sizeof(backlog));
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
	    mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) == 0)
		return socket;
	mnl_socket_close(socket);
	return NULL;
}

/**
 * listen_open() - begin to listen
 * @listener: filled in; give it to listen_close() also after an error
 * @nl: a conversation with the module
 *
 * Return: 0 or a negative errno; -EOPNOTSUPP if the module tells nothing.
 */
int listen_open(struct listener *listener, const struct nl *nl)
{
	*listener = (struct listener) { .family = nl->family };
	if (!nl->events)
		return -EOPNOTSUPP;
	/* the controller's only group has the controller's number */
	listener->families = join(GENL_ID_CTRL);
	if (!listener->families)
		return -errno;
	listener->events = join(nl->events);
	return listener->events ? 0 : -errno;
}

/**
 * listen_close() - listen no longer
 * @listener: the listener
 */
void listen_close(struct listener *listener)
{
	if (listener->events)
		mnl_socket_close(listener->events);
	if (listener->families)
		mnl_socket_close(listener->families);
}

static int take_end(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct listener *listener = data;
	__u16 family;

	if (attr_parse_msg(nlh, tb, CTRL_ATTR_MAX) < 0)
		return -EBADMSG;
	if (genl->cmd == CTRL_CMD_DELFAMILY && tb[CTRL_ATTR_FAMILY_ID] &&
	    attr_u16(tb[CTRL_ATTR_FAMILY_ID], &family) == 0 &&
	    family == listener->family)
		listener->gone = true;
	return 0;
}

/* Takes what has arrived; returns 0 when all of it is taken. The kernel tells
 * of a loss at once, but it is behind all that is there.
 */
static int drain(const struct mnl_socket *socket, struct nl_reader *reader,
		 bool *overrun)
{
	char buffer[EVENT_SIZE] __attribute__((aligned(8)));
	ssize_t len;
	int err = 1;

	while (err > 0) {
		len = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (len >= 0)
			err = nl_read(reader, buffer, (size_t)len);
		else if (errno == ENOBUFS)
			*overrun = true;
		else if (errno == EAGAIN)
			err = 0;
		else if (errno != EINTR)
			err = -errno;
	}
	return err;
}

/* How many the kernel could not deliver since the last time */
static __u32 count_lost(struct listener *listener)
{
	__u32 info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);
	__u32 more;

	if (getsockopt(mnl_socket_get_fd(listener->events), SOL_SOCKET,
		       SO_MEMINFO, info, &len) < 0)
		return 1;
	more = info[SK_MEMINFO_DROPS] - listener->lost;
	listener->lost = info[SK_MEMINFO_DROPS];
	return more;
}

/**
 * listen_wait() - wait for events, take them
 * @listener: the listener
 * @item: takes each; returns 0, or a negative errno that ends it all
 * @data: for @item
 * @lost: set to how many were lost behind those that were taken
 *
 * Return: 0, or a negative errno; -ENOENT if the module has gone.
 */
int listen_wait(struct listener *listener,
		int (*item)(const struct nlmsghdr *nlh, void *data),
		void *data, __u32 *lost)
{
	/* what is told is no answer, so its number is 0 */
	struct nl_reader events = {
		.type = listener->family, .item = item, .data = data,
	};
	struct nl_reader families = {
		.type = GENL_ID_CTRL, .item = take_end, .data = listener,
	};
	struct pollfd fds[] = {
		{ .fd = mnl_socket_get_fd(listener->events),
		  .events = POLLIN },
		{ .fd = mnl_socket_get_fd(listener->families),
		  .events = POLLIN },
	};
	bool overrun = false;
	int err;

	*lost = 0;
	if (poll(fds, 2, -1) < 0 && errno != EINTR)
		return -errno;

	err = drain(listener->events, &events, &listener->overrun);
	if (err < 0)
		return err;
	if (listener->overrun) {
		*lost = count_lost(listener);
		/* One that found no memory is in no socket's count. */
		if (!*lost)
			*lost = 1;
		listener->overrun = false;
	}
	/* not noticing that other families come and go loses nothing */
	err = drain(listener->families, &families, &overrun);
	if (err < 0)
		return err;
	return listener->gone ? -ENOENT : 0;
}
