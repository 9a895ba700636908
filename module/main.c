// SPDX-License-Identifier: GPL-2.0-only
/*
 * main: how the module begins and ends. Loading it changes nothing for any
 * packet: hooks are registered by "up".
 */
#include <linux/module.h>
#include <net/genetlink.h>

#include <linux/gwlb.h>

#include "flow_table.h"
#include "gwlb.h"
#include "ingress.h"
#include "netlink.h"
#include "reclaim.h"

module_param_named(guest_flows, gwlb_flow_guests, uint, 0644);
MODULE_PARM_DESC(guest_flows,
		 "flows of all namespaces that are not the host's own (65536)");

static int __init gwlb_init(void)
{
	int err;

	err = gwlb_flow_module_init();
	if (err)
		return err;
	err = gwlb_reclaim_register();
	if (err)
		goto flow_exit;
	err = gwlb_net_register();
	if (err)
		goto reclaim_unregister;
	err = gwlb_ingress_register();
	if (err)
		goto net_unregister;
	err = gwlb_netlink_register();
	if (err)
		goto ingress_unregister;
	return 0;

ingress_unregister:
	gwlb_ingress_unregister();
net_unregister:
	gwlb_net_unregister();
reclaim_unregister:
	gwlb_reclaim_unregister();
flow_exit:
	gwlb_flow_module_exit();
	return err;
}

/* Nobody can say "up" once netlink is gone. What was removed, but is still
 * waiting for its grace period, is waited for: our code frees it.
 */
static void __exit gwlb_exit(void)
{
	gwlb_netlink_unregister();
	gwlb_ingress_unregister();
	gwlb_net_unregister();
	gwlb_reclaim_unregister();
	gwlb_flow_module_exit();
}

module_init(gwlb_init);
module_exit(gwlb_exit);

MODULE_DESCRIPTION("Appliance behind a Gateway Load Balancer");
MODULE_AUTHOR("gwlb maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(GWLB_VERSION);
MODULE_ALIAS_GENL_FAMILY(GWLB_GENL_NAME);
