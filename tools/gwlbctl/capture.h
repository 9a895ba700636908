/* SPDX-License-Identifier: GPL-2.0-only */
/* A file with captured packets. See capture.c. */

#ifndef _GWLBCTL_CAPTURE_H
#define _GWLBCTL_CAPTURE_H

#include <linux/types.h>
#include <stddef.h>

#include "frame.h"

/**
 * struct capture - a file with captured packets
 * @pcap: libpcap's
 * @name: what it is called in errors
 * @link: what its packets begin with
 */
struct capture {
	struct pcap *pcap;
	const char *name;
	enum frame_link link;
};

/**
 * struct captured - one packet
 * @data: its bytes, until the next one is asked for
 * @len: how many are there
 * @whole: how many it had
 */
struct captured {
	const __u8 *data;
	size_t len;
	size_t whole;
};

int capture_open(struct capture *capture, const char *path);
int capture_next(struct capture *capture, struct captured *packet);
void capture_close(struct capture *capture);

#endif /* _GWLBCTL_CAPTURE_H */
