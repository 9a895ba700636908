/* SPDX-License-Identifier: GPL-2.0-only */
/* Which flow a customer packet belongs to. */
#ifndef GWLBSIM_TUPLE_H
#define GWLBSIM_TUPLE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct tuple - the key that both directions of a flow share
 * @addr: both addresses in network order, the lower pair (address, port)
 *        first; IPv4 fills the first four bytes
 * @port: both ports, in the order of @addr; 0 for a 3-tuple
 * @endpoint: index of the VPC endpoint
 * @family: 4 or 6
 * @proto: protocol above IP
 * @ports: true for a 5-tuple, false for a 3-tuple
 * @pad: always 0, because keys are compared as bytes
 */
struct tuple {
	__u8 addr[2][16];
	__u16 port[2];
	__u16 endpoint;
	__u8 family;
	__u8 proto;
	__u8 ports;
	__u8 pad[7];
};

bool tuple_parse(struct tuple *tuple, const __u8 *packet, size_t len);

#endif
