// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp: what the flags of a segment mean for its connection. See tcp.h.
 *
 * The machine of RFC 9293 as somebody in the middle sees it. It serves to
 * choose a timeout and to tell a new connection from an old one, so it does
 * not follow sequence numbers: what a forged segment can do is to make a flow
 * be forgotten earlier. A forged RST does not even do that, if both sides go
 * on: who took it for real, or sent it, sends no ACK any more.
 */
#include <linux/gwlb.h>

#include "tcp.h"

/* What struct gwlb_tcp_state has in fin: a FIN of each side; a RST came when
 * there was more than a SYN; and an ACK of each side after it
 */
#define TCP_BOTH_FINS	0x03
#define TCP_RESET	0x04
#define TCP_ALIVE	0x08

/**
 * gwlb_tcp_rare_kind() - what is a segment that is not only an ACK?
 * @flags: byte 13 of its TCP header
 *
 * Return: its kind
 */
enum gwlb_tcp_kind gwlb_tcp_rare_kind(u8 flags)
{
	/* Hosts look for a RST before they look for a SYN, and for no FIN with
	 * it (RFC 9293, 3.10.7.4): whatever comes with it, it is one.
	 */
	if (flags & GWLB_TCP_FLAG_RST)
		return GWLB_TCP_RST;
	switch (flags & GWLB_TCP_FLAGS) {
	case GWLB_TCP_FLAG_SYN:
	/* Who listens may well take it for one (RFC 9293, 3.10.7.2). */
	case GWLB_TCP_FLAG_SYN | GWLB_TCP_FLAG_FIN:
		return GWLB_TCP_SYN;
	case GWLB_TCP_FLAG_SYN | GWLB_TCP_FLAG_ACK:
		return GWLB_TCP_SYN_ACK;
	case GWLB_TCP_FLAG_FIN | GWLB_TCP_FLAG_ACK:
		return GWLB_TCP_FIN;
	default:
		return GWLB_TCP_BAD;
	}
}

/**
 * gwlb_tcp_begins() - may a flow begin with this segment?
 * @kind: what it is
 * @loose: also in the middle of a connection
 * @to: gets the state
 *
 * Return: true if so
 */
bool gwlb_tcp_begins(enum gwlb_tcp_kind kind, bool loose,
		     struct gwlb_tcp_state *to)
{
	to->fin = 0;
	if (kind == GWLB_TCP_SYN) {
		to->state = GWLB_FLOW_STATE_TCP_SYN;
		return true;
	}
	to->state = GWLB_FLOW_STATE_TCP_ESTABLISHED;
	return loose && (kind == GWLB_TCP_ACK || kind == GWLB_TCP_SYN_ACK);
}

/**
 * gwlb_tcp_begins_anew() - is this a new connection between the same ports?
 * @s: state of the old one
 * @first: what its first segment was
 * @kind: what this segment is
 * @reply: it comes from the side that did not begin the old one
 *
 * A SYN is one where the old one is over, or where its sender has ended it; of
 * the side that began also where the other has: nobody ends what has not begun.
 * And after a beginning without a SYN, as rules that speak of SYNs have not
 * been asked yet.
 *
 * Return: true if so
 */
bool gwlb_tcp_begins_anew(struct gwlb_tcp_state s, enum gwlb_tcp_kind first,
			  enum gwlb_tcp_kind kind, bool reply)
{
	u8 ended = s.fin & (reply ? 1 << reply : TCP_BOTH_FINS);

	return kind == GWLB_TCP_SYN &&
	       (s.state == GWLB_FLOW_STATE_TCP_CLOSED || ended ||
		first != GWLB_TCP_SYN);
}

/**
 * gwlb_tcp_is_foreign() - is this a SYN that no side of the connection sends?
 * @s: state of the connection, which it does not begin anew
 * @kind: what the segment is
 *
 * The side that began may repeat its SYN, and the other one may send its own
 * half way (a simultaneous open). One that comes later, of whatever side, is
 * forged, or late, or whoever sends it has forgotten the connection; or who
 * gets it has, unseen, and a new one begins. If not, he says so by an ACK, and
 * only the RST that may come then ends the connection (RFC 5961, 4.2).
 *
 * Return: true if so
 */
