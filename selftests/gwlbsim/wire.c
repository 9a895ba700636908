// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the byte layout of the outer header (IPv4, UDP, Geneve and its three
 * options). Pure: bytes in, bytes out; no socket, no state.
 */
#include <arpa/inet.h>
#include <string.h>

#include "wire.h"

#define OFF_IP_LEN	2
#define OFF_IP_TTL	8
#define OFF_IP_CSUM	10
#define OFF_IP_SRC	12
#define OFF_IP_DST	16
#define OFF_UDP		20
#define OFF_UDP_CSUM	26
#define OFF_GENEVE	28
#define OFF_OPTIONS	36

#define WIRE_TTL	255
/* One router on the way to the appliance, and again on the way back */
#define ROUTED_TTL	(WIRE_TTL - 2)

#define OPT_CLASS	0x0108
#define OPT_ENDPOINT	1
#define OPT_ATTACHMENT	2
#define OPT_COOKIE	3

static const struct wire_field fields[] = {
	{ 0, 1, "outer IPv4 version and header length" },
	{ 1, 1, "outer IPv4 TOS" },
	{ 2, 2, "outer IPv4 total length" },
	{ 4, 2, "outer IPv4 identification" },
	{ 6, 2, "outer IPv4 flags and fragment offset" },
	{ 8, 1, "outer IPv4 TTL" },
	{ 9, 1, "outer IPv4 protocol" },
	{ 10, 2, "outer IPv4 header checksum" },
	{ 12, 4, "outer IPv4 source" },
	{ 16, 4, "outer IPv4 destination" },
	{ 20, 2, "UDP source port" },
	{ 22, 2, "UDP destination port" },
	{ 24, 2, "UDP length" },
	{ 26, 2, "UDP checksum" },
	{ 28, 1, "Geneve version and option length" },
	{ 29, 1, "Geneve flags" },
	{ 30, 2, "Geneve protocol type" },
	{ 32, 3, "Geneve VNI" },
	{ 35, 1, "Geneve reserved byte" },
	{ 36, 4, "option header of the endpoint id" },
	{ 40, 8, "endpoint id" },
	{ 48, 4, "option header of the attachment id" },
	{ 52, 8, "attachment id" },
	{ 60, 4, "option header of the flow cookie" },
	{ 64, 4, "flow cookie" },
};

static const struct wire_field inner_field = {
	WIRE_HDR_LEN, 0, "inner packet"
};

