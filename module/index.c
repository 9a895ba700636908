// SPDX-License-Identifier: GPL-2.0-only
/*
 * index: which few rules may apply to a packet at all? See index.h.
 *
 * A packet is a point: its addresses, ports and so on are numbers of 32 bits
 * on as many axes. A rule is a box around all points it may apply to. A binary
 * tree halves the space again and again, and each leaf lists the rules whose
 * boxes reach into its part, in order. So a packet walks down to one leaf, and
 * only that leaf's rules are asked, in full and as ever. A box may be larger
 * than what the rule applies to, never smaller: where a rule has no numbers
 * (sets, which change, inverted matches, flags, states) it reaches from end to
 * end. A rule with several values of a field is as many boxes.
 *
 * A box that reaches over a bound is in both halves, which costs memory. Rules
 * of different kinds, such as those with sources and those with ports only,
 * would be in most leaves of each other. So where too many reach over a bound
 * they are left to the next tree, which then finds other bounds. A packet is
 * looked for in each of a few trees, and the lists found are read as one.
 *
 * What it costs, for n rules of one box each:
 *  - to find: GWLB_INDEX_STEPS steps at most; usually log2(n) for the first
 *    tree, and few for the others.
 *  - to ask: the rules of one leaf of each tree. These are few, whatever n is,
 *    where rules differ in addresses, ports, protocols, ICMP types, endpoints,
 *    groups, nodes, IP versions or directions. In the worst case they are all
 *    n rules: if rules differ only in what an index cannot tell, which is
 *    sets, inverted matches, TCP flags, connection states, parts of packets
 *    and values of fields that are not the one with most values of its rule.
 *  - memory: a box is in 1 + COPIES leaves at most, on average; 2 bytes each,
 *    and 16 bytes for each leaf. So no more than 54 bytes, mostly 15.
 *  - to make: time grows as n * log2(n), as the depth of trees is limited and
 *    bounds are chosen by few samples; memory for the time being is 8 bytes
 *    for each box and axis that is used, and 30 bytes for each box.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "index.h"
#include "match.h"

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

/* So many rules are not worth a node. */
#define LEAF_RULES 3
/* So many boxes are not worth another tree. */
#define SPILL_MIN	32
/* Each box is in so many more leaves, on average over all */
#define COPIES		2
/* A bound is chosen by so many of the boxes, if there are more. */
#define SAMPLES		32
/* Rules with many values are one box each if all would be more boxes. */
#define MAX_BOXES	262144
/* No node is this one. */
#define NO_PARENT	U32_MAX
/* At first there is room for so many nodes and numbers. */
#define ROOM_MIN	64
/* How deep the first tree may be, and so any */
#define MAX_DEPTH	20

/* The first tree has most rules, so most steps are for it. */
static const u8 depths[GWLB_INDEX_TREES] = {
	MAX_DEPTH, 12, 8, 6, 6, 4, 4, 4
};

/**
 * struct extent - where a field is
 * @axis: its first axis
 * @words: how many axes it has; 0 if it has none
 */
struct extent {
	u8 axis;
	u8 words;
};

/* The number of a rule has 16 bits. */
static_assert((u16)(GWLB_MAX_RULES - 1) == GWLB_MAX_RULES - 1);

static const struct extent extents[GWLB_FIELDS] = {
	[GWLB_FIELD_ENDPOINT] = { AXIS_ENDPOINT, 2 },
	[GWLB_FIELD_GROUP] = { AXIS_GROUP, 1 },
	[GWLB_FIELD_NODE] = { AXIS_NODE, 1 },
	[GWLB_FIELD_SOURCE] = { AXIS_SOURCE, 4 },
	[GWLB_FIELD_DESTINATION] = { AXIS_DESTINATION, 4 },
	[GWLB_FIELD_PROTOCOL] = { AXIS_PROTOCOL, 1 },
	[GWLB_FIELD_SOURCE_PORT] = { AXIS_SOURCE_PORT, 1 },
	[GWLB_FIELD_DESTINATION_PORT] = { AXIS_DESTINATION_PORT, 1 },
	[GWLB_FIELD_ICMP] = { AXIS_ICMP, 1 },
	[GWLB_FIELD_ICMPV6] = { AXIS_ICMP, 1 },
};

