// SPDX-License-Identifier: GPL-2.0-only
/*
 * Customer packets for unit tests, and the keys of their flows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test_packet.h"

/**
 * ipv4() - make an IPv4 packet of 40 bytes
 * @p: room for it
 * @back: from 10.2.0.2 to 10.1.0.1, or else the other way round
 * @proto: its protocol
 * @frag: flags and fragment offset
 * @sport: the first two bytes behind the header
 * @dport: the next two
 *
 * Return: its length.
 */
size_t ipv4(__u8 *p, bool back, __u8 proto, __u16 frag, __u16 sport,
	    __u16 dport)
{
	static const __u8 a[4] = { 10, 1, 0, 1 }, b[4] = { 10, 2, 0, 2 };

	memset(p, 0, 40);
	p[0] = 0x45;
	p[3] = 40;
	p[6] = frag >> 8;
	p[7] = frag;
	p[9] = proto;
	memcpy(p + 12, back ? b : a, 4);
	memcpy(p + 16, back ? a : b, 4);
	p[20] = sport >> 8;
	p[21] = sport;
	p[22] = dport >> 8;
	p[23] = dport;
	return 40;
}

/**
 * parsed() - the key of a packet that has one
 * @p: the packet
 * @len: its length
 *
 * Return: the key; the test fails if there is none.
 */
struct tuple parsed(const __u8 *p, size_t len)
{
	struct tuple tuple;

	assert_true(tuple_parse(&tuple, p, len));
	return tuple;
}
