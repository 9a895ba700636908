/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * skb_wire: a device that keeps what is sent.
 */
#ifndef _KUNIT_SKB_WIRE_H
#define _KUNIT_SKB_WIRE_H

#include <linux/netdevice.h>

struct net_device *wire_open(u32 mtu);
void wire_close(struct net_device *dev);
struct sk_buff *wire_sent(struct net_device *dev);

#endif /* _KUNIT_SKB_WIRE_H */
