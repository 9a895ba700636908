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
 *
 * Here is asked. Boxes are made in index_boxes.c, bounds are chosen in
 * index_split.c, trees are made in index_build.c.
 */
#include <linux/mm.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#include "index.h"
#include "index_build.h"
#include "match.h"

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
