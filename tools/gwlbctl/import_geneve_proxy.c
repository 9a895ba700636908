// SPDX-License-Identifier: GPL-2.0-only
/*
 * What geneve-proxy did, as rules (fact sheet, section 4.1). It judged the
 * first packet of a flow, by the section of the direction that it came from:
 * the protocol had to be allowed, if there was a list of those, and not be
 * blocked; then, of TCP and UDP, the destination port likewise. What came of
 * it was for good, and for both directions. Touches nothing but the ruleset
 * that it fills.
 */

#include <netinet/in.h>
#include <stdio.h>

#include "import.h"

/* Where Python's ipaddress (3.8 to 3.11) sees private addresses, the one
 * thing that told geneve-proxy a direction; without the one that is part of
 * another. Newer Pythons see a few addresses in 192.0.0.0/24 otherwise.
 */
static const char *const inside[] = {
	"0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.0.0.0/29", "192.0.0.170/31", "192.0.2.0/24",
	"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", NULL,
};

static const struct {
	const char *name;
	__u32 direction;
} directions[PROXY_SECTIONS] = {
	[PROXY_OUTBOUND] = { "outbound", GWLB_DIRECTION_OUT },
	[PROXY_INBOUND] = { "inbound", GWLB_DIRECTION_IN },
};

/* All of the following return 0, or -1 if there is no memory */
static int add_bits(struct rules_rule *rule, __u32 field, __u32 bits)
{
	struct rules_match *match = rules_add_match(rule, field);

	if (!match)
		return -1;
	match->bits = bits;
	return 0;
}

static int add_range(struct rules_values *values, size_t first, size_t last)
{
	struct rules_value *value = rules_add_value(values, RULES_RANGE);

	if (!value)
		return -1;
	value->range.first = (__u16)first;
	value->range.last = (__u16)last;
	return 0;
}

/* Neighbours become one range */
static int add_ports(struct rules_values *values,
		     const struct proxy_list *list)
{
	size_t first, last;

	for (first = 0; first < PROXY_PORTS; first = last + 1) {
		last = first;
		if (!list->has[first])
			continue;
		while (last + 1 < PROXY_PORTS && list->has[last + 1])
			last++;
		if (add_range(values, first, last) < 0)
			return -1;
	}
	return 0;
}

/**
 * struct target - where rules go
 * @rules: the ruleset
 * @name: what this direction is called
 * @direction: one bit of enum gwlb_direction
 */
struct target {
	struct rules *rules;
	const char *name;
	__u32 direction;
};

/* A rule for IPv4 in this direction, which is all that geneve-proxy knew */
static struct rules_rule *begin(const struct target *target, const char *what,
				__u32 verdict)
{
	struct rules_rule *rule = rules_add_rule(target->rules);

	if (!rule)
		return NULL;
	snprintf(rule->name, sizeof(rule->name), "%s-%s", target->name, what);
	rule->verdict = verdict;
	if (add_bits(rule, GWLB_FIELD_FAMILY, GWLB_FAMILY_IPV4) < 0 ||
	    add_bits(rule, GWLB_FIELD_DIRECTION, target->direction) < 0)
		return NULL;
	return rule;
}

/* A list that is too long for a rule is a set of its own */
static int move_to_set(const struct target *target, struct rules_rule *rule,
		       struct rules_values *ports)
{
	struct rules_value *value;
	struct rules_set *set;

	set = rules_add_set(target->rules, rule->name, GWLB_SET_TYPE_PORT);
	if (!set)
		return -1;
	set->elements = *ports;
	*ports = (struct rules_values) { .count = 0 };
	value = rules_add_value(ports, RULES_SET);
	if (!value)
		return -1;
	snprintf(value->name, sizeof(value->name), "%s", set->name);
	return 0;
}

static int limit_to_ports(const struct target *target, struct rules_rule *rule,
			  const struct proxy_list *list)
{
	struct rules_match *match;

	match = rules_add_match(rule, GWLB_FIELD_DESTINATION_PORT);
	if (!match || add_ports(&match->values, list) < 0)
		return -1;
	if (match->values.count > GWLB_MAX_VALUES)
		return move_to_set(target, rule, &match->values);
	return 0;
}

