// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the ways between nodes and appliances: which device a node has, and
 * which neighbour a packet to an appliance is handed to, the appliance or a
 * router. Opens each device once; reads addresses, sets none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"
#include "target.h"

struct node {
	unsigned int port;
	in_addr_t mask;
	unsigned int hop[OPTIONS_APPLIANCE_MAX];
	bool routed[OPTIONS_APPLIANCE_MAX];
};

struct nodes {
	const struct options *opt;
	unsigned int ports;
	struct port *port[OPTIONS_GWLB_MAX];
	struct node node[OPTIONS_GWLB_MAX];
};

/* Nodes that share a device share its port. */
static int open_port(struct nodes *nodes, unsigned int i)
{
	const struct gwlb *gwlb = nodes->opt->gwlb;
	struct port *port;
	unsigned int k;

	for (k = 0; k < i; k++)
		if (!strcmp(gwlb[k].dev, gwlb[i].dev))
			break;
	if (k < i) {
		nodes->node[i].port = nodes->node[k].port;
	} else {
		port = port_open(gwlb[i].dev);
		if (!port)
			return -1;
		nodes->node[i].port = nodes->ports;
		nodes->port[nodes->ports++] = port;
	}
	return port_own(nodes->port[nodes->node[i].port], gwlb[i].addr);
}

static in_addr_t ipv4_of(const struct sockaddr *addr)
{
	if (!addr || addr->sa_family != AF_INET)
		return 0;
	return ((const struct sockaddr_in *)addr)->sin_addr.s_addr;
}

/* Where the subnet ends is only known to the device. */
static int read_masks(struct nodes *nodes)
{
	const struct options *opt = nodes->opt;
	struct ifaddrs *list, *at;
	unsigned int i;

	if (getifaddrs(&list)) {
		fprintf(stderr, "gwlbsim: cannot read addresses: %s\n",
			strerror(errno));
		return -1;
	}
	for (at = list; at; at = at->ifa_next)
		for (i = 0; i < opt->gwlbs; i++)
			if (!strcmp(at->ifa_name, opt->gwlb[i].dev) &&
			    ipv4_of(at->ifa_addr) == opt->gwlb[i].addr.s_addr)
				nodes->node[i].mask = ipv4_of(at->ifa_netmask);
	freeifaddrs(list);
	for (i = 0; i < opt->gwlbs; i++)
		if (opt->gwlb[i].via.s_addr && !nodes->node[i].mask) {
			fprintf(stderr, "gwlbsim: %s has no address %s\n",
				opt->gwlb[i].dev,
				inet_ntoa(opt->gwlb[i].addr));
			return -1;
		}
	return 0;
}

static void find_hops(struct nodes *nodes, unsigned int i, struct neigh *neigh)
{
	const struct gwlb *gwlb = &nodes->opt->gwlb[i];
	struct node *node = &nodes->node[i];
	struct in_addr hop;
	unsigned int k;

	for (k = 0; k < nodes->opt->appliances; k++) {
		/* Nobody is asked for a MAC address without need. */
		if (!target_reaches(nodes->opt, i, k))
			continue;
		hop = nodes->opt->appliance[k].addr;
		if (gwlb->via.s_addr &&
		    (hop.s_addr ^ gwlb->addr.s_addr) & node->mask) {
			hop = gwlb->via;
			node->routed[k] = true;
		}
		node->hop[k] = neigh_add(neigh,
					 port_ifindex(nodes->port[node->port]),
					 hop);
	}
}

/**
 * nodes_open() - open the devices and begin to resolve the next hops
 * @opt: the command line
 * @neigh: where to resolve them
 *
 * Return: the nodes, or NULL after a message on stderr.
 */
struct nodes *nodes_open(const struct options *opt, struct neigh *neigh)
{
	struct nodes *nodes = calloc(1, sizeof(*nodes));
	unsigned int i;

	if (!nodes) {
		fputs("gwlbsim: no memory\n", stderr);
		return NULL;
	}
	nodes->opt = opt;
	for (i = 0; i < opt->gwlbs; i++)
		if (open_port(nodes, i))
			goto close;
	if (read_masks(nodes))
		goto close;
	for (i = 0; i < opt->gwlbs; i++)
		find_hops(nodes, i, neigh);
	return nodes;
close:
	nodes_close(nodes);
	return NULL;
}

/**
 * nodes_close() - close the devices
 * @nodes: the nodes
 */
void nodes_close(struct nodes *nodes)
{
	if (!nodes)
		return;
	while (nodes->ports)
		port_close(nodes->port[--nodes->ports]);
	free(nodes);
}

/**
 * nodes_ports() - how many devices there are
 * @nodes: the nodes
 *
 * Return: the number, at least one.
 */
unsigned int nodes_ports(const struct nodes *nodes)
{
	return nodes->ports;
}

/**
 * nodes_port() - a device
 * @nodes: the nodes
 * @i: below nodes_ports()
 *
 * Return: its port.
 */
struct port *nodes_port(const struct nodes *nodes, unsigned int i)
{
	return nodes->port[i];
}

/**
 * node_port() - the device of a node
 * @nodes: the nodes
 * @gwlb: index of the node
 *
 * Return: its port.
 */
struct port *node_port(const struct nodes *nodes, unsigned int gwlb)
{
	return nodes->port[nodes->node[gwlb].port];
}

/**
 * node_hop() - whom to hand packets to an appliance
 * @nodes: the nodes
 * @gwlb: index of the node that sends them
 * @appliance: index of the appliance, which the node reaches
 *
 * Return: index of the neighbour.
 */
unsigned int node_hop(const struct nodes *nodes, unsigned int gwlb,
		      unsigned int appliance)
{
	return nodes->node[gwlb].hop[appliance];
}

/**
 * node_routed() - is there a router between a node and an appliance?
 * @nodes: the nodes
 * @gwlb: address of the node
 * @appliance: address of the appliance
 *
 * Return: true if there is.
 */
bool node_routed(const struct nodes *nodes, struct in_addr gwlb,
		 struct in_addr appliance)
{
	const struct options *opt = nodes->opt;
	unsigned int i, k;

	for (i = 0; i < opt->gwlbs; i++)
		if (opt->gwlb[i].addr.s_addr == gwlb.s_addr)
			break;
	for (k = 0; k < opt->appliances; k++)
		if (opt->appliance[k].addr.s_addr == appliance.s_addr)
			break;
	return i < opt->gwlbs && k < opt->appliances &&
	       nodes->node[i].routed[k];
}
