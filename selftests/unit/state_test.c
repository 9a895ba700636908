// SPDX-License-Identifier: GPL-2.0-only
/*
 * state_test: module/tcp.c, the machine that follows connections, and what
 * module/inner.c reads of the packet that an ICMP error quotes. Expected
 * values come from RFC 9293 (TCP), RFC 792 and RFC 4443 (ICMP).
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#include <linux/gwlb.h>

#include "inner.h"
#include "tcp.h"

#define FIN	0x01
#define SYN	0x02
#define RST	0x04
#define PSH	0x08
#define ACK	0x10
#define URG	0x20
#define ECE	0x40
#define CWR	0x80

static void kinds(void **state)
{
	unsigned int flags, n_bad = 0;

	(void)state;
	assert_int_equal(gwlb_tcp_kind(SYN), GWLB_TCP_SYN);
	assert_int_equal(gwlb_tcp_kind(SYN | ECE | CWR), GWLB_TCP_SYN);
	/* RFC 9293, 3.10.7.2 looks for a SYN before it looks for a FIN. */
	assert_int_equal(gwlb_tcp_kind(SYN | FIN), GWLB_TCP_SYN);
	assert_int_equal(gwlb_tcp_kind(SYN | FIN | PSH), GWLB_TCP_SYN);
	assert_int_equal(gwlb_tcp_kind(SYN | ACK), GWLB_TCP_SYN_ACK);
	assert_int_equal(gwlb_tcp_kind(ACK), GWLB_TCP_ACK);
	assert_int_equal(gwlb_tcp_kind(ACK | PSH | URG), GWLB_TCP_ACK);
	assert_int_equal(gwlb_tcp_kind(FIN | ACK), GWLB_TCP_FIN);
	assert_int_equal(gwlb_tcp_kind(FIN | ACK | PSH), GWLB_TCP_FIN);
	assert_int_equal(gwlb_tcp_kind(RST), GWLB_TCP_RST);
	assert_int_equal(gwlb_tcp_kind(RST | ACK), GWLB_TCP_RST);
	/* Scanners' favourites: null, FIN without ACK, Xmas */
	assert_int_equal(gwlb_tcp_kind(0), GWLB_TCP_BAD);
	assert_int_equal(gwlb_tcp_kind(FIN), GWLB_TCP_BAD);
	assert_int_equal(gwlb_tcp_kind(FIN | PSH | URG), GWLB_TCP_BAD);
	assert_int_equal(gwlb_tcp_kind(SYN | FIN | ACK), GWLB_TCP_BAD);
	/* RFC 9293, 3.10.7.4 looks for a RST before it looks for a SYN, and for
	 * a FIN last: who believes it has no connection any more.
	 */
	assert_int_equal(gwlb_tcp_kind(RST | FIN), GWLB_TCP_RST);
	assert_int_equal(gwlb_tcp_kind(RST | FIN | ACK), GWLB_TCP_RST);
	assert_int_equal(gwlb_tcp_kind(RST | SYN), GWLB_TCP_RST);
	assert_int_equal(gwlb_tcp_kind(RST | SYN | FIN | ACK), GWLB_TCP_RST);
	/* 13 of the 16 combinations of FIN, SYN, RST and ACK are good. */
	for (flags = 0; flags < 256; flags++)
		n_bad += gwlb_tcp_kind(flags) == GWLB_TCP_BAD;
	assert_int_equal(n_bad, 3 * 16);
}

static void beginnings(void **state)
{
	static const enum gwlb_tcp_kind never[] = {
		GWLB_TCP_FIN, GWLB_TCP_RST, GWLB_TCP_BAD,
	};
	struct gwlb_tcp_state s;
	unsigned int i;

	(void)state;
	assert_true(gwlb_tcp_begins(GWLB_TCP_SYN, false, &s));
	assert_int_equal(s.state, GWLB_FLOW_STATE_TCP_SYN);
	assert_true(gwlb_tcp_begins(GWLB_TCP_ACK, true, &s));
	assert_int_equal(s.state, GWLB_FLOW_STATE_TCP_ESTABLISHED);
	assert_false(gwlb_tcp_begins(GWLB_TCP_ACK, false, &s));
	assert_true(gwlb_tcp_begins(GWLB_TCP_SYN_ACK, true, &s));
	assert_int_equal(s.state, GWLB_FLOW_STATE_TCP_ESTABLISHED);
	assert_false(gwlb_tcp_begins(GWLB_TCP_SYN_ACK, false, &s));
	for (i = 0; i < sizeof(never) / sizeof(*never); i++) {
		assert_false(gwlb_tcp_begins(never[i], true, &s));
		assert_false(gwlb_tcp_begins(never[i], false, &s));
	}
}

