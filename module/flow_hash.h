/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flow_hash: what a flow's place in the table is found by.
 *
 * Two steps. The first is multilinear: two keys have the same sum no more often
 * than chance has it, whoever chose them, as the secret is random (Lemire and
 * Kaser, 2014). That is said of pairs only. Keys that come one after the other,
 * as the ports of a client's connections do, have sums in equal steps, and one
 * secret in a hundred makes such steps as lead to the same few places again and
 * again. So the second step spreads what is in equal steps.
 */
#ifndef _GWLB_FLOW_HASH_H
#define _GWLB_FLOW_HASH_H

#include <linux/hash.h>
#include <linux/types.h>

/* What keys are hashed with: one word for each half word of a key. */
#define GWLB_FLOW_SECRETS	12

static __always_inline u64 gwlb_flow_mix(const u64 *secret, u32 a, u32 b)
{
	return (secret[0] + a) * (secret[1] + b);
}

/* The part that all keys have, and all that IPv4 has */
static __always_inline u64 gwlb_flow_sum(const u64 *secret, u64 zone, u32 ports,
					 u32 kind, u32 low, u32 high)
{
	return gwlb_flow_mix(secret, low, high) +
		gwlb_flow_mix(secret + 2, ports, kind) +
		gwlb_flow_mix(secret + 4, (u32)zone, zone >> 32);
}

/* The upper half has all bits of a sum in it, so it goes into the lower one,
 * and by the multiplication into what is taken.
 */
static __always_inline u32 gwlb_flow_spread(u64 sum)
{
	return hash_64(sum ^ sum >> 32, 32);
}

#endif /* _GWLB_FLOW_HASH_H */
