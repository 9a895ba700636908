/* SPDX-License-Identifier: GPL-2.0-only */
/* The layout of RFC 8926, sections 3.4 and 3.5, with the kernel's names. */
#ifndef _SHIM_NET_GENEVE_H
#define _SHIM_NET_GENEVE_H

#include <asm/byteorder.h>
#include <linux/types.h>

#define GENEVE_CRIT_OPT_TYPE	0x80

struct geneve_opt {
	__be16 opt_class;
	u8 type;
#if defined(__LITTLE_ENDIAN_BITFIELD)
	u8 length:5, reserved:3;
#else
	u8 reserved:3, length:5;
#endif
};

struct genevehdr {
#if defined(__LITTLE_ENDIAN_BITFIELD)
	u8 opt_len:6, ver:2;
	u8 rsvd1:6, critical:1, oam:1;
#else
	u8 ver:2, opt_len:6;
	u8 oam:1, critical:1, rsvd1:6;
#endif
	__be16 proto_type;
	u8 vni[3];
	u8 rsvd2;
};

#endif /* _SHIM_NET_GENEVE_H */
