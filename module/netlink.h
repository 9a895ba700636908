/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netlink: what user space can ask and change. uapi/gwlb.yaml is the
 * protocol; the walk knows nothing of this.
 */
#ifndef _GWLB_NETLINK_H
#define _GWLB_NETLINK_H

int gwlb_netlink_register(void);
void gwlb_netlink_unregister(void);

#endif /* _GWLB_NETLINK_H */
