// SPDX-License-Identifier: GPL-2.0-only
/*
 * state: reads settings, ruleset, groups, sets and elements, and makes a digest
 * of them. See state.h.
 */
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <linux/netlink.h>
#include <string.h>

#include "message.h"
#include "schema.h"
#include "state.h"

#define BIT(n)	(1ULL << (n))

/**
 * struct part - a part of the state
 * @cmd: what reads it
 * @dump: it is a dump
 * @moving: bit of each attribute that changes by itself, or with packets
 * @generation: the attribute that is the generation, 0 if there is none
 */
struct part {
	uint8_t cmd;
	bool dump;
	uint64_t moving;
	uint32_t generation;
};

static const struct part parts[] = {
	{
		.cmd = GWLB_CMD_CONFIG_GET,
		.moving = BIT(GWLB_A_CONFIG_NODES) |
			  BIT(GWLB_A_CONFIG_ENDPOINTS),
		.generation = GWLB_A_CONFIG_GENERATION,
	},
	{
		.cmd = GWLB_CMD_RULESET_GET,
		.moving = BIT(GWLB_A_RULESET_CONFIRM) |
			  BIT(GWLB_A_RULESET_FLOWS),
		.generation = GWLB_A_RULESET_GENERATION,
	},
	{
		.cmd = GWLB_CMD_RULE_GET,
		.dump = true,
		.moving = BIT(GWLB_A_TALLY_PACKETS) | BIT(GWLB_A_TALLY_BYTES),
	},
	{ .cmd = GWLB_CMD_GROUP_GET, .dump = true },
	{ .cmd = GWLB_CMD_SET_GET, .dump = true },
	{ .cmd = GWLB_CMD_ELEMENT_GET, .dump = true },
};

/**
 * struct reading - where reading a part has come
 * @part: the part
 * @state: what was read
 */
struct reading {
	const struct part *part;
	struct state *state;
};

/**
 * digest() - FNV-1a
 * @hash: of what came before, 0 if nothing did; gets what it is with this, too
 * @data: what it is of
 * @len: its length in bytes
 */
void digest(uint64_t *hash, const void *data, size_t len)
{
	const uint8_t *byte = data;

	while (len--)
		*hash = (*hash ^ *byte++) * 0x100000001b3ULL;
}

static void note(const struct part *part, uint32_t type, const void *data,
		 struct state *state)
{
	uint32_t value;

	memcpy(&value, data, sizeof(value));
	if (part->cmd == GWLB_CMD_CONFIG_GET &&
	    type == GWLB_A_CONFIG_GENERATION)
		state->config = value;
	if (part->cmd != GWLB_CMD_RULESET_GET)
		return;
	if (type == GWLB_A_RULESET_GENERATION)
		state->rules = value;
	if (type == GWLB_A_RULESET_FLOWS)
		state->flows = value;
	if (type == GWLB_A_RULESET_CONFIRM)
		state->trial = value ?: 1;
}

/* That they are as they should be was seen by who read them. */
static void take(const void *attrs, size_t len, void *arg)
{
	struct reading *reading = arg;
	const struct nlattr *attr = attrs;
	size_t step;
	uint32_t type;

	for (; len >= NLA_HDRLEN; len -= step, attr = (const void *)
				  ((const char *)attr + step)) {
		step = NLA_ALIGN(attr->nla_len);
		step = step < len ? step : len;
		type = attr->nla_type & NLA_TYPE_MASK;
		if (attr->nla_len >= NLA_HDRLEN + sizeof(uint32_t))
			note(reading->part, type, attr + 1, reading->state);
		if (reading->part->moving >> type & 1)
			continue;
		digest(&reading->state->all, attr, attr->nla_len);
		if (type != reading->part->generation)
			digest(&reading->state->meaning, attr, attr->nla_len);
	}
}

/**
 * state_read() - read all that there is
 * @talk: a conversation of somebody who may
 * @state: gets it
 *
 * Return: NULL, or what went wrong
 */
const char *state_read(struct talk *talk, struct state *state)
{
	struct message msg = { .version = GWLB_GENL_VERSION };
	struct reading reading = { .state = state };
	struct answer answer;
	uint8_t bytes[64];
	unsigned int i;
	size_t len;

	memset(state, 0, sizeof(*state));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		reading.part = &parts[i];
		msg.cmd = parts[i].cmd;
		msg.flags = NLM_F_REQUEST |
			    (parts[i].dump ? NLM_F_DUMP : NLM_F_ACK);
		digest(&state->all, &msg.cmd, sizeof(msg.cmd));
		len = message_bytes(&msg, talk->family, bytes, sizeof(bytes));
		talk_ask(talk, bytes, len, &answer, take, &reading);
		if (answer.wrong)
			return answer.wrong;
		if (answer.outcome != ACCEPTED)
			return "the state cannot be read";
	}
	return NULL;
}

/**
 * state_same() - is everything as it was?
 * @a: what there is
 * @b: what there was
 *
 * Return: true if so; how many flows there are, and how long a trial still
 *	   takes, do not matter
 */
bool state_same(const struct state *a, const struct state *b)
{
	return a->all == b->all && !a->trial == !b->trial;
}
