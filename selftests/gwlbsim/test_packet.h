/* SPDX-License-Identifier: GPL-2.0-only */
/* Customer packets for unit tests. */
#ifndef GWLBSIM_TEST_PACKET_H
#define GWLBSIM_TEST_PACKET_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "tuple.h"

size_t ipv4(__u8 *p, bool back, __u8 proto, __u16 frag, __u16 sport,
	    __u16 dport);
struct tuple parsed(const __u8 *p, size_t len);

#endif
