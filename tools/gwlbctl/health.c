// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is this appliance fit to be given flows: the judgment on facts that others
 * gathered, as text and as JSON. Pure. What gathers them is in
 * health_examine.c.
 */

#include <errno.h>
#include <linux/gwlb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "health.h"
#include "names.h"

static const char *const names[HEALTH_CHECKS] = {
	[HEALTH_MODULE] = "module",
	[HEALTH_HOOK] = "hook",
	[HEALTH_RULESET] = "ruleset",
	[HEALTH_INTERFACE] = "interface",
	[HEALTH_FLOWS] = "flows",
	[HEALTH_DRAIN] = "drain",
};

/**
 * health_name() - name of a check
 * @what: the check
 *
 * Return: the name.
 */
const char *health_name(enum health_what what)
{
	return names[what];
}

static void __attribute__((format(printf, 4, 5)))
conclude(struct health *health, enum health_what what, bool ok,
	 const char *format, ...)
{
	struct health_check *check = &health->check[what];
	va_list ap;

	check->ok = ok;
	check->unknown = false;
	va_start(ap, format);
	vsnprintf(check->reason, sizeof(check->reason), format, ap);
	va_end(ap);
}

static void leave_open(struct health *health, enum health_what what,
		       const char *why)
{
	conclude(health, what, false, "%s", why);
	health->check[what].unknown = true;
}

static void judge_module(const struct health_facts *facts,
			 struct health *health)
{
	if (facts->err == -ENOENT)
		conclude(health, HEALTH_MODULE, false,
			 "not loaded (modprobe " GWLB_GENL_NAME ")");
	else if (facts->err)
		conclude(health, HEALTH_MODULE, false, "cannot be asked: %s",
			 strerror(-facts->err));
	else
		conclude(health, HEALTH_MODULE, true, "loaded, version %s",
			 facts->config->version);
}

/* Where a device is missing, what comes by it is left to the host */
static void judge_hook(const struct config *config, struct health *health)
{
	size_t i;

	if (config->state != GWLB_STATE_UP) {
		conclude(health, HEALTH_HOOK, false,
			 "down, packets are left to the host (gwlbctl up)");
		return;
	}
	for (i = 0; i < config->device_count; i++) {
		if (config->devices[i].attached)
			continue;
		conclude(health, HEALTH_HOOK, false,
			 "not attached to %s, which is not there",
			 config->devices[i].name);
		return;
	}
	conclude(health, HEALTH_HOOK, true, "up");
}

static void judge_ruleset(const struct ruleset_info *info,
			  struct health *health)
{
	/* the same that "up" says: nobody shall believe in a firewall that
	 * is none
	 */
	if (ruleset_is_empty(info))
		conclude(health, HEALTH_RULESET, false,
			 "no rules are loaded, every well-formed packet is returned");
	else
		conclude(health, HEALTH_RULESET, true,
			 "%u rules, policy %s, generation %u", info->rules,
			 names_of(names_verdicts, info->options.policy),
			 info->generation);
}

static bool link_fit(const struct health_link *link, char *text, size_t size)
{
	const struct rtnl_link *l = &link->link;
	bool fit = false;

	if (!l->up)
		snprintf(text, size, "%s is down", l->name);
	else if (!l->carrier)
		snprintf(text, size, "%s has no carrier", l->name);
	else if (l->mtu < HEALTH_MTU)
		snprintf(text, size, "%s has an MTU of %u, less than %u",
			 l->name, l->mtu, HEALTH_MTU);
	else if (link->route_mtu && link->route_mtu < HEALTH_MTU)
		snprintf(text, size,
			 "the route by %s has an MTU of %u, less than %u",
			 l->name, link->route_mtu, HEALTH_MTU);
	else
		fit = true;
	if (fit)
		snprintf(text, size, "%s is up, MTU %u", l->name, l->mtu);
	return fit;
}

/* One that is not fit fails the check: the load balancer may use any */
static void judge_interface(const struct health_facts *facts,
			    struct health *health)
{
	char all[160] = "", one[96];
	size_t i, used = 0;

