/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gwlb: what one network namespace has. Everything else is in the header of
 * the file that owns it.
 */
#ifndef _GWLB_H
#define _GWLB_H

#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>

#include "stats.h"
#include "tally.h"

struct gwlb_config;
struct netlink_ext_ack;

/**
 * struct gwlb_net - state of one network namespace
 * @net: the namespace
 * @lock: held by everybody who changes @config or @up; process context
 * @config: the settings; read under RCU, replaced whole under @lock
 * @up: whether @ops is registered; under @lock
 * @ops: the hook of this namespace; its priv points back here
 * @stats: counters by reason, per CPU; written by the walk only
 * @nodes: load balancer addresses, struct gwlb_node
 * @endpoints: VPC endpoints, struct gwlb_tally
 */
struct gwlb_net {
	struct net *net;
	struct mutex lock;	/* changes of config and up */
	struct gwlb_config __rcu *config;
	bool up;
	struct nf_hook_ops ops;
	struct gwlb_stats __percpu *stats;
	struct gwlb_tally_table nodes;
	struct gwlb_tally_table endpoints;
};

struct gwlb_net *gwlb_net(const struct net *net);
int gwlb_net_apply(struct gwlb_net *gn, struct gwlb_config *config,
		   bool up, struct netlink_ext_ack *extack);
int gwlb_net_register(void);
void gwlb_net_unregister(void);

#endif /* _GWLB_H */
