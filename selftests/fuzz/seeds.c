// SPDX-License-Identifier: GPL-2.0-only
/*
 * seeds: requests that are as they should be. See seeds.h. What is in a ruleset
 * is in seeds_rules.c.
 */
#include <arpa/inet.h>
#include <linux/gwlb.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "schema.h"
#include "seeds.h"
#include "seeds_rules.h"

static void put_expectation(struct item **list, uint16_t type,
			    uint32_t generation)
{
	if (once_in(8))
		put_u32(list, type, generation);
}

/* Settings */

static void put_peers(struct message *msg)
{
	struct item *peer;
	uint32_t i, n = 1 + chance(4);

	for (i = 0; i < n; i++) {
		peer = item_nest(&msg->first, GWLB_A_CONFIG_PEER);
		put_u32(&peer->first, GWLB_A_PEER_ADDRESS,
			htonl(0xc0a80900 + (i << 8)));
		put_u8(&peer->first, GWLB_A_PEER_PREFIX_LEN, 24);
	}
}

static void put_place(struct message *msg, const char *device)
{
	if (once_in(2)) {
		put_u32(&msg->first, GWLB_A_CONFIG_ATTACH,
			GWLB_ATTACH_PREROUTING);
		return;
	}
	put_u32(&msg->first, GWLB_A_CONFIG_ATTACH, GWLB_ATTACH_INGRESS);
	put_string(&msg->first, GWLB_A_CONFIG_DEVICE, "lo");
	if (device && once_in(2))
		put_string(&msg->first, GWLB_A_CONFIG_DEVICE, device);
}

static void seed_config(struct message *msg, const struct surroundings *around)
{
	put_expectation(&msg->first, GWLB_A_CONFIG_EXPECT_GENERATION,
			around->state.config);
	if (msg->cmd == GWLB_CMD_CONFIG_GET)
		return;
	if (once_in(4))
		put_u32(&msg->first, GWLB_A_CONFIG_STATE, chance(2));
	if (once_in(4))
		put_u32(&msg->first, GWLB_A_CONFIG_SEND_MODE, chance(2));
	if (once_in(4))
		put_u32(&msg->first, GWLB_A_CONFIG_DRAIN, chance(2));
	if (once_in(4))
		put_place(msg, around->device);
	if (once_in(4))
		put_flag(&msg->first, GWLB_A_CONFIG_NO_PEERS);
	else if (once_in(3))
		put_peers(msg);
}

/* Counters */

static void seed_counter(struct message *msg)
{
	const struct schema_set *set = &schema_sets[SCHEMA_COUNTER];

	put_u32(&msg->first, GWLB_A_COUNTER_REASON,
		chance(set->attrs[GWLB_A_COUNTER_REASON].max + 1));
}

static void seed_node(struct message *msg)
{
	put_u32(&msg->first, GWLB_A_NODE_ADDRESS, htonl(0xc0a80901));
	put_u32(&msg->first, GWLB_A_NODE_LOCAL, htonl(0xc0a80964));
}

/* Sets */

static void seed_values(struct message *msg, const struct state *state)
{
	if (msg->cmd != GWLB_CMD_ELEMENT_GET)
		put_expectation(&msg->first, GWLB_A_RULESET_EXPECT_GENERATION,
				state->rules);
	put_values(&msg->first, chance(SEED_SETS),
		   msg->cmd == GWLB_CMD_ELEMENT_ADD ? 1 + chance(4) : 1);
}

static void seed_flush(struct message *msg, const struct state *state)
{
	put_expectation(&msg->first, GWLB_A_RULESET_EXPECT_GENERATION,
			state->rules);
	put_name(&msg->first, GWLB_A_RULESET_NAME, 's', chance(SEED_SETS));
}

static void seed_confirm(struct message *msg, const struct state *state)
{
	put_expectation(&msg->first, GWLB_A_RULESET_EXPECT_GENERATION,
			state->rules);
	if (once_in(2))
		put_flag(&msg->first, GWLB_A_RULESET_ROLLBACK);
}

/* Flows */

