/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host: what the appliance's host and its addresses have to do with the fate
 * of a packet. See host.c.
 */
#ifndef _PKTFUZZ_HOST_H
#define _PKTFUZZ_HOST_H

#include "cases.h"
#include "parse.h"

/**
 * struct frame_view - a frame behind its Ethernet header
 * @data: its bytes
 * @size: how many, with padding
 * @link: to whom it goes
 */
struct frame_view {
	const __u8 *data;
	unsigned int size;
	enum case_link link;
};

unsigned int host_len(const struct frame_view *v);
enum gwlb_reason host_admit(const struct stage *s, enum case_link link,
			    const struct gwlb_pkt *pkt);
enum gwlb_reason host_transmit(const struct stage *s, enum gwlb_send_mode mode,
			       const struct gwlb_pkt *pkt);
bool host_may_answer(const struct gwlb_pkt *pkt);

#endif /* _PKTFUZZ_HOST_H */
