/* SPDX-License-Identifier: GPL-2.0-only */
/* Enter a network namespace by name. See netns.c. */

#ifndef _GWLBCTL_NETNS_H
#define _GWLBCTL_NETNS_H

int netns_enter(const char *name);
void netns_list(void (*item)(const char *name));

#endif /* _GWLBCTL_NETNS_H */
