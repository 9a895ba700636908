/* SPDX-License-Identifier: GPL-2.0-only */
/* What a packet has in front of its IP header. See frame.c. */

#ifndef _GWLBCTL_FRAME_H
#define _GWLBCTL_FRAME_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* More VLAN tags than that are not looked behind */
#define FRAME_VLANS	2

/* An Ethernet address as text */
#define FRAME_ADDRESS	18

/**
 * enum frame_link - what the bytes begin with
 * @FRAME_GUESS: that has to be found out
 * @FRAME_ETHERNET: an Ethernet header
 * @FRAME_IP: an IP header
 * @FRAME_GENEVE: a Geneve header: what a socket gets to see
 * @FRAME_COOKED: what Linux puts in front for captures on any device
 * @FRAME_COOKED2: the same, second version
 */
enum frame_link {
	FRAME_GUESS,
	FRAME_ETHERNET,
	FRAME_IP,
	FRAME_GENEVE,
	FRAME_COOKED,
	FRAME_COOKED2,
};

/**
 * struct frame - what is in front of the IP header
 * @link: what the bytes begin with
 * @at: where it ends
 * @protocol: EtherType of what follows; 0 if that is not to be seen
 * @vlans: numbers of its VLANs, the outer one first
 * @vlan_count: how many these are
 */
struct frame {
	enum frame_link link;
	size_t at;
	__u16 protocol;
	__u16 vlans[FRAME_VLANS];
	int vlan_count;
};

bool frame_find_link(const char *name, enum frame_link *link);
const char *frame_link_name(enum frame_link link);
void frame_address(const __u8 *address, char text[FRAME_ADDRESS]);
void frame_read(enum frame_link link, const __u8 *data, size_t len,
		struct frame *frame);

#endif /* _GWLBCTL_FRAME_H */
