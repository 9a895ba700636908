/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet: builds whole packets, from the outer IPv4 header on. See packet.c.
 */
#ifndef _CASES_PACKET_H
#define _CASES_PACKET_H

#include <linux/types.h>
#include <stdbool.h>

#define PACKET_MAX	9216
#define PACKET_LAYERS	8

/* What GWLB's own options are (fact sheet 1.1) */
#define AMAZON_CLASS	0x0108
#define OPT_ENDPOINT	1
#define OPT_ATTACHMENT	2
#define OPT_COOKIE	3

#define DEFAULT_ENDPOINT	0x2356de92d389839cULL
#define DEFAULT_COOKIE		0x98ef1b00

/* RFC 791 and RFC 8200 protocol numbers, by IANA's names */
enum packet_proto {
	PROTO_HOPOPT = 0,
	PROTO_ICMP = 1,
	PROTO_IPIP = 4,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_IPV6 = 41,
	PROTO_ROUTE = 43,
	PROTO_FRAG = 44,
	PROTO_GRE = 47,
	PROTO_ESP = 50,
	PROTO_AH = 51,
	PROTO_ICMPV6 = 58,
	PROTO_NONE = 59,
	PROTO_OPTS = 60,
	PROTO_SCTP = 132,
	PROTO_MOBILITY = 135,
	PROTO_UDPLITE = 136,
};

enum packet_part {
	PART_WHOLE,
	PART_FIRST,
	PART_LATER,
};

/**
 * struct packet_truth - what a correct reader finds in the packet
 * @endpoint: id of the VPC endpoint
 * @cookie: flow cookie
 * @version: version of the inner packet
 * @proto: inner transport protocol
 * @part: which fragment of the inner packet it is
 * @frag_id: identification of the fragment; 0 if it is none
 * @src: inner source, 4 or 16 bytes
 * @dst: inner destination
 * @sport: TCP or UDP source port
 * @dport: TCP or UDP destination port
 * @tcp_flags: flags of TCP
 * @icmp_type: type of ICMP or ICMPv6
 * @icmp_code: code of it
 * @l4: where the transport header begins; 0 in a later fragment
 */
struct packet_truth {
	__u64 endpoint;
	__u32 cookie;
	__u8 version;
	__u8 proto;
	enum packet_part part;
	__u32 frag_id;
	__u8 src[16];
	__u8 dst[16];
	__u16 sport;
	__u16 dport;
	__u8 tcp_flags;
	__u8 icmp_type;
	__u8 icmp_code;
	unsigned int l4;
};

/* What packet_finish() has to fill in */
struct packet_layer {
	enum {
		LAYER_IPV4,
		LAYER_IPV6,
		LAYER_UDP,
		LAYER_TCP,
		LAYER_ICMP,
		LAYER_ICMPV6,
	} kind;
	unsigned int off;
};

/**
 * struct packet - one packet
 * @data: the bytes
 * @len: how many there are
 * @surplus: how many bytes follow that belong to the frame, but not to the
 *	outer IP packet
 * @udp: offset of the outer UDP header
 * @geneve: offset of the Geneve header
 * @inner: offset of the inner IP header
 * @l4: offset of the last transport header
 * @next: offset of the byte that says what comes next; 0 if there is none
 * @layers: headers with a length or a checksum
 * @n_layers: how many these are
 * @truth: what a correct reader finds
 */
struct packet {
	__u8 data[PACKET_MAX];
	unsigned int len;
	unsigned int surplus;
	unsigned int udp;
	unsigned int geneve;
	unsigned int inner;
	unsigned int l4;
	unsigned int next;
	struct packet_layer layers[PACKET_LAYERS];
	unsigned int n_layers;
	struct packet_truth truth;
};

/* Reading and writing numbers in network order */
__u16 packet_get16(const __u8 *at);
void packet_put16(__u8 *at, __u16 value);
void packet_put32(__u8 *at, __u32 value);
__u16 packet_sum(const __u8 *data, unsigned int len, __u32 sum);

/* From the outside in */
void packet_start(struct packet *p);
void packet_outer(struct packet *p, __be32 saddr, __be32 daddr,
		  unsigned int options);
void packet_udp(struct packet *p, __u16 sport, __u16 dport);
void packet_geneve(struct packet *p);
void packet_option(struct packet *p, __u16 class, __u8 type,
		   unsigned int len);
void packet_endpoint(struct packet *p, __u64 id);
void packet_attachment(struct packet *p, __u64 id);
void packet_cookie(struct packet *p, __u32 cookie);
void packet_tunnel(struct packet *p, __be32 saddr, __be32 daddr);

/* The inner packet */
void packet_ipv4(struct packet *p, unsigned int options);
void packet_ipv4_fragment(struct packet *p, unsigned int off, bool more);
void packet_ipv6(struct packet *p);
void packet_ip(struct packet *p, int version);
void packet_ext(struct packet *p, __u8 type, unsigned int len);
void packet_ipv6_fragment(struct packet *p, unsigned int off, bool more);
void packet_fragment(struct packet *p, int version, unsigned int off,
		     bool more);
void packet_tcp(struct packet *p, unsigned int options);
void packet_icmp(struct packet *p, __u8 type, __u8 code);
void packet_other(struct packet *p, __u8 proto, unsigned int len);
void packet_fill(struct packet *p, unsigned int len);

/* Lengths and checksums */
void packet_finish(struct packet *p);
void packet_reseal(struct packet *p);
void packet_reseal_ip(struct packet *p);
void packet_cut(struct packet *p, unsigned int len);
unsigned int packet_pseudo_sum(const struct packet *p);

#endif /* _CASES_PACKET_H */
