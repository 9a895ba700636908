// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	uapi/gwlb.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <linux/gwlb.h>

/* Integer value ranges */
static struct netlink_range_validation gwlb_a_rule_limit_rate_range = {
	.min	= 1ULL,
	.max	= 1000000ULL,
};

static struct netlink_range_validation gwlb_a_rule_limit_burst_range = {
	.min	= 1ULL,
	.max	= 1000000ULL,
};

static struct netlink_range_validation gwlb_a_options_flow_max_range = {
	.min	= 1ULL,
	.max	= 16777216ULL,
};

static struct netlink_range_validation gwlb_a_options_flow_max_endpoint_range = {
	.min	= 1ULL,
	.max	= 16777216ULL,
};

static struct netlink_range_validation gwlb_a_options_timeout_tcp_syn_range = {
	.min	= 1ULL,
	.max	= 432000ULL,
};

static struct netlink_range_validation gwlb_a_options_timeout_tcp_established_range = {
	.min	= 1ULL,
	.max	= 432000ULL,
};

static struct netlink_range_validation gwlb_a_options_timeout_tcp_closing_range = {
	.min	= 1ULL,
	.max	= 432000ULL,
};

static struct netlink_range_validation gwlb_a_options_timeout_tcp_closed_range = {
	.min	= 1ULL,
	.max	= 432000ULL,
};

static struct netlink_range_validation gwlb_a_options_timeout_udp_range = {
	.min	= 1ULL,
	.max	= 432000ULL,
};

static struct netlink_range_validation gwlb_a_options_timeout_icmp_range = {
	.min	= 1ULL,
	.max	= 432000ULL,
};

static struct netlink_range_validation gwlb_a_options_timeout_other_range = {
	.min	= 1ULL,
	.max	= 432000ULL,
};

static struct netlink_range_validation gwlb_a_ruleset_confirm_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

/* Common nested types */
const struct nla_policy gwlb_group_nl_policy[GWLB_A_GROUP_NO_INSIDE + 1] = {
	[GWLB_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
	[GWLB_A_GROUP_ENDPOINT] = { .type = NLA_U64, },
	[GWLB_A_GROUP_POLICY] = NLA_POLICY_MAX(NLA_U32, 3),
	[GWLB_A_GROUP_INSIDE] = NLA_POLICY_NESTED(gwlb_prefix_nl_policy),
	[GWLB_A_GROUP_NO_INSIDE] = { .type = NLA_FLAG, },
};

const struct nla_policy gwlb_match_nl_policy[GWLB_A_MATCH_MASK + 1] = {
	[GWLB_A_MATCH_FIELD] = NLA_POLICY_MAX(NLA_U32, 14),
	[GWLB_A_MATCH_INVERT] = { .type = NLA_FLAG, },
	[GWLB_A_MATCH_PREFIX] = NLA_POLICY_NESTED(gwlb_prefix_nl_policy),
	[GWLB_A_MATCH_RANGE] = { .type = NLA_U32, },
	[GWLB_A_MATCH_ID] = { .type = NLA_U64, },
	[GWLB_A_MATCH_SET] = { .type = NLA_STRING, .len = 31, },
	[GWLB_A_MATCH_GROUP] = { .type = NLA_STRING, .len = 31, },
	[GWLB_A_MATCH_BITS] = { .type = NLA_U32, },
	[GWLB_A_MATCH_MASK] = { .type = NLA_U32, },
};

const struct nla_policy gwlb_options_nl_policy[GWLB_A_OPTIONS_TIMEOUT_OTHER + 1] = {
	[GWLB_A_OPTIONS_POLICY] = NLA_POLICY_MAX(NLA_U32, 3),
	[GWLB_A_OPTIONS_INSIDE] = NLA_POLICY_NESTED(gwlb_prefix_nl_policy),
	[GWLB_A_OPTIONS_NO_INSIDE] = { .type = NLA_FLAG, },
	[GWLB_A_OPTIONS_PICKUP] = NLA_POLICY_MAX(NLA_U32, 2),
	[GWLB_A_OPTIONS_REFUSED] = NLA_POLICY_MAX(NLA_U32, 1),
	[GWLB_A_OPTIONS_ON_FULL] = NLA_POLICY_MAX(NLA_U32, 1),
	[GWLB_A_OPTIONS_FLOW_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_flow_max_range),
	[GWLB_A_OPTIONS_FLOW_MAX_ENDPOINT] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_flow_max_endpoint_range),
	[GWLB_A_OPTIONS_TIMEOUT_TCP_SYN] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_timeout_tcp_syn_range),
	[GWLB_A_OPTIONS_TIMEOUT_TCP_ESTABLISHED] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_timeout_tcp_established_range),
	[GWLB_A_OPTIONS_TIMEOUT_TCP_CLOSING] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_timeout_tcp_closing_range),
	[GWLB_A_OPTIONS_TIMEOUT_TCP_CLOSED] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_timeout_tcp_closed_range),
	[GWLB_A_OPTIONS_TIMEOUT_UDP] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_timeout_udp_range),
	[GWLB_A_OPTIONS_TIMEOUT_ICMP] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_timeout_icmp_range),
	[GWLB_A_OPTIONS_TIMEOUT_OTHER] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_options_timeout_other_range),
};

