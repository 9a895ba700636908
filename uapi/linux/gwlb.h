/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/gwlb.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_GWLB_H
#define _UAPI_LINUX_GWLB_H

#define GWLB_GENL_NAME		"gwlb"
#define GWLB_GENL_VERSION	1

#define GWLB_UDP_PORT		6081
#define GWLB_MAX_PEERS		256
#define GWLB_MAX_NODES		1024
#define GWLB_MAX_ENDPOINTS	4096

/**
 * enum gwlb_state - Whether packets are taken from the stack.
 * @GWLB_STATE_DOWN: No hook is registered; the host's stack sees every packet.
 * @GWLB_STATE_UP: The hook is registered; GWLB's packets are taken.
 */
enum gwlb_state {
	GWLB_STATE_DOWN,
	GWLB_STATE_UP,
};

/**
 * enum gwlb_drain - Whether the load balancer is to give this appliance no new
 *   flows.
 * @GWLB_DRAIN_OFF: The appliance is fit, if nothing else is wrong.
 * @GWLB_DRAIN_ON: Health checks are to fail. Packets are treated as ever, so
 *   flows that are still sent here go on to their end.
 */
enum gwlb_drain {
	GWLB_DRAIN_OFF,
	GWLB_DRAIN_ON,
};

/**
 * enum gwlb_send_mode - How a packet finds its way back.
 * @GWLB_SEND_MODE_ROUTE: By the host's routing and neighbour tables, cached
 *   per node.
 * @GWLB_SEND_MODE_REFLECT: Out of the device that it came in by, with its
 *   Ethernet addresses swapped. No table is asked.
 */
enum gwlb_send_mode {
	GWLB_SEND_MODE_ROUTE,
	GWLB_SEND_MODE_REFLECT,
};

