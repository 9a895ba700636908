/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as they are on the wire, at any address. */

#ifndef _GWLBCTL_BYTES_H
#define _GWLBCTL_BYTES_H

#include <linux/types.h>
#include <stddef.h>

static inline __u16 bytes_16(const __u8 *at)
{
	return (__u16)(at[0] << 8 | at[1]);
}

static inline __u32 bytes_32(const __u8 *at)
{
	return (__u32)bytes_16(at) << 16 | bytes_16(at + 2);
}

static inline __u64 bytes_64(const __u8 *at)
{
	return (__u64)bytes_32(at) << 32 | bytes_32(at + 4);
}

/* The Internet's checksum (RFC 1071) of @len bytes and of what was summed up
 * before: 0 if one was among them and is right.
 */
static inline __u16 bytes_sum(const __u8 *at, size_t len, __u32 sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += bytes_16(at + i);
	if (len % 2)
		sum += (__u32)at[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

#endif /* _GWLBCTL_BYTES_H */