static void put16(__u8 *p, __u16 v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(__u8 *p, __u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void put64(__u8 *p, __u64 v)
{
	put32(p, v >> 32);
	put32(p + 4, v);
}

static __u16 get16(const __u8 *p)
{
	return p[0] << 8 | p[1];
}

static __u32 get32(const __u8 *p)
{
	return (__u32)get16(p) << 16 | get16(p + 2);
}

static __u64 get64(const __u8 *p)
{
	return (__u64)get32(p) << 32 | get32(p + 4);
}

/*
 * Sum in host order, eight bytes a step: the ones' complement sum does not
 * care about byte order until it is stored.
 */
static __u64 sum_add(__u64 sum, const void *data, size_t len)
{
	const __u8 *p = data;
	__u64 word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum += (word & 0xffffffff) + (word >> 32);
	}
	if (len) {
		word = 0;
		memcpy(&word, p, len);
		sum += (word & 0xffffffff) + (word >> 32);
	}
	return sum;
}

/* Folded and complemented, still in the order of memory. */
static __u16 sum_fold(__u64 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void put_option(__u8 *p, __u8 type, __u8 words)
{
	put16(p, OPT_CLASS);
	p[2] = type;
	p[3] = words;
}

/**
 * wire_build() - write the outer header of one customer packet
 * @hdr: where to write it
 * @wire: the fields
 * @inner: the customer packet, read for the UDP checksum
 * @len: its length, at most 65535 - WIRE_HDR_LEN
 */
void wire_build(__u8 hdr[WIRE_HDR_LEN], const struct wire *wire,
		const void *inner, size_t len)
{
	size_t udp_len = WIRE_HDR_LEN - OFF_UDP + len;
	__u8 pseudo[4] = { 0, IPPROTO_UDP, udp_len >> 8, udp_len };
	__u16 csum;
	__u64 sum;

	memset(hdr, 0, WIRE_HDR_LEN);
	hdr[0] = 0x45;
	put16(hdr + OFF_IP_LEN, WIRE_HDR_LEN + len);
	hdr[OFF_IP_TTL] = WIRE_TTL;
	hdr[9] = IPPROTO_UDP;
	memcpy(hdr + OFF_IP_SRC, &wire->src, 4);
	memcpy(hdr + OFF_IP_DST, &wire->dst, 4);
	csum = sum_fold(sum_add(0, hdr, OFF_UDP));
	memcpy(hdr + OFF_IP_CSUM, &csum, 2);

	put16(hdr + OFF_UDP, wire->sport);
	put16(hdr + OFF_UDP + 2, WIRE_PORT);
	put16(hdr + OFF_UDP + 4, udp_len);

	hdr[OFF_GENEVE] = (WIRE_HDR_LEN - OFF_OPTIONS) / 4;
	put16(hdr + OFF_GENEVE + 2, wire->proto);
	put_option(hdr + 36, OPT_ENDPOINT, 2);
	put64(hdr + 40, wire->endpoint);
	put_option(hdr + 48, OPT_ATTACHMENT, 2);
	put64(hdr + 52, wire->attachment);
	put_option(hdr + 60, OPT_COOKIE, 1);
	put32(hdr + 64, wire->cookie);

	sum = sum_add(0, pseudo, sizeof(pseudo));
	sum = sum_add(sum, hdr + OFF_IP_SRC, WIRE_HDR_LEN - OFF_IP_SRC);
	csum = sum_fold(sum_add(sum, inner, len));
	/* A sum of 0 would say "no checksum"; 0xffff is the same number. */
	if (!csum)
		csum = 0xffff;
	memcpy(hdr + OFF_UDP_CSUM, &csum, 2);
}

/**
 * wire_swap() - exchange outer source and destination
 * @hdr: an outer header
 *
 * Turns what was sent into what must come back: both checksums stay right,
 * because a sum does not know the order of its terms.
 */
void wire_swap(__u8 *hdr)
{
	__u8 addr[4];

	memcpy(addr, hdr + OFF_IP_SRC, 4);
	memcpy(hdr + OFF_IP_SRC, hdr + OFF_IP_DST, 4);
	memcpy(hdr + OFF_IP_DST, addr, 4);
}

/**
 * wire_unroute() - undo what a router on both ways did to a frame
 * @frame: from the outer IPv4 header on
 * @len: its length
 *
 * A router of a VPC leaves the TTL alone, as far as anybody can see; one that
 * is made of Linux takes one off each time. That much is put back and no
 * more, so an appliance that changes the TTL is still caught. What was wrong
 * with the checksum stays wrong.
 */
void wire_unroute(__u8 *frame, size_t len)
{
	__u32 sum;

	if (len < OFF_UDP || frame[OFF_IP_TTL] != ROUTED_TTL)
		return;
	frame[OFF_IP_TTL] = WIRE_TTL;
	/* RFC 1624, equation 3: the complement of the sum of all others */
	sum = (__u16)~get16(frame + OFF_IP_CSUM);
	sum += (WIRE_TTL - ROUTED_TTL) << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	put16(frame + OFF_IP_CSUM, ~sum);
}

static void take_option(struct wire *wire, const __u8 *opt, size_t len)
{
	if (get16(opt) != OPT_CLASS)
		return;
	if (opt[2] == OPT_ENDPOINT && len == 8)
		wire->endpoint = get64(opt + 4);
	else if (opt[2] == OPT_ATTACHMENT && len == 8)
		wire->attachment = get64(opt + 4);
	else if (opt[2] == OPT_COOKIE && len == 4)
		wire->cookie = get32(opt + 4);
}

/**
 * wire_parse() - find one's way in a frame that may be wrong
 * @frame: from the outer IPv4 header on
 * @len: bytes that arrived
 * @wire: the fields that were found, the others 0
 *
 * Tolerant on purpose: it only serves to say which packet a wrong frame was
 * meant to be. What is right is decided by wire_diff().
 *
 * Return: offset of the inner packet, or -1 when the headers do not fit.
 */
long wire_parse(const __u8 *frame, size_t len, struct wire *wire)
{
	size_t udp, opt, end, opt_len;

	memset(wire, 0, sizeof(*wire));
	if (len < OFF_UDP || frame[0] >> 4 != 4)
		return -1;
	memcpy(&wire->src, frame + OFF_IP_SRC, 4);
	memcpy(&wire->dst, frame + OFF_IP_DST, 4);
	udp = (frame[0] & 15) * 4;
	if (udp < OFF_UDP || len < udp + 16)
		return -1;
	wire->sport = get16(frame + udp);
	wire->proto = get16(frame + udp + 10);
	opt = udp + 16;
	end = opt + (frame[udp + 8] & 0x3f) * 4;
	if (end > len)
		return -1;
	while (opt + 4 <= end) {
		opt_len = (frame[opt + 3] & 0x1f) * 4;
		if (opt + 4 + opt_len > end)
			break;
		take_option(wire, frame + opt, opt_len);
		opt += 4 + opt_len;
	}
	return end;
}

/**
 * wire_finish_csum() - fill in a checksum that was left to the NIC
 * @frame: from the outer IPv4 header on
 * @len: bytes that arrived
 * @start: where the checksummed part starts
 * @offset: where the checksum is, counted from @start
 *
 * Does what a NIC does for a frame in state CHECKSUM_PARTIAL, and as blindly,
 * so that a frame with a wrong partial sum gets the wrong checksum that it
 * would have on a wire.
 *
 * Return: false when @start and @offset do not lie in the frame.
 */
bool wire_finish_csum(__u8 *frame, size_t len, size_t start, size_t offset)
{
	__u16 csum;

	if (start > len || offset + 2 > len - start)
		return false;
	csum = sum_fold(sum_add(0, frame + start, len - start));
	if (!csum)
		csum = 0xffff;
	memcpy(frame + start + offset, &csum, 2);
	return true;
}

/**
 * wire_field() - name the field that an offset lies in
 * @off: offset from the outer IPv4 header
 *
 * Return: the field; for the inner packet one with length 0.
 */
const struct wire_field *wire_field(size_t off)
{
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (off < fields[i].off + fields[i].len)
			return &fields[i];
	return &inner_field;
}

static size_t first_diff(const __u8 *a, const __u8 *b, size_t len)
{
	size_t i;

	for (i = 0; i < len && a[i] == b[i]; i++)
		;
	return i;
}

/**
 * wire_diff() - compare a frame with what was expected
 * @hdr: expected outer header, WIRE_HDR_LEN bytes
 * @inner: expected inner packet, or NULL when it is known to be equal
 * @inner_len: its length
 * @frame: the frame that came
 * @len: its length
 *
 * Return: offset of the first difference (the shorter length when one frame
 * is the beginning of the other), or WIRE_HDR_LEN + @inner_len when equal.
 */
size_t wire_diff(const __u8 *hdr, const void *inner, size_t inner_len,
		 const __u8 *frame, size_t len)
{
	size_t n = len < WIRE_HDR_LEN ? len : WIRE_HDR_LEN;
	size_t off = first_diff(hdr, frame, n);

	if (off < n || n < WIRE_HDR_LEN)
		return off;
	len -= WIRE_HDR_LEN;
	n = len < inner_len ? len : inner_len;
	return WIRE_HDR_LEN +
	       (inner ? first_diff(inner, frame + WIRE_HDR_LEN, n) : n);
}
