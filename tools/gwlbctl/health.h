/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this appliance fit to be given flows. See health.c. */

#ifndef _GWLBCTL_HEALTH_H
#define _GWLBCTL_HEALTH_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "nl.h"
#include "rtnl.h"
#include "ruleset.h"

/* 8500 bytes of a VPC's packet and 68 of the tunnel */
#define HEALTH_MTU	8568

/* How many interfaces may lead to the load balancer */
#define HEALTH_LINKS	64

/* In the order in which they are told */
enum health_what {
	HEALTH_MODULE,
	HEALTH_HOOK,
	HEALTH_RULESET,
	HEALTH_INTERFACE,
	HEALTH_FLOWS,
	HEALTH_DRAIN,
	HEALTH_CHECKS,
};

/**
 * struct health_check - the outcome of one check
 * @ok: is it as it should be
 * @unknown: it is not known, as another check failed
 * @reason: a sentence on what was found
 */
struct health_check {
	bool ok;
	bool unknown;
	char reason[192];
};

/**
 * struct health - the outcome of all checks
 * @check: by enum health_what
 */
struct health {
	struct health_check check[HEALTH_CHECKS];
};

/**
 * struct health_link - an interface that leads to the load balancer
 * @link: the interface
 * @route_mtu: the smallest limit of a route by way of it, 0 for none
 */
struct health_link {
	struct rtnl_link link;
	__u32 route_mtu;
};

/**
 * struct health_facts - what is judged
 * @err: 0, or why the module could not be asked, a negative errno
 * @config: state and settings; NULL if @err
 * @info: numbers of the ruleset; NULL if @err
 * @replaceable: flows that would make way for others, when the table is full
 * @links: interfaces that lead to the load balancer
 * @link_count: how many these are
 * @unknown: only the module would know which
 * @no_link: if there are none, why
 */
struct health_facts {
	int err;
	const struct config *config;
	const struct ruleset_info *info;
	__u64 replaceable;
	struct health_link links[HEALTH_LINKS];
	size_t link_count;
	bool unknown;
	char no_link[160];
};

void health_judge(const struct health_facts *facts, struct health *health);
void health_examine(struct nl *nl, int err, const struct config *config,
		    const struct ruleset_info *info, const char *interface,
		    struct health *health);
void health_links(const struct config *config, const char *interface,
		  struct health_facts *facts);
void health_silent(unsigned int seconds, struct health *health);
bool health_ok(const struct health *health);
const char *health_name(enum health_what what);
void health_text(const struct health *health, char *text, size_t size);
json_t *health_json(const struct health *health);

#endif /* _GWLBCTL_HEALTH_H */
