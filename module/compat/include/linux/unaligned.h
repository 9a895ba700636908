/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/unaligned.h> moved here in 6.12. Remove with the last older kernel. */
#ifndef _GWLB_COMPAT_LINUX_UNALIGNED_H
#define _GWLB_COMPAT_LINUX_UNALIGNED_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#endif /* _GWLB_COMPAT_LINUX_UNALIGNED_H */
