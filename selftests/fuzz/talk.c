// SPDX-License-Identifier: GPL-2.0-only
/*
 * talk: conversations, how requests are sent, and events. See talk.h. Owns the
 * sockets.
 */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "message.h"
#include "talk.h"
#include "walk.h"

#ifndef NETLINK_CAP_ACK
#define NETLINK_CAP_ACK	10
#endif
#ifndef NETLINK_EXT_ACK
#define NETLINK_EXT_ACK	11
#endif

/* Room for events */
static uint8_t heard[64 * 1024] __attribute__((aligned(16)));

/* Opening */

/**
 * struct family - what the kernel says about the family
 * @number: its number
 * @group: number of its group of events
 */
struct family {
	uint16_t number;
	uint32_t group;
};

static void take_group(const struct nlattr *group, struct family *family)
{
	const struct nlattr *attr = group + 1;
	size_t left = group->nla_len - NLA_HDRLEN;

	for (; attr_fits(attr, left); attr = next_attr(attr, &left))
		if ((attr->nla_type & NLA_TYPE_MASK) == CTRL_ATTR_MCAST_GRP_ID)
			memcpy(&family->group, attr + 1, sizeof(uint32_t));
}

static void take_family(const void *attrs, size_t left, void *arg)
{
	const struct nlattr *attr = attrs, *group;
	struct family *family = arg;
	size_t inner;

	for (; attr_fits(attr, left); attr = next_attr(attr, &left)) {
		switch (attr->nla_type & NLA_TYPE_MASK) {
		case CTRL_ATTR_FAMILY_ID:
			memcpy(&family->number, attr + 1, sizeof(uint16_t));
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			group = attr + 1;
			inner = attr->nla_len - NLA_HDRLEN;
			for (; attr_fits(group, inner);
			     group = next_attr(group, &inner))
				take_group(group, family);
			break;
		}
	}
}

static struct family find_family(struct talk *talk)
{
	struct message msg = {
		.cmd = CTRL_CMD_GETFAMILY,
		.version = 1,
		.flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	struct family family = { 0 };
	struct answer answer;
	uint8_t bytes[128];
	size_t len;

	message_reset();
	put_string(&msg.first, CTRL_ATTR_FAMILY_NAME, GWLB_GENL_NAME);
	len = message_bytes(&msg, GENL_ID_CTRL, bytes, sizeof(bytes));
	talk->family = 0;
	talk_ask(talk, bytes, len, &answer, take_family, &family);
	if (!family.number || !family.group)
		errx(2, "no family %s: %s", GWLB_GENL_NAME,
		     answer.wrong ?: strerror(answer.err));
	return family;
}

static int netlink_socket(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int on = 1, room = 4 << 20;

	if (fd < 0)
		err(2, "socket");
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		err(2, "setsockopt");
	/* Who may not gets what there is for everybody. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return fd;
}

/**
 * talk_open() - begin a conversation with the module in this namespace
 * @talk: the conversation
 * @events: hear of events, too
 */
void talk_open(struct talk *talk, bool events)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	struct family family;

	talk->fd = netlink_socket();
	talk->events = -1;
	family = find_family(talk);
	talk->family = family.number;
	if (!events)
		return;
	talk->events = netlink_socket();
	/* Without a number it counts as the kernel's own, which hears nothing
	 * of what the kernel tells.
	 */
	if (bind(talk->events, (struct sockaddr *)&any, sizeof(any)))
		err(2, "bind");
	if (setsockopt(talk->events, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
		       &family.group, sizeof(family.group)))
		err(2, "cannot hear of events");
}

/**
 * talk_close() - end a conversation
 * @talk: the conversation
 */
void talk_close(struct talk *talk)
{
	close(talk->fd);
	if (talk->events >= 0)
		close(talk->events);
}

/**
 * talk_send() - send a request
 * @talk: the conversation
 * @bytes: the request
 * @len: how many bytes
 *
 * Return: 0, or the number of an error
 */
int talk_send(struct talk *talk, const uint8_t *bytes, size_t len)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(talk->fd, bytes, len, 0, (struct sockaddr *)&kernel,
		      sizeof(kernel)) < 0 ? errno : 0;
}

/**
 * talk_ask() - send a request and read all that is answered
 * @talk: the conversation
 * @bytes: the request
 * @len: how many bytes
 * @answer: gets what became of it
 * @fn: gets messages with data, or NULL
 * @arg: for @fn
 */
void talk_ask(struct talk *talk, const uint8_t *bytes, size_t len,
	      struct answer *answer, talk_fn *fn, void *arg)
{
	int error = talk_send(talk, bytes, len);

	if (!error) {
		talk_hear(talk, bytes, len, answer, fn, arg);
		return;
	}
	memset(answer, 0, sizeof(*answer));
	answer->outcome = REFUSED;
	answer->err = error;
	answer->done = true;
}

/* Events */

static bool is_change(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	const struct nlattr *attr = (const void *)(genl + 1);
	size_t left = nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	uint32_t end;

	if (genl->cmd == GWLB_CMD_RULESET_EVENT)
		return true;
	if (genl->cmd != GWLB_CMD_FLOW_END_EVENT)
		return false;
	for (; attr_fits(attr, left); attr = next_attr(attr, &left)) {
		if ((attr->nla_type & NLA_TYPE_MASK) != GWLB_A_FLOW_END)
			continue;
		memcpy(&end, attr + 1, sizeof(end));
		return end == GWLB_FLOW_END_FLUSHED;
	}
	return false;
}

/**
 * talk_happened() - has a request changed something, going by the events?
 * @talk: the conversation
 *
 * Return: true if since the last call the ruleset was changed, or a flow
 *	   flushed
 */
bool talk_happened(struct talk *talk)
{
	const struct nlmsghdr *nlh;
	bool happened = false;
	ssize_t got;
	size_t left;

	if (talk->events < 0)
		return false;
	while ((got = recv(talk->events, heard, sizeof(heard),
			   MSG_DONTWAIT)) > 0) {
		nlh = (const void *)heard;
		left = got;
		for (; message_fits(nlh, left);
		     nlh = next_message(nlh, &left))
			happened |= is_change(nlh);
	}
	return happened;
}

/**
 * talk_told_of() - was there such an event, or a word that some were lost?
 * @talk: the conversation
 * @cmd: command of the event
 *
 * Return: true if so, since the last call
 */
bool talk_told_of(struct talk *talk, uint8_t cmd)
{
	const struct genlmsghdr *genl;
	const struct nlmsghdr *nlh;
	bool told = false;
	ssize_t got;
	size_t left;

	for (;;) {
		got = recv(talk->events, heard, sizeof(heard), MSG_DONTWAIT);
		if (got <= 0 && !(got < 0 && errno == ENOBUFS))
			return told;
		told |= got < 0;
		nlh = (const void *)heard;
		left = got < 0 ? 0 : got;
		for (; message_fits(nlh, left);
		     nlh = next_message(nlh, &left)) {
			genl = NLMSG_DATA(nlh);
			told |= genl->cmd == cmd;
		}
	}
}