bool gwlb_tcp_is_foreign(struct gwlb_tcp_state s, enum gwlb_tcp_kind kind)
{
	return kind == GWLB_TCP_SYN &&
	       s.state != GWLB_FLOW_STATE_TCP_SYN &&
	       s.state != GWLB_FLOW_STATE_TCP_SYN_ACK;
}

/* Who has reset a connection, and who believes it, answers what still comes by
 * a RST (RFC 9293, 3.10.7.1). So if both sides send an ACK after it neither
 * did: it was forged, or out of their windows (RFC 5961, 3.2). Nor did who
 * answers a SYN after it.
 */
static struct gwlb_tcp_state after_reset(struct gwlb_tcp_state s,
					 enum gwlb_tcp_kind kind, bool reply)
{
	if (!s.fin && kind == GWLB_TCP_SYN_ACK && reply) {
		s.state = GWLB_FLOW_STATE_TCP_SYN_ACK;
		return s;
	}
	if (!(s.fin & TCP_RESET) || kind != GWLB_TCP_ACK)
		return s;
	s.fin |= TCP_ALIVE << reply;
	if (~s.fin & (TCP_ALIVE | TCP_ALIVE << 1))
		return s;
	s.fin &= TCP_BOTH_FINS;
	s.state = s.fin ? GWLB_FLOW_STATE_TCP_CLOSING :
		GWLB_FLOW_STATE_TCP_ESTABLISHED;
	return s;
}

static struct gwlb_tcp_state reset(struct gwlb_tcp_state s)
{
	if (s.state == GWLB_FLOW_STATE_TCP_SYN_ACK ||
	    s.state == GWLB_FLOW_STATE_TCP_ESTABLISHED ||
	    s.state == GWLB_FLOW_STATE_TCP_CLOSING)
		s.fin |= TCP_RESET;
	s.state = GWLB_FLOW_STATE_TCP_CLOSED;
	return s;
}

static struct gwlb_tcp_state finished(struct gwlb_tcp_state s, bool reply)
{
	s.fin |= 1 << reply;
	s.state = s.fin == TCP_BOTH_FINS ? GWLB_FLOW_STATE_TCP_CLOSED :
		GWLB_FLOW_STATE_TCP_CLOSING;
	return s;
}

/**
 * gwlb_tcp_next() - follow a connection
 * @s: state before this segment
 * @kind: what it is
 * @reply: it comes from the side that did not begin
 * @loose: do not insist on having seen the answer to a SYN: GWLB may show
 *	one direction only (fact sheet 2)
 *
 * Return: state after it
 */
struct gwlb_tcp_state gwlb_tcp_next(struct gwlb_tcp_state s,
				    enum gwlb_tcp_kind kind, bool reply,
				    bool loose)
{
	if (s.state == GWLB_FLOW_STATE_TCP_CLOSED)
		return after_reset(s, kind, reply);
	switch (kind) {
	case GWLB_TCP_RST:
		return reset(s);
	case GWLB_TCP_FIN:
		return finished(s, reply);
	case GWLB_TCP_SYN:
	case GWLB_TCP_SYN_ACK:
		/* A SYN from both is a simultaneous open. */
		if (s.state == GWLB_FLOW_STATE_TCP_SYN && reply)
			s.state = GWLB_FLOW_STATE_TCP_SYN_ACK;
		return s;
	case GWLB_TCP_ACK:
		if (!reply && (s.state == GWLB_FLOW_STATE_TCP_SYN_ACK ||
			       (s.state == GWLB_FLOW_STATE_TCP_SYN && loose)))
			s.state = GWLB_FLOW_STATE_TCP_ESTABLISHED;
		return s;
	case GWLB_TCP_BAD:
		return s;
	}
	return s;
}
