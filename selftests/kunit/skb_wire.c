// SPDX-License-Identifier: GPL-2.0-only
/*
 * skb_wire: a device that keeps what is sent. See skb_wire.h.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>

#include "skb_wire.h"

/**
 * struct wire - what the device has of its own
 * @sent: IPv4 packets that were sent; IPv6 has some of its own to send
 */
struct wire {
	struct sk_buff_head sent;
};

static netdev_tx_t wire_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct wire *wire = netdev_priv(dev);

	if (skb->protocol == htons(ETH_P_IP))
		skb_queue_tail(&wire->sent, skb);
	else
		kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops wire_ops = {
	.ndo_start_xmit = wire_xmit,
};

static void wire_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &wire_ops;
	dev->max_mtu = ETH_MAX_MTU;
	dev->priv_flags |= IFF_NO_QUEUE;
	/* What is not linear stays so. */
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |
			 NETIF_F_HIGHDMA;
	/* Nor is a tunnel's aggregate taken apart. */
	dev->features |= NETIF_F_TSO | NETIF_F_GSO_UDP_TUNNEL;
	dev->hw_enc_features |= dev->features;
	eth_hw_addr_random(dev);
}

/**
 * wire_open() - make a device, up
 * @mtu: its MTU
 *
 * Return: the device, or NULL
 */
struct net_device *wire_open(u32 mtu)
{
	struct net_device *dev;
	struct wire *wire;
	int err;

	dev = alloc_netdev(sizeof(struct wire), "wire%d", NET_NAME_UNKNOWN,
			   wire_setup);
	if (!dev)
		return NULL;
	wire = netdev_priv(dev);
	skb_queue_head_init(&wire->sent);
	dev->mtu = mtu;
	rtnl_lock();
	err = register_netdevice(dev);
	if (!err)
		err = dev_open(dev, NULL);
	rtnl_unlock();
	if (!err)
		return dev;
	wire_close(dev);
	return NULL;
}

/**
 * wire_close() - remove it, and what it has
 * @dev: the device
 */
void wire_close(struct net_device *dev)
{
	struct wire *wire = netdev_priv(dev);

	if (dev->reg_state == NETREG_REGISTERED)
		unregister_netdev(dev);
	skb_queue_purge(&wire->sent);
	free_netdev(dev);
}

/**
 * wire_sent() - take what was sent first
 * @dev: the device
 *
 * Return: the packet, data at the Ethernet header; or NULL
 */
struct sk_buff *wire_sent(struct net_device *dev)
{
	struct wire *wire = netdev_priv(dev);

	return skb_dequeue(&wire->sent);
}
