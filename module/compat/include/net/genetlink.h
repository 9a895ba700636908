/* SPDX-License-Identifier: GPL-2.0-only */
/* What a dump may ask of its request changed its name in 6.6. */
#ifndef _GWLB_COMPAT_NET_GENETLINK_H
#define _GWLB_COMPAT_NET_GENETLINK_H

#include <linux/version.h>
#include_next <net/genetlink.h>

/**
 * gwlb_compat_dump_attrs() - the parsed attributes of a dump's request
 * @cb: the dump
 *
 * Return: array indexed by attribute type
 */
static inline struct nlattr **
gwlb_compat_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* _GWLB_COMPAT_NET_GENETLINK_H */
