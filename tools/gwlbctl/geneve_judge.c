// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module says of a packet: its own parser, compiled for user space.
 * This file and that one have the kernel's types, and nothing else here has.
 * Owns the memory that the parser reads from.
 */

#include <linux/ip.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <stdlib.h>
#include <string.h>

#include <linux/gwlb.h>

#include "parse.h"

#include "geneve.h"

struct outer {
	struct iphdr ip;
	struct udphdr udp;
};

/* What is begun by a Geneve header gets the headers that it must have had. */
static void make_outer(size_t payload, struct outer *outer)
{
	memset(outer, 0, sizeof(*outer));
	outer->ip.version = 4;
	outer->ip.ihl = sizeof(outer->ip) / 4;
	outer->ip.protocol = IPPROTO_UDP;
	outer->ip.tot_len = htons((u16)(sizeof(*outer) + payload));
	outer->udp.dest = htons(GWLB_UDP_PORT);
	outer->udp.len = htons((u16)(sizeof(outer->udp) + payload));
}

static int parse(const struct gwlb_buf *b)
{
	struct gwlb_pkt pkt;
	int ret;

	memset(&pkt, 0, sizeof(pkt));
	ret = gwlb_parse_outer(b, &pkt);
	return ret ? ret : gwlb_parse_tunnel(b, &pkt);
}

/**
 * geneve_ask_module() - what the module's parser says
 * @g: the packet; the host would show it to the module
 *
 * Return: enum gwlb_reason, 0 for a packet that nothing speaks against, or
 * negative if more of it would have to be there to say.
 */
int geneve_ask_module(const struct geneve *g)
{
	size_t here = g->len < g->end ? g->len : g->end;
	size_t front = 0;
	struct gwlb_buf b;
	struct outer outer;
	u8 *block;
	int ret;

	if (g->frame.link == FRAME_GENEVE) {
		make_outer(g->end, &outer);
		front = sizeof(outer);
	}
	/* aligned as the parser wants it, and not a byte longer */
	block = malloc(front + here - g->ip);
	if (!block)
		abort();
	memcpy(block, &outer, front);
	memcpy(block + front, g->data + g->ip, here - g->ip);
	b = (struct gwlb_buf) {
		.data = block,
		.linear = (u32)(front + here - g->ip),
		.len = (u32)(front + g->end - g->ip),
	};
	ret = parse(&b);
	free(block);
	return ret;
}
