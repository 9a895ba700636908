/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * match_plan: thousands of rules as people have them, and packets that they
 * hardly apply to, or hardly not. See match_plan.c.
 */
#ifndef _UNIT_MATCH_PLAN_H
#define _UNIT_MATCH_PLAN_H

#include "match_draw.h"
#include "match_oracle.h"

/**
 * enum plan - kinds of rules
 * @PLAN_HOSTS: one destination or network each, and a port
 * @PLAN_PORTS: one port each
 * @PLAN_ENDPOINTS: one endpoint each
 * @PLAN_LISTS: several destinations and ports each
 * @PLAN_IPV6: IPv6 networks and hosts that begin alike
 * @PLAN_NESTED: networks in networks, and ranges of ports in ranges
 * @PLAN_ACCESS: sources, destinations and ports, few of them left out
 * @PLAN_FIREWALL: the same, many of them left out
 * @PLAN_CHAIN: in between, with all that an index cannot tell
 * @PLAN_SETS: addresses, ports and endpoints in sets or not, and a port
 * @PLAN_FLAGS: they differ in TCP flags and sets only
 * @PLANS: how many plans
 */
enum plan {
	PLAN_HOSTS,
	PLAN_PORTS,
	PLAN_ENDPOINTS,
	PLAN_LISTS,
	PLAN_IPV6,
	PLAN_NESTED,
	PLAN_ACCESS,
	PLAN_FIREWALL,
	PLAN_CHAIN,
	PLAN_SETS,
	PLAN_FLAGS,
	PLANS,
};

void plan_rule(struct drawer *d, enum plan p, unsigned int i,
	       struct oracle_rule *rule);
void plan_subject(struct drawer *d, const struct oracle_rule *rule,
		  struct gwlb_subject *s);

#endif /* _UNIT_MATCH_PLAN_H */