/**
 * struct step - one segment and where it leads
 * @flags: of the segment
 * @reply: from the side that did not begin
 * @state: enum gwlb_flow_state after it
 */
struct step {
	u8 flags;
	bool reply;
	u8 state;
};

static struct gwlb_tcp_state walk(const struct step *steps, size_t n,
				  bool loose)
{
	struct gwlb_tcp_state s;
	size_t i;

	assert_true(gwlb_tcp_begins(gwlb_tcp_kind(steps[0].flags), loose, &s));
	assert_int_equal(s.state, steps[0].state);
	for (i = 1; i < n; i++) {
		s = gwlb_tcp_next(s, gwlb_tcp_kind(steps[i].flags),
				  steps[i].reply, loose);
		assert_int_equal(s.state, steps[i].state);
	}
	return s;
}

#define WALK(loose, ...) do {						\
	static const struct step steps[] = { __VA_ARGS__ };		\
									\
	walk(steps, sizeof(steps) / sizeof(*steps), loose);		\
} while (0)

#define S_SYN	GWLB_FLOW_STATE_TCP_SYN
#define S_SYNACK GWLB_FLOW_STATE_TCP_SYN_ACK
#define S_EST	GWLB_FLOW_STATE_TCP_ESTABLISHED
#define S_CLOSING GWLB_FLOW_STATE_TCP_CLOSING
#define S_CLOSED GWLB_FLOW_STATE_TCP_CLOSED

static void lives(void **state)
{
	(void)state;
	/* From handshake to both FINs, with retransmissions */
	WALK(false, { SYN, false, S_SYN }, { SYN, false, S_SYN },
	     { SYN | ACK, true, S_SYNACK }, { SYN | ACK, true, S_SYNACK },
	     { ACK, false, S_EST }, { ACK | PSH, true, S_EST },
	     { FIN | ACK, true, S_CLOSING }, { FIN | ACK, true, S_CLOSING },
	     { ACK, false, S_CLOSING }, { FIN | ACK, false, S_CLOSED },
	     { ACK, true, S_CLOSED });
	/* A RST in between that neither side believes (RFC 5961, 3.2) */
	WALK(false, { SYN, false, S_SYN }, { SYN | ACK, true, S_SYNACK },
	     { RST, false, S_CLOSED }, { ACK, false, S_CLOSED },
	     { ACK | PSH, true, S_EST });
	/* One before the answer, which comes all the same */
	WALK(false, { SYN, false, S_SYN }, { RST, false, S_CLOSED },
	     { SYN | ACK, false, S_CLOSED }, { SYN | ACK, true, S_SYNACK },
	     { ACK, false, S_EST });
	/* An answer to what both have ended is none. */
	WALK(true, { ACK, false, S_EST }, { FIN | ACK, false, S_CLOSING },
	     { FIN | ACK, true, S_CLOSED }, { SYN | ACK, true, S_CLOSED });
	WALK(false, { SYN, false, S_SYN }, { SYN | ACK, true, S_SYNACK },
	     { RST, true, S_CLOSED }, { SYN | ACK, true, S_CLOSED });
	/* Nobody listens */
	WALK(false, { SYN, false, S_SYN }, { RST | ACK, true, S_CLOSED });
	/* Both at once (RFC 9293, figure 8) */
	WALK(false, { SYN, false, S_SYN }, { SYN, true, S_SYNACK },
	     { SYN | ACK, false, S_SYNACK }, { ACK, false, S_EST });
	/* A half-open connection is discovered (RFC 9293, figure 9): the old
	 * flow lives until the RST.
	 */
	WALK(false, { SYN, false, S_SYN }, { SYN | ACK, true, S_SYNACK },
	     { ACK, false, S_EST }, { SYN, false, S_EST },
	     { ACK, true, S_EST }, { RST, false, S_CLOSED });
	/* An answer must have been seen, unless we are easy about it. */
	WALK(false, { SYN, false, S_SYN }, { ACK, false, S_SYN });
	WALK(true, { SYN, false, S_SYN }, { ACK, false, S_EST });
	/* Their own SYN+ACK or ACK does not help those who began. */
	WALK(true, { SYN, false, S_SYN }, { SYN | ACK, false, S_SYN });
	WALK(true, { SYN, false, S_SYN }, { ACK, true, S_SYN });
	/* Taken over in the middle */
	WALK(true, { ACK, false, S_EST }, { ACK, true, S_EST },
	     { FIN | ACK, false, S_CLOSING }, { FIN | ACK, true, S_CLOSED });
	/* Impossible flags move nothing. */
	WALK(true, { ACK, false, S_EST }, { 0, true, S_EST },
	     { SYN | FIN, false, S_EST });
}