const struct nla_policy gwlb_peer_nl_policy[GWLB_A_PEER_PREFIX_LEN + 1] = {
	[GWLB_A_PEER_ADDRESS] = { .type = NLA_U32, },
	[GWLB_A_PEER_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
};

const struct nla_policy gwlb_prefix_nl_policy[GWLB_A_PREFIX_PREFIX_LEN + 1] = {
	[GWLB_A_PREFIX_ADDRESS] = { .type = NLA_BINARY, },
	[GWLB_A_PREFIX_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

const struct nla_policy gwlb_rule_nl_policy[GWLB_A_RULE_VERDICT + 1] = {
	[GWLB_A_RULE_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
	[GWLB_A_RULE_COMMENT] = { .type = NLA_NUL_STRING, .len = 127, },
	[GWLB_A_RULE_MATCH] = NLA_POLICY_NESTED(gwlb_match_nl_policy),
	[GWLB_A_RULE_LIMIT_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_rule_limit_rate_range),
	[GWLB_A_RULE_LIMIT_UNIT] = NLA_POLICY_MAX(NLA_U32, 2),
	[GWLB_A_RULE_LIMIT_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_rule_limit_burst_range),
	[GWLB_A_RULE_LOG] = { .type = NLA_FLAG, },
	[GWLB_A_RULE_LOG_TEXT] = { .type = NLA_NUL_STRING, .len = 127, },
	[GWLB_A_RULE_VERDICT] = NLA_POLICY_MAX(NLA_U32, 3),
};

const struct nla_policy gwlb_set_nl_policy[GWLB_A_SET_COUNT + 1] = {
	[GWLB_A_SET_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
	[GWLB_A_SET_TYPE] = NLA_POLICY_MAX(NLA_U32, 2),
	[GWLB_A_SET_KEEP] = { .type = NLA_FLAG, },
	[GWLB_A_SET_COUNT] = { .type = NLA_U32, },
};

const struct nla_policy gwlb_values_nl_policy[GWLB_A_VALUES_ID + 1] = {
	[GWLB_A_VALUES_SET] = { .type = NLA_NUL_STRING, .len = 31, },
	[GWLB_A_VALUES_PREFIX] = NLA_POLICY_NESTED(gwlb_prefix_nl_policy),
	[GWLB_A_VALUES_RANGE] = { .type = NLA_U32, },
	[GWLB_A_VALUES_ID] = { .type = NLA_U64, },
};

/* GWLB_CMD_CONFIG_GET - do */
const struct nla_policy gwlb_config_get_nl_policy[GWLB_A_CONFIG_EXPECT_GENERATION + 1] = {
	[GWLB_A_CONFIG_EXPECT_GENERATION] = { .type = NLA_U32, },
};

/* GWLB_CMD_CONFIG_SET - do */
const struct nla_policy gwlb_config_set_nl_policy[GWLB_A_CONFIG_DEVICE + 1] = {
	[GWLB_A_CONFIG_STATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[GWLB_A_CONFIG_SEND_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
	[GWLB_A_CONFIG_PEER] = NLA_POLICY_NESTED(gwlb_peer_nl_policy),
	[GWLB_A_CONFIG_NO_PEERS] = { .type = NLA_FLAG, },
	[GWLB_A_CONFIG_EXPECT_GENERATION] = { .type = NLA_U32, },
	[GWLB_A_CONFIG_DRAIN] = NLA_POLICY_MAX(NLA_U32, 1),
	[GWLB_A_CONFIG_ATTACH] = NLA_POLICY_MAX(NLA_U32, 1),
	[GWLB_A_CONFIG_DEVICE] = { .type = NLA_STRING, .len = 15, },
};

/* GWLB_CMD_COUNTER_GET - do */
const struct nla_policy gwlb_counter_get_nl_policy[GWLB_A_COUNTER_REASON + 1] = {
	[GWLB_A_COUNTER_REASON] = NLA_POLICY_MAX(NLA_U32, 41),
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

/* GWLB_CMD_RULESET_GET - do */
const struct nla_policy gwlb_ruleset_get_nl_policy[GWLB_A_RULESET_EXPECT_GENERATION + 1] = {
	[GWLB_A_RULESET_EXPECT_GENERATION] = { .type = NLA_U32, },
};

/* GWLB_CMD_RULESET_SET - do */
const struct nla_policy gwlb_ruleset_set_nl_policy[GWLB_A_RULESET_CONFIRM + 1] = {
	[GWLB_A_RULESET_EXPECT_GENERATION] = { .type = NLA_U32, },
	[GWLB_A_RULESET_OPTIONS] = NLA_POLICY_NESTED(gwlb_options_nl_policy),
	[GWLB_A_RULESET_SET] = NLA_POLICY_NESTED(gwlb_set_nl_policy),
	[GWLB_A_RULESET_VALUES] = NLA_POLICY_NESTED(gwlb_values_nl_policy),
	[GWLB_A_RULESET_GROUP] = NLA_POLICY_NESTED(gwlb_group_nl_policy),
	[GWLB_A_RULESET_RULE] = NLA_POLICY_NESTED(gwlb_rule_nl_policy),
	[GWLB_A_RULESET_CONFIRM] = NLA_POLICY_FULL_RANGE(NLA_U32, &gwlb_a_ruleset_confirm_range),
};

/* GWLB_CMD_RULESET_CONFIRM - do */
const struct nla_policy gwlb_ruleset_confirm_nl_policy[GWLB_A_RULESET_ROLLBACK + 1] = {
	[GWLB_A_RULESET_EXPECT_GENERATION] = { .type = NLA_U32, },
	[GWLB_A_RULESET_ROLLBACK] = { .type = NLA_FLAG, },
};

/* GWLB_CMD_RULE_GET - do */
const struct nla_policy gwlb_rule_get_nl_policy[GWLB_A_TALLY_INDEX + 1] = {
	[GWLB_A_TALLY_INDEX] = { .type = NLA_U32, },
};

/* GWLB_CMD_GROUP_GET - do */
const struct nla_policy gwlb_group_get_nl_policy[GWLB_A_RULESET_NAME + 1] = {
	[GWLB_A_RULESET_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* GWLB_CMD_SET_GET - do */
const struct nla_policy gwlb_set_get_nl_policy[GWLB_A_RULESET_NAME + 1] = {
	[GWLB_A_RULESET_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* GWLB_CMD_ELEMENT_GET - do */
const struct nla_policy gwlb_element_get_nl_policy[GWLB_A_RULESET_VALUES + 1] = {
	[GWLB_A_RULESET_VALUES] = NLA_POLICY_NESTED(gwlb_values_nl_policy),
};

/* GWLB_CMD_ELEMENT_ADD - do */
const struct nla_policy gwlb_element_add_nl_policy[GWLB_A_RULESET_VALUES + 1] = {
	[GWLB_A_RULESET_EXPECT_GENERATION] = { .type = NLA_U32, },
	[GWLB_A_RULESET_VALUES] = NLA_POLICY_NESTED(gwlb_values_nl_policy),
};

/* GWLB_CMD_ELEMENT_DEL - do */
const struct nla_policy gwlb_element_del_nl_policy[GWLB_A_RULESET_VALUES + 1] = {
	[GWLB_A_RULESET_EXPECT_GENERATION] = { .type = NLA_U32, },
	[GWLB_A_RULESET_VALUES] = NLA_POLICY_NESTED(gwlb_values_nl_policy),
};

/* GWLB_CMD_SET_FLUSH - do */
const struct nla_policy gwlb_set_flush_nl_policy[GWLB_A_RULESET_NAME + 1] = {
	[GWLB_A_RULESET_EXPECT_GENERATION] = { .type = NLA_U32, },
	[GWLB_A_RULESET_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* GWLB_CMD_FLOW_GET - do */
const struct nla_policy gwlb_flow_get_nl_policy[GWLB_A_FLOW_DESTINATION_PREFIX + 1] = {
	[GWLB_A_FLOW_ID] = { .type = NLA_U64, },
	[GWLB_A_FLOW_ENDPOINT] = { .type = NLA_U64, },
	[GWLB_A_FLOW_GROUP] = { .type = NLA_NUL_STRING, },
	[GWLB_A_FLOW_PROTOCOL] = { .type = NLA_U8, },
	[GWLB_A_FLOW_SOURCE_PORT] = { .type = NLA_U16, },
	[GWLB_A_FLOW_DESTINATION_PORT] = { .type = NLA_U16, },
	[GWLB_A_FLOW_STATE] = NLA_POLICY_MAX(NLA_U32, 6),
	[GWLB_A_FLOW_SOURCE_PREFIX] = NLA_POLICY_NESTED(gwlb_prefix_nl_policy),
	[GWLB_A_FLOW_DESTINATION_PREFIX] = NLA_POLICY_NESTED(gwlb_prefix_nl_policy),
};

/* GWLB_CMD_FLOW_FLUSH - do */
const struct nla_policy gwlb_flow_flush_nl_policy[GWLB_A_FLOW_DESTINATION_PREFIX + 1] = {
	[GWLB_A_FLOW_ID] = { .type = NLA_U64, },
	[GWLB_A_FLOW_ENDPOINT] = { .type = NLA_U64, },
	[GWLB_A_FLOW_GROUP] = { .type = NLA_NUL_STRING, },
	[GWLB_A_FLOW_PROTOCOL] = { .type = NLA_U8, },
	[GWLB_A_FLOW_SOURCE_PORT] = { .type = NLA_U16, },
	[GWLB_A_FLOW_DESTINATION_PORT] = { .type = NLA_U16, },
	[GWLB_A_FLOW_STATE] = NLA_POLICY_MAX(NLA_U32, 6),
	[GWLB_A_FLOW_SOURCE_PREFIX] = NLA_POLICY_NESTED(gwlb_prefix_nl_policy),
	[GWLB_A_FLOW_DESTINATION_PREFIX] = NLA_POLICY_NESTED(gwlb_prefix_nl_policy),
};

/* Ops table for gwlb */
const struct genl_ops gwlb_nl_ops[17] = {
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
		.maxattr	= GWLB_A_CONFIG_DEVICE,
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
	{
		.cmd		= GWLB_CMD_RULESET_GET,
		.doit		= gwlb_nl_ruleset_get_doit,
		.policy		= gwlb_ruleset_get_nl_policy,
		.maxattr	= GWLB_A_RULESET_EXPECT_GENERATION,
	},
	{
		.cmd		= GWLB_CMD_RULESET_SET,
		.doit		= gwlb_nl_ruleset_set_doit,
		.policy		= gwlb_ruleset_set_nl_policy,
		.maxattr	= GWLB_A_RULESET_CONFIRM,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_RULESET_CONFIRM,
		.doit		= gwlb_nl_ruleset_confirm_doit,
		.policy		= gwlb_ruleset_confirm_nl_policy,
		.maxattr	= GWLB_A_RULESET_ROLLBACK,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_RULE_GET,
		.doit		= gwlb_nl_rule_get_doit,
		.dumpit		= gwlb_nl_rule_get_dumpit,
		.policy		= gwlb_rule_get_nl_policy,
		.maxattr	= GWLB_A_TALLY_INDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_GROUP_GET,
		.doit		= gwlb_nl_group_get_doit,
		.dumpit		= gwlb_nl_group_get_dumpit,
		.policy		= gwlb_group_get_nl_policy,
		.maxattr	= GWLB_A_RULESET_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_SET_GET,
		.doit		= gwlb_nl_set_get_doit,
		.dumpit		= gwlb_nl_set_get_dumpit,
		.policy		= gwlb_set_get_nl_policy,
		.maxattr	= GWLB_A_RULESET_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_ELEMENT_GET,
		.doit		= gwlb_nl_element_get_doit,
		.dumpit		= gwlb_nl_element_get_dumpit,
		.policy		= gwlb_element_get_nl_policy,
		.maxattr	= GWLB_A_RULESET_VALUES,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_ELEMENT_ADD,
		.doit		= gwlb_nl_element_add_doit,
		.policy		= gwlb_element_add_nl_policy,
		.maxattr	= GWLB_A_RULESET_VALUES,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_ELEMENT_DEL,
		.doit		= gwlb_nl_element_del_doit,
		.policy		= gwlb_element_del_nl_policy,
		.maxattr	= GWLB_A_RULESET_VALUES,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_SET_FLUSH,
		.doit		= gwlb_nl_set_flush_doit,
		.policy		= gwlb_set_flush_nl_policy,
		.maxattr	= GWLB_A_RULESET_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_FLOW_GET,
		.doit		= gwlb_nl_flow_get_doit,
		.dumpit		= gwlb_nl_flow_get_dumpit,
		.policy		= gwlb_flow_get_nl_policy,
		.maxattr	= GWLB_A_FLOW_DESTINATION_PREFIX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= GWLB_CMD_FLOW_FLUSH,
		.doit		= gwlb_nl_flow_flush_doit,
		.policy		= gwlb_flow_flush_nl_policy,
		.maxattr	= GWLB_A_FLOW_DESTINATION_PREFIX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

const struct genl_multicast_group gwlb_nl_mcgrps[] = {
	[GWLB_NLGRP_EVENTS] = { "events", GENL_MCAST_CAP_NET_ADMIN, },
};
