/* SPDX-License-Identifier: GPL-2.0-only */
/* The beginning of an inner packet, taken apart. See packet.c. */

#ifndef _GWLBCTL_PACKET_H
#define _GWLBCTL_PACKET_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Name or number of a transport protocol */
#define PACKET_PROTOCOL	16

/**
 * struct packet - what is to be seen of an inner packet
 * @family: AF_INET or AF_INET6; 0 if not even that is to be seen
 * @source: source address, 4 or 16 bytes
 * @destination: destination address, likewise
 * @ttl: TTL or hop limit
 * @has_protocol: is the transport protocol to be seen
 * @protocol: this one
 * @fragment: is it a fragment
 * @offset: of a fragment, in bytes
 * @has_ports: is it TCP, UDP or the like, and are the ports to be seen
 * @source_port: source port
 * @destination_port: destination port
 * @has_flags: are the TCP flags to be seen
 * @flags: byte 13 of the TCP header
 * @has_icmp: are type and code of an ICMP message to be seen
 * @icmp_type: its type
 * @icmp_code: its code
 */
struct packet {
	int family;
	__u8 source[16];
	__u8 destination[16];
	__u8 ttl;
	bool has_protocol;
	__u8 protocol;
	bool fragment;
	__u16 offset;
	bool has_ports;
	__u16 source_port;
	__u16 destination_port;
	bool has_flags;
	__u8 flags;
	bool has_icmp;
	__u8 icmp_type;
	__u8 icmp_code;
};

void packet_decode(const void *data, size_t len, struct packet *packet);
void packet_print(FILE *to, const struct packet *packet);
json_t *packet_json(const struct packet *packet);
void packet_protocol(__u8 protocol, char text[PACKET_PROTOCOL]);

#endif /* _GWLBCTL_PACKET_H */