/* What hosts do about a RST: RFC 9293, 3.10.7.1 and RFC 5961, 3.2 */
static void resets(void **state)
{
	static const struct step shut[] = {
		{ ACK, false, S_EST }, { FIN | ACK, false, S_CLOSING },
		{ FIN | ACK, true, S_CLOSED }, { ACK, false, S_CLOSED },
		{ ACK, true, S_CLOSED },
	};
	struct gwlb_tcp_state s;

	(void)state;
	/* It was real: who reset it says RST to whatever still comes. */
	WALK(false, { SYN, false, S_SYN }, { SYN | ACK, true, S_SYNACK },
	     { ACK, false, S_EST }, { RST, true, S_CLOSED },
	     { ACK, false, S_CLOSED }, { ACK | PSH, false, S_CLOSED },
	     { RST, true, S_CLOSED }, { FIN | ACK, false, S_CLOSED });
	/* Both sides go on, so neither has sent or believed it. */
	WALK(false, { SYN, false, S_SYN }, { SYN | ACK, true, S_SYNACK },
	     { ACK, false, S_EST }, { RST, true, S_CLOSED },
	     { ACK, false, S_CLOSED }, { ACK | PSH, true, S_EST },
	     { RST | ACK, false, S_CLOSED }, { ACK, true, S_CLOSED },
	     { ACK, true, S_CLOSED }, { ACK, false, S_EST },
	     { FIN | ACK, true, S_CLOSING }, { FIN | ACK, false, S_CLOSED });
	/* A FIN that came before it still counts. */
	WALK(true, { ACK, false, S_EST }, { FIN | ACK, false, S_CLOSING },
	     { RST, false, S_CLOSED }, { ACK, false, S_CLOSED },
	     { ACK, true, S_CLOSING }, { FIN | ACK, true, S_CLOSED });
	/* A connection that was refused was never there. */
	WALK(true, { SYN, false, S_SYN }, { RST | ACK, true, S_CLOSED },
	     { ACK, false, S_CLOSED }, { ACK, true, S_CLOSED });
	/* Both have sent all that they had: that is the end. */
	s = walk(shut, 5, true);
	s = gwlb_tcp_next(s, GWLB_TCP_RST, false, true);
	s = gwlb_tcp_next(s, GWLB_TCP_ACK, false, true);
	s = gwlb_tcp_next(s, GWLB_TCP_ACK, true, true);
	assert_int_equal(s.state, S_CLOSED);
}

