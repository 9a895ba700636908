/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hook: where packets come in, and the walk that each of them takes.
 */
#ifndef _GWLB_HOOK_H
#define _GWLB_HOOK_H

struct gwlb_net;

void gwlb_hook_init(struct gwlb_net *gn);
int gwlb_hook_register(struct gwlb_net *gn);
void gwlb_hook_unregister(struct gwlb_net *gn);

#endif /* _GWLB_HOOK_H */
