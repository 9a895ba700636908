/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ingress: packets as they come in from a device, before the stack has looked
 * at them. Owns the hooks on devices, and follows the devices that the
 * settings name as they come, go and change their names.
 */
#ifndef _GWLB_INGRESS_H
#define _GWLB_INGRESS_H

#include <linux/if.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/ip.h>

#include <linux/gwlb.h>

struct gwlb_config;
struct gwlb_net;
struct net;

/* While one list takes the place of another, devices of both are attached. */
#define GWLB_INGRESS_HOOKS	(2 * GWLB_MAX_DEVICES)

/**
 * struct gwlb_ingress_hook - the hook on one device
 * @ops: the hook; its dev is NULL as long as it is not registered
 * @name: name of the device, as it is in the settings
 */
struct gwlb_ingress_hook {
	struct nf_hook_ops ops;
	char name[IFNAMSIZ];
};

/**
 * struct gwlb_ingress - all of a namespace's; under its config_lock
 * @hooks: in no order
 */
struct gwlb_ingress {
	struct gwlb_ingress_hook hooks[GWLB_INGRESS_HOOKS];
};

/**
 * gwlb_ingress_adopt() - do what ip_rcv() would have done
 * @skb: a packet that will not be passed to the stack; it may be padded
 * @len: length of the IP packet
 * @udp_off: where its UDP header is
 *
 * The stack's packets are left as they came. Who sends this one later wants to
 * find where its transport header is, and no debris in its control block.
 *
 * Context: bottom halves off
 * Return: GWLB_REASON_RETURNED, or GWLB_REASON_DROP_NO_MEMORY
 */
static inline enum gwlb_reason gwlb_ingress_adopt(struct sk_buff *skb, u32 len,
						  u32 udp_off)
{
	if (pskb_trim_rcsum(skb, len))
		return GWLB_REASON_DROP_NO_MEMORY;
	skb_set_transport_header(skb, udp_off);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->iif = skb->skb_iif;
	return GWLB_REASON_RETURNED;
}

/**
 * gwlb_ingress_adopt_usual() - the same for a packet that is sent at once
 * @skb: the packet, which is not padded
 * @mode: how it will be sent
 * @udp_off: where its UDP header is
 *
 * One that is reflected goes as one does that a bridge forwards. It never gets
 * to who uses the control block as IP does: below, it belongs to the queueing
 * discipline, who fills it itself. And of one that is no aggregate nobody wants
 * to know where its transport header is, unless a checksum is to be finished:
 * then the core says so itself.
 *
 * Context: bottom halves off
 */
static __always_inline void
gwlb_ingress_adopt_usual(struct sk_buff *skb, enum gwlb_send_mode mode,
			 u32 udp_off)
{
	if (unlikely(mode != GWLB_SEND_MODE_REFLECT))
		gwlb_ingress_adopt(skb, skb->len, udp_off);
}

int gwlb_ingress_attach(struct gwlb_net *gn, const struct gwlb_config *config);
bool gwlb_ingress_detach(struct gwlb_net *gn, const struct gwlb_config *keep);
bool gwlb_ingress_may_attach(struct net *net, const char *name);
bool gwlb_ingress_has(const struct gwlb_net *gn, const char *name);
unsigned int gwlb_ingress_walk(struct gwlb_net *gn, struct sk_buff *skb);
int gwlb_ingress_register(void);
void gwlb_ingress_unregister(void);

#endif /* _GWLB_INGRESS_H */