#define ANEW(s, first, kind, reply) \
	gwlb_tcp_begins_anew(s, GWLB_TCP_##first, GWLB_TCP_##kind, reply)

static void anew(void **state)
{
	static const struct step closed[] = {
		{ SYN, false, S_SYN }, { RST, true, S_CLOSED },
	};
	static const struct step half[] = {
		{ SYN, false, S_SYN }, { ACK, false, S_EST },
		{ FIN | ACK, false, S_CLOSING },
	};
	static const struct step open[] = {
		{ SYN, false, S_SYN }, { SYN | ACK, true, S_SYNACK },
		{ ACK, false, S_EST },
	};
	static const struct step left[] = {
		{ SYN, false, S_SYN }, { SYN | ACK, true, S_SYNACK },
		{ ACK, false, S_EST }, { FIN | ACK, true, S_CLOSING },
		{ ACK, false, S_CLOSING },
	};
	static const struct step taken_over[] = { { ACK, false, S_EST } };
	struct gwlb_tcp_state s;

	(void)state;
	s = walk(closed, 2, true);
	assert_true(ANEW(s, SYN, SYN, false));
	assert_true(ANEW(s, SYN, SYN, true));
	assert_false(ANEW(s, SYN, ACK, false));
	assert_false(ANEW(s, SYN, SYN_ACK, true));
	/* Who has sent a FIN sends a SYN only in another connection. */
	s = walk(half, 3, true);
	assert_true(ANEW(s, SYN, SYN, false));
	assert_false(ANEW(s, SYN, SYN, true));
	/* Nor is it the first one again after a FIN of the other side, which is
	 * the next in order after its SYN (RFC 9293, 3.6): the side that began
	 * is still there, or it has forgotten the connection.
	 */
	s = walk(left, 5, true);
	assert_true(ANEW(s, SYN, SYN, false));
	assert_true(ANEW(s, SYN, SYN, true));
	/* Nobody opens a connection within this one. */
	s = walk(open, 3, true);
	assert_false(ANEW(s, SYN, SYN, false));
	assert_false(ANEW(s, SYN, SYN, true));
	assert_true(gwlb_tcp_is_foreign(s, GWLB_TCP_SYN));
	assert_false(gwlb_tcp_is_foreign(s, GWLB_TCP_SYN_ACK));
	/* A SYN again, or one from both sides */
	s = walk(open, 1, true);
	assert_false(ANEW(s, SYN, SYN, false));
	assert_false(ANEW(s, SYN, SYN, true));
	assert_false(gwlb_tcp_is_foreign(s, GWLB_TCP_SYN));
	s = walk(open, 2, true);
	assert_false(gwlb_tcp_is_foreign(s, GWLB_TCP_SYN));
	/* Who comes in by an ACK does not get a SYN past the rules. */
	s = walk(taken_over, 1, true);
	assert_true(ANEW(s, ACK, SYN, false));
	assert_true(ANEW(s, ACK, SYN, true));
	assert_false(ANEW(s, ACK, ACK, true));
}

/* Quotes: 8 bytes of ICMP, then what they are about */

static const u8 quoted_udp4[] = {
	3, 3, 0, 0, 0, 0, 0, 0,
	/* IHL 6, a first fragment */
	0x46, 0, 0, 40, 0, 7, 0x20, 0, 64, 17, 0, 0,
	10, 1, 2, 3, 192, 0, 2, 4, 1, 1, 1, 1,
	0x12, 0x34, 0, 53, 0, 20, 0, 0,
};

static const u8 quoted_echo6[] = {
	1, 4, 0, 0, 0, 0, 0, 0,
	/* Destination options come next. */
	0x60, 0, 0, 0, 0, 16, 60, 64,
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	58, 0, 1, 4, 0, 0, 0, 0,
	128, 0, 0, 0, 0xbe, 0xef, 0, 1,
};

static int quote_of(const u8 *bytes, u32 len, u32 linear, u8 family,
		    struct gwlb_quote *quote)
{
	struct gwlb_buf b = { .data = bytes, .linear = linear, .len = len };
	struct gwlb_pkt pkt = { .family = family };

	return gwlb_inner_quote(&b, &pkt, quote);
}

static void quotes(void **state)
{
	static const u8 src[] = { 10, 1, 2, 3 }, dst[] = { 192, 0, 2, 4 };
	u8 later[sizeof(quoted_udp4)];
	struct gwlb_quote q;
	u32 len;

	(void)state;
	assert_int_equal(quote_of(quoted_udp4, sizeof(quoted_udp4),
				  sizeof(quoted_udp4), NFPROTO_IPV4, &q), 0);
	assert_memory_equal(&q.src, src, 4);
	assert_memory_equal(&q.dst, dst, 4);
	assert_int_equal(q.proto, 17);
	assert_int_equal(ntohs(q.sport), 0x1234);
	assert_int_equal(ntohs(q.dport), 53);

	assert_int_equal(quote_of(quoted_echo6, sizeof(quoted_echo6),
				  sizeof(quoted_echo6), NFPROTO_IPV6, &q), 0);
	assert_memory_equal(&q.src, quoted_echo6 + 16, 16);
	assert_memory_equal(&q.dst, quoted_echo6 + 32, 16);
	assert_int_equal(q.proto, 58);
	assert_int_equal(q.icmp_type, 128);
	assert_int_equal(ntohs(q.icmp_id), 0xbeef);
	assert_int_equal(q.sport, 0);

	/* Less than 8 bytes of the transport header tell nothing. */
	for (len = 8; len < sizeof(quoted_udp4); len++)
		assert_int_equal(quote_of(quoted_udp4, len, len, NFPROTO_IPV4,
					  &q), 1);
	for (len = 8; len < sizeof(quoted_echo6); len++)
		assert_int_equal(quote_of(quoted_echo6, len, len, NFPROTO_IPV6,
					  &q), 1);
	/* What is there but not linear is asked for. */
	assert_int_equal(quote_of(quoted_udp4, sizeof(quoted_udp4), 8,
				  NFPROTO_IPV4, &q), -28);
	/* The wrong version, and a fragment without ports */
	assert_int_equal(quote_of(quoted_udp4, sizeof(quoted_udp4),
				  sizeof(quoted_udp4), NFPROTO_IPV6, &q), 1);
	memcpy(later, quoted_udp4, sizeof(later));
	later[8 + 7] = 1;
	assert_int_equal(quote_of(later, sizeof(later), sizeof(later),
				  NFPROTO_IPV4, &q), 1);
}

/**
 * struct header - an extension header
 * @type: its type
 * @units: what it says of its length, but for a fragment's
 * @len: its length
 */
struct header {
	u8 type;
	u8 units;
	u8 len;
};

/* Hop-by-hop options, routing, fragment, authentication, destination options */
static const struct header headers[] = {
	{ 0, 1, 16 }, { 43, 1, 16 }, { 44, 0, 8 }, { 51, 4, 24 }, { 60, 1, 16 },
};

/* An ICMPv6 error that quotes UDP behind @n headers; its length */
static u32 quote_behind(u8 *bytes, const struct header *h, u32 n)
{
	u8 *at = bytes + 8 + 40;
	u32 i;

	memcpy(bytes, quoted_echo6, 8 + 40);
	bytes[8 + 6] = n ? h->type : 17;
	for (i = 0; i < n; i++, at += h->len) {
		memset(at, 0, h->len);
		at[0] = i + 1 < n ? h->type : 17;
		at[1] = h->units;
	}
	memcpy(at, quoted_udp4 + sizeof(quoted_udp4) - 8, 8);
	return at + 8 - bytes;
}

static void quotes_behind_headers(void **state)
{
	u8 bytes[8 + 40 + 9 * 24 + 8];
	struct gwlb_quote q;
	u32 i, n, len;

	(void)state;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		for (n = 0; n <= 8; n++) {
			len = quote_behind(bytes, &headers[i], n);
			assert_int_equal(quote_of(bytes, len, len,
						  NFPROTO_IPV6, &q), 0);
			assert_int_equal(q.proto, 17);
			assert_int_equal(ntohs(q.sport), 0x1234);
			assert_int_equal(ntohs(q.dport), 53);
			/* Cut in the ports, and in what comes before them */
			assert_int_equal(quote_of(bytes, len - 1, len - 1,
						  NFPROTO_IPV6, &q), 1);
			assert_int_equal(quote_of(bytes, len - 9, len - 9,
						  NFPROTO_IPV6, &q), 1);
		}
		/* So many nobody sends. */
		len = quote_behind(bytes, &headers[i], 9);
		assert_int_equal(quote_of(bytes, len, len, NFPROTO_IPV6, &q),
				 1);
	}
	/* A later fragment has no ports. */
	len = quote_behind(bytes, &headers[2], 1);
	bytes[8 + 40 + 3] = 8;
	assert_int_equal(quote_of(bytes, len, len, NFPROTO_IPV6, &q), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(beginnings),
		cmocka_unit_test(lives),
		cmocka_unit_test(resets),
		cmocka_unit_test(anew),
		cmocka_unit_test(quotes),
		cmocka_unit_test(quotes_behind_headers),
	};

	cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
