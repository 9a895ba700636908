// SPDX-License-Identifier: GPL-2.0-only
/*
 * young: until when does a flow make way for others? Until both sides take part
 * in it, as far as can be told. Who sends from addresses that are not his can
 * have hosts answer him, but he does not see what they say. See flow_table.c
 * for what happens to young flows.
 */
#include <linux/in.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "ask.h"
#include "flow.h"
#include "flow_table.h"
#include "parse.h"
#include "tcp.h"
#include "young.h"

/* How far behind the first byte of an answer its acknowledgment may be: what is
 * guessed is so with a chance of 1 in 65,536.
 */
#define OFFER_WINDOW	65536

/* The TCP header of a packet that has one, all of it: the parser has seen to
 * that.
 */
static const struct tcphdr *tcp_header(const struct gwlb_question *q)
{
	return (const struct tcphdr *)(q->skb->data + q->pkt->l4_off);
}

/* Keeps what acknowledges the other side's SYN. Who sees the flag before the
 * number waits for the next packet.
 */
static void note_offer(const struct gwlb_question *q, struct gwlb_flow *flow)
{
	WRITE_ONCE(flow->offer, ntohl(tcp_header(q)->seq) + 1);
	atomic_or(GWLB_FLOW_OFFERED, &flow->progress);
}

static bool has_data(const struct gwlb_question *q)
{
	return q->pkt->len > q->pkt->l4_off + tcp_header(q)->doff * 4;
}

/* Does a segment show that its sender has received the other side's SYN, or
 * that the other side knows that he has? A mere ACK of the other side does not:
 * it also says so to what is out of its window (RFC 9293, 3.10.7.4), be the
 * handshake over or not.
 */
static bool takes_offer(const struct gwlb_question *q,
			const struct gwlb_flow *flow, bool other,
			enum gwlb_tcp_kind kind)
{
	if (kind == GWLB_TCP_RST || kind == GWLB_TCP_SYN ||
	    kind == GWLB_TCP_BAD)
		return false;
	if (other)
		return kind == GWLB_TCP_FIN || has_data(q);
	return ntohl(tcp_header(q)->ack_seq) - READ_ONCE(flow->offer) <
		OFFER_WINDOW;
}

/* Do both sides take part in a young flow? In half a handshake they do not,
 * whatever else its first side sends, nor in one that was answered by a RST,
 * nor where somebody is asked for an echo: these can be had without an address
 * to receive anything at.
 */
static bool is_in_use(const struct gwlb_question *q,
		      const struct gwlb_flow *flow, bool other,
		      enum gwlb_tcp_kind kind)
{
	int progress = atomic_read(&flow->progress);

	if (!(progress & GWLB_FLOW_REPLIED))
		return false;
	switch (progress & GWLB_FLOW_STATE) {
	case GWLB_FLOW_STATE_ESTABLISHED:
		return flow->key.proto != IPPROTO_ICMP &&
		       flow->key.proto != IPPROTO_ICMPV6;
	case GWLB_FLOW_STATE_TCP_ESTABLISHED:
	case GWLB_FLOW_STATE_TCP_CLOSING:
		return !(progress & GWLB_FLOW_OFFERED) ||
		       takes_offer(q, flow, other, kind);
	}
	return false;
}

/**
 * gwlb_young_packet() - do to a young flow what one of its packets does
 * @q: the packet
 * @flow: the flow, whose state is what the packet has made it
 * @other: it is not from the side that the first packet came from
 * @kind: what the segment is, if it is TCP
 *
 * Context: bottom halves off, RCU read side
 */
void gwlb_young_packet(const struct gwlb_question *q, struct gwlb_flow *flow,
		       bool other, enum gwlb_tcp_kind kind)
{
	if (other && (kind == GWLB_TCP_SYN || kind == GWLB_TCP_SYN_ACK))
		note_offer(q, flow);
	if (is_in_use(q, flow, other, kind))
		gwlb_flow_answered(flow);
}
