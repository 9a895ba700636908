/* SPDX-License-Identifier: GPL-2.0-only */
/* Chains of nftables that packets meet before the module. See nft.c. */

#ifndef _GWLBCTL_NFT_H
#define _GWLBCTL_NFT_H

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Priority of the module's hook, which is the same in PRE_ROUTING and on
 * devices
 */
#define NFT_MODULE	(-450)

#define NFT_NAME	64
#define NFT_DEVICES	8
#define NFT_CHAINS	16

/**
 * struct nft_chain - a chain that the kernel asks
 * @family: NFPROTO_*
 * @table: name of its table
 * @name: its name
 * @hook: number of the hook
 * @priority: its place there
 * @devices: the devices of a chain of these
 * @device_count: how many these are
 * @drops: is its policy to drop
 * @rules: how many rules it has
 */
struct nft_chain {
	__u8 family;
	char table[NFT_NAME];
	char name[NFT_NAME];
	__u32 hook;
	__s32 priority;
	char devices[NFT_DEVICES][IFNAMSIZ];
	size_t device_count;
	bool drops;
	__u32 rules;
};

/**
 * struct nft_chains - some of them
 * @list: the list
 * @count: how many there are
 */
struct nft_chains {
	struct nft_chain list[NFT_CHAINS];
	size_t count;
};

int nft_decode_chain(const struct nlmsghdr *nlh, struct nft_chain *chain);
bool nft_is_ingress(const struct nft_chain *chain);
int nft_read(struct nft_chains *chains);
const char *nft_family_name(__u8 family);

#endif /* _GWLBCTL_NFT_H */
