// SPDX-License-Identifier: GPL-2.0-only
/*
 * The conversation with the module, over generic netlink: send, read until
 * the end, keep the kernel's verdict. nl_open.c begins and ends it. Knows no
 * object of the protocol; config.c, counter.c and traffic.c do.
 */

#include <errno.h>
#include <limits.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "attr.h"
#include "nl.h"
#include "out.h"

/* A dump's buffers have 32 KB at most, and 68 KB more when a rule or a group
 * does not fit in there, which is 64 KB at most
 */
#define ANSWER_SIZE	(128 << 10)
/* What the kernel keeps of the buffer for itself, generously */
#define SEND_SLACK	1024
/* Each attempt sees a list that changed; enough for any honest traffic */
#define DUMP_ATTEMPTS	32

/**
 * nl_read() - take one buffer full of messages
 * @reader: what to look for, what was found
 * @answer: the buffer
 * @len: bytes in it
 *
 * Return: 1 if more is to come, 0 at the end of the answer, or a negative
 * errno: the kernel's own, -EBADMSG for a message that makes no sense, or
 * what @reader->item returned.
 */
int nl_read(struct nl_reader *reader, const void *answer, size_t len)
{
	const struct nlmsghdr *nlh;
	const char *next = answer;
	size_t used;
	int err;

	/* not mnl_nlmsg_ok(), to which a length of 2 GB looks negative */
	while (len) {
		nlh = (const void *)next;
		if (len < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) ||
		    nlh->nlmsg_len > len)
			return -EBADMSG;
		used = MNL_ALIGN((size_t)nlh->nlmsg_len);
		if (used > len)
			used = len;
		next += used;
		len -= used;

		/* the rest of an answer that was given up */
		if (nlh->nlmsg_seq != reader->seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			reader->interrupted = true;

		switch (nlh->nlmsg_type) {
		case NLMSG_NOOP:
			continue;
		case NLMSG_OVERRUN:
			return -EIO;
		case NLMSG_ERROR:
		case NLMSG_DONE:
			if (extack_decode(nlh, &reader->extack) < 0)
				return -EBADMSG;
			return -reader->extack.code;
		}

		if (nlh->nlmsg_type != reader->type || !reader->item)
			return -EBADMSG;
		err = reader->item(nlh, reader->data);
		if (err < 0)
			return err;
	}
	return 1;
}

static int receive(struct nl *nl, struct nl_reader *reader)
{
	ssize_t len;
	char *answer;
	int err;

	answer = malloc(ANSWER_SIZE);
	if (!answer)
		return -ENOMEM;

	do {
		len = mnl_socket_recvfrom(nl->socket, answer, ANSWER_SIZE);
		if (len < 0)
			err = errno == EINTR ? 1 : -errno;
		else if (!len)
			err = -EBADMSG;
		else
			err = nl_read(reader, answer, (size_t)len);
	} while (err > 0);

	free(answer);
	return err;
}

/* A whole ruleset is one message. The kernel takes none that is larger than
 * the socket's buffer, which only an administrator may make larger than
 * net.core.wmem_max; but then, only he may change rules, too.
 */
static int make_room(struct nl *nl, size_t len)
{
	int fd = mnl_socket_get_fd(nl->socket);
	int want = len + SEND_SLACK < INT_MAX / 2 ? (int)len + SEND_SLACK :
						    INT_MAX / 2;
	socklen_t size = sizeof(int);
	int have = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &have, &size) < 0)
		return -errno;
	if (have >= want)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &want,
		       sizeof(want)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &want, sizeof(want));
	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &have, &size) < 0)
		return -errno;
	return have >= want ? 0 : -EMSGSIZE;
}

