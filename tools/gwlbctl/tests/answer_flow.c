// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows and events as the module sends them, made by hand, for tests of what
 * reads them. Writes into the caller's buffer of ANSWER_SIZE bytes.
 */

#include <arpa/inet.h>
#include <linux/gwlb.h>
#include <string.h>

#include "answer.h"
#include "answer_flow.h"

static void put_side(struct nlmsghdr *nlh, __u16 type, __u64 packets,
		     __u64 bytes)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put_u64(nlh, GWLB_A_SIDE_PACKETS, packets);
	/* as nla_put_u64_64bit() aligns the next one */
	mnl_attr_put(nlh, GWLB_A_SIDE_PAD, 0, NULL);
	mnl_attr_put_u64(nlh, GWLB_A_SIDE_BYTES, bytes);
	mnl_attr_nest_end(nlh, nest);
}

static void put_address(struct nlmsghdr *nlh, __u16 type, const char *text)
{
	bool ipv6 = strchr(text, ':');
	__u8 address[16];

	inet_pton(ipv6 ? AF_INET6 : AF_INET, text, address);
	mnl_attr_put(nlh, type, ipv6 ? 16 : 4, address);
}

/* What each flow has, but for addresses and ports */
static void put_rest(struct nlmsghdr *nlh, __u8 cmd, __u32 state)
{
	mnl_attr_put_u32(nlh, GWLB_A_FLOW_STATE, state);
	mnl_attr_put_u32(nlh, GWLB_A_FLOW_VERDICT, GWLB_VERDICT_ACCEPT);
	mnl_attr_put_u32(nlh, GWLB_A_FLOW_DIRECTION, GWLB_DIRECTION_OUT);
	mnl_attr_put_u32(nlh, GWLB_A_FLOW_COOKIE, 0xc0ffee01);
	mnl_attr_put_u32(nlh, GWLB_A_FLOW_NODE, inet_addr(ANSWER_ADDRESS));
	mnl_attr_put_u64(nlh, GWLB_A_FLOW_AGE, 61234);
	mnl_attr_put_u64(nlh, GWLB_A_FLOW_IDLE, 1250);
	mnl_attr_put_u64(nlh, GWLB_A_FLOW_EXPIRES, 398750);
	put_side(nlh, GWLB_A_FLOW_ORIGINAL, 12, 3456);
	put_side(nlh, GWLB_A_FLOW_REPLY, 10, ANSWER_BIG);
	if (cmd == GWLB_CMD_FLOW_GET)
		return;
	mnl_attr_put_u64(nlh, GWLB_A_FLOW_TIME, ANSWER_TIME);
	if (cmd == GWLB_CMD_FLOW_END_EVENT)
		mnl_attr_put_u32(nlh, GWLB_A_FLOW_END, GWLB_FLOW_END_REFUSED);
}

/**
 * answer_flow() - a TCP connection, with all that a flow can have
 * @buf: where
 * @cmd: GWLB_CMD_FLOW_GET or an event
 *
 * Return: the message.
 */
struct nlmsghdr *answer_flow(void *buf, __u8 cmd)
{
	struct nlmsghdr *nlh = answer_begin(buf, cmd);

	mnl_attr_put_u64(nlh, GWLB_A_FLOW_ID, 17);
	mnl_attr_put_u64(nlh, GWLB_A_FLOW_ENDPOINT, ANSWER_ID);
	mnl_attr_put_strz(nlh, GWLB_A_FLOW_GROUP, "blue");
	put_address(nlh, GWLB_A_FLOW_SOURCE, "10.1.2.3");
	put_address(nlh, GWLB_A_FLOW_DESTINATION, "192.0.2.9");
	mnl_attr_put_u8(nlh, GWLB_A_FLOW_PROTOCOL, 6);
	mnl_attr_put_u16(nlh, GWLB_A_FLOW_SOURCE_PORT, 40000);
	mnl_attr_put_u16(nlh, GWLB_A_FLOW_DESTINATION_PORT, 443);
	put_rest(nlh, cmd, GWLB_FLOW_STATE_TCP_ESTABLISHED);
	mnl_attr_put_u32(nlh, GWLB_A_FLOW_RULE, 3);
	return nlh;
}

/**
 * answer_flow_icmpv6() - a ping
 * @buf: where
 * @cmd: GWLB_CMD_FLOW_GET or an event
 *
 * Return: the message.
 */
struct nlmsghdr *answer_flow_icmpv6(void *buf, __u8 cmd)
{
	struct nlmsghdr *nlh = answer_begin(buf, cmd);

