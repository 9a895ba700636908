// SPDX-License-Identifier: GPL-2.0-only
/*
 * gwlb_floor: the least that a hook can do to give a packet back. It asks
 * whether it is UDP to port 6081, swaps the addresses and sends it out of
 * where it came from. What gwlb costs more than this is the price of looking
 * at the packet. For measuring only: it answers everybody. It is in PRE_ROUTING
 * or, with a device, at the ingress of that.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#define GENEVE_PORT	6081

static bool drop;
module_param(drop, bool, 0444);
MODULE_PARM_DESC(drop, "drop packets instead: the least that this can cost");

static char *device;
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "be at ingress of this device, in all namespaces");

/* Usual packets only: no IP options, no fragments, in softirq. */
static bool is_geneve(struct sk_buff *skb)
{
	const struct iphdr *iph;
	const struct udphdr *uh;

	if (skb->protocol != htons(ETH_P_IP) ||
	    !pskb_may_pull(skb, sizeof(*iph) + sizeof(*uh)))
		return false;
	iph = ip_hdr(skb);
	uh = (const struct udphdr *)(iph + 1);
	return iph->ihl == 5 && iph->protocol == IPPROTO_UDP &&
		!ip_is_fragment(iph) && uh->dest == htons(GENEVE_PORT);
}

static unsigned int floor_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	u8 address[ETH_ALEN];
	struct ethhdr *eth;
	struct iphdr *iph;

	if (!is_geneve(skb))
		return NF_ACCEPT;
	if (drop)
		return NF_DROP;
	if (skb_ensure_writable(skb, sizeof(*iph)))
		return NF_DROP;
	iph = ip_hdr(skb);
	swap(iph->saddr, iph->daddr);

	skb_orphan(skb);
	skb_scrub_packet(skb, false);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	__skb_push(skb, ETH_HLEN);
	eth = eth_hdr(skb);
	ether_addr_copy(address, eth->h_source);
	ether_addr_copy(eth->h_source, eth->h_dest);
	ether_addr_copy(eth->h_dest, address);
	dev_queue_xmit(skb);
	return NF_STOLEN;
}

static const struct nf_hook_ops floor_ops = {
	.hook = floor_hook,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_PRE_ROUTING,
	.priority = NF_IP_PRI_RAW_BEFORE_DEFRAG,
};

/* One for each namespace, since it has a device there */
struct floor_net {
	struct nf_hook_ops ops;
	bool registered;
};

static unsigned int floor_id;

static int __net_init floor_net_init(struct net *net)
{
	struct floor_net *fn = net_generic(net, floor_id);
	int err;

	fn->ops = floor_ops;
	if (device) {
		fn->ops.pf = NFPROTO_NETDEV;
		fn->ops.hooknum = NF_NETDEV_INGRESS;
		rcu_read_lock();
		fn->ops.dev = dev_get_by_name_rcu(net, device);
		rcu_read_unlock();
		if (!fn->ops.dev)
			return 0;
	}
	err = nf_register_net_hook(net, &fn->ops);
	fn->registered = !err;
	return err;
}

/* Who measures does not remove the device while this is loaded. */
static void __net_exit floor_net_exit(struct net *net)
{
	struct floor_net *fn = net_generic(net, floor_id);

	if (fn->registered)
		nf_unregister_net_hook(net, &fn->ops);
}

static struct pernet_operations floor_net_ops = {
	.init = floor_net_init,
	.exit = floor_net_exit,
	.id = &floor_id,
	.size = sizeof(struct floor_net),
};

static int __init floor_init(void)
{
	return register_pernet_subsys(&floor_net_ops);
}

static void __exit floor_exit(void)
{
	unregister_pernet_subsys(&floor_net_ops);
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_DESCRIPTION("Reflector of Geneve packets, to measure against");
MODULE_LICENSE("GPL");
