/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of nodes and endpoints. See traffic.c. */

#ifndef _GWLBCTL_TRAFFIC_H
#define _GWLBCTL_TRAFFIC_H

#include <jansson.h>
#include <linux/gwlb.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "counter.h"
#include "nl.h"

/**
 * struct traffic - what one node or endpoint sent, and what became of it
 * @received: what came
 * @returned: what was sent back
 * @dropped: what was dropped
 * @has_idle: was there a packet at all
 * @idle: milliseconds since the last one
 */
struct traffic {
	struct amount received;
	struct amount returned;
	struct amount dropped;
	bool has_idle;
	__u64 idle;
};

/**
 * struct endpoint - one VPC endpoint
 * @others: stands for all that found no place in the table
 * @id: its number, unless @others
 * @traffic: its counters
 * @group: name of the group it is in; empty if it is in none
 * @flows: how many flows it has
 * @flows_new: how many of these nobody has answered yet
 */
struct endpoint {
	bool others;
	__u64 id;
	struct traffic traffic;
	char group[GWLB_NAME_LEN + 1];
	__u32 flows;
	__u32 flows_new;
};

/**
 * struct node - an address of a load balancer and the one of ours it talks to
 * @others: stands for all that found no place in the table
 * @address: address of the load balancer, unless @others
 * @local: our address, unless @others
 * @traffic: its counters
 */
struct node {
	bool others;
	__be32 address;
	__be32 local;
	struct traffic traffic;
};

/**
 * struct endpoints - a list of endpoints
 * @list: the list
 * @count: how many there are
 * @room: how many fit
 */
struct endpoints {
	struct endpoint *list;
	size_t count;
	size_t room;
};

/**
 * struct nodes - a list of nodes
 * @list: the list
 * @count: how many there are
 * @room: how many fit
 */
struct nodes {
	struct node *list;
	size_t count;
	size_t room;
};

int traffic_decode_endpoint(const struct nlmsghdr *nlh,
			    struct endpoints *endpoints);
int traffic_decode_node(const struct nlmsghdr *nlh, struct nodes *nodes);
int traffic_endpoints(struct nl *nl, struct endpoints *endpoints);
int traffic_endpoint(struct nl *nl, __u64 id, struct endpoints *endpoints);
int traffic_nodes(struct nl *nl, struct nodes *nodes);
int traffic_node(struct nl *nl, __be32 address, __be32 local,
		 struct nodes *nodes);
void traffic_free_endpoints(struct endpoints *endpoints);
void traffic_free_nodes(struct nodes *nodes);
json_t *traffic_endpoint_json(const struct endpoint *endpoint);
json_t *traffic_node_json(const struct node *node);

#endif /* _GWLBCTL_TRAFFIC_H */
