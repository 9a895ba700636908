/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netlink: the family by which user space asks and changes. Owns the family
 * and what all handlers of requests share; they are in *_netlink.c, one file
 * for each kind of thing. uapi/gwlb.yaml is the protocol; the walk knows
 * nothing of this, but by way of event.h.
 */
#ifndef _GWLB_NETLINK_H
#define _GWLB_NETLINK_H

#include <linux/netfilter.h>
#include <linux/types.h>

struct genl_family;
struct genl_info;
struct gwlb_net;
struct netlink_callback;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

extern struct genl_family gwlb_nl_family;

struct sk_buff *gwlb_nl_answer_new(struct genl_info *info, size_t size, u8 cmd,
				   void **hdr);
int gwlb_nl_answer(struct sk_buff *msg, void *hdr, struct genl_info *info,
		   int err);
void *gwlb_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd);
int gwlb_nl_refuse_filter(struct netlink_callback *cb, int attrtype);

int gwlb_nl_put_address(struct sk_buff *msg, int attrtype, u8 family,
			const union nf_inet_addr *address);
int gwlb_nl_put_prefix(struct sk_buff *msg, int attrtype, u8 family,
		       const union nf_inet_addr *address, u8 prefix_len);
int gwlb_nl_parse_prefix(const struct nlattr *attr, u8 *family,
			 union nf_inet_addr *address, u8 *prefix_len,
			 struct netlink_ext_ack *extack);

bool gwlb_nl_has_listeners(const struct gwlb_net *gn);

int gwlb_netlink_register(void);
void gwlb_netlink_unregister(void);

#endif /* _GWLB_NETLINK_H */
