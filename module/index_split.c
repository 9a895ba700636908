// SPDX-License-Identifier: GPL-2.0-only
/*
 * index_split: where a node of the index is halved best. See index.c.
 */
#include <linux/kernel.h>

#include "index_build.h"

/* So many boxes are not worth another tree. */
#define SPILL_MIN	32
/* A bound is chosen by so many of the boxes, if there are more. */
#define SAMPLES		16
/* For each box, the cost of a bound with half of them on each side, and one
 * sixteenth more: nothing is much better, so nothing else is tried.
 */
#define GOOD_COST	(512 + 32)

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
	for (column = 0; column < b->n_columns && best->cost > GOOD_COST * k;
	     column++) {
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

/**
 * gwlb_index_split() - choose how a node is halved
 * @b: the index that is being made
 * @frame: the node
 * @split: gets the bound
 *
 * Context: any
 * Return: what becomes of boxes on both sides; BOTH_NOT if it is not halved
 */
enum both gwlb_index_split(const struct builder *b, struct frame *frame,
			   struct split *split)
{
	if (!find_split(b, frame, split))
		return BOTH_NOT;
	if (split->n < frame->n)
		count_sides(b, frame, split);
	return decide_both(b, frame, split);
}
