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
extern const struct nla_policy gwlb_group_nl_policy[GWLB_A_GROUP_NO_INSIDE + 1];
extern const struct nla_policy gwlb_match_nl_policy[GWLB_A_MATCH_MASK + 1];
extern const struct nla_policy gwlb_options_nl_policy[GWLB_A_OPTIONS_TIMEOUT_OTHER + 1];
extern const struct nla_policy gwlb_peer_nl_policy[GWLB_A_PEER_PREFIX_LEN + 1];
extern const struct nla_policy gwlb_prefix_nl_policy[GWLB_A_PREFIX_PREFIX_LEN + 1];
extern const struct nla_policy gwlb_rule_nl_policy[GWLB_A_RULE_VERDICT + 1];
extern const struct nla_policy gwlb_set_nl_policy[GWLB_A_SET_COUNT + 1];
extern const struct nla_policy gwlb_values_nl_policy[GWLB_A_VALUES_ID + 1];

extern const struct nla_policy gwlb_config_get_nl_policy[GWLB_A_CONFIG_EXPECT_GENERATION + 1];

extern const struct nla_policy gwlb_config_set_nl_policy[GWLB_A_CONFIG_DEVICE + 1];

extern const struct nla_policy gwlb_counter_get_nl_policy[GWLB_A_COUNTER_REASON + 1];

extern const struct nla_policy gwlb_node_get_nl_policy[GWLB_A_NODE_LOCAL + 1];

extern const struct nla_policy gwlb_endpoint_get_nl_policy[GWLB_A_ENDPOINT_ID + 1];

extern const struct nla_policy gwlb_ruleset_get_nl_policy[GWLB_A_RULESET_EXPECT_GENERATION + 1];

extern const struct nla_policy gwlb_ruleset_set_nl_policy[GWLB_A_RULESET_CONFIRM + 1];

extern const struct nla_policy gwlb_ruleset_confirm_nl_policy[GWLB_A_RULESET_ROLLBACK + 1];

extern const struct nla_policy gwlb_rule_get_nl_policy[GWLB_A_TALLY_INDEX + 1];

extern const struct nla_policy gwlb_group_get_nl_policy[GWLB_A_RULESET_NAME + 1];

extern const struct nla_policy gwlb_set_get_nl_policy[GWLB_A_RULESET_NAME + 1];

extern const struct nla_policy gwlb_element_get_nl_policy[GWLB_A_RULESET_VALUES + 1];

extern const struct nla_policy gwlb_element_add_nl_policy[GWLB_A_RULESET_VALUES + 1];

extern const struct nla_policy gwlb_element_del_nl_policy[GWLB_A_RULESET_VALUES + 1];

extern const struct nla_policy gwlb_set_flush_nl_policy[GWLB_A_RULESET_NAME + 1];

extern const struct nla_policy gwlb_flow_get_nl_policy[GWLB_A_FLOW_DESTINATION_PREFIX + 1];

extern const struct nla_policy gwlb_flow_flush_nl_policy[GWLB_A_FLOW_DESTINATION_PREFIX + 1];

/* Ops table for gwlb */
extern const struct genl_ops gwlb_nl_ops[17];

int gwlb_nl_element_get_start(struct netlink_callback *cb);
int gwlb_nl_flow_get_start(struct netlink_callback *cb);
int gwlb_nl_element_get_done(struct netlink_callback *cb);
int gwlb_nl_flow_get_done(struct netlink_callback *cb);

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
int gwlb_nl_ruleset_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_ruleset_set_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_ruleset_confirm_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_rule_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_rule_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int gwlb_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int gwlb_nl_set_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_set_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int gwlb_nl_element_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_element_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int gwlb_nl_element_add_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_element_del_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_set_flush_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int gwlb_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int gwlb_nl_flow_flush_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	GWLB_NLGRP_EVENTS,
};

extern const struct genl_multicast_group gwlb_nl_mcgrps[];

#endif /* _LINUX_GWLB_GEN_H */
