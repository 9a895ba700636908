// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the command line's description of a region: nodes, appliances,
 * endpoints and the zones that they are in, one by one and whether they fit
 * together. Opens and changes nothing but struct options.
 */
#include <arpa/inet.h>
#include <string.h>

#include "region.h"
#include "value.h"

/* What may follow behind the first comma, as indices of keys[] */
enum {
	KEY_DEV,
	KEY_ZONE,
	KEY_VIA,
	KEY_NETNS,
	KEYS,
};

static const char *const keys[KEYS] = {
	[KEY_DEV] = "dev",
	[KEY_ZONE] = "zone",
	[KEY_VIA] = "via",
	[KEY_NETNS] = "netns",
};

static int find_key(const char *text, size_t len, unsigned int allowed)
{
	int i;

	for (i = 0; i < KEYS; i++)
		if (allowed & 1U << i && strlen(keys[i]) == len &&
		    !strncmp(keys[i], text, len))
			return i;
	return -1;
}

/*
 * "HEAD,key=value,..." is cut into pieces where it stands; what was not
 * given is left NULL.
 */
static bool split(const char *option, char *text, unsigned int allowed,
		  const char *value[KEYS])
{
	char *equal;
	int key;

	memset(value, 0, KEYS * sizeof(*value));
	strsep(&text, ",");
	while (text) {
		char *item = strsep(&text, ",");

		equal = strchr(item, '=');
		key = equal ? find_key(item, equal - item, allowed) : -1;
		if (key < 0)
			return value_bad(option, "\"%s\" is not understood",
					 item);
		if (value[key])
			return value_bad(option, "%s= is given twice",
					 keys[key]);
		value[key] = equal + 1;
	}
	return true;
}

/* @name: of the zone, or NULL: all that name none are in one, called "" */
static bool take_zone(struct options *opt, const char *option,
		      const char *name, unsigned int *zone)
{
	unsigned int i;

	if (!name)
		name = "";
	else if (!value_name(option, name))
		return false;
	for (i = 0; i < opt->zones; i++)
		if (!strcmp(opt->zone[i], name))
			break;
	if (i == OPTIONS_ZONE_MAX)
		return value_bad(option, "more than %u zones", i);
	if (i == opt->zones)
		opt->zone[opt->zones++] = name;
	*zone = i;
	return true;
}

/* Is an address used for the first time? */
static bool fresh(const struct options *opt, const char *option,
		  const char *text, struct in_addr addr)
{
	bool node = false, appliance = false;
	unsigned int i;

	for (i = 0; i < opt->gwlbs; i++)
		node |= opt->gwlb[i].addr.s_addr == addr.s_addr;
	for (i = 0; i < opt->appliances; i++)
		appliance |= opt->appliance[i].addr.s_addr == addr.s_addr;
	if (!node && !appliance)
		return true;
	if (node == !strcmp(option, "gwlb"))
		return value_bad(option, "%s is given twice", text);
	return value_bad("gwlb", "%s is an appliance as well", text);
}

/**
 * region_gwlb() - take ADDR[,dev=DEV][,zone=Z][,via=ROUTER]
 * @opt: where to add it
 * @text: the text, which is cut into pieces
 *
 * Return: false after a message on stderr.
 */
bool region_gwlb(struct options *opt, char *text)
{
	struct gwlb *new = &opt->gwlb[opt->gwlbs];
	const char *value[KEYS];

	if (opt->gwlbs == OPTIONS_GWLB_MAX)
		return value_bad("gwlb", "more than %u", OPTIONS_GWLB_MAX);
	if (!split("gwlb", text, 1U << KEY_DEV | 1U << KEY_ZONE | 1U << KEY_VIA,
		   value) ||
	    !value_address("gwlb", text, &new->addr))
		return false;
	if (!fresh(opt, "gwlb", text, new->addr))
		return false;
	new->dev = value[KEY_DEV];
	if (new->dev && !value_device("gwlb", new->dev))
		return false;
	if (value[KEY_VIA] &&
	    !value_address("gwlb", value[KEY_VIA], &new->via))
		return false;
	if (!take_zone(opt, "gwlb", value[KEY_ZONE], &new->zone))
		return false;
	opt->gwlbs++;
	return true;
}