/**
 * enum gwlb_reason - What happened to a packet, one of these for each that was
 *   received. The doc of each entry is what "gwlbctl stats --explain" prints,
 *   and the first word of its name is its class: returned, passed to the
 *   host's stack untouched, or dropped.
 * @GWLB_REASON_RETURNED: Handed over to be sent back to the load balancer,
 *   outer addresses swapped and nothing else changed.
 * @GWLB_REASON_PASS_OTHER: Not UDP to port 6081: health checks, SSH and
 *   whatever else this host serves or forwards.
 * @GWLB_REASON_PASS_FRAGMENT: A fragment of an outer IPv4 packet; GWLB does
 *   not send fragments.
 * @GWLB_REASON_PASS_NOT_HOST: The link layer marked it broadcast or multicast.
 *   What it marked for another host never gets as far as here.
 * @GWLB_REASON_PASS_NOT_LOCAL: The outer destination is not an address of this
 *   host: a packet to be forwarded.
 * @GWLB_REASON_DROP_NOT_PEER: The outer source is in none of the prefixes that
 *   "gwlbctl peer" allows.
 * @GWLB_REASON_DROP_BAD_SOURCE: The outer source is no unicast address, so
 *   nobody can be answered.
 * @GWLB_REASON_DROP_LOOP: The outer source is an address of this host: the
 *   answer would come back for ever.
 * @GWLB_REASON_DROP_UDP_LENGTH: The UDP length is not what the outer IP header
 *   says, so bytes are missing or hidden.
 * @GWLB_REASON_DROP_GENEVE_TRUNCATED: Too short to hold a Geneve header.
 * @GWLB_REASON_DROP_GENEVE_VERSION: The Geneve version is not 0 (RFC 8926,
 *   section 3.4).
 * @GWLB_REASON_DROP_GENEVE_CONTROL: The O bit is set: a control packet, which
 *   must not be forwarded as data (RFC 8926, section 3.4).
 * @GWLB_REASON_DROP_GENEVE_PROTOCOL: The payload is neither IPv4 nor IPv6;
 *   GWLB sends no Ethernet frames.
 * @GWLB_REASON_DROP_OPTION_OVERRUN: A Geneve option, or the option area, is
 *   longer than the bytes that are there.
 * @GWLB_REASON_DROP_OPTION_CRITICAL: An unknown Geneve option is marked
 *   critical (RFC 8926, section 3.5).
 * @GWLB_REASON_DROP_OPTION_LENGTH: One of GWLB's own options (endpoint,
 *   attachment, cookie) has a wrong length.
 * @GWLB_REASON_DROP_OPTION_DUPLICATE: One of GWLB's own options occurs twice.
 * @GWLB_REASON_DROP_NO_ENDPOINT: The option that names the VPC endpoint is
 *   missing.
 * @GWLB_REASON_DROP_NO_COOKIE: The option with the flow cookie is missing.
 * @GWLB_REASON_DROP_INNER_VERSION: The inner IP version does not match the
 *   Geneve protocol type, or there is no inner packet.
 * @GWLB_REASON_DROP_INNER_TRUNCATED: The inner packet is shorter than its own
 *   headers or lengths say.
 * @GWLB_REASON_DROP_INNER_TRAILING: Bytes follow the inner packet that its own
 *   length does not cover.
 * @GWLB_REASON_DROP_INNER_HEADER: The inner IPv4 header length is impossible,
 *   or the total length is smaller than it.
 * @GWLB_REASON_DROP_INNER_CHECKSUM: The checksum of the inner IPv4 header is
 *   wrong.
 * @GWLB_REASON_DROP_INNER_CHAIN: The inner IPv6 extension headers are too many
 *   or out of place, or there are two fragment headers.
 * @GWLB_REASON_DROP_INNER_FRAGMENT: The inner fragment is empty, reaches
 *   beyond the largest possible packet, or has a length that is not a multiple
 *   of 8.
 * @GWLB_REASON_DROP_INNER_TINY_FRAGMENT: The inner fragment splits the
 *   transport header, which hides it from inspection (RFC 1858, RFC 7112).
 * @GWLB_REASON_DROP_INNER_TRANSPORT: The inner TCP, UDP or ICMP header is cut
 *   off or contradicts the length of the packet.
 * @GWLB_REASON_DROP_GSO: An aggregate (GRO, GSO) whose packets could not be
 *   told apart, or, in a user namespace, one that had the kernel ask its rules
 *   for too long.
 * @GWLB_REASON_DROP_NO_MEMORY: The kernel had no memory to make the packet
 *   readable or writable, or for its flow.
 * @GWLB_REASON_DROP_NO_ROUTE: There is no plain route back to the load
 *   balancer: none at all, or one that encrypts (IPsec) or wraps.
 * @GWLB_REASON_DROP_NO_LINK: Send mode "reflect", but the packet came without
 *   an Ethernet header to swap.
 * @GWLB_REASON_DROP_TOO_BIG: Larger than the MTU of the way back; GWLB does
 *   not accept fragments.
 * @GWLB_REASON_DROP_TRANSMIT: The device or its queue did not take the packet.
 * @GWLB_REASON_DROP_RULE: A rule says so.
 * @GWLB_REASON_DROP_POLICY: No rule decided, and the policy of the group, or
 *   of endpoints that are in none, says so.
 * @GWLB_REASON_DROP_REJECT: A rule or a policy rejects it; the sender was told
 *   so, unless that happened too often.
 * @GWLB_REASON_DROP_REMEMBERED: Its flow was refused before, and refused flows
 *   are remembered.
 * @GWLB_REASON_DROP_FLOW_LIMIT: Its endpoint has as many flows as it may have.
 * @GWLB_REASON_DROP_FLOW_FULL: The table of flows is full.
 * @GWLB_REASON_DROP_FRAGMENT_LOST: A later fragment whose first fragment was
 *   refused, or was not seen while neither a rule for later fragments nor the
 *   policy accepts it.
 * @GWLB_REASON_DROP_FRAGMENT_OVERLAP: A later fragment that reaches into the
 *   first one, whose headers it could replace behind our back (RFC 5722).
 */
