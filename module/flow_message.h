/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flow_message: a flow as user space sees it, in answers and in events. Only
 * reads.
 */
#ifndef _GWLB_FLOW_MESSAGE_H
#define _GWLB_FLOW_MESSAGE_H

#include <linux/in.h>

#include "flow.h"
#include "gwlb.h"

struct sk_buff;

static inline bool gwlb_flow_has_ports(const struct gwlb_flow *flow)
{
	return flow->key.proto == IPPROTO_TCP ||
		flow->key.proto == IPPROTO_UDP;
}

static inline bool gwlb_flow_is_icmp(const struct gwlb_flow *flow)
{
	return flow->key.proto == (flow->key.family == NFPROTO_IPV4 ?
				   IPPROTO_ICMP : IPPROTO_ICMPV6);
}

/* An ICMP query's identifier is shown as its source port. One that is 0 cannot
 * be told from none, and nobody needs it.
 */
static inline __be16 gwlb_flow_shown_port(const struct gwlb_flow *flow)
{
	if (gwlb_flow_is_icmp(flow))
		return flow->key.low_port | flow->key.high_port;
	return gwlb_flow_source_port(flow);
}

static inline bool gwlb_flow_has_source_port(const struct gwlb_flow *flow)
{
	return gwlb_flow_has_ports(flow) ||
		(gwlb_flow_is_icmp(flow) && gwlb_flow_shown_port(flow));
}

size_t gwlb_flow_message_size(void);
int gwlb_flow_message_put(struct sk_buff *msg, const struct gwlb_net *gn,
			  const struct gwlb_flow *flow);

#endif /* _GWLB_FLOW_MESSAGE_H */
