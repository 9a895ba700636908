/* SPDX-License-Identifier: GPL-2.0-only */
/* Which target a flow goes to. */
#ifndef GWLBSIM_CHOOSE_H
#define GWLBSIM_CHOOSE_H

#include <linux/types.h>
#include <stdbool.h>

#include "target.h"

#define CHOOSE_NONE	(-1)

int choose_target(const struct target_group *group, unsigned int zone,
		  __u64 hash, bool *open);
int choose_again(const struct target_group *group, unsigned int zone,
		 __u64 hash, unsigned int current);

#endif
