/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/gwlb.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_GWLB_GEN_H
#define _LINUX_GWLB_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <linux/gwlb.h>

/* Common nested types */
extern const struct nla_policy gwlb_peer_nl_policy[GWLB_A_PEER_PREFIX_LEN + 1];

extern const struct nla_policy gwlb_config_get_nl_policy[GWLB_A_CONFIG_EXPECT_GENERATION + 1];

extern const struct nla_policy gwlb_config_set_nl_policy[GWLB_A_CONFIG_NO_PEERS + 1];

extern const struct nla_policy gwlb_counter_get_nl_policy[GWLB_A_COUNTER_REASON + 1];

extern const struct nla_policy gwlb_node_get_nl_policy[GWLB_A_NODE_LOCAL + 1];

extern const struct nla_policy gwlb_endpoint_get_nl_policy[GWLB_A_ENDPOINT_ID + 1];

/* Ops table for gwlb */
extern const struct genl_ops gwlb_nl_ops[5];

int gwlb_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_counter_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_counter_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int gwlb_nl_node_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_node_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int gwlb_nl_endpoint_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_endpoint_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);

#endif /* _LINUX_GWLB_GEN_H */
