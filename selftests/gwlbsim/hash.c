// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns one keyed 64-bit hash. Pure: touches nothing but its arguments.
 *
 * It is read over every packet twice (sent, returned), so it takes eight
 * bytes a step. It is no cryptographic hash; the seed only keeps the
 * appliance under test from meeting the same collisions in every run.
 */
#include <string.h>

#include "hash.h"

#define HASH_STEP	0x9e3779b97f4a7c15ULL
#define HASH_MIX	0xd6e8feb86659fd93ULL

/* Twice: after one round, hashes of addresses in one subnet are alike. */
static __u64 mix(__u64 h)
{
	h ^= h >> 32;
	h *= HASH_MIX;
	h ^= h >> 32;
	h *= HASH_MIX;
	h ^= h >> 32;
	return h;
}

/**
 * hash_bytes() - hash a byte string
 * @seed: key of this table
 * @data: the bytes
 * @len: how many
 *
 * Return: a 64-bit value, all bits of it usable.
 */
__u64 hash_bytes(__u64 seed, const void *data, size_t len)
{
	const __u8 *p = data;
	__u64 h = seed ^ (len * HASH_STEP);
	__u64 word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * HASH_STEP;
		h ^= h >> 32;
	}
	if (len) {
		word = 0;
		memcpy(&word, p, len);
		h = (h ^ word) * HASH_STEP;
		h ^= h >> 32;
	}
	return mix(h);
}
