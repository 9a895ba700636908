/* SPDX-License-Identifier: GPL-2.0-only */
/* The wire side: packet sockets on one Ethernet device. */
#ifndef GWLBSIM_PORT_H
#define GWLBSIM_PORT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "options.h"

#define PORT_BATCH	64

/**
 * struct port_tx - one frame to send
 * @hdr: outer header
 * @hdr_len: its length
 * @inner: inner packet
 * @inner_len: its length
 * @mac: where to
 * @sent: set when the device took it
 */
struct port_tx {
	const __u8 *hdr;
	size_t hdr_len;
	const __u8 *inner;
	size_t inner_len;
	const __u8 *mac;
	bool sent;
};

/**
 * struct port_rx - one frame that was received
 * @frame: from the outer IPv4 header on, checksums filled in
 * @len: its length
 * @fault: what is wrong below IP, or NULL
 */
struct port_rx {
	__u8 *frame;
	size_t len;
	const char *fault;
};

struct port;

struct port *port_open(const char *name);
int port_own(struct port *port, struct in_addr addr);
bool port_owns(const struct port *port, struct in_addr addr);
void port_close(struct port *port);
int port_fd(const struct port *port);
int port_ifindex(const struct port *port);
void port_send(struct port *port, struct port_tx *tx, unsigned int n);
unsigned int port_receive(struct port *port, struct port_rx *rx);
__u64 port_lost(struct port *port);

#endif
