// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the question whether a frame is an appliance's own answer to a packet:
 * a TCP reset or an ICMP error, from the packet's destination to its source,
 * in the tunnel that the packet came by. Knows nothing of sockets.
 */
#include <string.h>

#include "answer.h"
#include "wire.h"

/* Inner addresses of @match's packet, exchanged */
static bool goes_back(const struct inflight_match *match, const __u8 *inner,
		      size_t len)
{
	bool six = inner[0] >> 4 == 6;
	size_t off = six ? 8 : 12;
	size_t size = six ? 16 : 4;

	if (len < off + 2 * size || match->inner_len < off + 2 * size ||
	    inner[0] >> 4 != match->inner[0] >> 4)
		return false;
	return !memcmp(inner + off, match->inner + off + size, size) &&
	       !memcmp(inner + off + size, match->inner + off, size);
}

/**
 * answer_is() - is a frame the answer to a packet?
 * @match: what inflight_return() found that the frame differs from
 * @frame: from the outer IPv4 header on
 * @len: its length
 *
 * The outer header must be that of the packet on its way back, with another
 * length and valid checksums.
 *
 * Return: true if it is.
 */
bool answer_is(const struct inflight_match *match, const __u8 *frame,
	       size_t len)
{
	__u8 hdr[WIRE_HDR_LEN];
	struct wire wire;

	/* Only the header differs: that is no answer. */
	if (!match->inner || len <= WIRE_HDR_LEN)
		return false;
	if (wire_parse(match->hdr, WIRE_HDR_LEN, &wire) != WIRE_HDR_LEN)
		return false;
	wire_build(hdr, &wire, frame + WIRE_HDR_LEN, len - WIRE_HDR_LEN);
	return !memcmp(hdr, frame, WIRE_HDR_LEN) &&
	       goes_back(match, frame + WIRE_HDR_LEN, len - WIRE_HDR_LEN);
}
