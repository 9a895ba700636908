/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * index: which few rules may apply to a packet at all? Owns the trees that
 * say so, which are made once for a ruleset. Like match.c it knows no skb, so
 * that the same source is tested and fuzzed in user space.
 */
#ifndef _GWLB_INDEX_H
#define _GWLB_INDEX_H

#include <linux/types.h>

struct gwlb_condition;
struct gwlb_rule;
struct gwlb_subject;

/* How many trees there are at most: those in which all packets are looked for,
 * and those behind a gate; how deep each may be, and all of them together
 */
#define GWLB_INDEX_OPEN		8
#define GWLB_INDEX_GATES	16
#define GWLB_INDEX_TREES	(GWLB_INDEX_OPEN + GWLB_INDEX_GATES)
#define GWLB_INDEX_DEPTH	24
#define GWLB_INDEX_STEPS	(GWLB_INDEX_DEPTH * GWLB_INDEX_TREES)

/* After the last rule */
#define GWLB_NO_RULE	U32_MAX

/**
 * struct gwlb_index_node - a node of a tree
 *
 * The one of a number not below the bound comes right after its parent.
 *
 * @bound: numbers below it go to @next; of a leaf, where in the numbers of
 *	the index its rules begin
 * @axis: which number of the packet is looked at, or that it is a leaf
 * @next: index of the other node; of a leaf, how many rules it has
 */
struct gwlb_index_node {
	u32 bound;
	u32 axis:5;
	u32 next:27;
};

/**
 * struct gwlb_index_tree - a tree
 * @gate: what must hold for any rule in it to apply, so that most packets need
 *	not be looked for; or NULL
 * @root: where in the nodes of the index it begins
 */
struct gwlb_index_tree {
	const struct gwlb_condition *gate;
	u32 root;
};

/**
 * struct gwlb_index - finds rules
 * @nodes: nodes of all trees
 * @numbers: rules of all leaves, in order in each
 * @n_nodes: how many nodes
 * @n_numbers: how many numbers
 * @trees: the trees
 * @n_trees: how many; a packet is looked for in each whose gate is open
 */
struct gwlb_index {
	struct gwlb_index_node *nodes;
	u16 *numbers;
	u32 n_nodes;
	u32 n_numbers;
	struct gwlb_index_tree trees[GWLB_INDEX_TREES];
	u32 n_trees;
};

/**
 * struct gwlb_candidates - rules that may apply to a packet
 * @next: in each list, the first that was not asked yet
 * @end: after the last one
 * @n: how many lists there are, none of them empty
 */
struct gwlb_candidates {
	const u16 *next[GWLB_INDEX_TREES];
	const u16 *end[GWLB_INDEX_TREES];
	u32 n;
};

/**
 * gwlb_candidates_next() - take the first rule from the lists
 * @c: the lists
 *
 * Context: any
 * Return: its number, higher than all that were taken before; or GWLB_NO_RULE
 */
static inline u32 gwlb_candidates_next(struct gwlb_candidates *c)
{
	u32 i, first = GWLB_NO_RULE;

	for (i = 0; i < c->n; i++)
		if (*c->next[i] < first)
			first = *c->next[i];
	for (i = 0; i < c->n; i++) {
		if (*c->next[i] != first || ++c->next[i] < c->end[i])
			continue;
		/* The last list takes the place of one that is used up. */
		c->n--;
		c->next[i] = c->next[c->n];
		c->end[i] = c->end[c->n];
		i--;
	}
	return first;
}

int gwlb_index_build(struct gwlb_index *index, const struct gwlb_rule *rules,
		     u32 n);
void gwlb_index_free(struct gwlb_index *index);
void gwlb_index_find(const struct gwlb_index *index,
		     const struct gwlb_subject *s, struct gwlb_candidates *c);

#endif /* _GWLB_INDEX_H */
