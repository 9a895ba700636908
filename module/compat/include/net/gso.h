/* SPDX-License-Identifier: GPL-2.0-only */
/* The GSO functions moved here from netdevice.h in 6.5. */
#ifndef _GWLB_COMPAT_NET_GSO_H
#define _GWLB_COMPAT_NET_GSO_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include_next <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#endif /* _GWLB_COMPAT_NET_GSO_H */
