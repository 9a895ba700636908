// SPDX-License-Identifier: GPL-2.0-only
/*
 * index_build: how the index is made. See index.c.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "array.h"
#include "index.h"
#include "index_build.h"
#include "match.h"

/* So many rules are not worth a node. */
#define LEAF_RULES 3
/* Each box is in so many more leaves, on average over all */
#define COPIES		2
/* No node is this one. */
#define NO_PARENT	U32_MAX
/* At first there is room for so many nodes and numbers. */
#define ROOM_MIN	64

/* Room that is not known beforehand */

static void *resize(void *old, u32 used, u32 n, size_t size)
{
	void *new = gwlb_array(n, size);

	if (!new)
		return NULL;
	if (used)
		memcpy(new, old, used * size);
	kvfree(old);
	return new;
}

static int resize_nodes(struct builder *b, u32 n)
{
	struct gwlb_index *index = b->index;
	void *new = resize(index->nodes, index->n_nodes, n,
			   sizeof(*index->nodes));

	if (!new)
		return -ENOMEM;
	index->nodes = new;
	b->max_nodes = n;
	return 0;
}

static int resize_numbers(struct builder *b, u32 n)
{
	struct gwlb_index *index = b->index;
	void *new = resize(index->numbers, index->n_numbers, n,
			   sizeof(*index->numbers));

	if (!new)
		return -ENOMEM;
	index->numbers = new;
	b->max_numbers = n;
	return 0;
}

/* For one more node with so many numbers */
static int make_room(struct builder *b, u32 numbers)
{
	u32 need = b->index->n_numbers + numbers;

	if (b->index->n_nodes == b->max_nodes &&
	    resize_nodes(b, max(2 * b->max_nodes, (u32)ROOM_MIN)))
		return -ENOMEM;
	if (need > b->max_numbers &&
	    resize_numbers(b, max(2 * need, (u32)ROOM_MIN)))
		return -ENOMEM;
	return 0;
}

/* Making nodes */

static int make_leaf(struct builder *b, const struct frame *frame)
{
	struct gwlb_index *index = b->index;
	struct gwlb_index_node *node;
	u32 i, rule, first = index->n_numbers;

	if (make_room(b, frame->n))
		return -ENOMEM;
	for (i = 0; i < frame->n; i++) {
		rule = b->rule_of[b->list[frame->first + i]];
		if (index->n_numbers == first ||
		    index->numbers[index->n_numbers - 1] != rule)
			index->numbers[index->n_numbers++] = rule;
	}
	node = &index->nodes[index->n_nodes++];
	node->axis = AXIS_NONE;
	node->bound = first;
	node->next = index->n_numbers - first;
	/* Copies that were not needed here may be needed there. */
	if (b->n_frames)
		b->frames[b->n_frames - 1].copies += frame->copies;
	return 0;
}

/* Those below the bound stay where they are, the others come after them. */
static void part_boxes(struct builder *b, const struct frame *frame,
		       struct split *split, enum both both)
{
	u32 *list = &b->list[frame->first];
	const struct span *span;
	bool below, above;
	u32 i, box;

	split->below = 0;
	split->above = 0;
	for (i = 0; i < frame->n; i++) {
		box = list[i];
		span = &b->spans[box * b->n_columns + split->column];
		below = span->first < split->bound;
		above = span->last >= split->bound;
		if (below && above && both == BOTH_SPILLED) {
			b->spilled[box] = true;
			continue;
		}
		if (below)
			list[split->below++] = box;
		if (above)
			b->spare[split->above++] = box;
	}
	memcpy(list + split->below, b->spare, split->above * sizeof(*list));
}

static struct frame *push_frame(struct builder *b, const struct frame *parent)
{
	struct frame *frame = &b->frames[b->n_frames++];

	*frame = *parent;
	frame->depth++;
	return frame;
}

static int make_inner(struct builder *b, const struct frame *frame,
		      struct split *split, enum both both)
{
	struct gwlb_index *index = b->index;
	u32 copies = frame->copies, share;
	struct gwlb_index_node *node;
	struct frame *next;

	if (make_room(b, 0))
		return -ENOMEM;
	part_boxes(b, frame, split, both);
	if (both == BOTH_COPIED) {
		copies -= split_copies(split);
		b->copies -= split_copies(split);
	}
	share = div_u64((u64)copies * split->below,
			split->below + split->above);
	node = &index->nodes[index->n_nodes];
	node->axis = b->axes[split->column];
	node->bound = split->bound;
	next = push_frame(b, frame);
	next->n = split->below;
	next->copies = share;
	next->parent = index->n_nodes;
	next->cell[split->column].last = split->bound - 1;
	next = push_frame(b, frame);
	next->first += split->below;
	next->n = split->above;
	next->copies = copies - share;
	next->parent = NO_PARENT;
	next->cell[split->column].first = split->bound;
	index->n_nodes++;
	return 0;
}

/* What was spilled elsewhere meanwhile is dropped. Returns how many rules are
 * left, whose boxes are next to each other.
 */
static u32 drop_spilled(struct builder *b, struct frame *frame)
{
	u32 *list = &b->list[frame->first];
	u32 i, n = 0, rules = 0;

	for (i = 0; i < frame->n; i++) {
		if (b->spilled[list[i]])
			continue;
		rules += !n || b->rule_of[list[n - 1]] != b->rule_of[list[i]];
		list[n++] = list[i];
	}
	frame->n = n;
	return rules;
}

