/* SPDX-License-Identifier: GPL-2.0-only */
/* What module/parse.c uses of the kernel's IPv6. */
#ifndef _SHIM_NET_IPV6_H
#define _SHIM_NET_IPV6_H

#include <linux/ipv6.h>
#include <linux/types.h>

#define NEXTHDR_HOP		0
#define NEXTHDR_ROUTING		43
#define NEXTHDR_FRAGMENT	44
#define NEXTHDR_AUTH		51
#define NEXTHDR_DEST		60

#define IP6_MF		0x0001
#define IP6_OFFSET	0xfff8

struct frag_hdr {
	u8 nexthdr;
	u8 reserved;
	__be16 frag_off;
	__be32 identification;
};

/* RFC 8200 counts units of 8 after the first, RFC 4302 units of 4 less 2. */
#define ipv6_optlen(p)	(((p)->hdrlen + 1) << 3)
#define ipv6_authlen(p)	(((p)->hdrlen + 2) << 2)

#endif /* _SHIM_NET_IPV6_H */