/* Asking */

static void numbers_of(const struct gwlb_subject *s, u32 *number)
{
	u32 i;

	for (i = 0; i < 4; i++) {
		number[AXIS_SOURCE + i] = ntohl(s->src.ip6[i]);
		number[AXIS_DESTINATION + i] = ntohl(s->dst.ip6[i]);
	}
	number[AXIS_ENDPOINT] = s->endpoint >> 32;
	number[AXIS_ENDPOINT + 1] = s->endpoint;
	number[AXIS_GROUP] = s->group;
	number[AXIS_NODE] = ntohl(s->node);
	number[AXIS_PROTOCOL] = s->proto;
	number[AXIS_SOURCE_PORT] = ntohs(s->sport);
	number[AXIS_DESTINATION_PORT] = ntohs(s->dport);
	number[AXIS_ICMP] = s->icmp_type << 8 | s->icmp_code;
	number[AXIS_FAMILY] = s->family == NFPROTO_IPV4 ?
		GWLB_FAMILY_IPV4 : GWLB_FAMILY_IPV6;
	number[AXIS_DIRECTION] = s->direction;
}

/**
 * gwlb_index_find() - find the rules that may apply
 * @index: the index
 * @s: what the rules are asked about
 * @c: gets them
 *
 * Context: any
 */
void gwlb_index_find(const struct gwlb_index *index,
		     const struct gwlb_subject *s, struct gwlb_candidates *c)
{
	const struct gwlb_index_node *node;
	u32 number[AXES], i;

	numbers_of(s, number);
	c->n = 0;
	for (i = 0; i < index->n_trees; i++) {
		node = &index->nodes[index->roots[i]];
		while (node->axis != AXIS_NONE) {
			if (number[node->axis] < node->bound)
				node = &index->nodes[node->next];
			else
				node++;
		}
		if (!node->next)
			continue;
		c->next[c->n] = &index->numbers[node->bound];
		c->end[c->n] = c->next[c->n] + node->next;
		c->n++;
	}
}

/* Boxes */

/**
 * struct span - where a box reaches on an axis
 * @first: the lowest number
 * @last: the highest
 */
struct span {
	u32 first;
	u32 last;
};

static const struct span everything = { 0, U32_MAX };

/**
 * struct frame - a node that is still to be made
 * @first: where its boxes begin in the list
 * @n: how many they are
 * @copies: how many more there may be below it
 * @depth: how far it is from the root
 * @parent: the node whose @next it is, if it is not the root
 */
struct frame {
	u32 first;
	u32 n;
	u32 copies;
	u32 depth;
	u32 parent;
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
 * @spilled: whether a box is left to the next tree
 * @list: boxes of nodes; a node to be made is at the end
 * @spare: room for the boxes of one node
 * @copies: how many more copies of boxes there may be
 * @max_nodes: how many nodes there is room for
 * @max_numbers: how many numbers
 * @frames: nodes to be made, the next one at the end
 * @n_frames: how many
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
	bool *spilled;
	u32 *list;
	u32 *spare;
	u32 copies;
	u32 max_nodes;
	u32 max_numbers;
	struct frame frames[MAX_DEPTH + 1];
	u32 n_frames;
};

static struct span value_span(const struct gwlb_value *value, u32 word)
{
	const struct gwlb_prefix *prefix = &value->prefix;
	struct span span;
	u32 bits;

	switch (value->type) {
	case GWLB_VALUE_PREFIX:
		bits = prefix->len > 32 * word ? prefix->len - 32 * word : 0;
		span.first = ntohl(prefix->address.ip6[word]);
		span.last = span.first;
		if (bits < 32)
			span.last |= U32_MAX >> bits;
		return span;
	case GWLB_VALUE_RANGE:
		return (struct span){ value->range.first, value->range.last };
	case GWLB_VALUE_ID:
		span.first = word ? value->id : value->id >> 32;
		break;
	default:
		span.first = value->group;
	}
	span.last = span.first;
	return span;
}

/* Does a condition say where the rule's box ends? */
static bool is_bounded(const struct gwlb_condition *c)
{
	u32 i;

	if (!extents[c->field].words || c->invert)
		return false;
	for (i = 0; i < c->n_values; i++)
		if (c->values[i].type == GWLB_VALUE_SET)
			return false;
	return true;
}