static int limit_to_protocols(struct rules_rule *rule, bool icmp, bool tcp,
			      bool udp)
{
	struct rules_match *match;
	struct rules_values *to;

	match = rules_add_match(rule, GWLB_FIELD_PROTOCOL);
	if (!match)
		return -1;
	to = &match->values;
	if ((icmp && add_range(to, IPPROTO_ICMP, IPPROTO_ICMP) < 0) ||
	    (tcp && add_range(to, IPPROTO_TCP, IPPROTO_TCP) < 0) ||
	    (udp && add_range(to, IPPROTO_UDP, IPPROTO_UDP) < 0))
		return -1;
	return 0;
}

static bool passes(const struct proxy_section *section, int protocol)
{
	const struct proxy_list *allowed, *blocked;

	allowed = &section->lists[PROXY_ALLOWED_PROTOCOLS];
	blocked = &section->lists[PROXY_BLOCKED_PROTOCOLS];
	return !section->drop_all &&
	       (!allowed->given || allowed->has[protocol]) &&
	       !blocked->has[protocol];
}

/* ICMP has no ports. An error goes where the flow goes that it quotes, unless
 * a rule speaks of errors; geneve-proxy judged it like any other packet.
 */
static int add_icmp(const struct target *target,
		    const struct proxy_section *section)
{
	bool accept = passes(section, IPPROTO_ICMP);
	__u32 states = GWLB_CONNECTION_RELATED;
	struct rules_rule *rule;

	if (accept)
		states |= GWLB_CONNECTION_NEW | GWLB_CONNECTION_ESTABLISHED |
			  GWLB_CONNECTION_INVALID;
	rule = begin(target, "icmp", accept ? GWLB_VERDICT_ACCEPT :
		     GWLB_VERDICT_DROP);
	if (!rule || limit_to_protocols(rule, true, false, false) < 0)
		return -1;
	return add_bits(rule, GWLB_FIELD_CONNECTION, states);
}

static int add_transport(const struct target *target,
			 const struct proxy_section *section)
{
	const struct proxy_list *allowed, *blocked;
	bool tcp = passes(section, IPPROTO_TCP);
	bool udp = passes(section, IPPROTO_UDP);
	struct rules_rule *rule;

	allowed = &section->lists[PROXY_ALLOWED_PORTS];
	blocked = &section->lists[PROXY_BLOCKED_PORTS];
	/* an empty list allows nothing, which is the policy */
	if ((!tcp && !udp) || (allowed->given && !allowed->count))
		return 0;

	if (blocked->count) {
		rule = begin(target, "blocked-ports", GWLB_VERDICT_DROP);
		if (!rule || limit_to_protocols(rule, false, tcp, udp) < 0 ||
		    limit_to_ports(target, rule, blocked) < 0)
			return -1;
	}
	rule = begin(target, allowed->given ? "allowed-ports" : "ports",
		     GWLB_VERDICT_ACCEPT);
	if (!rule || limit_to_protocols(rule, false, tcp, udp) < 0)
		return -1;
	return allowed->given ? limit_to_ports(target, rule, allowed) : 0;
}

/**
 * import_geneve_proxy() - make the rules
 * @config: what geneve-proxy was told
 * @rules: an empty ruleset, filled in
 *
 * Return: 0, or -1 if there is no memory.
 */
int import_geneve_proxy(const struct proxy_config *config, struct rules *rules)
{
	struct target target = { .rules = rules };
	size_t i;

	rules->options.policy = GWLB_VERDICT_DROP;
	rules->options.refused = GWLB_REFUSED_REMEMBER;
	rules->options.has_inside = true;
	for (i = 0; inside[i]; i++) {
		if (rules_add_prefix(&rules->options.inside, inside[i]) < 0)
			return -1;
	}
	for (i = 0; i < PROXY_SECTIONS; i++) {
		target.name = directions[i].name;
		target.direction = directions[i].direction;
		if (add_transport(&target, &config->sections[i]) < 0 ||
		    add_icmp(&target, &config->sections[i]) < 0)
			return -1;
	}
	rules_sort(rules);
	return 0;
}