enum gwlb_reason {
	GWLB_REASON_RETURNED,
	GWLB_REASON_PASS_OTHER,
	GWLB_REASON_PASS_FRAGMENT,
	GWLB_REASON_PASS_NOT_HOST,
	GWLB_REASON_PASS_NOT_LOCAL,
	GWLB_REASON_DROP_NOT_PEER,
	GWLB_REASON_DROP_BAD_SOURCE,
	GWLB_REASON_DROP_LOOP,
	GWLB_REASON_DROP_UDP_LENGTH,
	GWLB_REASON_DROP_GENEVE_TRUNCATED,
	GWLB_REASON_DROP_GENEVE_VERSION,
	GWLB_REASON_DROP_GENEVE_CONTROL,
	GWLB_REASON_DROP_GENEVE_PROTOCOL,
	GWLB_REASON_DROP_OPTION_OVERRUN,
	GWLB_REASON_DROP_OPTION_CRITICAL,
	GWLB_REASON_DROP_OPTION_LENGTH,
	GWLB_REASON_DROP_OPTION_DUPLICATE,
	GWLB_REASON_DROP_NO_ENDPOINT,
	GWLB_REASON_DROP_NO_COOKIE,
	GWLB_REASON_DROP_INNER_VERSION,
	GWLB_REASON_DROP_INNER_TRUNCATED,
	GWLB_REASON_DROP_INNER_TRAILING,
	GWLB_REASON_DROP_INNER_HEADER,
	GWLB_REASON_DROP_INNER_CHECKSUM,
	GWLB_REASON_DROP_INNER_CHAIN,
	GWLB_REASON_DROP_INNER_FRAGMENT,
	GWLB_REASON_DROP_INNER_TINY_FRAGMENT,
	GWLB_REASON_DROP_INNER_TRANSPORT,
	GWLB_REASON_DROP_GSO,
	GWLB_REASON_DROP_NO_MEMORY,
	GWLB_REASON_DROP_NO_ROUTE,
	GWLB_REASON_DROP_NO_LINK,
	GWLB_REASON_DROP_TOO_BIG,
	GWLB_REASON_DROP_TRANSMIT,
	GWLB_REASON_DROP_RULE,
	GWLB_REASON_DROP_POLICY,
	GWLB_REASON_DROP_REJECT,
	GWLB_REASON_DROP_REMEMBERED,
	GWLB_REASON_DROP_FLOW_LIMIT,
	GWLB_REASON_DROP_FLOW_FULL,
	GWLB_REASON_DROP_FRAGMENT_LOST,
	GWLB_REASON_DROP_FRAGMENT_OVERLAP,
};

#define GWLB_MAX_RULES		65536
#define GWLB_MAX_GROUPS		4096
#define GWLB_MAX_SETS		1024
#define GWLB_MAX_ELEMENTS	1048576
#define GWLB_MAX_VALUES		256
#define GWLB_MAX_INSIDE		64
#define GWLB_NAME_LEN		31
#define GWLB_TEXT_LEN		127
#define GWLB_LOG_SNAP		128

/**
 * enum gwlb_verdict - What a rule or a policy decides.
 * @GWLB_VERDICT_CONTINUE: Nothing; the next rule is asked. No policy says
 *   that.
 * @GWLB_VERDICT_ACCEPT: The packet, and all others of its flow, are returned.
 * @GWLB_VERDICT_DROP: The packet is dropped.
 * @GWLB_VERDICT_REJECT: The packet is dropped and its sender told so, by a TCP
 *   RST or an ICMP error in the same tunnel.
 */
enum gwlb_verdict {
	GWLB_VERDICT_CONTINUE,
	GWLB_VERDICT_ACCEPT,
	GWLB_VERDICT_DROP,
	GWLB_VERDICT_REJECT,
};

/**
 * enum gwlb_field - What a match looks at, and what its values are.
 * @GWLB_FIELD_ENDPOINT: The VPC endpoint; ids and sets.
 * @GWLB_FIELD_GROUP: The group that the endpoint is in; groups.
 * @GWLB_FIELD_NODE: The load balancer's address; prefixes and sets.
 * @GWLB_FIELD_SOURCE: Inner source address; prefixes and sets.
 * @GWLB_FIELD_DESTINATION: Inner destination address; prefixes and sets.
 * @GWLB_FIELD_PROTOCOL: Inner transport protocol; ranges.
 * @GWLB_FIELD_SOURCE_PORT: TCP or UDP source port; ranges and sets.
 * @GWLB_FIELD_DESTINATION_PORT: TCP or UDP destination port; ranges and sets.
 * @GWLB_FIELD_ICMP: Type (upper 8 bits) and code of an ICMP message; ranges.
 * @GWLB_FIELD_ICMPV6: Type (upper 8 bits) and code of an ICMPv6 message;
 *   ranges.
 * @GWLB_FIELD_TCP_FLAGS: Those TCP flags that are in mask are exactly those in
 *   bits.
 * @GWLB_FIELD_FAMILY: Inner IP version, one of those in bits (enum family).
 * @GWLB_FIELD_DIRECTION: Where the flow comes from, one of those in bits.
 * @GWLB_FIELD_CONNECTION: State of the connection, one of those in bits.
 * @GWLB_FIELD_FRAGMENT: Which part of a packet it is, one of those in bits.
 */