/* The longest list of values, each of which is to be a box; NULL if none has
 * more than one, or all are too many
 */
static const struct gwlb_condition *longest(const struct builder *b,
					    const struct gwlb_rule *rule)
{
	const struct gwlb_condition *c, *found = NULL;
	u32 i, n = 1;

	for (i = 0; i < rule->n_conditions; i++) {
		c = &rule->conditions[i];
		if (c->n_values > n && is_bounded(c)) {
			n = c->n_values;
			found = c;
		}
	}
	return n <= b->max_values ? found : NULL;
}

/* A box ends where the lowest and the highest of @n values are. */
static void bound_box(struct span *box, const struct gwlb_condition *c,
		      const struct gwlb_value *values, u32 n)
{
	const struct extent *extent = &extents[c->field];
	struct span span, *all;
	u32 i, word;

	for (word = 0; word < extent->words; word++) {
		all = &box[extent->axis + word];
		*all = value_span(&values[0], word);
		for (i = 1; i < n; i++) {
			span = value_span(&values[i], word);
			all->first = min(all->first, span.first);
			all->last = max(all->last, span.last);
		}
	}
}

/* Of numbers 1 and 2 those whose bits are set; both are everything. */
static struct span flag_span(u8 bits)
{
	return (struct span){ bits & 1 ? 0 : 2, bits & 2 ? U32_MAX : 1 };
}

/* The box around all that a rule may apply to; false if that is nothing */
static bool rule_box(const struct gwlb_rule *rule, struct span *box)
{
	const struct gwlb_condition *c;
	u32 i;

	if (!rule->classes)
		return false;
	for (i = 0; i < AXES; i++)
		box[i] = everything;
	box[AXIS_FAMILY] = flag_span(gwlb_rule_families(rule));
	box[AXIS_DIRECTION] = flag_span(gwlb_rule_directions(rule));
	for (i = 0; i < rule->n_conditions; i++) {
		c = &rule->conditions[i];
		if (!is_bounded(c))
			continue;
		if (!c->n_values)
			return false;
		bound_box(box, c, c->values, c->n_values);
	}
	return true;
}

static void note_axes(struct builder *b, const struct span *box)
{
	u32 i;

	for (i = 0; i < AXES; i++)
		if (box[i].first || box[i].last != U32_MAX)
			b->used |= 1U << i;
}

/* How many boxes, and which axes they use */
static void survey(struct builder *b)
{
	const struct gwlb_condition *c;
	struct span box[AXES];
	u32 i, k;

	b->n_boxes = 0;
	for (i = 0; i < b->n_rules; i++) {
		cond_resched();
		if (!rule_box(&b->rules[i], box))
			continue;
		note_axes(b, box);
		c = longest(b, &b->rules[i]);
		b->n_boxes += c ? c->n_values : 1;
		for (k = 0; c && k < c->n_values; k++) {
			bound_box(box, c, &c->values[k], 1);
			note_axes(b, box);
		}
	}
}

static void store_box(struct builder *b, u32 rule, const struct span *box)
{
	struct span *spans = &b->spans[b->n_boxes * b->n_columns];
	u32 i;

	for (i = 0; i < b->n_columns; i++)
		spans[i] = box[b->axes[i]];
	b->rule_of[b->n_boxes++] = rule;
}

static void store_boxes(struct builder *b)
{
	const struct gwlb_condition *c;
	struct span box[AXES];
	u32 i, k;

	b->n_boxes = 0;
	for (i = 0; i < b->n_rules; i++) {
		cond_resched();
		if (!rule_box(&b->rules[i], box))
			continue;
		c = longest(b, &b->rules[i]);
		if (!c)
			store_box(b, i, box);
		for (k = 0; c && k < c->n_values; k++) {
			bound_box(box, c, &c->values[k], 1);
			store_box(b, i, box);
		}
	}
}

/* Room that is not known beforehand */

