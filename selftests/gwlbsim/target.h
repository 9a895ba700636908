/* SPDX-License-Identifier: GPL-2.0-only */
/* The target group: appliances, their health and their membership. */
#ifndef GWLBSIM_TARGET_H
#define GWLBSIM_TARGET_H

#include <linux/types.h>
#include <stdbool.h>

#include "options.h"

/**
 * enum target_health - what the health checks say
 * @TARGET_INITIAL: not enough yet
 * @TARGET_HEALTHY: it answers
 * @TARGET_UNHEALTHY: it does not
 */
enum target_health {
	TARGET_INITIAL,
	TARGET_HEALTHY,
	TARGET_UNHEALTHY,
};

/**
 * enum target_member - is a target in the group?
 * @TARGET_REGISTERED: yes
 * @TARGET_DRAINING: not for new flows, its deregistration delay is running
 * @TARGET_UNUSED: no
 */
enum target_member {
	TARGET_REGISTERED,
	TARGET_DRAINING,
	TARGET_UNUSED,
};

/**
 * struct target_run - results in a row, as one node sees them
 * @ok: good ones
 * @failed: bad ones
 */
struct target_run {
	unsigned int ok;
	unsigned int failed;
};

/**
 * struct target - one appliance in the group
 * @health: what the checks say
 * @member: is it in the group?
 * @drained: when it will be unused, in ms; while it is draining
 * @unhealthy_at: when it was unhealthy last, in ms; 0 for never
 * @good_at: start of the last check that was good, in ms; 0 for none
 * @undecided: packets missing since then, that may be its death
 * @run: by node
 */
struct target {
	enum target_health health;
	enum target_member member;
	__u64 drained;
	__u64 unhealthy_at;
	__u64 good_at;
	__u64 undecided;
	struct target_run run[OPTIONS_GWLB_MAX];
};

/**
 * struct target_group - all targets
 * @opt: the command line
 * @target: by appliance
 */
struct target_group {
	const struct options *opt;
	struct target target[OPTIONS_APPLIANCE_MAX];
};

void target_init(struct target_group *group, const struct options *opt);
bool target_reaches(const struct options *opt, unsigned int gwlb,
		    unsigned int appliance);
bool target_checked(const struct target_group *group, unsigned int gwlb,
		    unsigned int appliance);
__u64 target_result(struct target_group *group, unsigned int gwlb,
		    unsigned int appliance, bool ok, __u64 start, __u64 now);
bool target_register(struct target_group *group, unsigned int appliance);
bool target_deregister(struct target_group *group, unsigned int appliance,
		       __u64 now);
void target_tick(struct target_group *group, __u64 now);
__u64 target_next(const struct target_group *group);
bool target_missing(struct target_group *group, unsigned int appliance,
		    __u64 sent);
const char *target_state(const struct target *target);

#endif
