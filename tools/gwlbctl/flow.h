/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows: their messages, and which of them are asked for. See flow.c. */

#ifndef _GWLBCTL_FLOW_H
#define _GWLBCTL_FLOW_H

#include <linux/gwlb.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "counter.h"
#include "names.h"
#include "nl.h"
#include "prefix.h"

#define FLOW_NAME	(GWLB_NAME_LEN + 1)

/* By enum gwlb_flow_state and enum gwlb_flow_end */
extern const struct name flow_states[];
extern const struct name flow_ends[];

/**
 * struct flow - one flow, with the addresses and ports of its first packet
 * @id: its number
 * @has_endpoint: is the endpoint known; it is not if the module's table of
 *	endpoints was full when it was first seen
 * @endpoint: the endpoint it came by first
 * @group: group of that endpoint, or empty
 * @family: AF_INET or AF_INET6
 * @source: source address, 4 or 16 bytes
 * @destination: destination address, likewise
 * @protocol: transport protocol
 * @has_source_port: is there a source port
 * @source_port: this one; the identifier of an ICMP query
 * @has_destination_port: is there a destination port
 * @destination_port: this one
 * @has_icmp_type: is it of ICMP or ICMPv6
 * @icmp_type: type of its first message
 * @state: enum gwlb_flow_state
 * @verdict: enum gwlb_verdict
 * @rule: number of the rule that decided, 0 if that is not known
 * @direction: one bit of enum gwlb_direction
 * @cookie: GWLB's newest cookie
 * @node: the load balancer that the newest packet came from
 * @age: milliseconds since it began
 * @idle: milliseconds since its last packet
 * @expires: milliseconds until it ends if nothing comes
 * @original: what came from its source
 * @reply: what came from its destination
 * @has_end: has it ended
 * @end: enum gwlb_flow_end
 * @time: of an event, nanoseconds since 1970; 0 in a list
 */
struct flow {
	__u64 id;
	bool has_endpoint;
	__u64 endpoint;
	char group[FLOW_NAME];
	int family;
	__u8 source[16];
	__u8 destination[16];
	__u8 protocol;
	bool has_source_port;
	__u16 source_port;
	bool has_destination_port;
	__u16 destination_port;
	bool has_icmp_type;
	__u8 icmp_type;
	__u32 state;
	__u32 verdict;
	__u32 rule;
	__u32 direction;
	__u32 cookie;
	__be32 node;
	__u64 age;
	__u64 idle;
	__u64 expires;
	struct amount original;
	struct amount reply;
	bool has_end;
	__u32 end;
	__u64 time;
};

/**
 * struct flow_filter - which flows are asked for: those that have all of it
 * @given: bit 1 << GWLB_A_FLOW_* for each of the fields that are given
 * @id: number
 * @endpoint: endpoint
 * @group: group
 * @protocol: transport protocol
 * @source_port: source port
 * @destination_port: destination port
 * @state: enum gwlb_flow_state
 * @source: prefix of the source
 * @destination: prefix of the destination
 */
struct flow_filter {
	__u32 given;
	__u64 id;
	__u64 endpoint;
	char group[FLOW_NAME];
	__u8 protocol;
	__u16 source_port;
	__u16 destination_port;
	__u32 state;
	struct prefix source;
	struct prefix destination;
};

int flow_decode(const struct nlmsghdr *nlh, struct flow *flow);
int flow_decode_flushed(const struct nlmsghdr *nlh, __u32 *flushed);
void flow_encode(struct nlmsghdr *nlh, const struct flow_filter *filter);
int flow_list(struct nl *nl, const struct flow_filter *filter,
	      int (*item)(const struct flow *flow, void *data), void *data,
	      bool *interrupted);
int flow_flush(struct nl *nl, const struct flow_filter *filter,
	       __u32 *flushed);
const char *flow_name(const struct name *table, __u32 value);

#endif /* _GWLBCTL_FLOW_H */
