// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the state of the targets: what health checks, registration and time
 * make of it. Pure: the clock is given; it makes no checks and moves no flow.
 *
 * From AWS's documents: thresholds count results in a row; several probers
 * check a target and agree ("consensus"); a deregistered target gets no new
 * flows at once, is draining for the deregistration delay and unused then.
 *
 * Inferred, or decided for want of a word about it:
 * - Every node that may use a target is a prober. A target is unhealthy as
 *   soon as one node has seen enough failures in a row, and healthy when all
 *   of them have seen enough successes: a way that is broken between one node
 *   and a target shows, instead of flapping.
 * - A new target is initial until one of both happens, and gets nothing.
 * - A draining target is still checked; one that is unused is not. When it
 *   is registered again it starts as a new one.
 */
#include <string.h>

#include "target.h"

/*
 * What comes into the group; without health checks everybody is healthy.
 * When it was last seen dead or alive stays true.
 */
static void enter(struct target_group *group, struct target *target)
{
	target->member = TARGET_REGISTERED;
	target->health = group->opt->health == HEALTH_NONE ? TARGET_HEALTHY
							   : TARGET_INITIAL;
	memset(target->run, 0, sizeof(target->run));
}

/**
 * target_init() - register all appliances
 * @group: filled in
 * @opt: the command line, which must stay
 */
void target_init(struct target_group *group, const struct options *opt)
{
	unsigned int i;

	memset(group, 0, sizeof(*group));
	group->opt = opt;
	for (i = 0; i < opt->appliances; i++)
		enter(group, &group->target[i]);
}

/**
 * target_reaches() - may a node use an appliance, whatever its state?
 * @opt: the command line
 * @gwlb: index of the node
 * @appliance: index of the appliance
 *
 * Return: true in its own zone, and everywhere with cross-zone.
 */
bool target_reaches(const struct options *opt, unsigned int gwlb,
		    unsigned int appliance)
{
	return opt->cross_zone ||
	       opt->gwlb[gwlb].zone == opt->appliance[appliance].zone;
}

/**
 * target_checked() - does a node check a target?
 * @group: the group
 * @gwlb: index of the node
 * @appliance: index of the appliance
 *
 * Return: true if it does at present.
 */
bool target_checked(const struct target_group *group, unsigned int gwlb,
		    unsigned int appliance)
{
	return group->opt->health != HEALTH_NONE &&
	       group->target[appliance].member != TARGET_UNUSED &&
	       target_reaches(group->opt, gwlb, appliance);
}

static bool all_good(const struct target_group *group, unsigned int appliance)
{
	const struct target *target = &group->target[appliance];
	unsigned int i;

	for (i = 0; i < group->opt->gwlbs; i++)
		if (target_reaches(group->opt, i, appliance) &&
		    target->run[i].ok < group->opt->healthy)
			return false;
	return true;
}

/**
 * target_result() - take in the result of a check
 * @group: the group
 * @gwlb: index of the node that made it
 * @appliance: index of the appliance
 * @ok: was it good?
 * @start: when it began, in ms
 * @now: time in ms
 *
 * Return: how many packets, missing so far without a reason, turn out to be
 * missing because the target was dead.
 */
__u64 target_result(struct target_group *group, unsigned int gwlb,
		    unsigned int appliance, bool ok, __u64 start, __u64 now)
{
	struct target *target = &group->target[appliance];
	struct target_run *run = &target->run[gwlb];
	__u64 lost = 0;

	if (ok) {
		run->failed = 0;
		run->ok++;
		if (start > target->good_at)
			target->good_at = start;
		target->undecided = 0;
		if (target->health != TARGET_HEALTHY &&
		    all_good(group, appliance))
			target->health = TARGET_HEALTHY;
	} else {
		run->ok = 0;
		if (++run->failed >= group->opt->unhealthy &&
		    target->health != TARGET_UNHEALTHY) {
			target->health = TARGET_UNHEALTHY;
			lost = target->undecided;
			target->undecided = 0;
		}
	}
	if (target->health == TARGET_UNHEALTHY)
		target->unhealthy_at = now;
	return lost;
}

/**
 * target_register() - put a target into the group
 * @group: the group
 * @appliance: index of the appliance
 *
 * Return: false when it is there already.
 */
bool target_register(struct target_group *group, unsigned int appliance)
{
	struct target *target = &group->target[appliance];

	if (target->member == TARGET_REGISTERED)
		return false;
	enter(group, target);
	return true;
}

/**
 * target_deregister() - take a target out of the group
 * @group: the group
 * @appliance: index of the appliance
 * @now: time in ms
 *
 * Return: false when it is on its way out, or out.
 */
bool target_deregister(struct target_group *group, unsigned int appliance,
		       __u64 now)
{
	struct target *target = &group->target[appliance];

	if (target->member != TARGET_REGISTERED)
		return false;
	target->member = TARGET_DRAINING;
	target->drained = now + group->opt->deregistration_delay;
	return true;
}

/**
 * target_tick() - let time pass
 * @group: the group
 * @now: time in ms
 */
void target_tick(struct target_group *group, __u64 now)
{
	struct target *target;
	unsigned int i;

	for (i = 0; i < group->opt->appliances; i++) {
		target = &group->target[i];
		if (target->health == TARGET_UNHEALTHY &&
		    target->member != TARGET_UNUSED)
			target->unhealthy_at = now;
		if (target->member == TARGET_DRAINING &&
		    now >= target->drained)
			target->member = TARGET_UNUSED;
	}
}

/**
 * target_next() - when target_tick() must be called at the latest
 * @group: the group
 *
 * Return: time in ms; the end of time when nothing will happen.
 */
__u64 target_next(const struct target_group *group)
{
	const struct target *target;
	__u64 next = ~0ULL;
	unsigned int i;

	for (i = 0; i < group->opt->appliances; i++) {
		target = &group->target[i];
		if (target->member == TARGET_DRAINING &&
		    target->drained < next)
			next = target->drained;
	}
	return next;
}

/**
 * target_missing() - a packet did not come back: was its target dead?
 * @group: the group
 * @appliance: index of the appliance
 * @sent: when it was sent, in ms
 *
 * A good check that began later says that the target lived. One that was
 * unhealthy then, or at any time after, did not. Otherwise the next checks
 * will tell: target_result() returns what they make of it.
 *
 * Return: true if it was.
 */
bool target_missing(struct target_group *group, unsigned int appliance,
		    __u64 sent)
{
	struct target *target = &group->target[appliance];

	if (target->unhealthy_at >= sent && target->unhealthy_at)
		return true;
	if (target->good_at <= sent)
		target->undecided++;
	return false;
}

/**
 * target_state() - the state of a target, in AWS's words
 * @target: the target
 *
 * Return: a word.
 */
const char *target_state(const struct target *target)
{
	static const char *const health[] = {
		[TARGET_INITIAL] = "initial",
		[TARGET_HEALTHY] = "healthy",
		[TARGET_UNHEALTHY] = "unhealthy",
	};

	if (target->member == TARGET_REGISTERED)
		return health[target->health];
	return target->member == TARGET_DRAINING ? "draining" : "unused";
}
