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
 *   told apart.
 * @GWLB_REASON_DROP_NO_MEMORY: The kernel had no memory to make the packet
 *   writable.
 * @GWLB_REASON_DROP_NO_ROUTE: There is no plain route back to the load
 *   balancer: none at all, or one that encrypts (IPsec) or wraps.
 * @GWLB_REASON_DROP_NO_LINK: Send mode "reflect", but the packet came without
 *   an Ethernet header to swap.
 * @GWLB_REASON_DROP_TOO_BIG: Larger than the MTU of the way back; GWLB does
 *   not accept fragments.
 * @GWLB_REASON_DROP_TRANSMIT: The device or its queue did not take the packet.
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

	__GWLB_A_ENDPOINT_MAX
};
#define GWLB_A_ENDPOINT_MAX (__GWLB_A_ENDPOINT_MAX - 1)

enum {
	GWLB_CMD_CONFIG_GET = 1,
	GWLB_CMD_CONFIG_SET,
	GWLB_CMD_COUNTER_GET,
	GWLB_CMD_NODE_GET,
	GWLB_CMD_ENDPOINT_GET,

	__GWLB_CMD_MAX
};
#define GWLB_CMD_MAX (__GWLB_CMD_MAX - 1)

#endif /* _UAPI_LINUX_GWLB_H */
