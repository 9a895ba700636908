/* SPDX-License-Identifier: GPL-2.0-only */
/* One run of gwlbctl. See ctl.c. */

#ifndef _GWLBCTL_CTL_H
#define _GWLBCTL_CTL_H

#include <stdbool.h>

#include "nl.h"

/**
 * struct ctl - one run of gwlbctl
 * @json: print JSON
 * @netns: network namespace to work in, or NULL for the one we are in
 * @entered: are we there already
 * @nl: the conversation with the module once it is open
 */
struct ctl {
	bool json;
	const char *netns;
	bool entered;
	struct nl *nl;
};

int ctl_try_open(struct ctl *ctl);
int ctl_open(struct ctl *ctl);
int ctl_failed(struct ctl *ctl, int err);

#endif /* _GWLBCTL_CTL_H */
