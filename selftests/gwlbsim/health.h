/* SPDX-License-Identifier: GPL-2.0-only */
/* Health checks: connections from the nodes to the targets. */
#ifndef GWLBSIM_HEALTH_H
#define GWLBSIM_HEALTH_H

#include <linux/types.h>
#include <poll.h>

#include "options.h"
#include "stats.h"
#include "target.h"

/* Every node checks every target that it reaches. */
#define HEALTH_MAX	(OPTIONS_GWLB_MAX * OPTIONS_APPLIANCE_MAX)

struct health;

struct health *health_new(const struct options *opt, struct stats *stats,
			  struct target_group *group, __u64 now);
void health_free(struct health *health);
unsigned int health_poll(const struct health *health, struct pollfd *pfd);
void health_run(struct health *health, const struct pollfd *pfd,
		unsigned int n, __u64 now);
__u64 health_next(const struct health *health);

#endif
