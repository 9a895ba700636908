/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * known: matches of rules that were read already. Most rules have some that
 * others have, too: these are read once, and share their values. Knows no
 * ruleset, only attributes and what somebody else made of them.
 */
#ifndef _GWLB_KNOWN_H
#define _GWLB_KNOWN_H

#include <linux/types.h>

struct gwlb_condition;
struct nlattr;

/**
 * struct gwlb_known_match - a match that was read
 * @match: the match, as it is kept; NULL if this place is free
 * @condition: what it became
 */
struct gwlb_known_match {
	const struct nlattr *match;
	const struct gwlb_condition *condition;
};

/**
 * struct gwlb_known - matches that were read, a hash table without chains
 * @places: for one match each
 * @bits: there are 1 << @bits of them, more than enough
 * @seed: of the hash, so that nobody can choose matches that are in each
 *	other's way
 */
struct gwlb_known {
	struct gwlb_known_match *places;
	u32 bits;
	u32 seed;
};

int gwlb_known_init(struct gwlb_known *known, u32 n);
void gwlb_known_free(struct gwlb_known *known);
struct gwlb_known_match *gwlb_known_place(const struct gwlb_known *known,
					  const struct nlattr *match);

#endif /* _GWLB_KNOWN_H */
