// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages as the module sends them, made by hand, for tests of what reads
 * them. Writes into the caller's buffer of ANSWER_SIZE bytes.
 */

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <string.h>

#include "answer.h"

/**
 * answer_begin() - begin a message of the family
 * @buf: where
 * @cmd: GWLB_CMD_*
 *
 * Return: the message.
 */
struct nlmsghdr *answer_begin(void *buf, __u8 cmd)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	memset(buf, 0, ANSWER_SIZE);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = ANSWER_FAMILY;
	nlh->nlmsg_seq = ANSWER_SEQ;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = GWLB_GENL_VERSION;
	return nlh;
}

/**
 * answer_config() - an answer to config-get
 * @buf: where
 * @peers: how many peers, 10.0.0.0/8, 10.1.0.0/16 and so on
 *
 * At ingress of two devices, one of which is not there.
 *
 * Return: the message.
 */
struct nlmsghdr *answer_config(void *buf, size_t peers)
{
	struct nlmsghdr *nlh = answer_begin(buf, GWLB_CMD_CONFIG_GET);
	struct nlattr *nest;
	size_t i;

	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_STATE, GWLB_STATE_UP);
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_SEND_MODE,
			 GWLB_SEND_MODE_REFLECT);
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_GENERATION, 0x80000001);
	mnl_attr_put_strz(nlh, GWLB_A_CONFIG_VERSION, "9.8.7");
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_NODES, 3);
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_ENDPOINTS, 4);
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_DRAIN, GWLB_DRAIN_ON);
	mnl_attr_put_u32(nlh, GWLB_A_CONFIG_ATTACH, GWLB_ATTACH_INGRESS);
	mnl_attr_put_strz(nlh, GWLB_A_CONFIG_DEVICE, "ens5");
	mnl_attr_put_strz(nlh, GWLB_A_CONFIG_DEVICE, "longest-of-all0");
	mnl_attr_put_strz(nlh, GWLB_A_CONFIG_ATTACHED, "longest-of-all0");
	for (i = 0; i < peers; i++) {
		nest = mnl_attr_nest_start(nlh, GWLB_A_CONFIG_PEER);
		mnl_attr_put_u32(nlh, GWLB_A_PEER_ADDRESS,
				 htonl(10U << 24 | (__u32)i << 16));
		mnl_attr_put_u8(nlh, GWLB_A_PEER_PREFIX_LEN, i ? 16 : 8);
		mnl_attr_nest_end(nlh, nest);
	}
	return nlh;
}

/**
 * answer_counter() - one message of an answer to counter-get
 * @buf: where
 * @reason: number, or negative for the counter of all packets
 * @name: name, or NULL
 * @packets: packets
 * @bytes: bytes
 *
 * Return: the message.
 */
struct nlmsghdr *answer_counter(void *buf, long reason, const char *name,
				__u64 packets, __u64 bytes)
{
	struct nlmsghdr *nlh = answer_begin(buf, GWLB_CMD_COUNTER_GET);

	if (reason >= 0)
		mnl_attr_put_u32(nlh, GWLB_A_COUNTER_REASON, (__u32)reason);
	if (name)
		mnl_attr_put_strz(nlh, GWLB_A_COUNTER_NAME, name);
	/* as nla_put_u64_64bit() aligns the next one */
	mnl_attr_put(nlh, GWLB_A_COUNTER_PAD, 0, NULL);
	mnl_attr_put_u64(nlh, GWLB_A_COUNTER_PACKETS, packets);
	mnl_attr_put_u64(nlh, GWLB_A_COUNTER_BYTES, bytes);
	return nlh;
}

static void put_traffic(struct nlmsghdr *nlh, int type)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, (__u16)type);

	mnl_attr_put_u64(nlh, GWLB_A_TRAFFIC_RECEIVED_PACKETS, 11);
	mnl_attr_put_u64(nlh, GWLB_A_TRAFFIC_RECEIVED_BYTES, ANSWER_BIG);
	mnl_attr_put_u64(nlh, GWLB_A_TRAFFIC_RETURNED_PACKETS, 7);
	mnl_attr_put_u64(nlh, GWLB_A_TRAFFIC_RETURNED_BYTES, 700);
	mnl_attr_put_u64(nlh, GWLB_A_TRAFFIC_DROPPED_PACKETS, 4);
	mnl_attr_put_u64(nlh, GWLB_A_TRAFFIC_DROPPED_BYTES, 400);
	mnl_attr_put_u64(nlh, GWLB_A_TRAFFIC_IDLE, 3250);
	mnl_attr_nest_end(nlh, nest);
}

/**
 * answer_endpoint() - one message of an answer to endpoint-get
 * @buf: where
 * @id: number of the endpoint, 0 for all others
 *
 * Return: the message.
 */
struct nlmsghdr *answer_endpoint(void *buf, __u64 id)
{
	struct nlmsghdr *nlh = answer_begin(buf, GWLB_CMD_ENDPOINT_GET);

	if (id)
		mnl_attr_put_u64(nlh, GWLB_A_ENDPOINT_ID, id);
	put_traffic(nlh, GWLB_A_ENDPOINT_TRAFFIC);
	return nlh;
}

/**
 * answer_node() - one message of an answer to node-get
 * @buf: where
 * @address: address of the load balancer, NULL for all others
 *
 * Return: the message.
 */
struct nlmsghdr *answer_node(void *buf, const char *address)
{
	struct nlmsghdr *nlh = answer_begin(buf, GWLB_CMD_NODE_GET);

	if (address) {
		mnl_attr_put_u32(nlh, GWLB_A_NODE_ADDRESS,
				 inet_addr(address));
		mnl_attr_put_u32(nlh, GWLB_A_NODE_LOCAL,
				 inet_addr(ANSWER_LOCAL));
	}
	put_traffic(nlh, GWLB_A_NODE_TRAFFIC);
	return nlh;
}

/**
 * answer_error() - a refusal, or an acknowledgment
 * @buf: where
 * @code: errno, 0 for an acknowledgment
 * @text: a sentence, or NULL
 * @offset: of the offending attribute, or 0
 *
 * Return: the message.
 */
struct nlmsghdr *answer_error(void *buf, int code, const char *text,
			      __u32 offset)
{
	struct nlmsgerr *error;
	struct nlmsghdr *nlh;

	memset(buf, 0, ANSWER_SIZE);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_seq = ANSWER_SEQ;
	nlh->nlmsg_flags = NLM_F_CAPPED;
	error = mnl_nlmsg_put_extra_header(nlh, sizeof(*error));
	error->error = -code;
	error->msg.nlmsg_len = 1000;
	if (text || offset)
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	if (text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	if (offset)
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, offset);
	return nlh;
}

/**
 * answer_done() - the end of a dump
 * @buf: where
 *
 * Return: the message.
 */
struct nlmsghdr *answer_done(void *buf)
{
	struct nlmsghdr *nlh;

	memset(buf, 0, ANSWER_SIZE);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_DONE;
	nlh->nlmsg_seq = ANSWER_SEQ;
	nlh->nlmsg_flags = NLM_F_MULTI;
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	return nlh;
}
