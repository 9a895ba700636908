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

#include "endpoint.h"
#include "event.h"
#include "flow_table.h"
#include "fragment.h"
#include "ingress.h"
#include "ruleset.h"
#include "stats.h"
#include "tally.h"

struct gwlb_config;
struct netlink_ext_ack;

/**
 * struct gwlb_net - state of one network namespace
 * @net: the namespace
 * @config_lock: held by everybody who changes @config or the hooks; process
 *	context, also under RTNL, so nobody who has it waits for long
 * @rules_lock: held by everybody who changes @rules; process context, for the
 *	seconds that a large ruleset takes; never both
 * @config: the settings; read under RCU, replaced whole under @config_lock
 * @rules: the ruleset; read under RCU, replaced whole under @rules_lock
 * @rollback: the ruleset before it, while it awaits confirmation; under
 *	@rules_lock
 * @last_group_id: the newest id of a group; under @rules_lock
 * @rules_changes: counts changes of @rules and of its sets, and does not come
 *	round as its generation may; under @rules_lock
 * @moving: packets are about to be taken elsewhere: those that are passed may
 *	meet two hooks, so they are not counted; written under @config_lock
 * @hooked: whether @ops is registered; under @config_lock
 * @ops: the hook in PRE_ROUTING; its priv points back here
 * @ingress: the hooks on devices; under @config_lock
 * @stats: counters by reason, per CPU; written by the walk only
 * @nodes: load balancer addresses, struct gwlb_node
 * @endpoints: VPC endpoints
 * @flows: flows
 * @fragments: fragmented packets whose first fragment was seen
 * @replies: how many rejected packets were answered, and how many may be
 * @events: how many events were sent lately
 */
struct gwlb_net {
	struct net *net;
	struct mutex config_lock;	/* changes of config and hooks */
	struct mutex rules_lock;	/* changes of rules, for long */
	struct gwlb_config __rcu *config;
	struct gwlb_ruleset __rcu *rules;
	struct gwlb_rollback rollback;
	u32 last_group_id;
	u64 rules_changes;
	bool moving;
	bool hooked;
	struct nf_hook_ops ops;
	struct gwlb_ingress ingress;
	struct gwlb_stats __percpu *stats;
	struct gwlb_tally_table nodes;
	struct gwlb_endpoint_table endpoints;
	struct gwlb_flow_table flows;
	struct gwlb_fragment_table fragments;
	struct gwlb_account *replies;
	struct gwlb_event_limit events;
};

struct gwlb_net *gwlb_net(const struct net *net);
int gwlb_net_apply(struct gwlb_net *gn, struct gwlb_config *config,
		   struct netlink_ext_ack *extack);
int gwlb_net_register(void);
void gwlb_net_unregister(void);

#endif /* _GWLB_H */