static int make_node(struct builder *b)
{
	struct frame frame = b->frames[--b->n_frames];
	u32 rules = drop_spilled(b, &frame);
	enum both both = BOTH_NOT;
	struct split split;

	if (frame.parent != NO_PARENT)
		b->index->nodes[frame.parent].next = b->index->n_nodes;
	if (rules > LEAF_RULES && frame.depth < GWLB_INDEX_DEPTH)
		both = gwlb_index_split(b, &frame, &split);
	if (both == BOTH_NOT)
		return make_leaf(b, &frame);
	return make_inner(b, &frame, &split, both);
}

/* @n: how many boxes of the list */
static int make_tree(struct builder *b, u32 n)
{
	struct gwlb_index *index = b->index;
	u32 i;
	int err = 0;

	index->trees[index->n_trees++].root = index->n_nodes;
	b->frames[0] = (struct frame){
		.n = n,
		.copies = b->copies / 2,
		.parent = NO_PARENT,
		.columns = U32_MAX,
	};
	for (i = 0; i < b->n_columns; i++)
		b->frames[0].cell[i] = EVERYTHING;
	b->n_frames = 1;
	while (!err && b->n_frames) {
		err = make_node(b);
		cond_resched();
	}
	return err;
}

/* All boxes are spilled at first. */
static u32 take_spilled(struct builder *b, u32 gate)
{
	u32 i, n = 0;

	for (i = 0; i < b->n_boxes; i++) {
		if (b->gate_of[i] != gate || !b->spilled[i])
			continue;
		b->list[n++] = i;
		b->spilled[i] = false;
	}
	return n;
}

static int make_open_trees(struct builder *b)
{
	u32 n, made = 0;
	int err = 0;

	for (n = take_spilled(b, NO_GATE); n && !err;
	     n = take_spilled(b, NO_GATE)) {
		b->may_spill = ++made < GWLB_INDEX_OPEN;
		err = make_tree(b, n);
	}
	return err;
}

static int make_gated_trees(struct builder *b)
{
	struct gwlb_index *index = b->index;
	u32 i, n;
	int err;

	b->may_spill = false;
	for (i = 0; i < b->n_gates; i++) {
		n = take_spilled(b, i);
		if (!n)
			continue;
		index->trees[index->n_trees].gate = b->gates[i].condition;
		err = make_tree(b, n);
		if (err)
			return err;
	}
	return 0;
}

static int make_trees(struct builder *b)
{
	struct gwlb_index *index = b->index;
	int err;

	memset(b->spilled, true, b->n_boxes);
	err = make_open_trees(b);
	if (!err)
		err = make_gated_trees(b);
	if (err)
		return err;
	err = resize_nodes(b, index->n_nodes);
	if (err)
		return err;
	return resize_numbers(b, max(index->n_numbers, 1U));
}

/* All of it */

static int allocate(struct builder *b)
{
	u32 n = b->n_boxes;

	b->copies = COPIES * n;
	b->spans = kvmalloc_array(n, b->n_columns * sizeof(*b->spans),
				  GFP_KERNEL_ACCOUNT);
	b->rule_of = kvmalloc_array(n, sizeof(*b->rule_of), GFP_KERNEL_ACCOUNT);
	b->gate_of = kvmalloc_array(n, sizeof(*b->gate_of), GFP_KERNEL_ACCOUNT);
	b->spilled = kvmalloc_array(n, sizeof(*b->spilled), GFP_KERNEL_ACCOUNT);
	b->list = kvmalloc_array(n + b->copies, sizeof(*b->list),
				 GFP_KERNEL_ACCOUNT);
	b->spare = kvmalloc_array(n, sizeof(*b->spare), GFP_KERNEL_ACCOUNT);
	return b->spans && b->rule_of && b->gate_of && b->spilled && b->list &&
	       b->spare ? 0 : -ENOMEM;
}

static int build(struct builder *b)
{
	int err;

	gwlb_index_plan(b);
	if (!b->n_boxes)
		return 0;
	err = allocate(b);
	if (!err) {
		gwlb_index_store_boxes(b);
		err = make_trees(b);
	}
	kvfree(b->spans);
	kvfree(b->rule_of);
	kvfree(b->gate_of);
	kvfree(b->spilled);
	kvfree(b->list);
	kvfree(b->spare);
	return err;
}

/**
 * gwlb_index_build() - make the index of a ruleset
 * @index: the index, all 0
 * @rules: the rules, each of them prepared
 * @n: how many, GWLB_MAX_RULES at most
 *
 * Context: process, may sleep
 * Return: 0 or -ENOMEM; whatever it is, @index is to be freed
 */
int gwlb_index_build(struct gwlb_index *index, const struct gwlb_rule *rules,
		     u32 n)
{
	struct builder *b = kzalloc(sizeof(*b), GFP_KERNEL_ACCOUNT);
	int err;

	if (!b)
		return -ENOMEM;
	b->index = index;
	b->rules = rules;
	b->n_rules = n;
	err = build(b);
	kfree(b);
	return err;
}

