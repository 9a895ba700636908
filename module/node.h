/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * node: one address of a load balancer that talks to one address of ours.
 * Owns the question whether it may, and the route back to it.
 */
#ifndef _GWLB_NODE_H
#define _GWLB_NODE_H

#include <net/dst_cache.h>
#include <net/net_namespace.h>

#include <linux/gwlb.h>

#include "config.h"
#include "gwlb.h"
#include "parse.h"
#include "tally.h"

struct iphdr;
struct rtable;

/**
 * struct gwlb_node - a load balancer's address and ours
 * @tally: key (its address, then ours) and counters
 * @route: routes back to it, per CPU
 * @generation: of the settings that allow it
 * @rt_genid: of the address tables that say that our address is ours and its
 *            is not
 */
struct gwlb_node {
	struct gwlb_tally tally;
	struct dst_cache route;
	u32 generation;
	int rt_genid;
};

enum gwlb_reason gwlb_node_admit(struct gwlb_net *gn,
				 const struct gwlb_config *config,
				 const struct gwlb_pkt *pkt,
				 struct gwlb_node **node);
struct rtable *gwlb_node_route(struct gwlb_net *gn, struct gwlb_node *node,
			       const struct iphdr *iph);
void gwlb_node_free(struct gwlb_tally *tally);

/**
 * gwlb_node_key() - what a node is found by
 * @address: the load balancer's address
 * @local: ours
 *
 * Return: the key
 */
static inline u64 gwlb_node_key(__be32 address, __be32 local)
{
	return (u64)ntohl(address) << 32 | ntohl(local);
}

/**
 * gwlb_node_may() - is it known that a node may send?
 * @gn: the namespace
 * @config: its settings
 * @node: the node
 *
 * Context: RCU read side
 * Return: true if it is; false if gwlb_node_admit() is to be asked
 */
static __always_inline bool gwlb_node_may(const struct gwlb_net *gn,
					  const struct gwlb_config *config,
					  const struct gwlb_node *node)
{
	return likely(READ_ONCE(node->rt_genid) == rt_genid_ipv4(gn->net) &&
		      READ_ONCE(node->generation) == config->generation);
}

/**
 * gwlb_node_find() - the node that sent a packet, if it may, as far as is known
 * @gn: the namespace
 * @config: its settings
 * @key: the node's key
 *
 * Context: RCU read side
 * Return: the node; NULL if gwlb_node_admit() is to be asked
 */
static __always_inline struct gwlb_node *
gwlb_node_find(const struct gwlb_net *gn, const struct gwlb_config *config,
	       u64 key)
{
	struct gwlb_tally *tally = gwlb_tally_find(&gn->nodes, key);
	struct gwlb_node *node;

	if (unlikely(!tally))
		return NULL;
	node = container_of(tally, struct gwlb_node, tally);
	return gwlb_node_may(gn, config, node) ? node : NULL;
}

#endif /* _GWLB_NODE_H */
