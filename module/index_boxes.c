// SPDX-License-Identifier: GPL-2.0-only
/*
 * index_boxes: from rules to boxes, and to the gates behind which they are.
 * See index.c.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <asm/byteorder.h>

#include "index_build.h"
#include "match.h"

/* A rule with several lists is no more boxes than this or the longest list. */
#define FEW_BOXES	16U
/* Rules with many values are one box each if all would be more boxes. */
#define MAX_BOXES	262144
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
		box[i] = EVERYTHING;
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

/**
 * gwlb_index_store_boxes() - make the boxes
 * @b: the index that is being made, planned, with room for them
 *
 * Context: process, may sleep
 */
void gwlb_index_store_boxes(struct builder *b)
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

/**
 * gwlb_index_plan() - choose gates, and see how many boxes there will be
 * @b: the index that is being made
 *
 * Context: process, may sleep
 */
void gwlb_index_plan(struct builder *b)
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