static int converse(struct nl *nl, struct nl_reader *reader, __u16 flags)
{
	struct nlmsghdr *nlh = nl->request;
	int err;

	reader->seq = ++nl->seq;
	nlh->nlmsg_seq = nl->seq;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;

	memset(&nl->extack, 0, sizeof(nl->extack));
	nl->where[0] = '\0';
	err = make_room(nl, nlh->nlmsg_len);
	if (err < 0)
		return err;
	if (mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	err = receive(nl, reader);
	nl->extack = reader->extack;
	return err;
}

/**
 * nl_request() - begin a request
 * @nl: the conversation
 * @cmd: GWLB_CMD_*
 * @room: bytes that the attributes will need
 *
 * Return: the message, to which mnl_attr_put_*() may add up to @room bytes;
 * it belongs to @nl. NULL if there is no memory.
 */
struct nlmsghdr *nl_request(struct nl *nl, __u8 cmd, size_t room)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	room += MNL_NLMSG_HDRLEN + MNL_ALIGN(sizeof(*genl));
	if (room > nl->room) {
		nlh = realloc(nl->request, room);
		if (!nlh)
			return NULL;
		nl->request = nlh;
		nl->room = room;
	}

	nlh = mnl_nlmsg_put_header(nl->request);
	nlh->nlmsg_type = nl->family;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = GWLB_GENL_VERSION;
	return nlh;
}

/**
 * nl_do() - send the request, read the answer and the acknowledgment
 * @nl: the conversation
 * @item: takes the answer; NULL if none is expected
 * @data: for @item
 *
 * Return: 0 or a negative errno.
 */
int nl_do(struct nl *nl, int (*item)(const struct nlmsghdr *nlh, void *data),
	  void *data)
{
	struct nl_reader reader = {
		.type = nl->family, .item = item, .data = data,
	};
	int err;

	err = converse(nl, &reader, NLM_F_ACK);
	if (!err && nl->extack.text[0])
		out_warning("%s", nl->extack.text);
	return err;
}

/**
 * nl_dump() - send the request, read a whole list
 * @nl: the conversation
 * @item: takes each entry
 * @restart: forgets all entries that were taken: the list changed while it
 *	was read, and is read again
 * @data: for @item and @restart
 *
 * Return: 0 or a negative errno; -EAGAIN if the list never held still.
 */
int nl_dump(struct nl *nl, int (*item)(const struct nlmsghdr *nlh, void *data),
	    void (*restart)(void *data), void *data)
{
	struct nl_reader reader;
	int attempt, err;

	for (attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
		reader = (struct nl_reader) {
			.type = nl->family, .item = item, .data = data,
		};
		err = converse(nl, &reader, NLM_F_DUMP);
		if (err != 0 || !reader.interrupted)
			return err;
		restart(data);
	}
	return -EAGAIN;
}

/**
 * nl_dump_once() - send the request, take a list as it comes
 * @nl: the conversation
 * @item: takes each entry
 * @data: for @item
 * @interrupted: set if the list changed meanwhile, so that entries may have
 *	been missed or taken twice
 *
 * For lists that are too long to be kept and read again, see nl_dump().
 *
 * Return: 0 or a negative errno.
 */
int nl_dump_once(struct nl *nl,
		 int (*item)(const struct nlmsghdr *nlh, void *data),
		 void *data, bool *interrupted)
{
	struct nl_reader reader = {
		.type = nl->family, .item = item, .data = data,
	};
	int err;

	err = converse(nl, &reader, NLM_F_DUMP);
	*interrupted = reader.interrupted;
	return err;
}

static const char *sentence(int err)
{
	switch (err) {
	case -EPERM:
		return "Operation not permitted (CAP_NET_ADMIN is needed)";
	case -ESTALE:
		return "the configuration is of another generation by now";
	case -ENOENT:
		/* not of what is asked for: then the module has a sentence */
	case -EPROTONOSUPPORT:
		/* a dump that begins while the module is going */
		return "module " GWLB_GENL_NAME " is not loaded any more";
	case -EBADMSG:
		return "the module's answer makes no sense";
	case -EAGAIN:
		return "the list changed each time it was read";
	case -EMSGSIZE:
		return "too large for net.core.wmem_max without CAP_NET_ADMIN";
	default:
		return strerror(-err);
	}
}

/**
 * nl_report() - tell the user why the last request failed
 * @nl: the conversation
 * @err: negative errno, from nl_do() or nl_dump()
 *
 * Return: 1, the exit code for this.
 */
int nl_report(const struct nl *nl, int err)
{
	const char *text = sentence(err);

	/* the text belongs to the kernel's verdict, not to an error of ours */
	if (nl->extack.text[0] && nl->extack.code == -err)
		text = nl->extack.text;
	if (nl->where[0])
		return out_error("%s (at %s)", text, nl->where);
	return out_error("%s", text);
}
