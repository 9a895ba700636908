/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * index_build: what the parts of the index know of each other while it is
 * made; nobody else needs it. See index.c.
 */
#ifndef _GWLB_INDEX_BUILD_H
#define _GWLB_INDEX_BUILD_H

#include <linux/types.h>

#include "index.h"

struct gwlb_condition;
struct gwlb_rule;

/* Numbers of a packet */
enum axis {
	AXIS_SOURCE,
	AXIS_DESTINATION = AXIS_SOURCE + 4,
	AXIS_ENDPOINT = AXIS_DESTINATION + 4,
	AXIS_GROUP = AXIS_ENDPOINT + 2,
	AXIS_NODE,
	AXIS_PROTOCOL,
	AXIS_SOURCE_PORT,
	AXIS_DESTINATION_PORT,
	AXIS_ICMP,
	AXIS_FAMILY,
	AXIS_DIRECTION,
	AXES,
	/* No number, but a leaf */
	AXIS_NONE = 31,
};

/* No gate is this one. */
#define NO_GATE		GWLB_INDEX_GATES

/**
 * struct span - where a box reaches on an axis
 * @first: the lowest number
 * @last: the highest
 */
struct span {
	u32 first;
	u32 last;
};

#define EVERYTHING	((struct span){ 0, U32_MAX })

/**
 * struct frame - a node that is still to be made
 * @first: where its boxes begin in the list
 * @n: how many they are
 * @copies: how many more there may be below it
 * @depth: how far it is from the root
 * @parent: the node whose @next it is, if it is not the root
 * @columns: bit of each axis that is used on which its boxes may differ
 * @cell: where the packets are that come here, by axis that is used
 */
struct frame {
	u32 first;
	u32 n;
	u32 copies;
	u32 depth;
	u32 parent;
	u32 columns;
	struct span cell[AXES];
};

/**
 * struct gate - conditions that are the same
 * @condition: one of them
 * @n: how many there are
 */
struct gate {
	const struct gwlb_condition *condition;
	u32 n;
};

/**
 * struct builder - an index that is being made
 * @index: the index
 * @rules: the rules
 * @n_rules: how many
 * @max_values: rules whose longest list is longer are one box
 * @n_boxes: how many boxes
 * @n_columns: how many axes are used
 * @axes: which ones
 * @used: the same as bits
 * @spans: of each box its span on each axis that is used
 * @rule_of: the rule of each box
 * @gate_of: the gate of each box, or NO_GATE
 * @spilled: whether a box is left to the next tree
 * @list: boxes of nodes; a node to be made is at the end
 * @spare: room for the boxes of one node
 * @copies: how many more copies of boxes there may be
 * @max_nodes: how many nodes there is room for
 * @max_numbers: how many numbers
 * @frames: nodes to be made, the next one at the end
 * @n_frames: how many
 * @gates: the gates
 * @n_gates: how many
 * @may_spill: there will be a next tree if need be
 */
struct builder {
	struct gwlb_index *index;
	const struct gwlb_rule *rules;
	u32 n_rules;
	u32 max_values;
	u32 n_boxes;
	u32 n_columns;
	u8 axes[AXES];
	u32 used;
	struct span *spans;
	u16 *rule_of;
	u8 *gate_of;
	bool *spilled;
	u32 *list;
	u32 *spare;
	u32 copies;
	u32 max_nodes;
	u32 max_numbers;
	struct frame frames[GWLB_INDEX_DEPTH + 1];
	u32 n_frames;
	struct gate gates[GWLB_INDEX_GATES];
	u32 n_gates;
	bool may_spill;
};

/**
 * struct split - a bound
 * @column: on which axis that is used; numbers below the bound are on one
 *	side, all others on the other
 * @bound: the bound
 * @n: of so many boxes, all or samples,
 * @below: so many reach below it
 * @above: and so many not only below it
 * @cost: how many rules are asked afterwards, in 1 / 1024
 */
struct split {
	u32 column;
	u32 bound;
	u32 n;
	u32 below;
	u32 above;
	u32 cost;
};

/* What becomes of boxes that are on both sides */
enum both {
	BOTH_NOT,
	BOTH_COPIED,
	BOTH_SPILLED,
};

static inline u32 split_both(const struct split *split)
{
	return split->below + split->above - split->n;
}

/* What a split costs of the copies: an empty leaf is as much as one. */
static inline u32 split_copies(const struct split *split)
{
	return split_both(split) + (!split->below || !split->above);
}

void gwlb_index_plan(struct builder *b);
void gwlb_index_store_boxes(struct builder *b);
enum both gwlb_index_split(const struct builder *b, struct frame *frame,
			   struct split *split);

#endif /* _GWLB_INDEX_BUILD_H */
