// SPDX-License-Identifier: GPL-2.0-only
/*
 * main: how the module begins and ends. Loading it changes nothing for any
 * packet: hooks are registered by "up".
 */
#include <linux/module.h>
#include <net/genetlink.h>

#include <linux/gwlb.h>

#include "gwlb.h"
#include "netlink.h"

static int __init gwlb_init(void)
{
	int err;

	err = gwlb_net_register();
	if (err)
		return err;
	err = gwlb_netlink_register();
	if (err)
		gwlb_net_unregister();
	return err;
}

/* Nobody can say "up" once netlink is gone. */
static void __exit gwlb_exit(void)
{
	gwlb_netlink_unregister();
	gwlb_net_unregister();
}

module_init(gwlb_init);
module_exit(gwlb_exit);

MODULE_DESCRIPTION("Appliance behind a Gateway Load Balancer");
MODULE_AUTHOR("gwlb maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(GWLB_VERSION);
MODULE_ALIAS_GENL_FAMILY(GWLB_GENL_NAME);
