/* SPDX-License-Identifier: GPL-2.0-only */
/* __uninitialized came in 6.10 and to stable kernels later. */
#ifndef _GWLB_COMPAT_LINUX_COMPILER_ATTRIBUTES_H
#define _GWLB_COMPAT_LINUX_COMPILER_ATTRIBUTES_H

#include_next <linux/compiler_attributes.h>

#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized	__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

#endif /* _GWLB_COMPAT_LINUX_COMPILER_ATTRIBUTES_H */
