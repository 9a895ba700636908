/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_RANDOM_H
#define _SHIM_LINUX_RANDOM_H

#include <linux/types.h>
#include <stdlib.h>

static inline u32 get_random_u32(void)
{
	return (u32)random() << 1;
}

#endif /* _SHIM_LINUX_RANDOM_H */
