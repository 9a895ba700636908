// SPDX-License-Identifier: GPL-2.0-only
/*
 * work: what is measured. Everything goes through the module's own doors: the
 * rules come as the message that gwlbctl would send, flows are made by their
 * first packets, and a hit is gwlb_decide().
 */
#include <linux/jiffies.h>
#include <net/genetlink.h>

#include "ask.h"
#include "decide.h"
#include "flow.h"
#include "flow_table.h"
#include "gwlb.h"
#include "kernel.h"
#include "native.h"
#include "netlink_gen.h"
#include "parse.h"
#include "place.h"
#include "ruleset.h"
#include "ruleset_parse.h"
#include "set.h"

#define SYN	0x02
#define ACK	0x10

static struct net net;
static struct gwlb_net gn = { .net = &net };
static struct gwlb_pkt packet = {
	.endpoint = 0x2356de92d389839c,
	.family = NFPROTO_IPV4,
	.proto = IPPROTO_TCP,
};

static struct gwlb_buf wire;
static struct gwlb_ruleset *prepared;
static unsigned int chosen;

static const struct gwlb_ruleset *rules(void)
{
	return rcu_dereference_protected(gn.rules, true);
}

/* One packet at a time */
static void end_one(void)
{
	/* What is read for the next one is not read before. */
	rmb();
}

/* Endpoints are not looked for here: it is the one that stands for many. */
static struct gwlb_question question(void)
{
	return (struct gwlb_question) {
		.gn = &gn,
		.rules = rules(),
		.generation = gwlb_ruleset_generation(rules()),
		.endpoint = &gn.endpoints.others,
		.pkt = &packet,
		.packets = 1,
		.bytes = 148,
	};
}

/**
 * native_start() - get ready
 *
 * Return: 0 or an error
 */
int native_start(void)
{
	kernel_start();
	return gwlb_flow_module_init() ?:
	       gwlb_endpoint_table_init(&gn.endpoints) ?:
	       gwlb_fragment_table_init(&gn.fragments) ?:
	       gwlb_flow_table_init(&gn) ?:
	       gwlb_ruleset_init(&gn);
}

/* Attributes of a request, each the last one of its type */
static void find_attrs(const void *message, struct nlattr **attrs)
{
	struct nlattr *attr;
	int rem;

	nlmsg_for_each_attr(attr, (struct nlmsghdr *)message, GENL_HDRLEN, rem)
		attrs[nla_type(attr)] = attr;
}

/**
 * native_validate() - see if a request is as the family's policy wants it
 * @message: the request, GWLB_CMD_RULESET_SET
 *
 * Return: 0 or an error
 */
int native_validate(const void *message)
{
	const struct nlmsghdr *nlh = message;

	return nla_validate(nlmsg_attrdata(nlh, GENL_HDRLEN),
			    nlmsg_attrlen(nlh, GENL_HDRLEN),
			    GWLB_A_RULESET_CONFIRM, gwlb_ruleset_set_nl_policy,
			    NULL);
}

/**
 * native_prepare() - make rules that may be put in force
 * @message: a valid request, GWLB_CMD_RULESET_SET
 *
 * Return: 0 or an error
 */
int native_prepare(const void *message)
{
	struct nlattr *attrs[GWLB_A_RULESET_MAX + 1] = { };
	struct genl_info info = {
		.nlhdr = (struct nlmsghdr *)message,
		.attrs = attrs,
	};

	find_attrs(message, attrs);
	prepared = gwlb_ruleset_parse(&info, rules());
	return PTR_ERR_OR_ZERO(prepared);
}

/**
 * native_index() - make an index of the rules that were prepared, once more
 *
 * Return: 0 or an error
 */
int native_index(void)
{
	struct gwlb_index index = { };
	int err;

	err = gwlb_index_build(&index, prepared->rules, prepared->n_rules);
	gwlb_index_free(&index);
	return err;
}

/**
 * native_replace() - put the rules in force that were prepared
 *
 * Return: 0 or an error
 */
int native_replace(void)
{
	return gwlb_ruleset_replace(&gn, prepared, 0);
}

/**
 * native_settle() - free what is not in force any more
 */
void native_settle(void)
{
	kernel_settle();
}

/**
 * native_rules() - put rules in force
 * @message: a request, GWLB_CMD_RULESET_SET
 *
 * Return: 0 or an error
 */
int native_rules(const void *message)
{
	int err;

	err = native_validate(message) ?: native_prepare(message) ?:
	      native_replace();
	native_settle();
	return err;
}

/* Parsing */

/**
 * native_packet() - what is to be parsed
 * @data: a packet, from the outer IP header on
 * @len: its length
 */
void native_packet(const unsigned char *data, unsigned int len)
{
	wire = (struct gwlb_buf) { .data = data, .linear = len, .len = len };
}

/**
 * native_parse() - from bytes to what is decided by
 * @draws: nothing; it is the same packet again and again
 * @n: how often
 *
 * Return: how often all was well
 */
unsigned long native_parse(const unsigned int *draws, unsigned long n)
{
	unsigned long i, right = 0;
	struct gwlb_pkt pkt;

	for (i = 0; i < n; i++) {
		right += gwlb_parse_outer(&wire, &pkt) == 0 &&
			gwlb_parse_tunnel(&wire, &pkt) == 0;
		end_one();
	}
	return right;
}

