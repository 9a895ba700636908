/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading numbers in network order, byte by byte. */
#ifndef _SHIM_LINUX_UNALIGNED_H
#define _SHIM_LINUX_UNALIGNED_H

#include <string.h>
#include <linux/types.h>

static inline u32 get_unaligned_be32(const void *at)
{
	const u8 *b = at;

	return (u32)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}

static inline u64 get_unaligned_be64(const void *at)
{
	return (u64)get_unaligned_be32(at) << 32 |
	       get_unaligned_be32((const u8 *)at + 4);
}

/* A number as it lies there */
#define get_unaligned(at) ({ \
	typeof(*(at) + 0) number; \
	memcpy(&number, at, sizeof(number)); \
	number; \
})

#endif /* _SHIM_LINUX_UNALIGNED_H */
