// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink: the family by which user space asks and changes. See netlink.h.
 *
 * Policies and the table of operations are generated from uapi/gwlb.yaml.
 * Counters are for everybody, as with "ip -s link"; changing, and reading what
 * shows packets of others, needs CAP_NET_ADMIN in the user namespace that owns
 * the network namespace.
 */
#include <linux/inet.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include <linux/gwlb.h>

#include "gwlb.h"
#include "netlink.h"
#include "netlink_gen.h"

/* The generated table of operations, completed by add_dump_ends() */
static struct genl_ops ops[ARRAY_SIZE(gwlb_nl_ops)] __ro_after_init;

/* Whether the number of our multicast group is ours */
static bool registered;

/**
 * gwlb_nl_answer_new() - begin an answer
 * @info: the request
 * @size: about so many bytes of attributes
 * @cmd: enum GWLB_CMD_*
 * @hdr: gets what gwlb_nl_answer() needs
 *
 * Return: the answer, or NULL if there is no memory
 */
struct sk_buff *gwlb_nl_answer_new(struct genl_info *info, size_t size, u8 cmd,
				   void **hdr)
{
	struct sk_buff *msg = genlmsg_new(size, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &gwlb_nl_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/**
 * gwlb_nl_answer() - send an answer, unless filling it failed
 * @msg: the answer; belongs to this function from now on
 * @hdr: what gwlb_nl_answer_new() said
 * @info: the request
 * @err: the error of filling it, or 0
 *
 * Return: @err, or what came of sending
 */
int gwlb_nl_answer(struct sk_buff *msg, void *hdr, struct genl_info *info,
		   int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/**
 * gwlb_nl_dump_put() - begin one message of a dump
 * @skb: the answer
 * @cb: the dump
 * @cmd: enum GWLB_CMD_*
 *
 * Return: header for genlmsg_end() or genlmsg_cancel(); NULL if @skb is full
 */
void *gwlb_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			   cb->nlh->nlmsg_seq, &gwlb_nl_family, NLM_F_MULTI,
			   cmd);
}

/**
 * gwlb_nl_refuse_filter() - does a dump that takes no filter get one?
 * @cb: the dump
 * @attrtype: the attribute that it must not have
 *
 * Return: 0, or -EINVAL if it has it
 */
int gwlb_nl_refuse_filter(struct netlink_callback *cb, int attrtype)
{
	struct nlattr *attr = gwlb_compat_dump_attrs(cb)[attrtype];

	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, attr,
			    "a dump lists all and takes no filter");
	return -EINVAL;
}

static u8 address_len(u8 family)
{
	return family == NFPROTO_IPV4 ? sizeof(struct in_addr) :
		sizeof(struct in6_addr);
}

/**
 * gwlb_nl_put_address() - put an address of either family
 * @msg: the message
 * @attrtype: attribute; its length tells the family
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @address: the address
 *
 * Return: 0 or -EMSGSIZE
 */
int gwlb_nl_put_address(struct sk_buff *msg, int attrtype, u8 family,
			const union nf_inet_addr *address)
{
	return nla_put(msg, attrtype, address_len(family), address);
}

/**
 * gwlb_nl_put_prefix() - put a prefix of either family
 * @msg: the message
 * @attrtype: attribute that nests a prefix
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @address: its address
 * @prefix_len: its length
 *
 * Return: 0 or -EMSGSIZE
 */