/* Flows */

static void make_packet(unsigned int draw, u8 tcp_flags)
{
	u32 n = draw & ~NATIVE_REPLY;
	__be32 client = htonl(0x0a000000 | n), server = htonl(0xc0000200);
	__be16 port = htons(1024 + (n & 0x7fff)), https = htons(443);
	bool reply = draw & NATIVE_REPLY;

	packet.src.ip = reply ? server : client;
	packet.dst.ip = reply ? client : server;
	packet.sport = reply ? https : port;
	packet.dport = reply ? port : https;
	packet.cookie = n;
	packet.saddr = htonl(0x0a800001 + (n & 1));
	packet.tcp_flags = tcp_flags;
}

/**
 * native_flows() - let flows begin, with a handshake
 * @from: number of the first
 * @to: number of the first that is not to be
 *
 * Return: 0 or an error
 */
int native_flows(unsigned int from, unsigned int to)
{
	struct gwlb_question q = question();
	u32 n;

	for (n = from; n < to; n++) {
		make_packet(n, SYN);
		if (gwlb_decide(&q))
			return -EINVAL;
		make_packet(n | NATIVE_REPLY, SYN | ACK);
		if (gwlb_decide(&q))
			return -EINVAL;
		make_packet(n, ACK);
		if (gwlb_decide(&q))
			return -EINVAL;
		kernel_settle();
	}
	return atomic_read(&gn.flows.count) == to ? 0 : -EINVAL;
}

/**
 * native_idle() - what the loops themselves take
 * @draws: numbers of flows
 * @n: how often
 *
 * Return: how often there was a packet
 */
unsigned long native_idle(const unsigned int *draws, unsigned long n)
{
	unsigned long i, right = 0;

	for (i = 0; i < n; i++) {
		make_packet(draws[i], ACK);
		right += READ_ONCE(packet.tcp_flags) == ACK;
		end_one();
	}
	return right;
}

/**
 * native_find() - find the flow of a packet
 * @draws: numbers of flows
 * @n: how often
 *
 * Return: how often there was one
 */
unsigned long native_find(const unsigned int *draws, unsigned long n)
{
	struct gwlb_question q = question();
	unsigned long i, right = 0;
	struct gwlb_place place;

	for (i = 0; i < n; i++) {
		make_packet(draws[i], ACK);
		gwlb_place_packet(&place, q.rules, &packet);
		right += !!gwlb_flow_find(&gn.flows, &place.key);
		end_one();
	}
	return right;
}

/**
 * native_hit() - decide about a packet of a flow
 * @draws: numbers of flows
 * @n: how often
 *
 * Return: how often it was accepted, as a packet of a flow that was there
 */
unsigned long native_hit(const unsigned int *draws, unsigned long n)
{
	int flows = atomic_read(&gn.flows.count);
	struct gwlb_question q = question();
	unsigned long i, right = 0;

	for (i = 0; i < n; i++) {
		if (i % NATIVE_PER_TICK == 0)
			jiffies++;
		make_packet(draws[i], ACK);
		right += gwlb_decide(&q) == GWLB_REASON_RETURNED;
		end_one();
	}
	return right - (atomic_read(&gn.flows.count) - flows);
}

/* Rules and sets */

/**
 * native_ask() - ask the rules
 * @draws: numbers of the rules that are to be the first that apply; rule N is
 *	for the network 10.0.0.0/24 + N
 * @n: how often
 *
 * Return: how often it was that rule
 */
unsigned long native_ask(const unsigned int *draws, unsigned long n)
{
	struct gwlb_question q = question();
	unsigned long i, right = 0;
	u64 decision;

	for (i = 0; i < n; i++) {
		make_packet(0, SYN);
		packet.dst.ip = htonl(0x0a000000 | draws[i] << 8 | 1);
		decision = gwlb_ask_packet(&q, GWLB_NO_GROUP,
					   GWLB_CONNECTION_NEW,
					   GWLB_SCOPE_ALL);
		right += gwlb_decision_index(decision) == draws[i];
		end_one();
	}
	return right;
}

/**
 * native_choose() - which set is to be asked?
 * @set: index of the set
 */
void native_choose(unsigned int set)
{
	chosen = set;
}

static unsigned long count_members(const unsigned int *draws, unsigned long n)
{
	const struct gwlb_set *set = rules()->sets[chosen];
	union nf_inet_addr address = { };
	unsigned long i, members = 0;

	for (i = 0; i < n; i++) {
		address.ip = htonl(draws[i]);
		members += gwlb_set_has_address(set, NFPROTO_IPV4, &address);
		end_one();
	}
	return members;
}

/**
 * native_member() - ask a set for addresses that are in it
 * @draws: the addresses
 * @n: how often
 *
 * Return: how often it was
 */
unsigned long native_member(const unsigned int *draws, unsigned long n)
{
	return count_members(draws, n);
}

/**
 * native_stranger() - ask a set for addresses that are not in it
 * @draws: the addresses
 * @n: how often
 *
 * Return: how often it was not
 */
unsigned long native_stranger(const unsigned int *draws, unsigned long n)
{
	return n - count_members(draws, n);
}