static void put_flow_filter(struct message *msg)
{
	if (once_in(8))
		put_u64(&msg->first, GWLB_A_FLOW_ENDPOINT, 1 + chance(8));
	if (once_in(8))
		put_name(&msg->first, GWLB_A_FLOW_GROUP, 'g',
			 chance(SEED_GROUPS));
	if (once_in(4))
		put_u8(&msg->first, GWLB_A_FLOW_PROTOCOL, once_in(2) ? 6 : 17);
	if (once_in(8))
		put_u16(&msg->first, GWLB_A_FLOW_SOURCE_PORT, chance(65536));
	if (once_in(8))
		put_u16(&msg->first, GWLB_A_FLOW_DESTINATION_PORT, 80);
	if (once_in(8))
		put_u32(&msg->first, GWLB_A_FLOW_STATE, chance(7));
	if (once_in(4))
		put_prefix(&msg->first, GWLB_A_FLOW_SOURCE_PREFIX);
	if (once_in(8))
		put_prefix(&msg->first, GWLB_A_FLOW_DESTINATION_PREFIX);
}

/* A flush that ends all flows leaves nothing for those that come later. */
static void seed_flow(struct message *msg, const struct surroundings *around)
{
	bool dump = msg->flags & NLM_F_DUMP;

	if (!dump && (msg->cmd == GWLB_CMD_FLOW_GET || !once_in(32)))
		put_u64(&msg->first, GWLB_A_FLOW_ID,
			around->flow - chance(8));
	if (dump || msg->cmd == GWLB_CMD_FLOW_FLUSH)
		put_flow_filter(msg);
}

/* All */

static void seed_do(struct message *msg, const struct surroundings *around)
{
	switch (msg->cmd) {
	case GWLB_CMD_CONFIG_GET:
	case GWLB_CMD_CONFIG_SET:
		seed_config(msg, around);
		break;
	case GWLB_CMD_COUNTER_GET:
		seed_counter(msg);
		break;
	case GWLB_CMD_NODE_GET:
		seed_node(msg);
		break;
	case GWLB_CMD_ENDPOINT_GET:
		put_u64(&msg->first, GWLB_A_ENDPOINT_ID, 1 + chance(8));
		break;
	case GWLB_CMD_RULESET_GET:
		put_expectation(&msg->first, GWLB_A_RULESET_EXPECT_GENERATION,
				around->state.rules);
		break;
	case GWLB_CMD_RULESET_SET:
		put_expectation(&msg->first, GWLB_A_RULESET_EXPECT_GENERATION,
				around->state.rules);
		seed_ruleset(msg, chance(12), chance(6), true);
		if (once_in(4))
			put_u32(&msg->first, GWLB_A_RULESET_CONFIRM,
				3600 + chance(3600));
		break;
	case GWLB_CMD_RULESET_CONFIRM:
		seed_confirm(msg, &around->state);
		break;
	case GWLB_CMD_RULE_GET:
		put_u32(&msg->first, GWLB_A_TALLY_INDEX, chance(12));
		break;
	case GWLB_CMD_GROUP_GET:
		put_name(&msg->first, GWLB_A_RULESET_NAME, 'g',
			 chance(SEED_GROUPS));
		break;
	case GWLB_CMD_SET_GET:
		put_name(&msg->first, GWLB_A_RULESET_NAME, 's',
			 chance(SEED_SETS));
		break;
	case GWLB_CMD_ELEMENT_GET:
	case GWLB_CMD_ELEMENT_ADD:
	case GWLB_CMD_ELEMENT_DEL:
		seed_values(msg, &around->state);
		break;
	case GWLB_CMD_SET_FLUSH:
		seed_flush(msg, &around->state);
		break;
	}
}

/**
 * seed_of() - a request of one command
 * @msg: gets it
 * @cmd: the command
 * @around: what it is about
 */
void seed_of(struct message *msg, uint8_t cmd,
	     const struct surroundings *around)
{
	const struct schema_op *op = schema_op(cmd);

	memset(msg, 0, sizeof(*msg));
	msg->cmd = cmd;
	msg->version = GWLB_GENL_VERSION;
	msg->seq = 1 + chance(1 << 30);
	msg->flags = NLM_F_REQUEST | NLM_F_ACK;
	if (op->dump && once_in(2))
		msg->flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (cmd == GWLB_CMD_FLOW_GET || cmd == GWLB_CMD_FLOW_FLUSH)
		seed_flow(msg, around);
	else if (!(msg->flags & NLM_F_DUMP))
		seed_do(msg, around);
}

/**
 * seed() - a request of any command
 * @msg: gets it
 * @around: what it is about
 */
void seed(struct message *msg, const struct surroundings *around)
{
	seed_of(msg, schema_ops[chance(n_schema_ops)].cmd, around);
}