/**
 * region_appliance() - take ADDR[,zone=Z]
 * @opt: where to add it
 * @text: the text, which is cut into pieces
 *
 * Return: false after a message on stderr.
 */
bool region_appliance(struct options *opt, char *text)
{
	struct appliance *new = &opt->appliance[opt->appliances];
	const char *value[KEYS];

	if (opt->appliances == OPTIONS_APPLIANCE_MAX)
		return value_bad("appliance", "more than %u",
				 OPTIONS_APPLIANCE_MAX);
	if (!split("appliance", text, 1U << KEY_ZONE, value) ||
	    !value_address("appliance", text, &new->addr))
		return false;
	if (!fresh(opt, "appliance", text, new->addr))
		return false;
	if (!take_zone(opt, "appliance", value[KEY_ZONE], &new->zone))
		return false;
	opt->appliances++;
	return true;
}

static bool same_tun(const struct endpoint *a, const struct endpoint *b)
{
	return !strcmp(a->tun, b->tun) &&
	       !strcmp(a->netns ? a->netns : "", b->netns ? b->netns : "");
}

/**
 * region_endpoint() - take VPCE=TUN[,zone=Z][,netns=NAME]
 * @opt: where to add it
 * @text: the text, which is cut into pieces
 *
 * Return: false after a message on stderr.
 */
bool region_endpoint(struct options *opt, char *text)
{
	struct endpoint *new = &opt->endpoint[opt->endpoints];
	const char *value[KEYS];
	unsigned int i;
	char *equal;

	if (opt->endpoints == OPTIONS_ENDPOINT_MAX)
		return value_bad("endpoint", "more than %u",
				 OPTIONS_ENDPOINT_MAX);
	if (!split("endpoint", text, 1U << KEY_ZONE | 1U << KEY_NETNS, value))
		return false;
	equal = strchr(text, '=');
	if (!equal)
		return value_bad("endpoint", "expected VPCE=TUN, got \"%s\"",
				 text);
	*equal = 0;
	new->tun = equal + 1;
	if (!value_vpce("endpoint", text, &new->id) ||
	    !value_device("endpoint", new->tun))
		return false;
	new->netns = value[KEY_NETNS];
	if (new->netns && !value_name("endpoint", new->netns))
		return false;
	if (!take_zone(opt, "endpoint", value[KEY_ZONE], &new->zone))
		return false;
	for (i = 0; i < opt->endpoints; i++)
		if (opt->endpoint[i].id == new->id ||
		    same_tun(&opt->endpoint[i], new))
			return value_bad("endpoint",
					 "id or device of \"%s=%s\" is given twice",
					 text, new->tun);
	opt->endpoints++;
	return true;
}

/* A zone without an appliance can be meant; without a node it cannot. */
static bool zones_fit(const struct options *opt)
{
	unsigned int i, k;

	for (i = 0; i < opt->zones; i++)
		if (opt->zones > 1 && !*opt->zone[i])
			return value_bad("",
					 "zone= is given, but not for every node, appliance and endpoint");
	for (i = 0; i < opt->endpoints; i++) {
		for (k = 0; k < opt->gwlbs; k++)
			if (opt->gwlb[k].zone == opt->endpoint[i].zone)
				break;
		if (k == opt->gwlbs)
			return value_bad("endpoint",
					 "there is no node in zone \"%s\"",
					 opt->zone[opt->endpoint[i].zone]);
	}
	return true;
}

/**
 * region_complete() - do the parts make a region?
 * @opt: all of them; a node's device is filled in where it was left out
 *
 * Return: false after a message on stderr.
 */
bool region_complete(struct options *opt)
{
	unsigned int i;

	if (!opt->gwlbs)
		return value_bad("gwlb", "is missing");
	if (!opt->appliances)
		return value_bad("appliance", "is missing");
	if (!opt->endpoints)
		return value_bad("endpoint", "is missing");
	for (i = 0; i < opt->gwlbs; i++) {
		if (!opt->gwlb[i].dev)
			opt->gwlb[i].dev = opt->wire;
		if (!opt->gwlb[i].dev)
			return value_bad("wire",
					 "is missing, and %s has no dev=",
					 inet_ntoa(opt->gwlb[i].addr));
	}
	return zones_fit(opt);
}
