/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hook: where packets come in, and the walk that each of them takes.
 */
#ifndef _GWLB_HOOK_H
#define _GWLB_HOOK_H

#include <linux/types.h>

struct gwlb_net;
struct nf_hook_state;
struct sk_buff;

void gwlb_hook_init(struct gwlb_net *gn);
int gwlb_hook_register(struct gwlb_net *gn);
bool gwlb_hook_unregister(struct gwlb_net *gn);
unsigned int gwlb_hook_early(struct gwlb_net *gn, struct sk_buff *skb,
			     u32 len);
unsigned int gwlb_hook_ingress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

#endif /* _GWLB_HOOK_H */
