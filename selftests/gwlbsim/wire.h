/* SPDX-License-Identifier: GPL-2.0-only */
/* The outer header: what GWLB puts in front of a customer packet. */
#ifndef GWLBSIM_WIRE_H
#define GWLBSIM_WIRE_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define WIRE_PORT	6081
#define WIRE_HDR_LEN	68
#define WIRE_INNER_MAX	8500

#define WIRE_PROTO_IPV4	0x0800
#define WIRE_PROTO_IPV6	0x86dd

/**
 * struct wire - the fields of an outer header that differ between packets
 * @src: outer source
 * @dst: outer destination
 * @sport: UDP source port
 * @proto: WIRE_PROTO_IPV4 or WIRE_PROTO_IPV6
 * @endpoint: VPC endpoint id
 * @attachment: attachment id
 * @cookie: flow cookie
 */
struct wire {
	struct in_addr src;
	struct in_addr dst;
	__u16 sport;
	__u16 proto;
	__u64 endpoint;
	__u64 attachment;
	__u32 cookie;
};

/**
 * struct wire_field - a field of the outer header
 * @off: where it starts
 * @len: how many bytes
 * @name: what people call it
 */
struct wire_field {
	size_t off;
	size_t len;
	const char *name;
};

void wire_build(__u8 hdr[WIRE_HDR_LEN], const struct wire *wire,
		const void *inner, size_t len);
void wire_swap(__u8 *hdr);
void wire_unroute(__u8 *frame, size_t len);
long wire_parse(const __u8 *frame, size_t len, struct wire *wire);
bool wire_finish_csum(__u8 *frame, size_t len, size_t start, size_t offset);
const struct wire_field *wire_field(size_t off);
size_t wire_diff(const __u8 *hdr, const void *inner, size_t inner_len,
		 const __u8 *frame, size_t len);

#endif
