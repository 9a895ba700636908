// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults_ops: one request of each kind, and what undoes it. See faults_ops.h.
 */
#include <arpa/inet.h>
#include <linux/gwlb.h>

#include "faults_ops.h"
#include "schema.h"
#include "seeds.h"

/* How many elements are many */
uint32_t faults_large;

static void up(struct message *msg)
{
	put_u32(&msg->first, GWLB_A_CONFIG_STATE, GWLB_STATE_UP);
	put_u32(&msg->first, GWLB_A_CONFIG_ATTACH, GWLB_ATTACH_PREROUTING);
}

static void up_ingress(struct message *msg)
{
	put_u32(&msg->first, GWLB_A_CONFIG_STATE, GWLB_STATE_UP);
	put_u32(&msg->first, GWLB_A_CONFIG_ATTACH, GWLB_ATTACH_INGRESS);
	put_string(&msg->first, GWLB_A_CONFIG_DEVICE, "lo");
	put_string(&msg->first, GWLB_A_CONFIG_DEVICE, "tun0");
}

/**
 * faults_down() - the settings that there are before each of them
 * @msg: gets it
 */
void faults_down(struct message *msg)
{
	put_u32(&msg->first, GWLB_A_CONFIG_STATE, GWLB_STATE_DOWN);
	put_u32(&msg->first, GWLB_A_CONFIG_ATTACH, GWLB_ATTACH_PREROUTING);
}

static void peers(struct message *msg)
{
	struct item *peer;
	uint32_t i;

	for (i = 0; i < 200; i++) {
		peer = item_nest(&msg->first, GWLB_A_CONFIG_PEER);
		put_u32(&peer->first, GWLB_A_PEER_ADDRESS,
			htonl(0x0a000000 + i));
		put_u8(&peer->first, GWLB_A_PEER_PREFIX_LEN, 32);
	}
}

static void no_peers(struct message *msg)
{
	put_flag(&msg->first, GWLB_A_CONFIG_NO_PEERS);
}

/* Chance makes the same ruleset of the same seed. */
static void rules(struct message *msg, uint64_t seed, uint32_t n_elements)
{
	chance_seed(seed, 0);
	seed_ruleset(msg, 20, n_elements, false);
}

/**
 * faults_rules() - the ruleset that there is before each of them
 * @msg: gets it
 */
void faults_rules(struct message *msg)
{
	rules(msg, 1, 3);
}

static void rules_after(struct message *msg)
{
	rules(msg, 2, 5);
}

static void rules_large(struct message *msg)
{
	rules(msg, 2, faults_large);
}

static void rules_trial(struct message *msg)
{
	rules(msg, 2, 5);
	put_u32(&msg->first, GWLB_A_RULESET_CONFIRM, 86400);
}

static void rollback(struct message *msg)
{
	put_flag(&msg->first, GWLB_A_RULESET_ROLLBACK);
}

static void elements(struct message *msg)
{
	seed_elements(msg, 1000, faults_large);
}

static void one_element(struct message *msg)
{
	seed_elements(msg, 999, 1);
}

static void set_name(struct message *msg)
{
	put_string(&msg->first, GWLB_A_RULESET_NAME, "s0");
}

static void group_name(struct message *msg)
{
	put_string(&msg->first, GWLB_A_RULESET_NAME, "g0");
}

static void rule_index(struct message *msg)
{
	put_u32(&msg->first, GWLB_A_TALLY_INDEX, 3);
}

