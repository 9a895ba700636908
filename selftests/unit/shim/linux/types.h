/* SPDX-License-Identifier: GPL-2.0-only */
/* Just what module/parse.c and match.c expect beyond the UAPI header. */
#ifndef _SHIM_LINUX_TYPES_H
#define _SHIM_LINUX_TYPES_H

/* Before any <linux/in.h>, which then leaves out what the C library has. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>

#include_next <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#define U32_MAX	((u32)~0U)

#ifndef __force
#define __force
#endif
#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))

#define BIT(n)	(1UL << (n))

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define noinline	__attribute__((__noinline__))

#endif /* _SHIM_LINUX_TYPES_H */
