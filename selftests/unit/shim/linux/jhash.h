/* SPDX-License-Identifier: GPL-2.0-only */
/* A hash that the test has, so that it can have any two be the same. */
#ifndef _SHIM_LINUX_JHASH_H
#define _SHIM_LINUX_JHASH_H

#include <linux/types.h>

u32 jhash(const void *key, u32 length, u32 initval);

#endif /* _SHIM_LINUX_JHASH_H */
