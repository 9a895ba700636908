// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chains of nftables that packets meet before the module: those of devices,
 * and those in PRE_ROUTING with a priority below the module's. Asks, and
 * changes nothing: it does not even make the kernel load nftables.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "attr.h"
#include "host.h"
#include "nft.h"
#include "rtnl.h"

static int read_devices(const struct nlattr *list, struct nft_chain *chain)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, list) {
		if (mnl_attr_get_type(attr) != NFTA_DEVICE_NAME ||
		    chain->device_count == NFT_DEVICES)
			continue;
		if (attr_string(attr, chain->devices[chain->device_count],
				IFNAMSIZ) < 0)
			return -EBADMSG;
		chain->device_count++;
	}
	return 0;
}

static int read_hook(const struct nlattr *nest, struct nft_chain *chain)
{
	const struct nlattr *tb[NFTA_HOOK_DEVS + 1];
	__u32 hook, priority;

	if (attr_parse_nest(nest, tb, NFTA_HOOK_DEVS) < 0 ||
	    !tb[NFTA_HOOK_HOOKNUM] || !tb[NFTA_HOOK_PRIORITY] ||
	    attr_u32(tb[NFTA_HOOK_HOOKNUM], &hook) < 0 ||
	    attr_u32(tb[NFTA_HOOK_PRIORITY], &priority) < 0)
		return -EBADMSG;
	chain->hook = ntohl(hook);
	chain->priority = (__s32)ntohl(priority);
	if (tb[NFTA_HOOK_DEVS])
		return read_devices(tb[NFTA_HOOK_DEVS], chain);
	if (!tb[NFTA_HOOK_DEV])
		return 0;
	chain->device_count = 1;
	return attr_string(tb[NFTA_HOOK_DEV], chain->devices[0], IFNAMSIZ);
}

/**
 * nft_decode_chain() - read a chain
 * @nlh: the message
 * @chain: filled in
 *
 * Return: 0 or a negative errno; -ENOENT for one that only rules jump to.
 */
int nft_decode_chain(const struct nlmsghdr *nlh, struct nft_chain *chain)
{
	const struct nlattr *tb[NFTA_CHAIN_USE + 1];
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	size_t fixed = MNL_ALIGN(sizeof(*nfg));
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	__u32 policy = 0, rules = 0;

	memset(chain, 0, sizeof(*chain));
	if (len < fixed ||
	    attr_parse((const char *)nfg + fixed, len - fixed, tb,
		       NFTA_CHAIN_USE) < 0)
		return -EBADMSG;
	chain->family = nfg->nfgen_family;
	if (!tb[NFTA_CHAIN_HOOK])
		return -ENOENT;
	if (!tb[NFTA_CHAIN_TABLE] || !tb[NFTA_CHAIN_NAME] ||
	    attr_text(tb[NFTA_CHAIN_TABLE], chain->table, NFT_NAME) < 0 ||
	    attr_text(tb[NFTA_CHAIN_NAME], chain->name, NFT_NAME) < 0 ||
	    (tb[NFTA_CHAIN_POLICY] &&
	     attr_u32(tb[NFTA_CHAIN_POLICY], &policy) < 0) ||
	    (tb[NFTA_CHAIN_USE] && attr_u32(tb[NFTA_CHAIN_USE], &rules) < 0))
		return -EBADMSG;
	chain->drops = tb[NFTA_CHAIN_POLICY] && ntohl(policy) == NF_DROP;
	chain->rules = ntohl(rules);
	return read_hook(tb[NFTA_CHAIN_HOOK], chain);
}

/* Can packets meet it before the module, and does it do anything? */
static bool is_early(const struct nft_chain *chain)
{
	if (!chain->drops && !chain->rules)
		return false;
	if (nft_is_ingress(chain))
		return true;
	return (chain->family == NFPROTO_IPV4 ||
		chain->family == NFPROTO_INET) &&
	       chain->hook == NF_INET_PRE_ROUTING &&
	       chain->priority < NFT_MODULE;
}

static int take_chain(const struct nlmsghdr *nlh, void *data)
{
	struct nft_chains *chains = data;
	struct nft_chain chain;
	int err;

	err = nft_decode_chain(nlh, &chain);
	if (err == -ENOENT)
		return 0;
	if (!err && is_early(&chain) && chains->count < NFT_CHAINS)
		chains->list[chains->count++] = chain;
	return err;
}

/**
 * nft_read() - find the chains that packets meet before the module
 * @chains: filled in
 *
 * Return: 0 or a negative errno.
 */
int nft_read(struct nft_chains *chains)
{
	char request[64] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);
	struct nfgenmsg *nfg;
	struct rtnl rtnl;
	int err;

	memset(chains, 0, sizeof(*chains));
	if (!host_has_module("nf_tables"))
		return 0;
	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = NFPROTO_UNSPEC;
	err = rtnl_open_bus(&rtnl, NETLINK_NETFILTER);
	if (!err)
		err = rtnl_ask(&rtnl, nlh, NLM_F_DUMP,
			       NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN,
			       take_chain, chains);
	rtnl_close(&rtnl);
	return err;
}

/**
 * nft_is_ingress() - is it a chain of devices
 * @chain: the chain
 *
 * Return: true if it is asked when packets come in by one.
 */
bool nft_is_ingress(const struct nft_chain *chain)
{
	return (chain->family == NFPROTO_NETDEV &&
		chain->hook == NF_NETDEV_INGRESS) ||
	       (chain->family == NFPROTO_INET &&
		chain->hook == NF_INET_INGRESS);
}

/**
 * nft_family_name() - name of a family of nftables
 * @family: NFPROTO_*
 *
 * Return: the name that nft(8) has for it.
 */
const char *nft_family_name(__u8 family)
{
	switch (family) {
	case NFPROTO_NETDEV:
		return "netdev";
	case NFPROTO_INET:
		return "inet";
	default:
		return "ip";
	}
}
