/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * link: frames to the appliance and from it. See link.c.
 */
#ifndef _CASES_LINK_H
#define _CASES_LINK_H

#include <linux/if_ether.h>
#include <stdbool.h>

#include "cases.h"

/**
 * struct link - the wire to the appliance
 * @fd: packet socket on our end
 * @tun: other end of a device of the appliance that has no link layer
 * @ifindex: our end
 * @mac: our address
 * @appliance: address of the other end
 */
struct link {
	int fd;
	int tun;
	int ifindex;
	__u8 mac[ETH_ALEN];
	__u8 appliance[ETH_ALEN];
};

/**
 * struct frame - what came
 * @data: from the Ethernet header on
 * @len: how many bytes
 * @unfinished: a checksum is left to the device
 */
struct frame {
	__u8 data[PACKET_MAX + ETH_HLEN];
	unsigned int len;
	bool unfinished;
};

void link_open(struct link *link, const char *dev);
void link_open_tun(struct link *link);
void link_send(const struct link *link, const struct packet *p,
	       enum case_link to, bool unfinished);
bool link_receive(const struct link *link, struct frame *frame, int wait_ms);
bool link_is_answer(const struct link *link, const struct frame *frame,
		    const struct packet *p);

#endif /* _CASES_LINK_H */
