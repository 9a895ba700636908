// SPDX-License-Identifier: GPL-2.0-only
/*
 * net: the module's part in each network namespace, from its beginning to its
 * end, and the changes in between. See gwlb.h.
 */
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/netns/generic.h>

#include <linux/gwlb.h>

#include "config.h"
#include "gwlb.h"
#include "hook.h"
#include "ingress.h"
#include "node.h"
#include "reply.h"

static unsigned int gwlb_net_id __read_mostly;

/**
 * gwlb_net() - the module's part of a network namespace
 * @net: the namespace
 *
 * Return: the part
 */
struct gwlb_net *gwlb_net(const struct net *net)
{
	return net_generic(net, gwlb_net_id);
}

static int __net_init gwlb_net_init(struct net *net)
{
	struct gwlb_net *gn = gwlb_net(net);
	struct gwlb_config *config;
	int err = -ENOMEM;

	gn->net = net;
	gn->flows.guest = net->user_ns != &init_user_ns;
	mutex_init(&gn->config_lock);
	mutex_init(&gn->rules_lock);
	gwlb_hook_init(gn);

	config = gwlb_config_alloc(0);
	if (!config)
		return err;
	gn->stats = gwlb_stats_alloc();
	if (!gn->stats)
		goto free_config;
	err = gwlb_tally_table_init(&gn->nodes, GWLB_MAX_NODES);
	if (err)
		goto free_stats;
	err = gwlb_endpoint_table_init(&gn->endpoints);
	if (err)
		goto exit_nodes;
	err = gwlb_flow_table_init(gn);
	if (err)
		goto exit_endpoints;
	err = gwlb_fragment_table_init(&gn->fragments);
	if (err)
		goto exit_flows;
	err = gwlb_reply_init(gn);
	if (err)
		goto exit_fragments;
	err = gwlb_ruleset_init(gn);
	if (err)
		goto exit_reply;
	RCU_INIT_POINTER(gn->config, config);
	return 0;

exit_reply:
	gwlb_reply_exit(gn);
exit_fragments:
	gwlb_fragment_table_exit(&gn->fragments);
exit_flows:
	gwlb_flow_table_exit(gn);
exit_endpoints:
	gwlb_endpoint_table_exit(&gn->endpoints);
exit_nodes:
	gwlb_tally_table_exit(&gn->nodes, gwlb_node_free);
free_stats:
	free_percpu(gn->stats);
free_config:
	kfree(config);
	return err;
}

/* Registers the hooks that @config asks for and that are not there yet. */
static int attach(struct gwlb_net *gn, const struct gwlb_config *config)
{
	if (config->state != GWLB_STATE_UP)
		return 0;
	if (config->attach == GWLB_ATTACH_INGRESS)
		return gwlb_ingress_attach(gn, config);
	return gwlb_hook_register(gn);
}

/* Unregisters those that @keep, if not NULL, does not ask for. Returns true if
 * there were any; a packet may still be in one of them.
 */
static bool detach(struct gwlb_net *gn, const struct gwlb_config *keep)
{
	bool any;

	if (keep && keep->state != GWLB_STATE_UP)
		keep = NULL;
	any = gwlb_ingress_detach(gn, keep);
	if (!keep || keep->attach != GWLB_ATTACH_PREROUTING)
		any |= gwlb_hook_unregister(gn);
	return any;
}

/* The namespace, or the module, goes away under traffic. When this returned
 * for all namespaces the core waits for a grace period, then calls exit.
 */
static void __net_exit gwlb_net_pre_exit(struct net *net)
{
	struct gwlb_net *gn = gwlb_net(net);

	mutex_lock(&gn->config_lock);
	detach(gn, NULL);
	mutex_unlock(&gn->config_lock);
	gwlb_ruleset_stop(gn);
}

static void __net_exit gwlb_net_exit(struct net *net)
{
	struct gwlb_net *gn = gwlb_net(net);

	gwlb_flow_table_exit(gn);
	gwlb_fragment_table_exit(&gn->fragments);
	gwlb_ruleset_exit(gn);
	gwlb_reply_exit(gn);
	gwlb_endpoint_table_exit(&gn->endpoints);
	gwlb_tally_table_exit(&gn->nodes, gwlb_node_free);
	free_percpu(gn->stats);
	kfree(rcu_dereference_protected(gn->config, true));
}

static struct pernet_operations gwlb_net_ops = {
	.init = gwlb_net_init,
	.pre_exit = gwlb_net_pre_exit,
	.exit = gwlb_net_exit,
	.id = &gwlb_net_id,
	.size = sizeof(struct gwlb_net),
};

/* Says why a hook was not registered. */
static void explain(int err, struct netlink_ext_ack *extack)
{
	if (err == -EOPNOTSUPP)
		NL_SET_ERR_MSG(extack, "this kernel has no hooks at ingress");
	else
		NL_SET_ERR_MSG(extack, "hook was not registered");
}

/**
 * gwlb_net_apply() - make a change take effect
 * @gn: the namespace; its config_lock is held
 * @config: the new settings, sorted; belong to this function from now on
 * @extack: says why not
 *
 * A change that changes nothing leaves the generation as it is. New hooks are
 * registered before the settings are changed, as only that can fail; until
 * then a hook does what the old ones say, which may be nothing. When this
 * returns no packet is in a hook that was unregistered.
 *
 * While packets are taken elsewhere each of them meets at least one hook: the
 * new ones are there before the old ones go, and in between whoever was past
 * the new ones gets to the old ones. What a hook takes is gone, but what is
 * passed may meet both. It is not counted in that time, and that time neither
 * begins nor ends while one is on its way between them.
 *
 * Context: process, may sleep
 * Return: 0, or an error after which everything is as it was
 */
int gwlb_net_apply(struct gwlb_net *gn, struct gwlb_config *config,
		   struct netlink_ext_ack *extack)
{
	struct gwlb_config *old;
	bool moving;
	int err;

	old = rcu_dereference_protected(gn->config,
					lockdep_is_held(&gn->config_lock));
	if (gwlb_config_equal(config, old)) {
		kfree(config);
		return 0;
	}

	config->generation = old->generation + 1;
	moving = config->state == GWLB_STATE_UP &&
		 old->state == GWLB_STATE_UP &&
		 !gwlb_config_same_place(config, old);
	/* Who has RTNL may wait for this lock (ingress.c, follow()), and all
	 * others for RTNL. So this is as short as it would be under RTNL.
	 */
	if (moving) {
		WRITE_ONCE(gn->moving, true);
		synchronize_rcu_expedited();
	}
	err = attach(gn, config);
	if (err) {
		explain(err, extack);
		kfree(config);
		config = old;
	} else {
		rcu_assign_pointer(gn->config, config);
		kfree_rcu(old, rcu);
	}
	if (moving)
		synchronize_rcu_expedited();
	if (detach(gn, config))
		synchronize_rcu_expedited();
	WRITE_ONCE(gn->moving, false);
	return err;
}

/**
 * gwlb_net_register() - be part of all namespaces, present and future
 *
 * Return: 0 or an error
 */
int gwlb_net_register(void)
{
	return register_pernet_subsys(&gwlb_net_ops);
}

/**
 * gwlb_net_unregister() - be part of none
 *
 * When this returns no packet is in any hook. Snapshots of settings are freed
 * by kfree_rcu(), which runs none of our code: nothing is to be waited for.
 */
void gwlb_net_unregister(void)
{
	unregister_pernet_subsys(&gwlb_net_ops);
}