enum gwlb_field {
	GWLB_FIELD_ENDPOINT,
	GWLB_FIELD_GROUP,
	GWLB_FIELD_NODE,
	GWLB_FIELD_SOURCE,
	GWLB_FIELD_DESTINATION,
	GWLB_FIELD_PROTOCOL,
	GWLB_FIELD_SOURCE_PORT,
	GWLB_FIELD_DESTINATION_PORT,
	GWLB_FIELD_ICMP,
	GWLB_FIELD_ICMPV6,
	GWLB_FIELD_TCP_FLAGS,
	GWLB_FIELD_FAMILY,
	GWLB_FIELD_DIRECTION,
	GWLB_FIELD_CONNECTION,
	GWLB_FIELD_FRAGMENT,
};

/**
 * enum gwlb_family - Inner IP version.
 * @GWLB_FAMILY_IPV4: IPv4.
 * @GWLB_FAMILY_IPV6: IPv6.
 */
enum gwlb_family {
	GWLB_FAMILY_IPV4 = 1,
	GWLB_FAMILY_IPV6 = 2,
};

/**
 * enum gwlb_direction - Where a flow comes from, by the source of its first
 *   packet.
 * @GWLB_DIRECTION_IN: Its source is in none of the inside prefixes.
 * @GWLB_DIRECTION_OUT: Its source is in one of them.
 */
enum gwlb_direction {
	GWLB_DIRECTION_IN = 1,
	GWLB_DIRECTION_OUT = 2,
};

/**
 * enum gwlb_connection - What a packet is to the flows that are known.
 * @GWLB_CONNECTION_NEW: It may begin a flow.
 * @GWLB_CONNECTION_ESTABLISHED: It belongs to a flow.
 * @GWLB_CONNECTION_RELATED: An ICMP error that quotes a packet of a flow.
 * @GWLB_CONNECTION_INVALID: It neither belongs to a flow nor may begin one.
 */
enum gwlb_connection {
	GWLB_CONNECTION_NEW = 1,
	GWLB_CONNECTION_ESTABLISHED = 2,
	GWLB_CONNECTION_RELATED = 4,
	GWLB_CONNECTION_INVALID = 8,
};

/**
 * enum gwlb_fragment - Which part of an inner packet it is.
 * @GWLB_FRAGMENT_NONE: The whole packet.
 * @GWLB_FRAGMENT_FIRST: The first fragment, which has the transport header.
 * @GWLB_FRAGMENT_LATER: A later fragment.
 */
enum gwlb_fragment {
	GWLB_FRAGMENT_NONE = 1,
	GWLB_FRAGMENT_FIRST = 2,
	GWLB_FRAGMENT_LATER = 4,
};

/**
 * enum gwlb_limit_unit - What the rate of a limit is counted by.
 * @GWLB_LIMIT_UNIT_SECOND: Per second.
 * @GWLB_LIMIT_UNIT_MINUTE: Per minute.
 * @GWLB_LIMIT_UNIT_HOUR: Per hour.
 */
enum gwlb_limit_unit {
	GWLB_LIMIT_UNIT_SECOND,
	GWLB_LIMIT_UNIT_MINUTE,
	GWLB_LIMIT_UNIT_HOUR,
};

/**
 * enum gwlb_set_type - What a set holds.
 * @GWLB_SET_TYPE_ADDRESS: IPv4 and IPv6 addresses and prefixes.
 * @GWLB_SET_TYPE_PORT: Ports and ranges of ports.
 * @GWLB_SET_TYPE_ENDPOINT: Ids of VPC endpoints.
 */
