/* SPDX-License-Identifier: GPL-2.0-only */
/* The highest bits. The kernel multiplies first; what says nothing of how good
 * a hash is does without.
 */
#ifndef _SHIM_LINUX_HASH_H
#define _SHIM_LINUX_HASH_H

#include <linux/types.h>

static inline u32 hash_32(u32 value, unsigned int bits)
{
	return value >> (32 - bits);
}

/* include/linux/hash.h: by the golden ratio, as that spreads best */
static inline u32 hash_64(u64 value, unsigned int bits)
{
	return value * 0x61c8864680b583ebULL >> (64 - bits);
}

#endif /* _SHIM_LINUX_HASH_H */
