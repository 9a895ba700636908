/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcp: what the flags of a segment mean for its connection. Pure: no skb, no
 * flow, no time.
 */
#ifndef _GWLB_TCP_H
#define _GWLB_TCP_H

#include <linux/types.h>

/**
 * enum gwlb_tcp_kind - what a segment is, by its flags
 * @GWLB_TCP_ACK: neither of the others: data, or an acknowledgment
 * @GWLB_TCP_SYN: opens a connection
 * @GWLB_TCP_SYN_ACK: answers a SYN
 * @GWLB_TCP_FIN: closes one direction
 * @GWLB_TCP_RST: ends the connection
 * @GWLB_TCP_BAD: flags that no TCP sends together
 */
enum gwlb_tcp_kind {
	GWLB_TCP_ACK,
	GWLB_TCP_SYN,
	GWLB_TCP_SYN_ACK,
	GWLB_TCP_FIN,
	GWLB_TCP_RST,
	GWLB_TCP_BAD,
};

/**
 * struct gwlb_tcp_state - how far a connection has come
 * @state: enum gwlb_flow_state, one of those for TCP
 * @fin: bit 1 << enum gwlb_side for each side that sent a FIN; the others are
 *	known to tcp.c only
 */
struct gwlb_tcp_state {
	u8 state;
	u8 fin;
};

/* The flags that say what a segment is. PSH, URG, ECE and CWR say nothing about
 * the connection.
 */
#define GWLB_TCP_FLAG_FIN	0x01
#define GWLB_TCP_FLAG_SYN	0x02
#define GWLB_TCP_FLAG_RST	0x04
#define GWLB_TCP_FLAG_ACK	0x10
#define GWLB_TCP_FLAGS		(GWLB_TCP_FLAG_FIN | GWLB_TCP_FLAG_SYN | \
				 GWLB_TCP_FLAG_RST | GWLB_TCP_FLAG_ACK)

enum gwlb_tcp_kind gwlb_tcp_rare_kind(u8 flags);

/**
 * gwlb_tcp_kind() - what is this segment?
 * @flags: byte 13 of its TCP header
 *
 * Return: its kind
 */
static inline enum gwlb_tcp_kind gwlb_tcp_kind(u8 flags)
{
	if ((flags & GWLB_TCP_FLAGS) == GWLB_TCP_FLAG_ACK)
		return GWLB_TCP_ACK;
	return gwlb_tcp_rare_kind(flags);
}

bool gwlb_tcp_begins(enum gwlb_tcp_kind kind, bool loose,
		     struct gwlb_tcp_state *to);
bool gwlb_tcp_begins_anew(struct gwlb_tcp_state s, enum gwlb_tcp_kind first,
			  enum gwlb_tcp_kind kind, bool reply);
bool gwlb_tcp_is_foreign(struct gwlb_tcp_state s, enum gwlb_tcp_kind kind);
struct gwlb_tcp_state gwlb_tcp_next(struct gwlb_tcp_state s,
				    enum gwlb_tcp_kind kind, bool reply,
				    bool loose);

#endif /* _GWLB_TCP_H */
