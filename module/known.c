// SPDX-License-Identifier: GPL-2.0-only
/*
 * known: matches of rules that were read already. See known.h.
 */
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "known.h"

/**
 * gwlb_known_init() - make room
 * @known: gets it
 * @n: for so many matches at most
 *
 * Context: process, may sleep
 * Return: 0 or -ENOMEM
 */
int gwlb_known_init(struct gwlb_known *known, u32 n)
{
	known->seed = get_random_u32();
	known->bits = order_base_2(n + 2);
	known->places = kvcalloc(1UL << known->bits, sizeof(*known->places),
				 GFP_KERNEL_ACCOUNT);
	return known->places ? 0 : -ENOMEM;
}

/**
 * gwlb_known_free() - forget all matches
 * @known: what has them, or all 0
 *
 * Context: process, may sleep
 */
void gwlb_known_free(struct gwlb_known *known)
{
	kvfree(known->places);
}

/**
 * gwlb_known_place() - where a match is, or else will be
 * @known: the matches
 * @match: the match, byte for byte as it is kept
 *
 * Return: the place; if it is free, the match is not known
 */
struct gwlb_known_match *gwlb_known_place(const struct gwlb_known *known,
					  const struct nlattr *match)
{
	u32 mask = (1U << known->bits) - 1;
	u32 place = hash_32(jhash(match, match->nla_len, known->seed),
			    known->bits);
	const struct nlattr *other;

	/* There is always a free place that ends this. */
	for (;; place = (place + 1) & mask) {
		other = known->places[place].match;
		if (!other || (other->nla_len == match->nla_len &&
			       !memcmp(other, match, match->nla_len)))
			return &known->places[place];
	}
}