enum gwlb_set_type {
	GWLB_SET_TYPE_ADDRESS,
	GWLB_SET_TYPE_PORT,
	GWLB_SET_TYPE_ENDPOINT,
};

/**
 * enum gwlb_pickup - What becomes of a connection whose beginning was not
 *   seen.
 * @GWLB_PICKUP_LOOSE: It is a new flow, as GWLB hands running connections over
 *   when a target fails.
 * @GWLB_PICKUP_STRICT: It is invalid.
 * @GWLB_PICKUP_EITHER: As loose, and a TCP segment that the rules refuse may
 *   belong to a connection that they accept in the other direction. Who can
 *   guess that much gets segments in, though no SYN.
 */
enum gwlb_pickup {
	GWLB_PICKUP_LOOSE,
	GWLB_PICKUP_STRICT,
	GWLB_PICKUP_EITHER,
};

/**
 * enum gwlb_refused - What is kept of a flow that was refused.
 * @GWLB_REFUSED_FORGET: Nothing; each packet asks the rules again.
 * @GWLB_REFUSED_REMEMBER: A flow, so that all of its packets, in both
 *   directions, are refused without asking again.
 */
enum gwlb_refused {
	GWLB_REFUSED_FORGET,
	GWLB_REFUSED_REMEMBER,
};

/**
 * enum gwlb_on_full - What becomes of a new flow when there is no place for
 *   it.
 * @GWLB_ON_FULL_DROP: It is dropped.
 * @GWLB_ON_FULL_STATELESS: The rules are asked for each of its packets.
 */
enum gwlb_on_full {
	GWLB_ON_FULL_DROP,
	GWLB_ON_FULL_STATELESS,
};

/**
 * enum gwlb_flow_state - State of a flow.
 * @GWLB_FLOW_STATE_NEW: Packets were seen from one side only.
 * @GWLB_FLOW_STATE_ESTABLISHED: Both sides have answered.
 * @GWLB_FLOW_STATE_TCP_SYN: TCP, a SYN was seen.
 * @GWLB_FLOW_STATE_TCP_SYN_ACK: TCP, the SYN was answered.
 * @GWLB_FLOW_STATE_TCP_ESTABLISHED: TCP, the handshake is over or was not
 *   seen.
 * @GWLB_FLOW_STATE_TCP_CLOSING: TCP, a FIN was seen.
 * @GWLB_FLOW_STATE_TCP_CLOSED: TCP, both sides have sent a FIN, or one a RST.
 */
enum gwlb_flow_state {
	GWLB_FLOW_STATE_NEW,
	GWLB_FLOW_STATE_ESTABLISHED,
	GWLB_FLOW_STATE_TCP_SYN,
	GWLB_FLOW_STATE_TCP_SYN_ACK,
	GWLB_FLOW_STATE_TCP_ESTABLISHED,
	GWLB_FLOW_STATE_TCP_CLOSING,
	GWLB_FLOW_STATE_TCP_CLOSED,
};

/**
 * enum gwlb_flow_end - Why a flow ended.
 * @GWLB_FLOW_END_TIMEOUT: It was idle for too long, or closed.
 * @GWLB_FLOW_END_EVICTED: A newer one took its place before anybody had
 *   answered.
 * @GWLB_FLOW_END_FLUSHED: Somebody asked for it.
 * @GWLB_FLOW_END_REUSED: A new connection with the same addresses and ports
 *   began.
 * @GWLB_FLOW_END_REFUSED: The rules have changed and refuse it now.
 */
enum gwlb_flow_end {
	GWLB_FLOW_END_TIMEOUT,
	GWLB_FLOW_END_EVICTED,
	GWLB_FLOW_END_FLUSHED,
	GWLB_FLOW_END_REUSED,
	GWLB_FLOW_END_REFUSED,
};

#define GWLB_MAX_DEVICES	8
#define GWLB_DEVICE_LEN		15

/**
 * enum gwlb_attach - Where packets are taken from the stack.
 * @GWLB_ATTACH_PREROUTING: In PRE_ROUTING, before the raw table and conntrack;
 *   from all devices.
 * @GWLB_ATTACH_INGRESS: As they come in from the devices that are listed,
 *   before the stack has looked at them.
 */
