// SPDX-License-Identifier: GPL-2.0-only
/*
 * node: one address of a load balancer that talks to one address of ours.
 * See node.h.
 */
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/slab.h>
#include <net/route.h>

#include "config.h"
#include "gwlb.h"
#include "node.h"
#include "parse.h"

/* What the tables of addresses say about the outer addresses. */
static enum gwlb_reason check_addresses(struct net *net,
					const struct gwlb_pkt *pkt)
{
	/* 127/8 is local, but never from outside; the stack knows. */
	if (inet_addr_type(net, pkt->daddr) != RTN_LOCAL ||
	    ipv4_is_loopback(pkt->daddr))
		return GWLB_REASON_PASS_NOT_LOCAL;
	if (ipv4_is_loopback(pkt->saddr) || ipv4_is_zeronet(pkt->saddr))
		return GWLB_REASON_DROP_BAD_SOURCE;
	switch (inet_addr_type(net, pkt->saddr)) {
	case RTN_UNICAST:
		return GWLB_REASON_RETURNED;
	case RTN_LOCAL:
		return GWLB_REASON_DROP_LOOP;
	default:
		return GWLB_REASON_DROP_BAD_SOURCE;
	}
}

static struct gwlb_node *node_add(struct gwlb_net *gn, u64 key)
{
	struct gwlb_tally *tally;
	struct gwlb_node *node;

	if (gwlb_tally_full(&gn->nodes))
		return NULL;
	node = kzalloc(sizeof(*node), GFP_ATOMIC | __GFP_NOWARN);
	if (!node)
		return NULL;
	if (gwlb_tally_init(&node->tally, key))
		goto free_node;
	if (dst_cache_init(&node->route, GFP_ATOMIC | __GFP_NOWARN))
		goto free_traffic;
	tally = gwlb_tally_add(&gn->nodes, &node->tally);
	if (tally == &node->tally)
		return node;
	/* Another CPU was faster, or there is no place. */
	dst_cache_destroy(&node->route);
	free_percpu(node->tally.traffic);
	kfree(node);
	return tally ? container_of(tally, struct gwlb_node, tally) : NULL;

free_traffic:
	free_percpu(node->tally.traffic);
free_node:
	kfree(node);
	return NULL;
}

/**
 * gwlb_node_admit() - is this packet for us, and may its sender talk to us?
 * @gn: the namespace
 * @config: its settings
 * @pkt: the packet; only outer addresses are known
 * @node: gets the node, or NULL when there is no place for it: then all is
 *        asked again with the next packet
 *
 * To be asked if gwlb_node_find() does not know it. Senders that are not
 * allowed leave no trace in the table of nodes.
 *
 * Context: bottom halves off, RCU read side
 * Return: GWLB_REASON_RETURNED if nothing speaks against it, or a reason
 */
enum gwlb_reason gwlb_node_admit(struct gwlb_net *gn,
				 const struct gwlb_config *config,
				 const struct gwlb_pkt *pkt,
				 struct gwlb_node **node)
{
	u64 key = gwlb_node_key(pkt->saddr, pkt->daddr);
	/* Read before the tables are: they may change while we look. */
	int rt_genid = rt_genid_ipv4(gn->net);
	struct gwlb_tally *tally;
	enum gwlb_reason reason;

	*node = NULL;
	tally = gwlb_tally_find(&gn->nodes, key);
	if (tally)
		*node = container_of(tally, struct gwlb_node, tally);

	reason = check_addresses(gn->net, pkt);
	if (reason)
		return reason;
	if (!gwlb_config_allows(config, pkt->saddr))
		return GWLB_REASON_DROP_NOT_PEER;

	if (!*node)
		*node = node_add(gn, key);
	if (*node) {
		WRITE_ONCE((*node)->rt_genid, rt_genid);
		WRITE_ONCE((*node)->generation, config->generation);
	}
	return GWLB_REASON_RETURNED;
}

static noinline struct rtable *find_route(struct net *net,
					  struct dst_cache *cache,
					  const struct iphdr *iph)
{
	struct flowi4 fl4 = {
		.daddr = iph->saddr,
		.saddr = iph->daddr,
		.flowi4_proto = IPPROTO_UDP,
		.fl4_dport = htons(GWLB_UDP_PORT),
	};
	struct rtable *rt;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return NULL;
	/* We hand packets to the neighbour. What has to be encrypted or wrapped
	 * on its way, or to wait for a key, must not get there as it is.
	 */
	if (rt->rt_type != RTN_UNICAST || dst_xfrm(&rt->dst) ||
	    rt->dst.flags & DST_XFRM_QUEUE || rt->dst.lwtstate) {
		ip_rt_put(rt);
		return NULL;
	}
	if (cache)
		dst_cache_set_ip4(cache, &rt->dst, fl4.saddr);
	return rt;
}

/**
 * gwlb_node_route() - the route back
 * @gn: the namespace
 * @node: the node, or NULL
 * @iph: outer header of the packet to be sent back, as it came
 *
 * Context: bottom halves off, RCU read side
 * Return: the route, with a reference; NULL if there is none
 */
struct rtable *gwlb_node_route(struct gwlb_net *gn, struct gwlb_node *node,
			       const struct iphdr *iph)
{
	struct rtable *rt;
	__be32 saddr;

	if (!node)
		return find_route(gn->net, NULL, iph);
	rt = dst_cache_get_ip4(&node->route, &saddr);
	return rt ? rt : find_route(gn->net, &node->route, iph);
}

/**
 * gwlb_node_free() - free a node, but not its counters
 * @tally: the node
 */
void gwlb_node_free(struct gwlb_tally *tally)
{
	struct gwlb_node *node = container_of(tally, struct gwlb_node, tally);

	dst_cache_destroy(&node->route);
	kfree(node);
}
