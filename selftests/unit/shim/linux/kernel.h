/* SPDX-License-Identifier: GPL-2.0-only */
/* What module/index.c counts with. */
#ifndef _SHIM_LINUX_KERNEL_H
#define _SHIM_LINUX_KERNEL_H

#include_next <linux/kernel.h>

#include <linux/types.h>

#define static_assert(expr)	_Static_assert(expr, #expr)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))

static inline u32 min(u32 a, u32 b)
{
	return a < b ? a : b;
}

static inline u32 max(u32 a, u32 b)
{
	return a > b ? a : b;
}

#endif /* _SHIM_LINUX_KERNEL_H */
