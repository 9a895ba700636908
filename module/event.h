/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event: what is told to all who listen. Costs next to nothing while nobody
 * does. The walk tells by way of this, and knows nothing of netlink.
 */
#ifndef _GWLB_EVENT_H
#define _GWLB_EVENT_H

#include <linux/atomic.h>
#include <linux/types.h>

#include <linux/gwlb.h>

struct gwlb_flow;
struct gwlb_net;
struct gwlb_pkt;
struct gwlb_ruleset;
struct sk_buff;

/**
 * struct gwlb_event_limit - how many logs a namespace has sent lately
 *
 * All zero is a good beginning.
 *
 * @second: a second of the uptime, and in the lower half how many in it
 * @lost: how many were not sent, ever since
 */
struct gwlb_event_limit {
	atomic64_t second;
	atomic64_t lost;
};

void gwlb_event_flow(struct gwlb_net *gn, u8 cmd, const struct gwlb_flow *flow,
		     enum gwlb_flow_end end, gfp_t gfp);
void gwlb_event_log(struct gwlb_net *gn, const struct gwlb_ruleset *rs,
		    u32 rule, const struct gwlb_pkt *pkt,
		    const struct sk_buff *skb);
void gwlb_event_ruleset(struct gwlb_net *gn, u32 generation);

#endif /* _GWLB_EVENT_H */
