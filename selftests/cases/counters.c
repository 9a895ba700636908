// SPDX-License-Identifier: GPL-2.0-only
/*
 * counters: what the module in a network namespace has counted. Owns a
 * generic netlink socket; changes nothing in the module. Ends the program if
 * the module does not answer.
 */
#include <err.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <string.h>

#include "counters.h"

#define BUFFER	32768

static struct nlmsghdr *request(struct counter_source *source, char *buf,
				__u16 type, __u16 flags, __u8 cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++source->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

static void talk(struct counter_source *source, const struct nlmsghdr *nlh,
		 mnl_cb_t each, void *data)
{
	unsigned int portid = mnl_socket_get_portid(source->nl);
	char buf[BUFFER];
	ssize_t len;
	int ret;

	if (mnl_socket_sendto(source->nl, nlh, nlh->nlmsg_len) < 0)
		err(1, "netlink");
	do {
		len = mnl_socket_recvfrom(source->nl, buf, sizeof(buf));
		if (len < 0)
			err(1, "netlink");
		ret = mnl_cb_run(buf, len, source->seq, portid, each, data);
		if (ret < 0)
			err(1, "the module refuses");
	} while (ret > MNL_CB_STOP);
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	struct counter_source *source = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			source->family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

/**
 * counters_open() - find the module in this network namespace
 * @source: gets the socket, which stays in this namespace
 */
void counters_open(struct counter_source *source)
{
	char buf[BUFFER];
	struct nlmsghdr *nlh;

	memset(source, 0, sizeof(*source));
	source->nl = mnl_socket_open(NETLINK_GENERIC);
	if (!source->nl || mnl_socket_bind(source->nl, 0, MNL_SOCKET_AUTOPID))
		err(1, "netlink socket");
	nlh = request(source, buf, GENL_ID_CTRL, NLM_F_ACK,
		      CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, GWLB_GENL_NAME);
	talk(source, nlh, read_family, source);
	if (!source->family)
		errx(1, "there is no family " GWLB_GENL_NAME);
}

static int read_counter(const struct nlmsghdr *nlh, void *data)
{
	struct counters *counters = data;
	struct count *to = &counters->received;
	const struct nlattr *attr;
	struct count count = { 0 };
	__u32 reason;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case GWLB_A_COUNTER_REASON:
			reason = mnl_attr_get_u32(attr);
			if (reason >= COUNTERS_REASONS)
				errx(1, "reason %u is too new", reason);
			to = &counters->reason[reason];
			break;
		case GWLB_A_COUNTER_PACKETS:
			count.packets = mnl_attr_get_u64(attr);
			break;
		case GWLB_A_COUNTER_BYTES:
			count.bytes = mnl_attr_get_u64(attr);
			break;
		}
	}
	*to = count;
	return MNL_CB_OK;
}

/**
 * counters_read() - read all counters
 * @source: where they are
 * @counters: gets them
 */
void counters_read(struct counter_source *source, struct counters *counters)
{
	char buf[BUFFER];

	memset(counters, 0, sizeof(*counters));
	talk(source, request(source, buf, source->family, NLM_F_DUMP,
			     GWLB_CMD_COUNTER_GET), read_counter, counters);
}

/**
 * counters_settled() - has each packet that was received got its reason?
 * @counters: the counters
 *
 * Return: true if so, as it always is when no packet is on its way
 */
bool counters_settled(const struct counters *counters)
{
	struct count sum = { 0 };
	unsigned int i;

	for (i = 0; i < COUNTERS_REASONS; i++) {
		sum.packets += counters->reason[i].packets;
		sum.bytes += counters->reason[i].bytes;
	}
	return sum.packets == counters->received.packets &&
	       sum.bytes == counters->received.bytes;
}