/* Flows come first, as they do not last. */
const struct faults_op faults_ops[] = {
	{
		.what = "list flows",
		.cmd = GWLB_CMD_FLOW_GET,
		.dump = true,
	}, {
		.what = "flush flows",
		.cmd = GWLB_CMD_FLOW_FLUSH,
	}, {
		.what = "up",
		.cmd = GWLB_CMD_CONFIG_SET,
		.build = up,
		.undo_cmd = GWLB_CMD_CONFIG_SET,
		.undo = faults_down,
	}, {
		.what = "up at ingress",
		.cmd = GWLB_CMD_CONFIG_SET,
		.build = up_ingress,
		.undo_cmd = GWLB_CMD_CONFIG_SET,
		.undo = faults_down,
	}, {
		.what = "down",
		.cmd = GWLB_CMD_CONFIG_SET,
		.build = faults_down,
		.undo_cmd = GWLB_CMD_CONFIG_SET,
		.undo = up,
		.first = true,
	}, {
		.what = "move to ingress",
		.cmd = GWLB_CMD_CONFIG_SET,
		.build = up_ingress,
		.undo_cmd = GWLB_CMD_CONFIG_SET,
		.undo = up,
		.first = true,
	}, {
		.what = "200 peers",
		.cmd = GWLB_CMD_CONFIG_SET,
		.build = peers,
		.undo_cmd = GWLB_CMD_CONFIG_SET,
		.undo = no_peers,
	}, {
		.what = "replace rules",
		.cmd = GWLB_CMD_RULESET_SET,
		.build = rules_after,
		.undo_cmd = GWLB_CMD_RULESET_SET,
		.undo = faults_rules,
	}, {
		.what = "replace rules and large sets",
		.cmd = GWLB_CMD_RULESET_SET,
		.build = rules_large,
		.undo_cmd = GWLB_CMD_RULESET_SET,
		.undo = faults_rules,
	}, {
		.what = "try rules",
		.cmd = GWLB_CMD_RULESET_SET,
		.build = rules_trial,
		.undo_cmd = GWLB_CMD_RULESET_CONFIRM,
		.undo = rollback,
	}, {
		.what = "add an element",
		.cmd = GWLB_CMD_ELEMENT_ADD,
		.build = one_element,
		.undo_cmd = GWLB_CMD_ELEMENT_DEL,
		.undo = one_element,
	}, {
		.what = "add many elements",
		.cmd = GWLB_CMD_ELEMENT_ADD,
		.build = elements,
		.undo_cmd = GWLB_CMD_ELEMENT_DEL,
		.undo = elements,
	}, {
		.what = "remove many elements",
		.cmd = GWLB_CMD_ELEMENT_DEL,
		.build = elements,
		.undo_cmd = GWLB_CMD_ELEMENT_ADD,
		.undo = elements,
		.first = true,
	}, {
		.what = "empty a set",
		.cmd = GWLB_CMD_SET_FLUSH,
		.build = set_name,
		.undo_cmd = GWLB_CMD_RULESET_SET,
		.undo = faults_rules,
		.first = true,
	}, {
		.what = "read settings",
		.cmd = GWLB_CMD_CONFIG_GET,
	}, {
		.what = "list counters",
		.cmd = GWLB_CMD_COUNTER_GET,
		.dump = true,
	}, {
		.what = "list nodes",
		.cmd = GWLB_CMD_NODE_GET,
		.dump = true,
	}, {
		.what = "list endpoints",
		.cmd = GWLB_CMD_ENDPOINT_GET,
		.dump = true,
	}, {
		.what = "read the ruleset",
		.cmd = GWLB_CMD_RULESET_GET,
	}, {
		.what = "read a rule",
		.cmd = GWLB_CMD_RULE_GET,
		.build = rule_index,
	}, {
		.what = "list rules",
		.cmd = GWLB_CMD_RULE_GET,
		.dump = true,
	}, {
		.what = "read a group",
		.cmd = GWLB_CMD_GROUP_GET,
		.build = group_name,
	}, {
		.what = "list groups",
		.cmd = GWLB_CMD_GROUP_GET,
		.dump = true,
	}, {
		.what = "read a set",
		.cmd = GWLB_CMD_SET_GET,
		.build = set_name,
	}, {
		.what = "list sets",
		.cmd = GWLB_CMD_SET_GET,
		.dump = true,
	}, {
		.what = "list elements",
		.cmd = GWLB_CMD_ELEMENT_GET,
		.dump = true,
	},
};

const unsigned int n_faults_ops = sizeof(faults_ops) / sizeof(faults_ops[0]);
