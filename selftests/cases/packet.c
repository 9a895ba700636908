// SPDX-License-Identifier: GPL-2.0-only
/*
 * packet: builds whole packets, from the outer IPv4 header on. Owns nothing
 * but the struct packet it is given; no socket, no allocation.
 *
 * Headers are appended from the outside in; packet_finish() then fills in all
 * lengths and checksums, so that a packet is right unless somebody spoils it
 * afterwards. Who spoils it calls packet_reseal(): the outer headers follow,
 * and what is wrong is only what was meant to be.
 *
 * Written from RFC 791, 768, 9293, 792, 8200, 4302, 4443, 8926 and the fact
 * sheet, byte by byte: structs of some header file would bring the reading of
 * somebody else.
 */
#include <assert.h>
#include <string.h>

#include "packet.h"

#define OUTER_ID	0
#define OUTER_TTL	255	/* fact sheet 1.1 */
#define INNER_ID	0x1234
#define FRAG_ID		0x00c0ffee
#define SPORT		40000
#define DPORT		443

static const __u8 inner4_src[4] = { 10, 1, 0, 5 };
static const __u8 inner4_dst[4] = { 10, 2, 0, 7 };
static const __u8 inner6_src[16] = {
	0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5
};

static const __u8 inner6_dst[16] = {
	0x20, 0x01, 0x0d, 0xb8, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7
};

/**
 * packet_get16() - read a number of 16 bits
 * @at: where
 *
 * Return: the number
 */
__u16 packet_get16(const __u8 *at)
{
	return at[0] << 8 | at[1];
}

/**
 * packet_put16() - write a number of 16 bits
 * @at: where
 * @value: the number
 */