enum gwlb_attach {
	GWLB_ATTACH_PREROUTING,
	GWLB_ATTACH_INGRESS,
};

enum {
	GWLB_A_CONFIG_STATE = 1,
	GWLB_A_CONFIG_SEND_MODE,
	GWLB_A_CONFIG_GENERATION,
	GWLB_A_CONFIG_EXPECT_GENERATION,
	GWLB_A_CONFIG_VERSION,
	GWLB_A_CONFIG_PEER,
	GWLB_A_CONFIG_NO_PEERS,
	GWLB_A_CONFIG_NODES,
	GWLB_A_CONFIG_ENDPOINTS,
	GWLB_A_CONFIG_DRAIN,
	GWLB_A_CONFIG_ATTACH,
	GWLB_A_CONFIG_DEVICE,
	GWLB_A_CONFIG_ATTACHED,

	__GWLB_A_CONFIG_MAX
};
#define GWLB_A_CONFIG_MAX (__GWLB_A_CONFIG_MAX - 1)

enum {
	GWLB_A_PEER_ADDRESS = 1,
	GWLB_A_PEER_PREFIX_LEN,

	__GWLB_A_PEER_MAX
};
#define GWLB_A_PEER_MAX (__GWLB_A_PEER_MAX - 1)

enum {
	GWLB_A_COUNTER_PAD = 1,
	GWLB_A_COUNTER_REASON,
	GWLB_A_COUNTER_NAME,
	GWLB_A_COUNTER_PACKETS,
	GWLB_A_COUNTER_BYTES,

	__GWLB_A_COUNTER_MAX
};
#define GWLB_A_COUNTER_MAX (__GWLB_A_COUNTER_MAX - 1)

enum {
	GWLB_A_TRAFFIC_PAD = 1,
	GWLB_A_TRAFFIC_RECEIVED_PACKETS,
	GWLB_A_TRAFFIC_RECEIVED_BYTES,
	GWLB_A_TRAFFIC_RETURNED_PACKETS,
	GWLB_A_TRAFFIC_RETURNED_BYTES,
	GWLB_A_TRAFFIC_DROPPED_PACKETS,
	GWLB_A_TRAFFIC_DROPPED_BYTES,
	GWLB_A_TRAFFIC_IDLE,

	__GWLB_A_TRAFFIC_MAX
};
#define GWLB_A_TRAFFIC_MAX (__GWLB_A_TRAFFIC_MAX - 1)

enum {
	GWLB_A_NODE_ADDRESS = 1,
	GWLB_A_NODE_LOCAL,
	GWLB_A_NODE_TRAFFIC,

	__GWLB_A_NODE_MAX
};
#define GWLB_A_NODE_MAX (__GWLB_A_NODE_MAX - 1)

enum {
	GWLB_A_ENDPOINT_PAD = 1,
	GWLB_A_ENDPOINT_ID,
	GWLB_A_ENDPOINT_TRAFFIC,
	GWLB_A_ENDPOINT_GROUP,
	GWLB_A_ENDPOINT_FLOWS,
	GWLB_A_ENDPOINT_FLOWS_NEW,

	__GWLB_A_ENDPOINT_MAX
};
#define GWLB_A_ENDPOINT_MAX (__GWLB_A_ENDPOINT_MAX - 1)

enum {
	GWLB_A_PREFIX_ADDRESS = 1,
	GWLB_A_PREFIX_PREFIX_LEN,

	__GWLB_A_PREFIX_MAX
};
#define GWLB_A_PREFIX_MAX (__GWLB_A_PREFIX_MAX - 1)

enum {
	GWLB_A_VALUES_PAD = 1,
	GWLB_A_VALUES_SET,
	GWLB_A_VALUES_PREFIX,
	GWLB_A_VALUES_RANGE,
	GWLB_A_VALUES_ID,

	__GWLB_A_VALUES_MAX
};
#define GWLB_A_VALUES_MAX (__GWLB_A_VALUES_MAX - 1)

