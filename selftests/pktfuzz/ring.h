/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring: many frames to the appliance at once, and all that come back. See
 * ring.c.
 */
#ifndef _PKTFUZZ_RING_H
#define _PKTFUZZ_RING_H

#include <linux/if_ether.h>
#include <linux/types.h>

#include "shot.h"

#define RING_FRAMES	64
#define RING_SEGMENTS	16

/**
 * struct ring - our end of the wire
 * @ifindex: the device
 * @mac: its address
 * @appliance: address of the other end
 * @tx: packet socket to send with
 * @rx: packet socket to receive with
 * @udp: socket that aggregates are sent with
 * @frames: memory that is shared with the kernel
 * @next: the frame that is sent next
 */
struct ring {
	int ifindex;
	__u8 mac[ETH_ALEN];
	__u8 appliance[ETH_ALEN];
	int tx;
	int rx;
	int udp;
	__u8 *frames;
	unsigned int next;
};

/**
 * struct caught - a frame that came
 * @len: its length
 * @data: its bytes
 */
struct caught {
	unsigned int len;
	__u8 data[SHOT_SIZE + ETH_HLEN];
};

void ring_open(struct ring *ring, const char *dev, const struct stage *stage);
void ring_send(struct ring *ring, const struct shot *shots, unsigned int n);
void ring_send_segments(const struct ring *ring, const struct shot *shots,
			unsigned int n);
unsigned int ring_receive(const struct ring *ring, struct caught *caught,
			  unsigned int max, int wait_ms);

#endif /* _PKTFUZZ_RING_H */
