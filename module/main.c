// SPDX-License-Identifier: GPL-2.0-only
/*
 * main: how the module and its part in each network namespace begin and end.
 * Loading it changes nothing for any packet: hooks are registered by "up".
 */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>

#include <linux/gwlb.h>

#include "config.h"
#include "gwlb.h"
#include "hook.h"
#include "netlink.h"
#include "node.h"

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

static void free_endpoint(struct gwlb_tally *tally)
{
	kfree(tally);
}

static int __net_init gwlb_net_init(struct net *net)
{
	struct gwlb_net *gn = gwlb_net(net);
	struct gwlb_config *config;
	int err = -ENOMEM;

	gn->net = net;
	mutex_init(&gn->lock);
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
	err = gwlb_tally_table_init(&gn->endpoints, GWLB_MAX_ENDPOINTS);
	if (err)
		goto exit_nodes;
	RCU_INIT_POINTER(gn->config, config);
	return 0;

exit_nodes:
	gwlb_tally_table_exit(&gn->nodes, gwlb_node_free);
free_stats:
	free_percpu(gn->stats);
free_config:
	kfree(config);
	return err;
}

/* The namespace, or the module, goes away under traffic. When this returned
 * for all namespaces the core waits for a grace period, then calls exit.
 */
static void __net_exit gwlb_net_pre_exit(struct net *net)
{
	struct gwlb_net *gn = gwlb_net(net);

	mutex_lock(&gn->lock);
	if (gn->up)
		nf_unregister_net_hook(net, &gn->ops);
	gn->up = false;
	mutex_unlock(&gn->lock);
}

static void __net_exit gwlb_net_exit(struct net *net)
{
	struct gwlb_net *gn = gwlb_net(net);

	gwlb_tally_table_exit(&gn->endpoints, free_endpoint);
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

static int __init gwlb_init(void)
{
	int err;

	err = register_pernet_subsys(&gwlb_net_ops);
	if (err)
		return err;
	err = gwlb_netlink_register();
	if (err)
		unregister_pernet_subsys(&gwlb_net_ops);
	return err;
}

/* Nobody can say "up" once netlink is gone. Snapshots are freed by kfree_rcu,
 * which runs none of our code, so there is nothing to wait for at the end.
 */
static void __exit gwlb_exit(void)
{
	gwlb_netlink_unregister();
	unregister_pernet_subsys(&gwlb_net_ops);
}

module_init(gwlb_init);
module_exit(gwlb_exit);

MODULE_DESCRIPTION("Appliance behind a Gateway Load Balancer");
MODULE_AUTHOR("gwlb maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(GWLB_VERSION);
MODULE_ALIAS_GENL_FAMILY(GWLB_GENL_NAME);
