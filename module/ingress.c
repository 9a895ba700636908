// SPDX-License-Identifier: GPL-2.0-only
/*
 * ingress: packets as they come in from a device, before the stack has looked
 * at them. See ingress.h.
 *
 * What ip_rcv() checks nobody has checked here, so this does, by the same
 * rules. A packet that ip_rcv() would refuse is left to it, uncounted: it
 * says so in the host's own statistics, and no hook behind it would have seen
 * the packet either. So a packet has the same fate and the same counter here
 * as in PRE_ROUTING.
 *
 * Devices are named, not numbered: the hook is on whatever device has one of
 * the names, from when it gets the name until it loses it, goes away or moves
 * to another namespace.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "config.h"
#include "gwlb.h"
#include "hook.h"
#include "ingress.h"
#include "parse.h"

/* Packets */

/* Length of the IP packet, or 0 if ip_rcv() would refuse it. The same checks
 * as there; headers are pulled, and nothing else changes.
 */
static u32 checked_length(struct sk_buff *skb)
{
	const struct iphdr *iph;
	u32 len;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return 0;
	iph = ip_hdr(skb);
	if (iph->version != 4 || iph->ihl < 5 ||
	    !pskb_may_pull(skb, iph->ihl * 4))
		return 0;
	iph = ip_hdr(skb);
	if (ip_fast_csum(iph, iph->ihl))
		return 0;
	len = ntohs(iph->tot_len);
	/* BIG TCP: an aggregate whose length does not fit into the field. */
	if (!len && skb_is_gso(skb) && skb_is_gso_tcp(skb))
		len = skb->len;
	if (len < iph->ihl * 4 || len > skb->len)
		return 0;
	return len;
}

static unsigned int walk(struct gwlb_net *gn, struct sk_buff *skb)
{
	u32 len = checked_length(skb);

	return len ? gwlb_hook_early(gn, skb, len) : NF_ACCEPT;
}

/* A packet that others hold too, as pktgen does, must not be pulled at, let
 * alone be sent. A clone takes the walk, and the packet has its fate.
 */
static unsigned int walk_shared(struct gwlb_net *gn, struct sk_buff *skb)
{
	struct sk_buff *clone = skb_clone(skb, GFP_ATOMIC);
	unsigned int verdict;

	/* ip_rcv() will not have the memory either, and counts that. */
	if (!clone)
		return NF_ACCEPT;
	verdict = walk(gn, clone);
	consume_skb(verdict == NF_STOLEN ? skb : clone);
	return verdict;
}

/**
 * gwlb_ingress_walk() - what is to become of a packet that nobody has checked?
 * @gn: the namespace
 * @skb: the packet, as the device gave it
 *
 * gwlb_hook_ingress() has taken nearly all packets before. They come in
 * softirq, or at least with bottom halves off: the stack demands that of
 * whoever receives, and nobody queues packets to user space here.
 *
 * Context: bottom halves off, RCU read side
 * Return: a verdict of netfilter
 */
unsigned int gwlb_ingress_walk(struct gwlb_net *gn, struct sk_buff *skb)
{
	/* A tag that the device has taken out means a VLAN's device, which the
	 * packet has still to find. ip_rcv() does not get the others, or
	 * drops them at once.
	 */
	if (skb->protocol != htons(ETH_P_IP) || skb_vlan_tag_present(skb) ||
	    skb->pkt_type == PACKET_OTHERHOST)
		return NF_ACCEPT;
	if (unlikely(skb_shared(skb)))
		return walk_shared(gn, skb);
	return walk(gn, skb);
}

/* Devices */

/* The device that has this name as its own: an alternative one, which other
 * devices may have at other times, does not count. RCU read side.
 */
static struct net_device *find_device(struct net *net, const char *name)
{
	struct net_device *dev = dev_get_by_name_rcu(net, name);

	return dev && !strcmp(dev->name, name) ? dev : NULL;
}

/* The hook on @dev, or with NULL one that is on none */
static struct gwlb_ingress_hook *find_hook(struct gwlb_net *gn,
					   const struct net_device *dev)
{
	struct gwlb_ingress_hook *hook;

	for (hook = gn->ingress.hooks;
	     hook < gn->ingress.hooks + GWLB_INGRESS_HOOKS; hook++)
		if (hook->ops.dev == dev)
			return hook;
	return NULL;
}

/* As early among its likes as the other hook is among those of PRE_ROUTING:
 * who wants to filter before has the same number to beat.
 */
static int add_hook(struct gwlb_net *gn, struct net_device *dev,
		    const char *name)
{
	/* Names of two lists at most are attached, so there is one. */
	struct gwlb_ingress_hook *hook = find_hook(gn, NULL);
	int err;

	hook->ops = (struct nf_hook_ops) {
		.hook = gwlb_hook_ingress,
		.dev = dev,
		.priv = gn,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = NF_IP_PRI_RAW_BEFORE_DEFRAG,
	};
	strscpy(hook->name, name, sizeof(hook->name));
	err = nf_register_net_hook(gn->net, &hook->ops);
	if (err)
		hook->ops.dev = NULL;
	return err;
}

