/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flow_filter: which flows does a request mean? Only reads.
 */
#ifndef _GWLB_FLOW_FILTER_H
#define _GWLB_FLOW_FILTER_H

#include <linux/netfilter.h>
#include <linux/types.h>

struct gwlb_flow;
struct gwlb_net;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct gwlb_flow_prefix - where an address has to be
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @len: length of the prefix
 * @address: its address
 */
struct gwlb_flow_prefix {
	u8 family;
	u8 len;
	union nf_inet_addr address;
};

/**
 * struct gwlb_flow_filter - what a flow has to have
 * @given: bit 1 << GWLB_A_FLOW_* for each attribute that was given; only what
 *	belongs to these is set
 * @id: number of the flow
 * @endpoint: id of the endpoint
 * @group: number of the group
 * @state: enum gwlb_flow_state
 * @source_port: source port
 * @destination_port: destination port
 * @protocol: transport protocol
 * @source: prefix of the source
 * @destination: prefix of the destination
 */
struct gwlb_flow_filter {
	u32 given;
	u64 id;
	u64 endpoint;
	u32 group;
	u32 state;
	u16 source_port;
	u16 destination_port;
	u8 protocol;
	struct gwlb_flow_prefix source;
	struct gwlb_flow_prefix destination;
};

int gwlb_flow_filter_parse(struct gwlb_flow_filter *filter,
			   struct gwlb_net *gn, struct nlattr **attrs,
			   struct netlink_ext_ack *extack);
bool gwlb_flow_filter_passes(const struct gwlb_flow_filter *filter,
			     const struct gwlb_flow *flow);

#endif /* _GWLB_FLOW_FILTER_H */
