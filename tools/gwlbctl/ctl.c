// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run of gwlbctl: enters the network namespace and opens the conversation
 * with the module, both only when a command needs them, so that mistakes in
 * the command line are told first.
 */

#include <errno.h>
#include <linux/gwlb.h>
#include <string.h>

#include "ctl.h"
#include "netns.h"
#include "out.h"

/**
 * ctl_try_open() - open the conversation, bear with a missing module
 * @ctl: this run
 *
 * Return: 0, -ENOENT if the module is not loaded (nothing is printed), or
 * another negative errno after having told the user.
 */
int ctl_try_open(struct ctl *ctl)
{
	int err;

	if (ctl->netns && !ctl->entered) {
		if (netns_enter(ctl->netns) < 0)
			return -EINVAL;
		ctl->entered = true;
	}
	if (ctl->nl)
		return 0;

	err = nl_open(&ctl->nl);
	if (err < 0 && err != -ENOENT)
		out_error("netlink: %s", strerror(-err));
	return err;
}

/**
 * ctl_open() - open the conversation with the module
 * @ctl: this run
 *
 * Return: OUT_OK, or OUT_FAILED after having told the user.
 */
int ctl_open(struct ctl *ctl)
{
	switch (ctl_try_open(ctl)) {
	case 0:
		return OUT_OK;
	case -ENOENT:
		return out_error("module %s is not loaded (modprobe %s)",
				 GWLB_GENL_NAME, GWLB_GENL_NAME);
	default:
		return OUT_FAILED;
	}
}

/**
 * ctl_failed() - tell the user why the last request failed
 * @ctl: this run
 * @err: what the request returned
 *
 * Return: OUT_FAILED.
 */
int ctl_failed(struct ctl *ctl, int err)
{
	return nl_report(ctl->nl, err);
}
