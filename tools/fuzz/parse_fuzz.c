// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse_fuzz: module/parse.c fed by libFuzzer. Owns nothing.
 *
 * An input is a packet from the outer IP header on. That header is made what
 * ip_rcv() accepts, all else is taken as it comes. What must hold: nothing is
 * read outside, it does not matter how much is linear, and the parser has
 * nothing against a packet exactly if the RFCs have nothing against it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutate.h"
#include "oracle.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void die(const char *what, const char *more)
{
	fprintf(stderr, "%s: %s\n", what, more);
	abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct packet p;
	const char *differs, *objection;
	struct gwlb_pkt pkt;
	u32 linear;
	int verdict;

	if (size < 20 || size > PACKET_MAX)
		return -1;
	memcpy(p.data, data, size);
	p.len = size;
	/* No rule depends on identification and TTL, so they decide this. */
	linear = packet_get16(data + 4) % (size + 1);
	mutate_repair_outer(&p);
	if (data[8] & 1)
		mutate_repair_udp(&p);
	if (data[8] & 2)
		mutate_repair_inner(&p);

	verdict = reader_run(p.data, p.len, p.len, false, &pkt);
	objection = oracle_objection(p.data, p.len);
	if (!verdict && objection)
		die("returned, but", objection);
	if (verdict && !objection)
		die("not returned", "nothing is wrong");
	differs = reader_differs(p.data, p.len, linear, verdict, &pkt);
	if (differs)
		die("depends on what is linear", differs);
	reader_run(p.data, p.len, linear, true, &pkt);
	return 0;
}
