// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the choice of a target: for a new flow, and for one whose target has
 * changed its state. Pure: state in, index out.
 *
 * From AWS's documents:
 * - New flows go to healthy targets; of the node's zone, or with cross-zone
 *   of all zones.
 * - When all targets are unhealthy a random one gets the flow all the same
 *   (fail-open).
 * - Existing flows stay on a target that is unhealthy or deregistered. With
 *   target_failover "rebalance" they are hashed anew, after the threshold or
 *   the deregistration delay.
 *
 * Inferred:
 * - "All" of fail-open are those that the flow might use: with cross-zone off
 *   the targets of its zone. A zone where none is registered, or where some
 *   are still initial, black-holes.
 * - With fail-open a flow stays on its unhealthy target, if it has one.
 * - With no_rebalance a flow stays even on a target that is no longer in the
 *   group.
 * - Which of the targets: by rendezvous hashing, so that of a change only the
 *   flows of the target that changed are affected. AWS says "hash".
 */
#include "choose.h"
#include "hash.h"

static bool in_reach(const struct target_group *group, unsigned int zone,
		     unsigned int i)
{
	return group->target[i].member == TARGET_REGISTERED &&
	       (group->opt->cross_zone ||
		group->opt->appliance[i].zone == zone);
}

/* The target of some health whose hash with the flow is the highest */
static int highest(const struct target_group *group, unsigned int zone,
		   enum target_health health, __u64 flow)
{
	const struct options *opt = group->opt;
	int found = CHOOSE_NONE;
	__u64 hash, best = 0;
	unsigned int i;

	for (i = 0; i < opt->appliances; i++) {
		if (!in_reach(group, zone, i) ||
		    group->target[i].health != health)
			continue;
		hash = hash_bytes(flow, &opt->appliance[i].addr,
				  sizeof(opt->appliance[i].addr));
		if (found == CHOOSE_NONE || hash > best) {
			found = i;
			best = hash;
		}
	}
	return found;
}

static bool has_initial(const struct target_group *group, unsigned int zone)
{
	unsigned int i;

	for (i = 0; i < group->opt->appliances; i++)
		if (in_reach(group, zone, i) &&
		    group->target[i].health == TARGET_INITIAL)
			return true;
	return false;
}

/**
 * choose_target() - choose a target for a new flow
 * @group: the targets
 * @zone: zone of the node that the flow enters by
 * @hash: hash of the flow
 * @open: set to whether it is unhealthy, as all are (fail-open)
 *
 * Return: index of the appliance, or CHOOSE_NONE.
 */
int choose_target(const struct target_group *group, unsigned int zone,
		  __u64 hash, bool *open)
{
	int found = highest(group, zone, TARGET_HEALTHY, hash);

	*open = false;
	if (found != CHOOSE_NONE || has_initial(group, zone))
		return found;
	found = highest(group, zone, TARGET_UNHEALTHY, hash);
	*open = found != CHOOSE_NONE;
	return found;
}

/**
 * choose_again() - where does the next packet of a flow go?
 * @group: the targets
 * @zone: zone of the node that the flow enters by
 * @hash: hash of the flow
 * @current: index of the appliance that it goes to
 *
 * Return: index of the appliance, mostly @current; or CHOOSE_NONE when it
 * has to leave and cannot go anywhere.
 */
int choose_again(const struct target_group *group, unsigned int zone,
		 __u64 hash, unsigned int current)
{
	const struct target *target = &group->target[current];
	bool open;
	int found;

	if (!group->opt->rebalance ||
	    (target->member != TARGET_UNUSED &&
	     target->health != TARGET_UNHEALTHY))
		return current;
	found = choose_target(group, zone, hash, &open);
	if (target->member != TARGET_UNUSED && (open || found == CHOOSE_NONE))
		return current;
	return found;
}