	if (!facts->link_count) {
		conclude(health, HEALTH_INTERFACE, false, "%s",
			 facts->no_link);
		health->check[HEALTH_INTERFACE].unknown = facts->unknown;
		return;
	}
	for (i = 0; i < facts->link_count; i++) {
		if (!link_fit(&facts->links[i], one, sizeof(one))) {
			conclude(health, HEALTH_INTERFACE, false, "%s", one);
			return;
		}
		if (used < sizeof(all))
			used += (size_t)snprintf(all + used,
						 sizeof(all) - used, "%s%s",
						 i ? "; " : "", one);
	}
	conclude(health, HEALTH_INTERFACE, true, "%s", all);
}

/* As long as there are flows that nobody answered, new ones take their place:
 * a flood of those must not make all appliances unfit, one after the other.
 */
static void judge_flows(const struct health_facts *facts,
			struct health *health)
{
	__u32 flows = facts->info->flows, max = facts->info->options.flow_max;

	if (flows < max)
		conclude(health, HEALTH_FLOWS, true, "%u of %u flows", flows,
			 max);
	else if (facts->replaceable)
		conclude(health, HEALTH_FLOWS, true,
			 "%u of %u flows, %llu of them make way for new ones",
			 flows, max, facts->replaceable);
	else
		conclude(health, HEALTH_FLOWS, false,
			 "the table is full: %u of %u flows", flows, max);
}

/**
 * health_judge() - judge facts
 * @facts: the facts
 * @health: filled in
 */
void health_judge(const struct health_facts *facts, struct health *health)
{
	enum health_what what;

	judge_module(facts, health);
	judge_interface(facts, health);
	if (facts->err) {
		for (what = 0; what < HEALTH_CHECKS; what++) {
			if (what != HEALTH_MODULE && what != HEALTH_INTERFACE)
				leave_open(health, what,
					   "only the module knows");
		}
		return;
	}

	judge_hook(facts->config, health);
	judge_ruleset(facts->info, health);
	judge_flows(facts, health);
	if (facts->config->drain == GWLB_DRAIN_OFF)
		conclude(health, HEALTH_DRAIN, true, "not draining");
	else
		conclude(health, HEALTH_DRAIN, false,
			 "draining (gwlbctl drain off)");
}

/**
 * health_silent() - judge a module that does not answer at all
 * @seconds: for how long it was waited
 * @health: filled in
 */
void health_silent(unsigned int seconds, struct health *health)
{
	enum health_what what;

	for (what = 0; what < HEALTH_CHECKS; what++)
		leave_open(health, what, "the kernel does not answer");
	conclude(health, HEALTH_MODULE, false,
		 "has not answered within %u s", seconds);
}

/**
 * health_ok() - the outcome of all checks together
 * @health: the outcome of each
 *
 * Return: true if all is as it should be.
 */
bool health_ok(const struct health *health)
{
	enum health_what what;

	for (what = 0; what < HEALTH_CHECKS; what++) {
		if (!health->check[what].ok)
			return false;
	}
	return true;
}

/**
 * health_text() - the outcome in one line
 * @health: the outcome
 * @text: where it goes: "ok", or each check that failed and why; those whose
 *	outcome is not known for that reason say nothing new
 * @size: size of @text
 */
void health_text(const struct health *health, char *text, size_t size)
{
	enum health_what what;
	size_t used = 0;

	snprintf(text, size, "ok");
	for (what = 0; what < HEALTH_CHECKS; what++) {
		if (health->check[what].ok || health->check[what].unknown ||
		    used >= size)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s: %s",
					 used ? "; " : "", names[what],
					 health->check[what].reason);
	}
}

/**
 * health_json() - the outcome as JSON
 * @health: the outcome
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *health_json(const struct health *health)
{
	json_t *list = json_array();
	enum health_what what;
	json_t *check;

	for (what = 0; list && what < HEALTH_CHECKS; what++) {
		check = json_pack("{s:s, s:b, s:s}", "name", names[what],
				  "ok", health->check[what].ok,
				  "reason", health->check[what].reason);
		if (json_array_append_new(list, check) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return json_pack("{s:b, s:o}", "healthy", health_ok(health),
			 "checks", list);
}
