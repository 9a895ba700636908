/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inner: reads the inner packet. As pure as parse.c, which calls it.
 */
#ifndef _GWLB_INNER_H
#define _GWLB_INNER_H

#include "parse.h"

/**
 * struct gwlb_quote - the packet that an ICMP error is about
 * @src: its source
 * @dst: its destination
 * @sport: its TCP or UDP source port; 0 if there is none
 * @dport: its TCP or UDP destination port; 0 if there is none
 * @icmp_id: identifier of an ICMP query or its answer
 * @proto: its transport protocol
 * @icmp_type: type of an ICMP or ICMPv6 message
 */
struct gwlb_quote {
	union nf_inet_addr src;
	union nf_inet_addr dst;
	__be16 sport;
	__be16 dport;
	__be16 icmp_id;
	u8 proto;
	u8 icmp_type;
};

int gwlb_inner_parse(const struct gwlb_buf *b, struct gwlb_pkt *pkt,
		     u8 version);
int gwlb_inner_quote(const struct gwlb_buf *b, const struct gwlb_pkt *pkt,
		     struct gwlb_quote *quote);

#endif /* _GWLB_INNER_H */
