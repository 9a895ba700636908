// SPDX-License-Identifier: GPL-2.0-only
/*
 * reader: module/parse.c as the hook calls it. Owns the blocks of memory that
 * the parser reads from: each is as long as what is linear and not a byte
 * longer, so that the address sanitizer notices what is read beyond, and a new
 * one is taken for each round, so that it notices a pointer that was kept.
 */
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "usual.h"

static int step_through(int (*step)(const struct gwlb_buf *b,
				    struct gwlb_pkt *pkt),
			const u8 *data, u32 len, u32 *linear, bool big,
			struct gwlb_pkt *pkt)
{
	unsigned int rounds;
	int ret;

	for (rounds = 0; rounds < READER_MAX_ROUNDS; rounds++) {
		u8 *block = malloc(*linear ? *linear : 1);
		struct gwlb_buf b = {
			.data = block,
			.linear = *linear,
			.len = len,
			.big = big,
		};

		assert(block);
		memcpy(block, data, *linear);
		ret = step(&b, pkt);
		free(block);
		if (ret >= 0)
			return ret;
		/* More than there is now, but no more than there can be. */
		assert((u32)-ret > *linear && (u32)-ret <= len);
		*linear = -ret;
	}
	assert(!"the parser wants more without end");
	return -1;
}

static bool read_usual(const u8 *data, u32 len, u32 linear,
		       struct gwlb_pkt *pkt)
{
	u8 *block = malloc(linear ? linear : 1);
	bool usual;

	assert(block);
	memcpy(block, data, linear);
	usual = gwlb_is_usual((const void *)block, linear, len, false);
	if (usual)
		gwlb_read_usual((const void *)block, len, pkt);
	free(block);
	return usual;
}

/**
 * reader_run() - let the parser read a packet
 * @data: the packet, from the outer IP header on
 * @len: its length
 * @linear: how much of it is linear at first
 * @big: whether it is an aggregate
 * @pkt: gets what was read; may be anything before
 *
 * Return: what the first of the parser's functions says that does not say 0,
 *         or 0
 */
int reader_run(const u8 *data, u32 len, u32 linear, bool big,
	       struct gwlb_pkt *pkt)
{
	int ret;

	/* What one way to read it leaves unset, the other one has as 0. */
	memset(pkt, 0xa5, sizeof(*pkt));
	if (!big && read_usual(data, len, linear, pkt))
		return 0;
	memset(pkt, 0, sizeof(*pkt));
	ret = step_through(gwlb_parse_outer, data, len, &linear, big, pkt);
	if (ret)
		return ret;
	return step_through(gwlb_parse_tunnel, data, len, &linear, big, pkt);
}

static bool may_quote(const struct gwlb_pkt *pkt)
{
	return pkt->frag == GWLB_FRAG_NONE && pkt->l4_off &&
	       pkt->proto == (pkt->family == NFPROTO_IPV4 ? IPPROTO_ICMP :
			      IPPROTO_ICMPV6);
}

/**
 * reader_quote() - let the parser read what an ICMP message quotes
 * @data: the packet, from the outer IP header on
 * @len: its length
 * @linear: how much of it is linear at first
 * @pkt: what reader_run() got
 * @quote: gets what was read
 *
 * Return: what the parser says, 0 if it can tell; 1 if there is no such
 *         message
 */
int reader_quote(const u8 *data, u32 len, u32 linear,
		 const struct gwlb_pkt *pkt, struct gwlb_quote *quote)
{
	unsigned int rounds;
	int ret;

	memset(quote, 0, sizeof(*quote));
	if (!may_quote(pkt))
		return 1;
	if (linear < pkt->l4_off + 8u)
		linear = pkt->l4_off + 8u;
	for (rounds = 0; rounds < READER_MAX_ROUNDS; rounds++) {
		u8 *block = malloc(linear);
		struct gwlb_buf b = {
			.data = block, .linear = linear, .len = len,
		};

		assert(block);
		memcpy(block, data, linear);
		ret = gwlb_inner_quote(&b, pkt, quote);
		free(block);
		if (ret >= 0)
			return ret;
		assert((u32)-ret > linear && (u32)-ret <= len);
		linear = -ret;
	}
	assert(!"the parser wants more without end");
	return -1;
}

/**
 * reader_differs() - does it matter how much is linear?
 * @data: the packet
 * @len: its length
 * @linear: how much of it is linear now
 * @verdict: what was said when all of it was
 * @pkt: what was read then
 *
 * Return: NULL, or what is different
 */
const char *reader_differs(const u8 *data, u32 len, u32 linear, int verdict,
			   const struct gwlb_pkt *pkt)
{
	struct gwlb_quote quote, partly;
	struct gwlb_pkt again;

	if (reader_run(data, len, linear, false, &again) != verdict)
		return "verdict";
	/* But for what is behind the last member */
	if (memcmp(&again, pkt, offsetof(struct gwlb_pkt, icmp_code) + 1))
		return "struct gwlb_pkt";
	if (verdict)
		return NULL;
	if (reader_quote(data, len, len, pkt, &quote) !=
	    reader_quote(data, len, linear, pkt, &partly))
		return "whether there is a quote";
	if (memcmp(&quote, &partly, sizeof(quote)))
		return "struct gwlb_quote";
	return NULL;
}
