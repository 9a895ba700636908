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
 * end. A rule with several values of a field is as many boxes; one with lists
 * of several fields is a box for each combination if these are few, or else
 * for each value of the longest.
 *
 * A box that reaches over a bound is in both halves, which costs memory. Rules
 * of different kinds, such as those with sources and those with ports only,
 * would be in most leaves of each other. So where too many reach over a bound
 * they are left to the next tree, which then finds other bounds. A packet is
 * looked for in each of a few trees, and the lists found are read as one.
 *
 * Sets change without a new index, so that no tree knows what is in them. But
 * rules that want the packet in the same set are in a tree of their own, whose
 * gate is that condition: it is asked first, once for all these rules, and of
 * most packets keeps the tree out. There are gates for the conditions that
 * most rules have.
 *
 * A set may change between the gate and the rules behind it, which ask it
 * again. Each of the two is a look at the set at some time while the packet is
 * asked about, and the rule applies if both find the packet in it: a rule that
 * is right before and after the change is found, one that is right before or
 * after it may be found or not, and one that is neither is not. The order of
 * those found is that of the rules as always. If a packet is moved from a set
 * to another one, it may happen that it is seen in none, which can happen as
 * well where one rule is asked after the other. It does not last: whoever asks
 * has read the generation before, and a change makes a new one, so that the
 * next packet of the flow asks again.
 *
 * What it costs, for n rules of one box each:
 *  - to find: GWLB_INDEX_STEPS steps and GWLB_INDEX_GATES looks at sets at
 *    most; usually little more than log2(n) steps for the first tree, few for
 *    the others, and of the gates those there are.
 *  - to ask: the rules of one leaf of each tree. These are few, whatever n is,
 *    where rules differ in addresses, ports, protocols, ICMP types, endpoints,
 *    groups, nodes, IP versions, directions or one of the sets that have a
 *    gate. In the worst case they are all n rules: if rules differ only in
 *    what an index cannot tell, which is other sets, inverted matches, TCP
 *    flags, connection states, parts of packets and values of long lists that
 *    are not the longest of their rule.
 *  - memory: there are 1 + COPIES leaves and numbers in them for a box at most,
 *    on average; a number has 2 bytes, a leaf 16. So no more than 54 bytes,
 *    mostly 20.
 *  - to make: time grows as n * log2(n), as the depth of trees is limited and
 *    bounds are chosen by few samples; memory for the time being is 8 bytes
 *    for each box and axis that is used, and 31 bytes for each box.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "array.h"
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
/* A rule with several lists is no more boxes than this or the longest list. */
#define FEW_BOXES	16U
/* Rules with many values are one box each if all would be more boxes. */
#define MAX_BOXES	262144
/* No node is this one. */
#define NO_PARENT	U32_MAX
/* No gate is this one. */
#define NO_GATE		GWLB_INDEX_GATES
/* At first there is room for so many nodes and numbers. */
#define ROOM_MIN	64
/* So few rules are not worth a gate. */
#define GATE_MIN	4

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
 * Context: any; RCU read side, for sets
 */
