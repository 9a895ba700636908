/* SPDX-License-Identifier: GPL-2.0-only */
/* The nodes' ways to the appliances: devices and next hops. */
#ifndef GWLBSIM_NODE_H
#define GWLBSIM_NODE_H

#include <stdbool.h>

#include "neigh.h"
#include "options.h"
#include "port.h"

struct nodes;

struct nodes *nodes_open(const struct options *opt, struct neigh *neigh);
void nodes_close(struct nodes *nodes);
unsigned int nodes_ports(const struct nodes *nodes);
struct port *nodes_port(const struct nodes *nodes, unsigned int i);
struct port *node_port(const struct nodes *nodes, unsigned int gwlb);
unsigned int node_hop(const struct nodes *nodes, unsigned int gwlb,
		      unsigned int appliance);
bool node_routed(const struct nodes *nodes, struct in_addr gwlb,
		 struct in_addr appliance);

#endif
