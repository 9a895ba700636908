// SPDX-License-Identifier: GPL-2.0-only
/*
 * fixture: what every test begins and ends with. See fixture.h.
 *
 * KUnit runs the suites of a module before the module's own beginning, so that
 * there is none: this does what main.c does. It leaves out netlink, whose
 * listeners nobody is, and devices that come and go.
 */
#include <linux/module.h>
#include <net/net_namespace.h>

#include "fixture.h"
#include "reclaim.h"

/**
 * fixture_init() - load the module
 * @test: the test; gets the first namespace's part as priv
 *
 * Return: 0 or an error
 */
int fixture_init(struct kunit *test)
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
	test->priv = gwlb_net(&init_net);
	return 0;

reclaim_unregister:
	gwlb_reclaim_unregister();
flow_exit:
	gwlb_flow_module_exit();
	return err;
}

/**
 * fixture_exit() - unload it
 * @test: the test
 */
void fixture_exit(struct kunit *test)
{
	if (!test->priv)
		return;
	test->priv = NULL;
	gwlb_net_unregister();
	gwlb_reclaim_unregister();
	gwlb_flow_module_exit();
}

MODULE_DESCRIPTION("Tests of gwlb in the kernel");
MODULE_LICENSE("GPL");
