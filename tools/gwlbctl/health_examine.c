// SPDX-License-Identifier: GPL-2.0-only
/*
 * The facts that health.c judges: asks the host's network which interfaces
 * lead to the load balancer, and the module about flows if the table is full.
 * Changes nothing.
 *
 * Which interfaces: the one that is named, if routes use it; or those that the
 * routes to the peers use, as they carry the packets and no other does: an
 * interface for administration may well have an MTU of 1500. Without peers the
 * default route has to do.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cidr.h"
#include "health.h"
#include "traffic.h"

/* Of the documentation's prefixes (RFC 5737), so only a default route leads
 * there
 */
#define FAR_AWAY	0xc0000201

/* An address behind a peer's prefix: one of its first two hosts, as the very
 * first address means the subnet itself; and nothing is ever sent to
 * 0.0.0.0/8.
 */
static __be32 address_of(const struct cidr *prefix, __u32 host)
{
	__u32 address = ntohl(prefix->address);

	if (prefix->length < 31)
		address += host;
	return htonl(address >> 24 ? address : FAR_AWAY);
}

/* Return: false if there is no interface that leads to a load balancer */
static bool add_link(struct rtnl *rtnl, const struct rtnl_route *route,
		     struct health_facts *facts)
{
	struct health_link *link = NULL;
	size_t i;

	for (i = 0; i < facts->link_count && !link; i++) {
		if (facts->links[i].link.index == route->index)
			link = &facts->links[i];
	}
	if (!link) {
		if (facts->link_count == HEALTH_LINKS)
			return true;
		link = &facts->links[facts->link_count];
		/* what leads to this host leads to no load balancer */
		if (rtnl_get_link(rtnl, route->index, NULL, &link->link) < 0 ||
		    link->link.loopback)
			return false;
		link->route_mtu = 0;
		facts->link_count++;
	}
	if (route->mtu && (!link->route_mtu || route->mtu < link->route_mtu))
		link->route_mtu = route->mtu;
	return true;
}

static bool add_by_address(struct rtnl *rtnl, __be32 address,
			   struct health_facts *facts)
{
	struct rtnl_route route;

	return rtnl_get_route(rtnl, address, 0, &route) == 0 &&
	       add_link(rtnl, &route, facts);
}

static void find_by_peers(struct rtnl *rtnl, const struct config *config,
			  struct health_facts *facts)
{
	const struct cidr *peer;
	char prefix[CIDR_TEXT];
	size_t i;

	/* the first host may be this one */
	for (i = 0; i < config->peer_count; i++) {
		peer = &config->peers[i].prefix;
		if (!add_by_address(rtnl, address_of(peer, 1), facts))
			add_by_address(rtnl, address_of(peer, 2), facts);
	}
	cidr_print(&config->peers[0].prefix, prefix);
	snprintf(facts->no_link, sizeof(facts->no_link),
		 "there is no route to %s%s", prefix,
		 config->peer_count > 1 ? " or any other peer" : "");
}

static void find_by_default(struct rtnl *rtnl, struct health_facts *facts)
{
	add_by_address(rtnl, htonl(FAR_AWAY), facts);
	snprintf(facts->no_link, sizeof(facts->no_link),
		 "there are neither peers nor a default route to tell which it is");
}

/* Does what goes to a peer leave by the first link? Its limit is the link's. */
static bool leads_to(struct rtnl *rtnl, const struct cidr *peer,
		     __be32 source, struct health_facts *facts)
{
	const __u32 index = facts->links[0].link.index;
	struct rtnl_route route;
	__u32 host;

	for (host = 1; host <= 2; host++) {
		if (rtnl_get_route(rtnl, address_of(peer, host), source,
				   &route) == 0 && route.index == index)
			return add_link(rtnl, &route, facts);
	}
	return false;
}

/* The module sends from the address that a packet came to: whatever interface
 * is said to be the one, routes from there have to use it.
 */
static void check_routes(struct rtnl *rtnl, const struct config *config,
			 struct health_facts *facts)
{
	const struct rtnl_link *link = &facts->links[0].link;
	char prefix[CIDR_TEXT], from[CIDR_TEXT];
	bool found = false;
	__be32 source;
	size_t i;

	if (!link->up || config->send_mode != GWLB_SEND_MODE_ROUTE ||
	    !config->peer_count || rtnl_get_address(rtnl, link->index, &source))
		return;
	for (i = 0; i < config->peer_count; i++)
		found |= leads_to(rtnl, &config->peers[i].prefix, source,
				  facts);
	if (found)
		return;
	cidr_print(&config->peers[0].prefix, prefix);
	cidr_print_address(source, from);
	snprintf(facts->no_link, sizeof(facts->no_link),
		 "there is no route by %s from %s to %s%s", link->name, from,
		 prefix, config->peer_count > 1 ? " or any other peer" : "");
	facts->link_count = 0;
}

static void find_by_name(struct rtnl *rtnl, const char *name,
			 const struct config *config,
			 struct health_facts *facts)
{
	int err;

	err = rtnl_get_link(rtnl, 0, name, &facts->links[0].link);
	if (err) {
		snprintf(facts->no_link, sizeof(facts->no_link), "%s: %s",
			 name, err == -ENODEV ? "there is no such interface" :
			 strerror(-err));
		return;
	}
	facts->link_count = 1;
	if (!facts->err && config)
		check_routes(rtnl, config, facts);
}

static void find_nothing(struct health_facts *facts)
{
	facts->unknown = true;
	snprintf(facts->no_link, sizeof(facts->no_link),
		 "only the module knows the peers");
}

/**
 * health_links() - find the interfaces that lead to the load balancer
 * @config: state and settings; NULL if the facts say that they are not known
 * @interface: the one that does; NULL to find it
 * @facts: gets links, or why there are none
 */
void health_links(const struct config *config, const char *interface,
		  struct health_facts *facts)
{
	struct rtnl rtnl;
	int err;

	err = rtnl_open(&rtnl);
	if (err < 0)
		snprintf(facts->no_link, sizeof(facts->no_link),
			 "the host's network cannot be asked: %s",
			 strerror(-err));
	else if (interface)
		find_by_name(&rtnl, interface, config, facts);
	else if (facts->err)
		find_nothing(facts);
	else if (config->peer_count)
		find_by_peers(&rtnl, config, facts);
	else
		find_by_default(&rtnl, facts);
	rtnl_close(&rtnl);
}

static __u64 count_replaceable(struct nl *nl)
{
	struct endpoints endpoints;
	__u64 sum = 0;
	size_t i;

	if (traffic_endpoints(nl, &endpoints) == 0) {
		for (i = 0; i < endpoints.count; i++)
			sum += endpoints.list[i].flows_new;
	}
	traffic_free_endpoints(&endpoints);
	return sum;
}

/**
 * health_examine() - gather the facts and judge them
 * @nl: the conversation with the module; NULL if @err
 * @err: 0, or why the module could not be asked, a negative errno
 * @config: state and settings, if not @err
 * @info: numbers of the ruleset, if not @err
 * @interface: the interface that leads to the load balancer; NULL to find it
 * @health: filled in
 */
void health_examine(struct nl *nl, int err, const struct config *config,
		    const struct ruleset_info *info, const char *interface,
		    struct health *health)
{
	struct health_facts facts = {
		.err = err,
		.config = err ? NULL : config,
		.info = err ? NULL : info,
	};

	health_links(facts.config, interface, &facts);
	if (!err && info->flows >= info->options.flow_max)
		facts.replaceable = count_replaceable(nl);
	health_judge(&facts, health);
}