void packet_put16(__u8 *at, __u16 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

/**
 * packet_put32() - write a number of 32 bits
 * @at: where
 * @value: the number
 */
void packet_put32(__u8 *at, __u32 value)
{
	packet_put16(at, value >> 16);
	packet_put16(at + 2, value);
}

/* Unfinished: the caller adds more, or folds. */
static __u32 sum_add(const __u8 *data, unsigned int len, __u32 sum)
{
	unsigned int i;

	for (i = 0; i + 1 < len; i += 2)
		sum += packet_get16(data + i);
	if (len % 2)
		sum += data[len - 1] << 8;
	return sum;
}

/**
 * packet_sum() - the Internet checksum (RFC 1071) before its complement
 * @data: bytes
 * @len: how many
 * @sum: what was summed up before
 *
 * Return: the folded sum
 */
__u16 packet_sum(const __u8 *data, unsigned int len, __u32 sum)
{
	sum = sum_add(data, len, sum);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/**
 * packet_start() - begin a packet
 * @p: the packet
 */
void packet_start(struct packet *p)
{
	memset(p, 0, sizeof(*p));
}

static __u8 *append(struct packet *p, unsigned int len)
{
	__u8 *at = p->data + p->len;

	assert(p->len + len <= PACKET_MAX);
	p->len += len;
	return at;
}

static void add_layer(struct packet *p, int kind)
{
	assert(p->n_layers < PACKET_LAYERS);
	p->layers[p->n_layers].kind = kind;
	p->layers[p->n_layers].off = p->len;
	p->n_layers++;
}

/* The header before is told what comes now. */
static void follow(struct packet *p, __u8 proto)
{
	if (p->next)
		p->data[p->next] = proto;
}

/* A packet in a packet in a packet is payload to every reader. */
static bool is_truth(const struct packet *p)
{
	unsigned int i, n = 0;

	if (!p->inner)
		return false;
	for (i = 0; i < p->n_layers; i++)
		n += p->layers[i].kind == LAYER_IPV4 ||
		     p->layers[i].kind == LAYER_IPV6;
	return n == 2;
}

static void note_transport(struct packet *p, __u8 proto)
{
	/* What an ICMP error quotes follows nobody. */
	if (!is_truth(p) || !p->next)
		return;
	p->truth.proto = proto;
	p->truth.l4 = p->truth.part == PART_LATER ? 0 : p->len;
}

/**
 * packet_outer() - append the outer IPv4 header
 * @p: the packet
 * @saddr: source
 * @daddr: destination
 * @options: how many bytes of options, a multiple of 4
 */
void packet_outer(struct packet *p, __be32 saddr, __be32 daddr,
		  unsigned int options)
{
	__u8 *at;

	add_layer(p, LAYER_IPV4);
	at = append(p, 20 + options);
	at[0] = 4 << 4 | (5 + options / 4);
	packet_put16(at + 4, OUTER_ID);
	at[8] = OUTER_TTL;
	p->next = 9;
	memcpy(at + 12, &saddr, 4);
	memcpy(at + 16, &daddr, 4);
	memset(at + 20, 1, options);	/* no operation */
}

/**
 * packet_udp() - append a UDP header, the outer or the inner one
 * @p: the packet
 * @sport: source port
 * @dport: destination port
 */
void packet_udp(struct packet *p, __u16 sport, __u16 dport)
{
	__u8 *at;

	follow(p, PROTO_UDP);
	note_transport(p, PROTO_UDP);
	if (is_truth(p)) {
		p->truth.sport = sport;
		p->truth.dport = dport;
	}
	if (p->n_layers == 1)
		p->udp = p->len;
	p->l4 = p->len;
	add_layer(p, LAYER_UDP);
	at = append(p, 8);
	packet_put16(at, sport);
	packet_put16(at + 2, dport);
	p->next = 0;
}

/**
 * packet_geneve() - append a Geneve header without options
 * @p: the packet
 *
 * The protocol type is that of the inner packet that is appended, or 0.
 */
void packet_geneve(struct packet *p)
{
	p->geneve = p->len;
	append(p, 8);
}

/**
 * packet_option() - append a Geneve option, its data zero
 * @p: the packet
 * @class: option class
 * @type: type, with the critical bit
 * @len: length of the data in bytes, a multiple of 4
 */
void packet_option(struct packet *p, __u16 class, __u8 type, unsigned int len)
{
	__u8 *at = append(p, 4 + len);

	packet_put16(at, class);
	at[2] = type;
	at[3] = len / 4;
	p->data[p->geneve] = (p->len - p->geneve - 8) / 4;
}

/**
 * packet_endpoint() - append GWLB's endpoint option
 * @p: the packet
 * @id: number of the endpoint
 */
void packet_endpoint(struct packet *p, __u64 id)
{
	packet_option(p, AMAZON_CLASS, OPT_ENDPOINT, 8);
	packet_put32(p->data + p->len - 8, id >> 32);
	packet_put32(p->data + p->len - 4, id);
	p->truth.endpoint = id;
}

/**
 * packet_attachment() - append GWLB's attachment option
 * @p: the packet
 * @id: number of the attachment
 */
void packet_attachment(struct packet *p, __u64 id)
{
	packet_option(p, AMAZON_CLASS, OPT_ATTACHMENT, 8);
	packet_put32(p->data + p->len - 8, id >> 32);
	packet_put32(p->data + p->len - 4, id);
}

/**
 * packet_cookie() - append GWLB's cookie option
 * @p: the packet
 * @cookie: the flow cookie
 */
void packet_cookie(struct packet *p, __u32 cookie)
{
	packet_option(p, AMAZON_CLASS, OPT_COOKIE, 4);
	packet_put32(p->data + p->len - 4, cookie);
	p->truth.cookie = cookie;
}

/**
 * packet_tunnel() - begin a packet with all that GWLB puts before an inner one
 * @p: the packet
 * @saddr: address of the load balancer
 * @daddr: address of the appliance
 */
void packet_tunnel(struct packet *p, __be32 saddr, __be32 daddr)
{
	packet_start(p);
	packet_outer(p, saddr, daddr, 0);
	packet_udp(p, 60001, 6081);
	packet_geneve(p);
	packet_endpoint(p, DEFAULT_ENDPOINT);
	packet_attachment(p, 0);
	packet_cookie(p, DEFAULT_COOKIE);
}

static void start_inner(struct packet *p, int version)
{
	if (p->inner)
		return;
	p->inner = p->len;
	p->truth.version = version;
	if (p->geneve)
		packet_put16(p->data + p->geneve + 2,
			     version == 4 ? 0x0800 : 0x86dd);
}

/**
 * packet_ipv4() - append an inner IPv4 header
 * @p: the packet
 * @options: how many bytes of options, a multiple of 4
 */
void packet_ipv4(struct packet *p, unsigned int options)
{
	__u8 *at;

	follow(p, PROTO_IPIP);
	note_transport(p, PROTO_IPIP);
	start_inner(p, 4);
	add_layer(p, LAYER_IPV4);
	p->next = p->len + 9;
	at = append(p, 20 + options);
	at[0] = 4 << 4 | (5 + options / 4);
	packet_put16(at + 4, INNER_ID);
	at[8] = 64;
	memcpy(at + 12, inner4_src, 4);
	memcpy(at + 16, inner4_dst, 4);
	memset(at + 20, 1, options);
	if (is_truth(p)) {
		memcpy(p->truth.src, inner4_src, 4);
		memcpy(p->truth.dst, inner4_dst, 4);
	}
}

static void note_fragment(struct packet *p, unsigned int off, bool more,
			  __u32 id)
{
	if (!off && !more)
		return;
	p->truth.part = off ? PART_LATER : PART_FIRST;
	p->truth.frag_id = id;
}

/**
 * packet_ipv4_fragment() - make the inner IPv4 packet a fragment
 * @p: the packet, just after its packet_ipv4()
 * @off: offset in bytes
 * @more: whether more fragments follow
 *
 * Rows have nothing to do with each other, so fragments of different offsets
 * belong to different packets.
 */
void packet_ipv4_fragment(struct packet *p, unsigned int off, bool more)
{
	unsigned int id = INNER_ID + off / 8;

	packet_put16(p->data + p->inner + 4, id);
	packet_put16(p->data + p->inner + 6, off / 8 | more << 13);
	note_fragment(p, off, more, id);
}

/**
 * packet_ipv6() - append an inner IPv6 header
 * @p: the packet
 */
void packet_ipv6(struct packet *p)
{
	__u8 *at;

	follow(p, PROTO_IPV6);
	note_transport(p, PROTO_IPV6);
	start_inner(p, 6);
	add_layer(p, LAYER_IPV6);
	p->next = p->len + 6;
	at = append(p, 40);
	at[0] = 6 << 4;
	at[6] = PROTO_NONE;
	at[7] = 64;
	memcpy(at + 8, inner6_src, 16);
	memcpy(at + 24, inner6_dst, 16);
	if (is_truth(p)) {
		memcpy(p->truth.src, inner6_src, 16);
		memcpy(p->truth.dst, inner6_dst, 16);
	}
}

/**
 * packet_ip() - append an inner header of either version
 * @p: the packet
 * @version: 4 or 6
 */
void packet_ip(struct packet *p, int version)
{
	if (version == 4)
		packet_ipv4(p, 0);
	else
		packet_ipv6(p);
}

/**
 * packet_ext() - append an IPv6 extension header
 * @p: the packet
 * @type: PROTO_HOPOPT, PROTO_ROUTE, PROTO_OPTS or PROTO_AH
 * @len: its length in bytes, a multiple of 8
 */
void packet_ext(struct packet *p, __u8 type, unsigned int len)
{
	__u8 *at;

	follow(p, type);
	p->next = p->len;
	at = append(p, len);
	at[0] = PROTO_NONE;
	at[1] = type == PROTO_AH ? len / 4 - 2 : len / 8 - 1;
	if (type == PROTO_AH) {
		packet_put32(at + 4, 0x100);	/* SPI */
		packet_put32(at + 8, 1);	/* sequence number */
	} else if (type == PROTO_ROUTE) {
		at[2] = 253;			/* experimental, none left */
	} else {
		/* Zeros are Pad1, each an option of its own. */
		at[2] = 0;
	}
}

/**
 * packet_ipv6_fragment() - append an IPv6 fragment header
 * @p: the packet
 * @off: offset in bytes
 * @more: whether more fragments follow
 */
void packet_ipv6_fragment(struct packet *p, unsigned int off, bool more)
{
	__u8 *at;

	follow(p, PROTO_FRAG);
	p->next = p->len;
	at = append(p, 8);
	at[0] = PROTO_NONE;
	packet_put16(at + 2, off | more);
	packet_put32(at + 4, FRAG_ID + off / 8);
	note_fragment(p, off, more, FRAG_ID + off / 8);
}

/**
 * packet_fragment() - append the inner header of a fragment
 * @p: the packet
 * @version: 4 or 6
 * @off: offset in bytes
 * @more: whether more fragments follow
 */
void packet_fragment(struct packet *p, int version, unsigned int off,
		     bool more)
{
	packet_ip(p, version);
	if (version == 4)
		packet_ipv4_fragment(p, off, more);
	else
		packet_ipv6_fragment(p, off, more);
}

/**
 * packet_tcp() - append a TCP header
 * @p: the packet
 * @options: how many bytes of options, a multiple of 4
 */
void packet_tcp(struct packet *p, unsigned int options)
{
	__u8 *at;

	follow(p, PROTO_TCP);
	note_transport(p, PROTO_TCP);
	if (is_truth(p)) {
		p->truth.sport = SPORT;
		p->truth.dport = DPORT;
		p->truth.tcp_flags = 0x18;
	}
	p->l4 = p->len;
	add_layer(p, LAYER_TCP);
	at = append(p, 20 + options);
	packet_put16(at, SPORT);
	packet_put16(at + 2, DPORT);
	packet_put32(at + 4, 1000);
	packet_put32(at + 8, 2000);
	at[12] = (5 + options / 4) << 4;
	at[13] = 0x18;			/* PSH, ACK */
	packet_put16(at + 14, 4096);
	memset(at + 20, 1, options);	/* no operation */
	p->next = 0;
}

/**
 * packet_icmp() - append the ICMP or ICMPv6 header that fits the inner packet
 * @p: the packet
 * @type: type
 * @code: code
 */
void packet_icmp(struct packet *p, __u8 type, __u8 code)
{
	bool v6 = p->inner && p->data[p->inner] >> 4 == 6;
	__u8 proto = v6 ? PROTO_ICMPV6 : PROTO_ICMP;
	__u8 *at;

	follow(p, proto);
	note_transport(p, proto);
	if (is_truth(p)) {
		p->truth.icmp_type = type;
		p->truth.icmp_code = code;
	}
	p->l4 = p->len;
	add_layer(p, v6 ? LAYER_ICMPV6 : LAYER_ICMP);
	at = append(p, 8);
	at[0] = type;
	at[1] = code;
	p->next = 0;
}

/**
 * packet_other() - append a payload that nobody looks into
 * @p: the packet
 * @proto: what the header before calls it
 * @len: how many bytes
 */
void packet_other(struct packet *p, __u8 proto, unsigned int len)
{
	follow(p, proto);
	note_transport(p, proto);
	p->l4 = p->len;
	p->next = 0;
	packet_fill(p, len);
}

/**
 * packet_fill() - append bytes that all differ from their neighbours
 * @p: the packet
 * @len: how many
 */
void packet_fill(struct packet *p, unsigned int len)
{
	__u8 *at = append(p, len);
	unsigned int i;

	for (i = 0; i < len; i++)
		at[i] = i + 1;
}