int gwlb_nl_put_prefix(struct sk_buff *msg, int attrtype, u8 family,
		       const union nf_inet_addr *address, u8 prefix_len)
{
	struct nlattr *nest = nla_nest_start(msg, attrtype);

	if (!nest ||
	    gwlb_nl_put_address(msg, GWLB_A_PREFIX_ADDRESS, family, address) ||
	    nla_put_u8(msg, GWLB_A_PREFIX_PREFIX_LEN, prefix_len))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* Is any bit of @address set behind the first @prefix_len? */
static bool has_host_bits(const union nf_inet_addr *address, u8 prefix_len,
			  u8 len)
{
	const u8 *byte = (const u8 *)address;
	u8 i = prefix_len / 8;

	if (prefix_len % 8 && byte[i++] & (0xff >> prefix_len % 8))
		return true;
	return i < len && memchr_inv(byte + i, 0, len - i);
}

/**
 * gwlb_nl_parse_prefix() - read a prefix of either family
 * @attr: attribute that nests a prefix
 * @family: gets NFPROTO_IPV4 or NFPROTO_IPV6
 * @address: gets its address; the rest of it is 0
 * @prefix_len: gets its length
 * @extack: says what is wrong, and where
 *
 * The attribute was validated with the message it is in.
 *
 * Return: 0 or -EINVAL
 */
int gwlb_nl_parse_prefix(const struct nlattr *attr, u8 *family,
			 union nf_inet_addr *address, u8 *prefix_len,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[GWLB_A_PREFIX_MAX + 1];
	u8 len;
	int err;

	err = nla_parse_nested(tb, GWLB_A_PREFIX_MAX, attr, NULL, extack);
	if (err)
		return err;
	if (!tb[GWLB_A_PREFIX_ADDRESS] || !tb[GWLB_A_PREFIX_PREFIX_LEN]) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a prefix needs an address and a length");
		return -EINVAL;
	}
	len = min(nla_len(tb[GWLB_A_PREFIX_ADDRESS]), U8_MAX);
	if (len != sizeof(struct in_addr) && len != sizeof(struct in6_addr)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[GWLB_A_PREFIX_ADDRESS],
				    "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	*prefix_len = nla_get_u8(tb[GWLB_A_PREFIX_PREFIX_LEN]);
	if (*prefix_len > len * 8) {
		NL_SET_ERR_MSG_ATTR(extack, tb[GWLB_A_PREFIX_PREFIX_LEN],
				    "the prefix length exceeds that of the address");
		return -EINVAL;
	}
	*family = len == sizeof(struct in_addr) ? NFPROTO_IPV4 : NFPROTO_IPV6;
	memset(address, 0, sizeof(*address));
	nla_memcpy(address, tb[GWLB_A_PREFIX_ADDRESS], len);
	if (has_host_bits(address, *prefix_len, len)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the address of a prefix has bits set below its length");
		return -EINVAL;
	}
	return 0;
}

/**
 * gwlb_nl_has_listeners() - is it worth the trouble to tell an event?
 * @gn: the namespace
 *
 * Listeners are those of all namespaces, as the kernel does not count them
 * apart.
 *
 * Context: RCU read side, until the event is sent
 * Return: true if it is
 */
bool gwlb_nl_has_listeners(const struct gwlb_net *gn)
{
	return READ_ONCE(registered) &&
		genl_has_listeners(&gwlb_nl_family, gn->net,
				   GWLB_NLGRP_EVENTS);
}

struct genl_family gwlb_nl_family __ro_after_init = {
	.name = GWLB_GENL_NAME,
	.version = GWLB_GENL_VERSION,
	.netnsok = true,
	/* A namespace's locks are enough: a large ruleset takes its time, and
	 * nobody else's requests are to wait for it.
	 */
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = gwlb_nl_mcgrps,
	.n_mcgrps = GWLB_NLGRP_EVENTS + 1,
	/* Every command ever was validated strictly. */
	.resv_start_op = 1,
};

/* The generator declares what begins and what ends a dump, but leaves it out
 * of a table that old kernels understand.
 */
static void add_dump_ends(void)
{
	u32 i;

	memcpy(ops, gwlb_nl_ops, sizeof(ops));
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		switch (ops[i].cmd) {
		case GWLB_CMD_ELEMENT_GET:
			ops[i].start = gwlb_nl_element_get_start;
			ops[i].done = gwlb_nl_element_get_done;
			break;
		case GWLB_CMD_FLOW_GET:
			ops[i].start = gwlb_nl_flow_get_start;
			ops[i].done = gwlb_nl_flow_get_done;
			break;
		}
	}
}

/**
 * gwlb_netlink_register() - let user space in
 *
 * Context: initialization of the module
 * Return: 0 or an error
 */
int gwlb_netlink_register(void)
{
	int err;

	add_dump_ends();
	err = genl_register_family(&gwlb_nl_family);
	if (!err)
		WRITE_ONCE(registered, true);
	return err;
}

/**
 * gwlb_netlink_unregister() - shut user space out
 *
 * When this returns no request is being handled. Hooks may still be, but they
 * no longer tell anything: the number of our multicast group may soon be
 * another family's.
 */
void gwlb_netlink_unregister(void)
{
	WRITE_ONCE(registered, false);
	synchronize_net();
	genl_unregister_family(&gwlb_nl_family);
}
