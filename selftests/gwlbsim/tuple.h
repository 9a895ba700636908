/* SPDX-License-Identifier: GPL-2.0-only */
/* Which flow a customer packet belongs to. */
#ifndef GWLBSIM_TUPLE_H
#define GWLBSIM_TUPLE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * enum tuple_kind - how much of a packet makes its flow
 * @TUPLE_FIVE: addresses, protocol and ports
 * @TUPLE_THREE: addresses and protocol
 * @TUPLE_TWO: addresses
 */
enum tuple_kind {
	TUPLE_FIVE,
	TUPLE_THREE,
	TUPLE_TWO,
};

/**
 * struct tuple - the key that both directions of a flow share
 * @addr: both addresses in network order, the lower pair (address, port)
 *        first; IPv4 fills the first four bytes
 * @port: both ports, in the order of @addr; 0 for a 3-tuple
 * @endpoint: index of the VPC endpoint
 * @family: 4 or 6
 * @proto: protocol above IP; 0 for a 2-tuple
 * @ports: true for a 5-tuple
 * @tcp: true when its idle time is that of TCP
 * @pad: always 0, because keys are compared as bytes
 */
struct tuple {
	__u8 addr[2][16];
	__u16 port[2];
	__u16 endpoint;
	__u8 family;
	__u8 proto;
	__u8 ports;
	__u8 tcp;
	__u8 pad[6];
};

bool tuple_parse(struct tuple *tuple, const __u8 *packet, size_t len);
void tuple_reduce(struct tuple *tuple, enum tuple_kind kind);
bool tuple_opens(const __u8 *packet, size_t len);

#endif