static void remove_hook(struct gwlb_net *gn, struct gwlb_ingress_hook *hook)
{
	nf_unregister_net_hook(gn->net, &hook->ops);
	hook->ops.dev = NULL;
}

/**
 * gwlb_ingress_attach() - register hooks on all devices that are named
 * @gn: the namespace; its config_lock is held
 * @config: the settings that name them
 *
 * Those that have one keep it; those that are not there get theirs when they
 * come. A device cannot go away while the lock is held, since on its way out
 * it has to wait for us in the notifier; and what is on that way already is
 * not found by its name any more. One that has a hook by another name was
 * renamed just now; the notifier waits for us, and sees to that.
 *
 * Context: process
 * Return: 0, or an error after which some may be registered
 */
int gwlb_ingress_attach(struct gwlb_net *gn, const struct gwlb_config *config)
{
	struct net_device *dev;
	const char *name;
	int err;
	u32 i;

	for (i = 0; i < config->n_devices; i++) {
		name = config->devices[i];
		if (gwlb_ingress_has(gn, name))
			continue;
		rcu_read_lock();
		dev = find_device(gn->net, name);
		rcu_read_unlock();
		if (!dev || find_hook(gn, dev))
			continue;
		err = add_hook(gn, dev, name);
		if (err)
			return err;
	}
	return 0;
}

/**
 * gwlb_ingress_detach() - unregister the hooks on devices that are not named
 * @gn: the namespace; its config_lock is held
 * @keep: the settings that name those that are to stay; NULL for none
 *
 * Does not wait for packets that are in a hook.
 *
 * Context: process
 * Return: true if there were any
 */
bool gwlb_ingress_detach(struct gwlb_net *gn, const struct gwlb_config *keep)
{
	struct gwlb_ingress_hook *hook;
	bool any = false;

	for (hook = gn->ingress.hooks;
	     hook < gn->ingress.hooks + GWLB_INGRESS_HOOKS; hook++) {
		if (!hook->ops.dev ||
		    (keep && gwlb_config_names(keep, hook->name)))
			continue;
		remove_hook(gn, hook);
		any = true;
	}
	return any;
}

/**
 * gwlb_ingress_has() - is there a hook on the device of this name?
 * @gn: the namespace; its config_lock is held
 * @name: the name
 *
 * Return: true if there is
 */
bool gwlb_ingress_has(const struct gwlb_net *gn, const char *name)
{
	const struct gwlb_ingress_hook *hook;

	for (hook = gn->ingress.hooks;
	     hook < gn->ingress.hooks + GWLB_INGRESS_HOOKS; hook++)
		if (hook->ops.dev && !strcmp(hook->name, name))
			return true;
	return false;
}

/**
 * gwlb_ingress_may_attach() - is there a device of this name?
 * @net: the namespace
 * @name: the name
 *
 * Return: true if there is, at the moment
 */
bool gwlb_ingress_may_attach(struct net *net, const char *name)
{
	bool there;

	rcu_read_lock();
	there = find_device(net, name);
	rcu_read_unlock();
	return there;
}

/* Gives @dev a hook, or takes it away, so that it has one if and only if the
 * settings name it. @here: it is still in the namespace.
 */
static void follow(struct gwlb_net *gn, struct net_device *dev, bool here)
{
	struct gwlb_ingress_hook *hook;
	struct gwlb_config *config;
	bool named;
	int err;

	mutex_lock(&gn->config_lock);
	config = rcu_dereference_protected(gn->config,
					   lockdep_is_held(&gn->config_lock));
	named = here && config->state == GWLB_STATE_UP &&
		gwlb_config_names(config, dev->name);
	hook = find_hook(gn, dev);
	if (hook && !(named && !strcmp(hook->name, dev->name))) {
		remove_hook(gn, hook);
		hook = NULL;
	}
	if (named && !hook) {
		err = add_hook(gn, dev, dev->name);
		if (err)
			netdev_warn(dev, "gwlb: no hook at ingress: error %d\n",
				    err);
	}
	mutex_unlock(&gn->config_lock);
}

/* Moving to another namespace is going away from one and coming to the other.
 * The device waits for packets that are in the hook before it is freed, and
 * the namespace does before what the walk uses is.
 */
static int gwlb_ingress_event(struct notifier_block *this, unsigned long event,
			      void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
		follow(gwlb_net(dev_net(dev)), dev, true);
		break;
	case NETDEV_UNREGISTER:
		follow(gwlb_net(dev_net(dev)), dev, false);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block gwlb_ingress_notifier = {
	.notifier_call = gwlb_ingress_event,
};

/**
 * gwlb_ingress_register() - begin to follow devices
 *
 * All namespaces have their part of the module by now.
 *
 * Return: 0 or an error
 */
int gwlb_ingress_register(void)
{
	return register_netdevice_notifier(&gwlb_ingress_notifier);
}

/**
 * gwlb_ingress_unregister() - leave all devices
 *
 * Each device is told to have gone, so no hook is left on any. Nobody can
 * register one any more.
 */
void gwlb_ingress_unregister(void)
{
	unregister_netdevice_notifier(&gwlb_ingress_notifier);
}