enum {
	GWLB_A_MATCH_PAD = 1,
	GWLB_A_MATCH_FIELD,
	GWLB_A_MATCH_INVERT,
	GWLB_A_MATCH_PREFIX,
	GWLB_A_MATCH_RANGE,
	GWLB_A_MATCH_ID,
	GWLB_A_MATCH_SET,
	GWLB_A_MATCH_GROUP,
	GWLB_A_MATCH_BITS,
	GWLB_A_MATCH_MASK,

	__GWLB_A_MATCH_MAX
};
#define GWLB_A_MATCH_MAX (__GWLB_A_MATCH_MAX - 1)

enum {
	GWLB_A_RULE_NAME = 1,
	GWLB_A_RULE_COMMENT,
	GWLB_A_RULE_MATCH,
	GWLB_A_RULE_LIMIT_RATE,
	GWLB_A_RULE_LIMIT_UNIT,
	GWLB_A_RULE_LIMIT_BURST,
	GWLB_A_RULE_LOG,
	GWLB_A_RULE_LOG_TEXT,
	GWLB_A_RULE_VERDICT,

	__GWLB_A_RULE_MAX
};
#define GWLB_A_RULE_MAX (__GWLB_A_RULE_MAX - 1)

enum {
	GWLB_A_GROUP_PAD = 1,
	GWLB_A_GROUP_NAME,
	GWLB_A_GROUP_ENDPOINT,
	GWLB_A_GROUP_POLICY,
	GWLB_A_GROUP_INSIDE,
	GWLB_A_GROUP_NO_INSIDE,

	__GWLB_A_GROUP_MAX
};
#define GWLB_A_GROUP_MAX (__GWLB_A_GROUP_MAX - 1)

enum {
	GWLB_A_SET_NAME = 1,
	GWLB_A_SET_TYPE,
	GWLB_A_SET_KEEP,
	GWLB_A_SET_COUNT,

	__GWLB_A_SET_MAX
};
#define GWLB_A_SET_MAX (__GWLB_A_SET_MAX - 1)

enum {
	GWLB_A_OPTIONS_POLICY = 1,
	GWLB_A_OPTIONS_INSIDE,
	GWLB_A_OPTIONS_NO_INSIDE,
	GWLB_A_OPTIONS_PICKUP,
	GWLB_A_OPTIONS_REFUSED,
	GWLB_A_OPTIONS_ON_FULL,
	GWLB_A_OPTIONS_FLOW_MAX,
	GWLB_A_OPTIONS_FLOW_MAX_ENDPOINT,
	GWLB_A_OPTIONS_TIMEOUT_TCP_SYN,
	GWLB_A_OPTIONS_TIMEOUT_TCP_ESTABLISHED,
	GWLB_A_OPTIONS_TIMEOUT_TCP_CLOSING,
	GWLB_A_OPTIONS_TIMEOUT_TCP_CLOSED,
	GWLB_A_OPTIONS_TIMEOUT_UDP,
	GWLB_A_OPTIONS_TIMEOUT_ICMP,
	GWLB_A_OPTIONS_TIMEOUT_OTHER,

	__GWLB_A_OPTIONS_MAX
};
#define GWLB_A_OPTIONS_MAX (__GWLB_A_OPTIONS_MAX - 1)

enum {
	GWLB_A_RULESET_GENERATION = 1,
	GWLB_A_RULESET_EXPECT_GENERATION,
	GWLB_A_RULESET_OPTIONS,
	GWLB_A_RULESET_SET,
	GWLB_A_RULESET_VALUES,
	GWLB_A_RULESET_GROUP,
	GWLB_A_RULESET_RULE,
	GWLB_A_RULESET_CONFIRM,
	GWLB_A_RULESET_ROLLBACK,
	GWLB_A_RULESET_RULES,
	GWLB_A_RULESET_GROUPS,
	GWLB_A_RULESET_SETS,
	GWLB_A_RULESET_FLOWS,
	GWLB_A_RULESET_NAME,

	__GWLB_A_RULESET_MAX
};
#define GWLB_A_RULESET_MAX (__GWLB_A_RULESET_MAX - 1)