	mnl_attr_put_u64(nlh, GWLB_A_FLOW_ID, 18);
	mnl_attr_put_u64(nlh, GWLB_A_FLOW_ENDPOINT, ANSWER_ID);
	put_address(nlh, GWLB_A_FLOW_SOURCE, "fd00::1");
	put_address(nlh, GWLB_A_FLOW_DESTINATION, "2001:db8::2");
	mnl_attr_put_u8(nlh, GWLB_A_FLOW_PROTOCOL, 58);
	mnl_attr_put_u16(nlh, GWLB_A_FLOW_SOURCE_PORT, 77);
	mnl_attr_put_u8(nlh, GWLB_A_FLOW_ICMP_TYPE, 128);
	put_rest(nlh, cmd, GWLB_FLOW_STATE_NEW);
	return nlh;
}

/**
 * answer_flow_bare() - a flow with nothing that a flow can do without
 * @buf: where
 * @cmd: GWLB_CMD_FLOW_GET or an event
 *
 * Return: the message.
 */
struct nlmsghdr *answer_flow_bare(void *buf, __u8 cmd)
{
	struct nlmsghdr *nlh = answer_begin(buf, cmd);

	mnl_attr_put_u64(nlh, GWLB_A_FLOW_ID, 19);
	put_address(nlh, GWLB_A_FLOW_SOURCE, "10.1.2.3");
	put_address(nlh, GWLB_A_FLOW_DESTINATION, "192.0.2.9");
	mnl_attr_put_u8(nlh, GWLB_A_FLOW_PROTOCOL, 200);
	put_rest(nlh, cmd, 77);
	return nlh;
}

/**
 * answer_flushed() - an answer to flow-flush
 * @buf: where
 * @flushed: how many flows were removed
 *
 * Return: the message.
 */
struct nlmsghdr *answer_flushed(void *buf, __u32 flushed)
{
	struct nlmsghdr *nlh = answer_begin(buf, GWLB_CMD_FLOW_FLUSH);

	mnl_attr_put_u32(nlh, GWLB_A_FLOW_FLUSHED, flushed);
	return nlh;
}

/**
 * answer_log() - a rule logs a packet
 * @buf: where
 * @named: the rule has a name and a text
 * @packet: the packet's beginning
 * @len: how much of it there is
 *
 * Return: the message.
 */
struct nlmsghdr *answer_log(void *buf, bool named, const void *packet,
			    size_t len)
{
	struct nlmsghdr *nlh = answer_begin(buf, GWLB_CMD_LOG_EVENT);

	mnl_attr_put_u64(nlh, GWLB_A_EVENT_TIME, ANSWER_TIME);
	mnl_attr_put_u32(nlh, GWLB_A_EVENT_RULE, 2);
	if (named) {
		mnl_attr_put_strz(nlh, GWLB_A_EVENT_NAME, "web");
		mnl_attr_put_strz(nlh, GWLB_A_EVENT_TEXT,
				  "a \"\xc3\xa4\" \\ \xff\n");
	}
	mnl_attr_put_u64(nlh, GWLB_A_EVENT_ENDPOINT, ANSWER_ID);
	mnl_attr_put_u32(nlh, GWLB_A_EVENT_COOKIE, 0xc0ffee01);
	mnl_attr_put_u32(nlh, GWLB_A_EVENT_LENGTH, 1500);
	mnl_attr_put(nlh, GWLB_A_EVENT_PACKET, len, packet);
	mnl_attr_put_u64(nlh, GWLB_A_EVENT_LOST, named ? 3 : 0);
	return nlh;
}

/**
 * answer_rules_event() - the ruleset changed
 * @buf: where
 * @generation: what it has come to
 *
 * Return: the message.
 */
struct nlmsghdr *answer_rules_event(void *buf, __u32 generation)
{
	struct nlmsghdr *nlh = answer_begin(buf, GWLB_CMD_RULESET_EVENT);

	mnl_attr_put_u64(nlh, GWLB_A_EVENT_TIME, ANSWER_TIME);
	mnl_attr_put_u32(nlh, GWLB_A_EVENT_GENERATION, generation);
	return nlh;
}

/**
 * answer_packet() - a SYN with an ECE, from 10.1.2.3:40000 to 192.0.2.9:443
 * @packet: where, 40 bytes
 *
 * Return: its length.
 */
size_t answer_packet(__u8 *packet)
{
	static const __u8 syn[] = {
		0x45, 0, 0, 40, 0, 0, 0x40, 0, 63, 6, 0, 0,
		10, 1, 2, 3, 192, 0, 2, 9,
		0x9c, 0x40, 0x01, 0xbb, 0, 0, 0, 1, 0, 0, 0, 0,
		0x50, 0x42, 0x40, 0, 0, 0, 0, 0,
	};

	memcpy(packet, syn, sizeof(syn));
	return sizeof(syn);
}