static void *resize(void *old, u32 used, u32 n, size_t size)
{
	void *new = kvmalloc_array(n, size, GFP_KERNEL_ACCOUNT);

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

/* Where to halve */

/**
 * struct split - a bound
 * @column: on which axis that is used; numbers below the bound are on one
 *	side, all others on the other
 * @bound: the bound
 * @below: how many samples reach below it
 * @above: how many reach not only below it
 * @cost: how many rules are asked afterwards, in 1 / 1024
 */
struct split {
	u32 column;
	u32 bound;
	u32 below;
	u32 above;
	u32 cost;
};

/* Insertion sort: it is for a few numbers, most of them in order. */
static void sort_few(u32 *numbers, u32 n)
{
	u32 i, k, number;

	for (i = 1; i < n; i++) {
		number = numbers[i];
		for (k = i; k && numbers[k - 1] > number; k--)
			numbers[k] = numbers[k - 1];
		numbers[k] = number;
	}
}

/* Who comes next to a packet is on a side as often as the side has rules. */
static void try_split(struct split *best, u32 column, u32 bound, u32 below,
		      u32 above)
{
	u32 cost = 1024 * (below * below + above * above) / (below + above);

	if (cost < best->cost)
		*best = (struct split){ column, bound, below, above, cost };
}

/* All bounds that matter: where a box begins, and after one ends. */
static void try_column(struct split *best, u32 column, u32 *first, u32 *last,
		       u32 n)
{
	u32 i, k;

	sort_few(first, n);
	sort_few(last, n);
	for (i = 1, k = 0; i < n; i++) {
		if (first[i] == first[i - 1])
			continue;
		while (last[k] < first[i])
			k++;
		try_split(best, column, first[i], i, n - k);
	}
	for (i = 0, k = 1; k < n; k++) {
		if (last[k] == last[k - 1])
			continue;
		while (i < n && first[i] <= last[k - 1])
			i++;
		try_split(best, column, last[k - 1] + 1, i, n - k);
	}
}

/* The best bound; false if none makes it better */
static bool find_split(const struct builder *b, const u32 *list, u32 n,
		       struct split *best)
{
	u32 step = DIV_ROUND_UP(n, SAMPLES), column, i, k;
	u32 first[SAMPLES], last[SAMPLES];
	const struct span *span;
	bool differ;

	k = DIV_ROUND_UP(n, step);
	best->cost = 1024 * k;
	for (column = 0; column < b->n_columns; column++) {
		differ = false;
		for (i = 0; i < k; i++) {
			span = &b->spans[list[i * step] * b->n_columns +
					 column];
			first[i] = span->first;
			last[i] = span->last;
			differ |= first[i] != first[0] || last[i] != last[0];
		}
		if (differ)
			try_column(best, column, first, last, k);
	}
	return best->cost < 1024 * k;
}

/* What becomes of boxes that are on both sides */
enum both {
	BOTH_NOT,
	BOTH_COPIED,
	BOTH_SPILLED,
};

/* How many boxes of a node reach below the bound, and how many not only */
static void count_sides(const struct builder *b, const struct frame *frame,
			struct split *split)
{
	const struct span *span;
	u32 i;

	split->below = 0;
	split->above = 0;
	for (i = 0; i < frame->n; i++) {
		span = &b->spans[b->list[frame->first + i] * b->n_columns +
				 split->column];
		split->below += span->first < split->bound;
		split->above += span->last >= split->bound;
	}
}

/* A few are copied. More are copied only where nothing else can be done: in
 * small nodes, and in the last tree. What is spilled costs all packets a look
 * at another tree, so something has to remain; but the root does not mind, as
 * what remains there is what all the others have nothing to do with.
 */
static enum both decide_both(const struct builder *b,
			     const struct frame *frame,
			     const struct split *split)
{
	u32 n = frame->n, both = split->below + split->above - n;
	bool spill = b->index->n_trees < GWLB_INDEX_TREES && n > SPILL_MIN;
	bool better = max(split->below, split->above) <= n - n / 16;

	if (both <= frame->copies && (both <= n / 8 || (better && !spill)))
		return BOTH_COPIED;
	if (spill && (n - both >= n / 8 || !frame->depth))
		return BOTH_SPILLED;
	return BOTH_NOT;
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

static int make_inner(struct builder *b, const struct frame *frame,
		      struct split *split, enum both both)
{
	struct gwlb_index *index = b->index;
	u32 n = frame->n, copies = frame->copies, share;
	struct gwlb_index_node *node;

	if (make_room(b, 0))
		return -ENOMEM;
	part_boxes(b, frame, split, both);
	if (both == BOTH_COPIED) {
		copies -= split->below + split->above - n;
		b->copies -= split->below + split->above - n;
	}
	share = div_u64((u64)copies * split->below,
			split->below + split->above);
	node = &index->nodes[index->n_nodes];
	node->axis = b->axes[split->column];
	node->bound = split->bound;
	b->frames[b->n_frames++] = (struct frame){
		.first = frame->first,
		.n = split->below,
		.copies = share,
		.depth = frame->depth + 1,
		.parent = index->n_nodes,
	};
	b->frames[b->n_frames++] = (struct frame){
		.first = frame->first + split->below,
		.n = split->above,
		.copies = copies - share,
		.depth = frame->depth + 1,
		.parent = NO_PARENT,
	};
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
	if (rules > LEAF_RULES && frame.depth < depths[b->index->n_trees - 1] &&
	    find_split(b, &b->list[frame.first], frame.n, &split)) {
		count_sides(b, &frame, &split);
		both = decide_both(b, &frame, &split);
	}
	if (both == BOTH_NOT)
		return make_leaf(b, &frame);
	return make_inner(b, &frame, &split, both);
}

/* @n: how many boxes of the list */
static int make_tree(struct builder *b, u32 n)
{
	struct gwlb_index *index = b->index;
	int err = 0;

	index->roots[index->n_trees++] = index->n_nodes;
	b->frames[0] = (struct frame){
		.n = n,
		.copies = min(b->copies, COPIES * n),
		.parent = NO_PARENT,
	};
	b->n_frames = 1;
	while (!err && b->n_frames) {
		err = make_node(b);
		cond_resched();
	}
	return err;
}

/* All boxes are spilled at first. */
static u32 take_spilled(struct builder *b)
{
	u32 i, n = 0;

	for (i = 0; i < b->n_boxes; i++) {
		if (b->spilled[i])
			b->list[n++] = i;
		b->spilled[i] = false;
	}
	return n;
}

static int make_trees(struct builder *b)
{
	struct gwlb_index *index = b->index;
	u32 n;
	int err;

	memset(b->spilled, true, b->n_boxes);
	for (n = take_spilled(b); n; n = take_spilled(b)) {
		err = make_tree(b, n);
		if (err)
			return err;
	}
	if (!index->n_nodes)
		return 0;
	err = resize_nodes(b, index->n_nodes);
	if (err)
		return err;
	return resize_numbers(b, max(index->n_numbers, 1U));
}

/* All of it */

static void plan(struct builder *b)
{
	u32 i;

	b->max_values = GWLB_MAX_VALUES;
	for (survey(b); b->n_boxes > MAX_BOXES; survey(b))
		b->max_values /= 2;
	for (i = 0; i < AXES; i++)
		if (b->used & 1U << i)
			b->axes[b->n_columns++] = i;
}

static int allocate(struct builder *b)
{
	u32 n = b->n_boxes;

	b->copies = COPIES * n;
	b->spans = kvmalloc_array(n, b->n_columns * sizeof(*b->spans),
				  GFP_KERNEL);
	b->rule_of = kvmalloc_array(n, sizeof(*b->rule_of), GFP_KERNEL);
	b->spilled = kvmalloc_array(n, sizeof(*b->spilled), GFP_KERNEL);
	b->list = kvmalloc_array(n + b->copies, sizeof(*b->list), GFP_KERNEL);
	b->spare = kvmalloc_array(n, sizeof(*b->spare), GFP_KERNEL);
	return b->spans && b->rule_of && b->spilled && b->list && b->spare ?
		0 : -ENOMEM;
}

static int build(struct builder *b)
{
	int err;

	plan(b);
	if (!b->n_boxes)
		return 0;
	err = allocate(b);
	if (!err) {
		store_boxes(b);
		err = make_trees(b);
	}
	kvfree(b->spans);
	kvfree(b->rule_of);
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
	struct builder *b = kzalloc(sizeof(*b), GFP_KERNEL);
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

/**
 * gwlb_index_free() - free what an index has
 * @index: the index, which nobody reads any more
 *
 * Context: process, may sleep
 */
void gwlb_index_free(struct gwlb_index *index)
{
	kvfree(index->nodes);
	kvfree(index->numbers);
}