enum {
	GWLB_A_TALLY_PAD = 1,
	GWLB_A_TALLY_INDEX,
	GWLB_A_TALLY_RULE,
	GWLB_A_TALLY_GROUP,
	GWLB_A_TALLY_POLICY,
	GWLB_A_TALLY_PACKETS,
	GWLB_A_TALLY_BYTES,

	__GWLB_A_TALLY_MAX
};
#define GWLB_A_TALLY_MAX (__GWLB_A_TALLY_MAX - 1)

enum {
	GWLB_A_SIDE_PAD = 1,
	GWLB_A_SIDE_PACKETS,
	GWLB_A_SIDE_BYTES,

	__GWLB_A_SIDE_MAX
};
#define GWLB_A_SIDE_MAX (__GWLB_A_SIDE_MAX - 1)

enum {
	GWLB_A_FLOW_PAD = 1,
	GWLB_A_FLOW_ID,
	GWLB_A_FLOW_ENDPOINT,
	GWLB_A_FLOW_GROUP,
	GWLB_A_FLOW_SOURCE,
	GWLB_A_FLOW_DESTINATION,
	GWLB_A_FLOW_PROTOCOL,
	GWLB_A_FLOW_SOURCE_PORT,
	GWLB_A_FLOW_DESTINATION_PORT,
	GWLB_A_FLOW_ICMP_TYPE,
	GWLB_A_FLOW_STATE,
	GWLB_A_FLOW_VERDICT,
	GWLB_A_FLOW_RULE,
	GWLB_A_FLOW_DIRECTION,
	GWLB_A_FLOW_COOKIE,
	GWLB_A_FLOW_NODE,
	GWLB_A_FLOW_AGE,
	GWLB_A_FLOW_IDLE,
	GWLB_A_FLOW_EXPIRES,
	GWLB_A_FLOW_ORIGINAL,
	GWLB_A_FLOW_REPLY,
	GWLB_A_FLOW_SOURCE_PREFIX,
	GWLB_A_FLOW_DESTINATION_PREFIX,
	GWLB_A_FLOW_END,
	GWLB_A_FLOW_TIME,
	GWLB_A_FLOW_FLUSHED,

	__GWLB_A_FLOW_MAX
};
#define GWLB_A_FLOW_MAX (__GWLB_A_FLOW_MAX - 1)

enum {
	GWLB_A_EVENT_PAD = 1,
	GWLB_A_EVENT_TIME,
	GWLB_A_EVENT_RULE,
	GWLB_A_EVENT_NAME,
	GWLB_A_EVENT_TEXT,
	GWLB_A_EVENT_ENDPOINT,
	GWLB_A_EVENT_COOKIE,
	GWLB_A_EVENT_LENGTH,
	GWLB_A_EVENT_PACKET,
	GWLB_A_EVENT_LOST,
	GWLB_A_EVENT_GENERATION,

	__GWLB_A_EVENT_MAX
};
#define GWLB_A_EVENT_MAX (__GWLB_A_EVENT_MAX - 1)

enum {
	GWLB_CMD_CONFIG_GET = 1,
	GWLB_CMD_CONFIG_SET,
	GWLB_CMD_COUNTER_GET,
	GWLB_CMD_NODE_GET,
	GWLB_CMD_ENDPOINT_GET,
	GWLB_CMD_RULESET_GET,
	GWLB_CMD_RULESET_SET,
	GWLB_CMD_RULESET_CONFIRM,
	GWLB_CMD_RULE_GET,
	GWLB_CMD_GROUP_GET,
	GWLB_CMD_SET_GET,
	GWLB_CMD_ELEMENT_GET,
	GWLB_CMD_ELEMENT_ADD,
	GWLB_CMD_ELEMENT_DEL,
	GWLB_CMD_SET_FLUSH,
	GWLB_CMD_FLOW_GET,
	GWLB_CMD_FLOW_FLUSH,
	GWLB_CMD_FLOW_NEW_EVENT,
	GWLB_CMD_FLOW_END_EVENT,
	GWLB_CMD_LOG_EVENT,
	GWLB_CMD_RULESET_EVENT,

	__GWLB_CMD_MAX
};
#define GWLB_CMD_MAX (__GWLB_CMD_MAX - 1)

#define GWLB_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_GWLB_H */
