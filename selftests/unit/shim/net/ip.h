/* SPDX-License-Identifier: GPL-2.0-only */
/* What module/parse.c uses of the kernel's IPv4. */
#ifndef _SHIM_NET_IP_H
#define _SHIM_NET_IP_H

#include <linux/types.h>

#define IP_MF		0x2000
#define IP_OFFSET	0x1fff
#define IP_MAX_MTU	0xffffU

/* 0 if the checksum of a header of @ihl words is right (RFC 791). */
static inline u16 ip_fast_csum(const void *iph, unsigned int ihl)
{
	const u8 *b = iph;
	unsigned int i;
	u32 sum = 0;

	for (i = 0; i < ihl * 4; i += 2)
		sum += b[i] << 8 | b[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

#endif /* _SHIM_NET_IP_H */
