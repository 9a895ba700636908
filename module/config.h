/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config: the settings of a namespace, and how they change. A snapshot is
 * never edited: a change makes a new one, puts it in the place of the old one
 * and frees that after a grace period.
 */
#ifndef _GWLB_CONFIG_H
#define _GWLB_CONFIG_H

#include <linux/if.h>
#include <linux/types.h>

#include <linux/gwlb.h>

/**
 * struct gwlb_peer - a prefix that may send
 * @address: its address, no bit set below the prefix length
 * @prefix_len: its length, 0 to 32
 */
struct gwlb_peer {
	__be32 address;
	u8 prefix_len;
};

/**
 * struct gwlb_config - one snapshot of the settings
 * @rcu: frees it
 * @generation: counts the changes
 * @state: whether packets are to be taken
 * @attach: where
 * @send_mode: how packets are sent back
 * @drain: whether health checks are to fail; the walk does not look at it
 * @n_devices: how many @devices
 * @devices: names of the devices, for @attach at ingress, in the order given
 * @n_peers: how many @peers; 0 allows everybody
 * @peers: who may send, ordered by address and length, none twice
 */
struct gwlb_config {
	struct rcu_head rcu;
	u32 generation;
	enum gwlb_state state;
	enum gwlb_attach attach;
	enum gwlb_send_mode send_mode;
	enum gwlb_drain drain;
	u32 n_devices;
	char devices[GWLB_MAX_DEVICES][IFNAMSIZ];
	u32 n_peers;
	struct gwlb_peer peers[];
};

struct gwlb_config *gwlb_config_alloc(u32 n_peers);
struct gwlb_config *gwlb_config_copy(const struct gwlb_config *old,
				     u32 n_peers);
const struct gwlb_peer *gwlb_config_sort(struct gwlb_config *config);
bool gwlb_config_equal(const struct gwlb_config *a,
		       const struct gwlb_config *b);
bool gwlb_config_same_place(const struct gwlb_config *a,
			    const struct gwlb_config *b);
bool gwlb_config_names(const struct gwlb_config *config, const char *device);
bool gwlb_config_allows(const struct gwlb_config *config, __be32 address);

#endif /* _GWLB_CONFIG_H */