void gwlb_index_find(const struct gwlb_index *index,
		     const struct gwlb_subject *s, struct gwlb_candidates *c)
{
	const struct gwlb_index_tree *tree;
	const struct gwlb_index_node *node;
	u32 number[AXES], i;

	numbers_of(s, number);
	c->n = 0;
	for (i = 0; i < index->n_trees; i++) {
		tree = &index->trees[i];
		if (tree->gate && !gwlb_condition_holds(tree->gate, s))
			continue;
		node = &index->nodes[tree->root];
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
 * struct cuts - how a rule is cut into boxes
 * @lists: its lists, each value of which makes a box with each of the others
 * @n: how many lists
 * @n_boxes: how many boxes
 */
struct cuts {
	const struct gwlb_condition *lists[GWLB_FIELDS];
	u32 n;
	u32 n_boxes;
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

/* Gates: which sets are asked about first */

static bool is_gate(const struct gwlb_condition *c)
{
	return c->n_values == 1 && c->values[0].type == GWLB_VALUE_SET;
}

/* The gate that is the same as a condition, or n_gates */
static u32 find_gate(const struct builder *b, const struct gwlb_condition *c)
{
	const struct gwlb_condition *gate;
	u32 i;

	for (i = 0; i < b->n_gates; i++) {
		gate = b->gates[i].condition;
		if (gate->field == c->field && gate->invert == c->invert &&
		    gate->values[0].set == c->values[0].set)
			break;
	}
	return i;
}

static void drop_gates(struct builder *b, u32 min)
{
	u32 i, n = 0;

	for (i = 0; i < b->n_gates; i++)
		if (b->gates[i].n >= min)
			b->gates[n++] = b->gates[i];
	b->n_gates = n;
}

/* If there is no room for one more, each that is there loses one, and so does
 * the new one. So one that is more than a part of all, of which there would
 * be one more than fit, is there in the end.
 */
static void note_gate(struct builder *b, const struct gwlb_condition *c)
{
	u32 i, gate = find_gate(b, c);

	if (gate < b->n_gates) {
		b->gates[gate].n++;
	} else if (b->n_gates < GWLB_INDEX_GATES) {
		b->gates[b->n_gates++] = (struct gate){ c, 1 };
	} else {
		for (i = 0; i < b->n_gates; i++)
			b->gates[i].n--;
		drop_gates(b, 1);
	}
}

static void count_gate(struct builder *b, const struct gwlb_condition *c)
{
	u32 gate = find_gate(b, c);

	if (gate < b->n_gates)
		b->gates[gate].n++;
}

static void visit_gates(struct builder *b,
			void (*visit)(struct builder *b,
				      const struct gwlb_condition *c))
{
	const struct gwlb_rule *rule;
	u32 i, k;

	for (i = 0; i < b->n_rules; i++) {
		rule = &b->rules[i];
		for (k = 0; k < rule->n_conditions; k++)
			if (is_gate(&rule->conditions[k]))
				visit(b, &rule->conditions[k]);
		cond_resched();
	}
}

static void choose_gates(struct builder *b)
{
	u32 i;

	visit_gates(b, note_gate);
	for (i = 0; i < b->n_gates; i++)
		b->gates[i].n = 0;
	visit_gates(b, count_gate);
	drop_gates(b, GATE_MIN);
}

/* Of a rule's gates one that is not inverted, as few packets pass it */
static u32 gate_of_rule(const struct builder *b, const struct gwlb_rule *rule)
{
	u32 i, gate, found = NO_GATE;

	for (i = 0; i < rule->n_conditions; i++) {
		if (!is_gate(&rule->conditions[i]))
			continue;
		gate = find_gate(b, &rule->conditions[i]);
		if (gate == b->n_gates)
			continue;
		found = gate;
		if (!rule->conditions[i].invert)
			break;
	}
	return found;
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

/* Is a condition a list of values that may be a box each? Protocols are few
 * and near each other, so that one box around them is as good.
 */
static bool is_list(const struct gwlb_condition *c)
{
	return c->n_values > 1 && c->field != GWLB_FIELD_PROTOCOL &&
	       is_bounded(c);
}

/* The longest list, or NULL; of all that are too long there is none. */
static const struct gwlb_condition *longest(const struct builder *b,
					    const struct gwlb_rule *rule)
{
	const struct gwlb_condition *c, *found = NULL;
	u32 i, n = 1;

	for (i = 0; i < rule->n_conditions; i++) {
		c = &rule->conditions[i];
		if (c->n_values > n && is_list(c)) {
			n = c->n_values;
			found = c;
		}
	}
	return n <= b->max_values ? found : NULL;
}

/* Into which boxes a rule is cut: one for each value of the longest list, and
 * of these one for each value of the others, as long as all are few.
 */
static void choose_cuts(const struct builder *b, const struct gwlb_rule *rule,
			struct cuts *cuts)
{
	u32 i, n, max = min(b->max_values, FEW_BOXES);
	const struct gwlb_condition *c = longest(b, rule);

	cuts->n = 0;
	cuts->n_boxes = 1;
	if (!c)
		return;
	cuts->lists[cuts->n++] = c;
	cuts->n_boxes = c->n_values;
	for (i = 0; i < rule->n_conditions; i++) {
		c = &rule->conditions[i];
		n = cuts->n_boxes * c->n_values;
		if (c == cuts->lists[0] || !is_list(c) || n > max)
			continue;
		cuts->lists[cuts->n++] = c;
		cuts->n_boxes = n;
	}
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

/* Makes of the box around all the one of a number below n_boxes. */
static void cut_box(const struct cuts *cuts, u32 number, struct span *box)
{
	const struct gwlb_condition *c;
	u32 i;

	for (i = 0; i < cuts->n; i++) {
		c = cuts->lists[i];
		bound_box(box, c, &c->values[number % c->n_values], 1);
		number /= c->n_values;
	}
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
	struct span box[AXES];
	struct cuts cuts;
	u32 i, k;

	b->n_boxes = 0;
	for (i = 0; i < b->n_rules; i++) {
		cond_resched();
		if (!rule_box(&b->rules[i], box))
			continue;
		choose_cuts(b, &b->rules[i], &cuts);
		b->n_boxes += cuts.n_boxes;
		for (k = 0; k < cuts.n_boxes; k++) {
			cut_box(&cuts, k, box);
			note_axes(b, box);
		}
	}
}

static void store_box(struct builder *b, u32 rule, u32 gate,
		      const struct span *box)
{
	struct span *spans = &b->spans[b->n_boxes * b->n_columns];
	u32 i;

	for (i = 0; i < b->n_columns; i++)
		spans[i] = box[b->axes[i]];
	b->gate_of[b->n_boxes] = gate;
	b->rule_of[b->n_boxes++] = rule;
}

static void store_boxes(struct builder *b)
{
	struct span box[AXES];
	struct cuts cuts;
	u32 i, k, gate;

	b->n_boxes = 0;
	for (i = 0; i < b->n_rules; i++) {
		cond_resched();
		if (!rule_box(&b->rules[i], box))
			continue;
		choose_cuts(b, &b->rules[i], &cuts);
		gate = gate_of_rule(b, &b->rules[i]);
		for (k = 0; k < cuts.n_boxes; k++) {
			cut_box(&cuts, k, box);
			store_box(b, i, gate, box);
		}
	}
}

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

/* Where to halve */

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

static u32 split_both(const struct split *split)
{
	return split->below + split->above - split->n;
}

/* What a split costs of the copies: an empty leaf is as much as one. */
static u32 split_copies(const struct split *split)
{
	return split_both(split) + (!split->below || !split->above);
}

/* A few are copied. More are copied only where nothing else can be done: in
 * small nodes, and where there is no next tree. What is spilled costs all
 * packets a look at another tree, so something has to remain; but the root does
 * not mind, as what remains there is what all the others have nothing to do
 * with.
 */
static enum both decide_both(const struct builder *b,
			     const struct frame *frame,
			     const struct split *split)
{
	bool spill = b->may_spill && frame->n > SPILL_MIN;
	u32 n = split->n, both = split_both(split);
	u32 copies = split_copies(split) * DIV_ROUND_UP(frame->n, n);

	if (copies <= frame->copies && (both <= n / 8 || !spill))
		return BOTH_COPIED;
	if (spill && (n - both >= n / 8 || !frame->depth))
		return BOTH_SPILLED;
	return BOTH_NOT;
}

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

/* Packets are on a side as often as the side has rules; but one of eight is on
 * any, so that what has no rules at all is cut off where nothing is better.
 */
static void try_split(const struct builder *b, const struct frame *frame,
		      struct split *best, struct split split)
{
	u32 below = split.below, above = split.above, sum = below + above;

	split.cost = 7 * 128 * (below * below + above * above) / sum + 64 * sum;
	if (split.cost < best->cost &&
	    decide_both(b, frame, &split) != BOTH_NOT)
		*best = split;
}

/* All bounds that matter: where a box begins, and after one ends. */
static void try_column(const struct builder *b, const struct frame *frame,
		       struct split *best, u32 column, u32 *first, u32 *last,
		       u32 n)
{
	const struct span *cell = &frame->cell[column];
	struct split split = { .column = column, .n = n };
	u32 i, k;

	sort_few(first, n);
	sort_few(last, n);
	for (i = 0, k = 0; i < n; i++) {
		if (first[i] == (i ? first[i - 1] : cell->first))
			continue;
		while (last[k] < first[i])
			k++;
		split.bound = first[i];
		split.below = i;
		split.above = n - k;
		try_split(b, frame, best, split);
	}
	for (i = 0, k = 1; k <= n; k++) {
		if (last[k - 1] == (k < n ? last[k] : cell->last))
			continue;
		while (i < n && first[i] <= last[k - 1])
			i++;
		split.bound = last[k - 1] + 1;
		split.below = i;
		split.above = n - k;
		try_split(b, frame, best, split);
	}
}

/* The best bound; false if none makes it better. Only what boxes have of the
 * cell counts, or the same bound would be found again. Where all boxes have
 * all of it, so have those of the nodes below.
 */
static bool find_split(const struct builder *b, struct frame *frame,
		       struct split *best)
{
	u32 step = DIV_ROUND_UP(frame->n, SAMPLES), column, i, k;
	const u32 *list = &b->list[frame->first];
	const struct span *cell = frame->cell;
	u32 first[SAMPLES], last[SAMPLES];
	const struct span *span;
	bool differ;

	k = DIV_ROUND_UP(frame->n, step);
	best->cost = 1024 * k;
	for (column = 0; column < b->n_columns; column++) {
		if (!(frame->columns & 1U << column))
			continue;
		differ = false;
		for (i = 0; i < k; i++) {
			span = &b->spans[list[i * step] * b->n_columns +
					 column];
			first[i] = max(span->first, cell[column].first);
			last[i] = min(span->last, cell[column].last);
			differ |= first[i] != cell[column].first ||
				last[i] != cell[column].last;
		}
		if (differ)
			try_column(b, frame, best, column, first, last, k);
		else if (step == 1)
			frame->columns &= ~(1U << column);
	}
	return best->cost < 1024 * k;
}

/* How many boxes of a node reach below the bound, and how many not only */
static void count_sides(const struct builder *b, const struct frame *frame,
			struct split *split)
{
	const struct span *span;
	u32 i;

	split->n = frame->n;
	split->below = 0;
	split->above = 0;
	for (i = 0; i < frame->n; i++) {
		span = &b->spans[b->list[frame->first + i] * b->n_columns +
				 split->column];
		split->below += span->first < split->bound;
		split->above += span->last >= split->bound;
	}
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
	if (rules > LEAF_RULES && frame.depth < GWLB_INDEX_DEPTH &&
	    find_split(b, &frame, &split)) {
		if (split.n < frame.n)
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
		b->frames[0].cell[i] = everything;
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

static void plan(struct builder *b)
{
	u32 i;

	choose_gates(b);
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
	b->gate_of = kvmalloc_array(n, sizeof(*b->gate_of), GFP_KERNEL);
	b->spilled = kvmalloc_array(n, sizeof(*b->spilled), GFP_KERNEL);
	b->list = kvmalloc_array(n + b->copies, sizeof(*b->list), GFP_KERNEL);
	b->spare = kvmalloc_array(n, sizeof(*b->spare), GFP_KERNEL);
	return b->spans && b->rule_of && b->gate_of && b->spilled && b->list &&
	       b->spare ? 0 : -ENOMEM;
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
