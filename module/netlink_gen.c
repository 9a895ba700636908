// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	uapi/gwlb.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <linux/gwlb.h>

/* Common nested types */
const struct nla_policy gwlb_peer_nl_policy[GWLB_A_PEER_PREFIX_LEN + 1] = {
	[GWLB_A_PEER_ADDRESS] = { .type = NLA_U32, },
	[GWLB_A_PEER_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
};

/* GWLB_CMD_CONFIG_GET - do */
const struct nla_policy gwlb_config_get_nl_policy[GWLB_A_CONFIG_EXPECT_GENERATION + 1] = {
	[GWLB_A_CONFIG_EXPECT_GENERATION] = { .type = NLA_U32, },
};

/* GWLB_CMD_CONFIG_SET - do */
const struct nla_policy gwlb_config_set_nl_policy[GWLB_A_CONFIG_NO_PEERS + 1] = {
	[GWLB_A_CONFIG_STATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[GWLB_A_CONFIG_SEND_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
	[GWLB_A_CONFIG_PEER] = NLA_POLICY_NESTED(gwlb_peer_nl_policy),
	[GWLB_A_CONFIG_NO_PEERS] = { .type = NLA_FLAG, },
	[GWLB_A_CONFIG_EXPECT_GENERATION] = { .type = NLA_U32, },
};

/* GWLB_CMD_COUNTER_GET - do */
const struct nla_policy gwlb_counter_get_nl_policy[GWLB_A_COUNTER_REASON + 1] = {
	[GWLB_A_COUNTER_REASON] = NLA_POLICY_MAX(NLA_U32, 33),
};

/* GWLB_CMD_NODE_GET - do */
const struct nla_policy gwlb_node_get_nl_policy[GWLB_A_NODE_LOCAL + 1] = {
	[GWLB_A_NODE_ADDRESS] = { .type = NLA_U32, },
	[GWLB_A_NODE_LOCAL] = { .type = NLA_U32, },
};

/* GWLB_CMD_ENDPOINT_GET - do */
const struct nla_policy gwlb_endpoint_get_nl_policy[GWLB_A_ENDPOINT_ID + 1] = {
	[GWLB_A_ENDPOINT_ID] = { .type = NLA_U64, },
};

/* Ops table for gwlb */
const struct genl_ops gwlb_nl_ops[5] = {
	{
		.cmd		= GWLB_CMD_CONFIG_GET,
		.doit		= gwlb_nl_config_get_doit,
		.policy		= gwlb_config_get_nl_policy,
		.maxattr	= GWLB_A_CONFIG_EXPECT_GENERATION,
	},
	{
		.cmd		= GWLB_CMD_CONFIG_SET,
		.doit		= gwlb_nl_config_set_doit,
		.policy		= gwlb_config_set_nl_policy,
		.maxattr	= GWLB_A_CONFIG_NO_PEERS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_COUNTER_GET,
		.doit		= gwlb_nl_counter_get_doit,
		.dumpit		= gwlb_nl_counter_get_dumpit,
		.policy		= gwlb_counter_get_nl_policy,
		.maxattr	= GWLB_A_COUNTER_REASON,
	},
	{
		.cmd		= GWLB_CMD_NODE_GET,
		.doit		= gwlb_nl_node_get_doit,
		.dumpit		= gwlb_nl_node_get_dumpit,
		.policy		= gwlb_node_get_nl_policy,
		.maxattr	= GWLB_A_NODE_LOCAL,
	},
	{
		.cmd		= GWLB_CMD_ENDPOINT_GET,
		.doit		= gwlb_nl_endpoint_get_doit,
		.dumpit		= gwlb_nl_endpoint_get_dumpit,
		.policy		= gwlb_endpoint_get_nl_policy,
		.maxattr	= GWLB_A_ENDPOINT_ID,
	},
};
