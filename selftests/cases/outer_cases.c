// SPDX-License-Identifier: GPL-2.0-only
/*
 * outer_cases: rows about the link layer, the outer IPv4 and UDP headers and
 * the addresses in them. Owns nothing that changes.
 */
#include <arpa/inet.h>
#include <string.h>

#include "cases.h"

static void inner(struct packet *p)
{
	packet_ipv4(p, 0);
	packet_udp(p, 40000, 53);
	packet_fill(p, 32);
}

static void good(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	packet_tunnel(p, s->gwlb, s->appliance);
	inner(p);
	packet_finish(p);
}

/* The request of the capture: an echo request, 152 bytes in all. */
static void captured(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	packet_tunnel(p, s->gwlb, s->appliance);
	packet_ipv4(p, 0);
	packet_icmp(p, 8, 0);
	packet_fill(p, 56);
	packet_finish(p);
}

static void ip_options(struct packet *p, const struct stage *s, int len)
{
	packet_start(p);
	packet_outer(p, s->gwlb, s->appliance, len);
	packet_udp(p, 60000, 6081);
	packet_geneve(p);
	packet_endpoint(p, DEFAULT_ENDPOINT);
	packet_attachment(p, 0);
	packet_cookie(p, DEFAULT_COOKIE);
	inner(p);
	packet_finish(p);
}

/* @arg: offset of a byte of the outer IP header, and its value */
static void ip_byte(struct packet *p, const struct stage *s, int arg)
{
	good(p, s, 0);
	p->data[arg >> 8] = arg;
	packet_reseal_ip(p);
}

#define IP_BYTE(off, value)	((off) << 8 | (value))

static void udp_sport(struct packet *p, const struct stage *s, int port)
{
	good(p, s, 0);
	packet_put16(p->data + p->udp, port);
	packet_reseal(p);
}

static void udp_checksum(struct packet *p, const struct stage *s, int xor)
{
	__u8 *at;

	good(p, s, 0);
	at = p->data + p->udp + 6;
	packet_put16(at, xor ? packet_get16(at) ^ xor : 0);
}

static void link_padding(struct packet *p, const struct stage *s, int surplus)
{
	good(p, s, 0);
	p->surplus = surplus;
}

/* A packet that ends within its options. What follows in the frame is the rest
 * of one, with the lengths that it would have if 60 less 68 were 65,528.
 */
static void headers_in_padding(struct packet *p, const struct stage *s, int len)
{
	unsigned int whole;
	__u8 *inner;

	good(p, s, 0);
	whole = p->len;
	inner = p->data + p->inner;
	packet_put16(p->data + p->l4 + 4, len - p->l4);
	packet_put16(inner + 2, len - p->inner);
	packet_put16(inner + 10, 0);
	packet_put16(inner + 10, ~packet_sum(inner, 20, 0));
	p->len = len;
	packet_reseal(p);
	p->surplus = whole - p->len;
}

static void sized(struct packet *p, const struct stage *s, int over)
{
	packet_tunnel(p, s->gwlb, s->appliance);
	packet_ipv4(p, 0);
	packet_udp(p, 40000, 53);
	packet_fill(p, s->mtu + over - p->len);
	packet_finish(p);
}

static void probe(struct packet *p, const struct stage *s, int port)
{
	packet_start(p);
	packet_outer(p, s->gwlb, s->appliance, 0);
	packet_tcp(p, 0);
	packet_put16(p->data + p->l4 + 2, port);
	p->data[p->l4 + 13] = 2;	/* SYN */
	packet_finish(p);
	packet_put16(p->data + p->l4 + 16, 0);
	packet_put16(p->data + p->l4 + 16,
		     ~packet_sum(p->data + p->l4, 20,
				 packet_sum(p->data + 12, 8, 6 + 20)));
}

/* A frame of 60 bytes, of which 40 are the packet */
static void padded_probe(struct packet *p, const struct stage *s, int port)
{
	probe(p, s, port);
	p->surplus = 6;
}

static void udp_dport(struct packet *p, const struct stage *s, int port)
{
	good(p, s, 0);
	packet_put16(p->data + p->udp + 2, port);
	packet_reseal(p);
}

static void other_proto(struct packet *p, const struct stage *s, int proto)
{
	good(p, s, 0);
	p->data[9] = proto;
	packet_reseal_ip(p);
}

static void echo(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	packet_start(p);
	packet_outer(p, s->gwlb, s->appliance, 0);
	packet_icmp(p, 8, 0);
	packet_fill(p, 32);
	packet_finish(p);
}

/* Without a whole UDP header there is no port that could be believed. */
static void udp_cut(struct packet *p, const struct stage *s, int len)
{
	good(p, s, 0);
	packet_cut(p, p->udp + len);
}

/* What follows would be the rest of a good packet. */
static void udp_cut_padded(struct packet *p, const struct stage *s, int len)
{
	unsigned int whole;

	good(p, s, 0);
	whole = p->len;
	packet_cut(p, p->udp + len);
	p->surplus = whole - p->len;
}

/* @arg: flags and offset as they are in the header */
static void outer_fragment(struct packet *p, const struct stage *s, int arg)
{
	good(p, s, 0);
	packet_put16(p->data + 6, arg);
	packet_reseal_ip(p);
}

#define MORE	0x2000

static void from_address(struct packet *p, const struct stage *s, int address)
{
	__be32 source = htonl(address);

	good(p, s, 0);
	memcpy(p->data + 12, &source, 4);
	packet_reseal(p);
}

static void to_address(struct packet *p, const struct stage *s, int address)
{
	__be32 dest = htonl(address);

	good(p, s, 0);
	memcpy(p->data + 16, &dest, 4);
	packet_reseal(p);
}

static void from_stranger(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	from_address(p, s, ntohl(s->stranger));
}

static void from_unrouted(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	from_address(p, s, ntohl(s->unrouted));
}

static void from_second(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	from_address(p, s, ntohl(s->second));
}

static void from_destination(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	from_address(p, s, ntohl(s->appliance));
}

static void from_broadcast(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	from_address(p, s, ntohl(s->broadcast));
}

static void to_second(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	to_address(p, s, ntohl(s->second));
}

static void to_elsewhere(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	to_address(p, s, ntohl(s->elsewhere));
}

static void to_broadcast(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	to_address(p, s, ntohl(s->broadcast));
}

static void spoil(struct packet *p)
{
	p->data[p->geneve] |= 1 << 6;	/* version 1 */
	packet_reseal(p);
}

static void spoilt(struct packet *p, const struct stage *s, int arg)
{
	(void)arg;
	good(p, s, 0);
	spoil(p);
}

static void spoilt_to_elsewhere(struct packet *p, const struct stage *s,
				int arg)
{
	to_elsewhere(p, s, arg);
	spoil(p);
}

static void spoilt_from_stranger(struct packet *p, const struct stage *s,
				 int arg)
{
	from_stranger(p, s, arg);
	spoil(p);
}

/* @arg: more or less than there is */
static void udp_length(struct packet *p, const struct stage *s, int more)
{
	good(p, s, 0);
	packet_put16(p->data + p->udp + 4, p->len - p->udp + more);
}

static void udp_length_is(struct packet *p, const struct stage *s, int len)
{
	good(p, s, 0);
	packet_put16(p->data + p->udp + 4, len);
}

/* The frame holds all of it, but the IP header stops short of the end. */
static void ip_length_short(struct packet *p, const struct stage *s, int less)
{
	good(p, s, 0);
	p->len -= less;
	p->surplus = less;
	packet_reseal_ip(p);
}

static void ip_length_long(struct packet *p, const struct stage *s, int more)
{
	good(p, s, 0);
	packet_put16(p->data + 2, p->len + more);
	packet_put16(p->data + 10, 0);
	packet_put16(p->data + 10, ~packet_sum(p->data, 20, 0));
}

static void ip_checksum(struct packet *p, const struct stage *s, int xor)
{
	good(p, s, 0);
	packet_put16(p->data + 10, packet_get16(p->data + 10) ^ xor);
}

static void ip_first_byte(struct packet *p, const struct stage *s, int value)
{
	good(p, s, 0);
	p->data[0] = value;
	packet_put16(p->data + 10, 0);
	packet_put16(p->data + 10, ~packet_sum(p->data, 20, 0));
}

#define RETURNED	GWLB_REASON_RETURNED
#define PASS_OTHER	GWLB_REASON_PASS_OTHER
#define PASS_FRAGMENT	GWLB_REASON_PASS_FRAGMENT
#define NOT_LOCAL	GWLB_REASON_PASS_NOT_LOCAL
#define BAD_SOURCE	GWLB_REASON_DROP_BAD_SOURCE
#define UDP_LENGTH	GWLB_REASON_DROP_UDP_LENGTH
#define VERSION		GWLB_REASON_DROP_GENEVE_VERSION

#define STACK	"ip_rcv() of the host: never reaches a hook"
#define ENDS	"fact sheet 1.2: checksums are between the ends"
#define ONLY_IP	"fact sheet 1.2: only the addresses are swapped"
#define PORT	"gwlb.yaml: not UDP to port 6081"
#define LOCAL	"gwlb.yaml: not an address of this host"
#define UNICAST	"gwlb.yaml: no unicast address; RFC 1122, 3.2.1.3"
#define LENGTH	"gwlb.yaml: UDP length is what IP says"

const struct packet_case outer_cases[] = {
	ROW("good", RETURNED, "fact sheet 1.1", good, 0),
	ROW("captured-echo", RETURNED, "fact sheet 1.1, test vector",
	    captured, 0),
	ROW("outer-options-4", RETURNED, "RFC 791", ip_options, 4),
	ROW("outer-options-40", RETURNED, "RFC 791", ip_options, 40),
	ROW("outer-tos", RETURNED, ONLY_IP, ip_byte, IP_BYTE(1, 0xbb)),
	ROW("outer-id", RETURNED, ONLY_IP, ip_byte, IP_BYTE(5, 0x77)),
	ROW("outer-df", RETURNED, ONLY_IP, ip_byte, IP_BYTE(6, 0x40)),
	ROW("outer-reserved-flag", RETURNED, ONLY_IP, ip_byte,
	    IP_BYTE(6, 0x80)),
	ROW("outer-ttl-1", RETURNED, "fact sheet 1.2: TTL is free", ip_byte,
	    IP_BYTE(8, 1)),
	ROW("udp-checksum-zero", RETURNED, "RFC 8926, 3.3", udp_checksum, 0),
	ROW("udp-checksum-wrong", RETURNED, ENDS, udp_checksum, 0x5555),
	ROW("udp-source-0", RETURNED, "fact sheet 1.1: any source port",
	    udp_sport, 0),
	ROW("udp-source-6081", RETURNED, "fact sheet 1.1: any source port",
	    udp_sport, 6081),
	ROW("udp-source-65535", RETURNED, "fact sheet 1.1: any source port",
	    udp_sport, 65535),
	ROW("link-padding", RETURNED, "IEEE 802.3: padding is not the packet",
	    link_padding, 18),
	ROW("headers-in-padding", GWLB_REASON_DROP_OPTION_OVERRUN,
	    "IEEE 802.3: padding is not the packet", headers_in_padding, 60),
	ROW("to-second-address", RETURNED, LOCAL, to_second, 0),
	ROW("as-big-as-mtu", RETURNED, "gwlb.yaml: larger than the MTU",
	    sized, 0),
	ROW("bigger-than-mtu", GWLB_REASON_DROP_TOO_BIG,
	    "gwlb.yaml: larger than the MTU", sized, 4),

	ROW("tcp-health-probe", PASS_OTHER, "fact sheet 2", probe, 80),
	ROW("tcp-health-probe-padded", PASS_OTHER,
	    "IEEE 802.3: padding is not the packet", padded_probe, 80),
	ROW("tcp-6081", PASS_OTHER, PORT, probe, 6081),
	ROW("udp-6080", PASS_OTHER, PORT, udp_dport, 6080),
	ROW("udp-6082", PASS_OTHER, PORT, udp_dport, 6082),
	ROW("udp-byte-swapped-port", PASS_OTHER, PORT, udp_dport, 0xc117),
	ROW("udp-port-0", PASS_OTHER, PORT, udp_dport, 0),
	ROW("udp-53", PASS_OTHER, PORT, udp_dport, 53),
	ROW("outer-icmp-echo", PASS_OTHER, PORT, echo, 0),
	ROW("outer-sctp", PASS_OTHER, PORT, other_proto, PROTO_SCTP),
	ROW("outer-gre", PASS_OTHER, PORT, other_proto, PROTO_GRE),
	ROW("outer-udplite", PASS_OTHER, PORT, other_proto, PROTO_UDPLITE),
	ROW("outer-proto-0", PASS_OTHER, PORT, other_proto, 0),
	ROW("outer-proto-255", PASS_OTHER, PORT, other_proto, 255),
	ROW("udp-header-of-0", PASS_OTHER, PORT, udp_cut, 0),
	ROW("udp-header-of-3", PASS_OTHER, PORT, udp_cut, 3),
	ROW("udp-header-of-7", PASS_OTHER, PORT, udp_cut, 7),
	ROW("udp-header-of-3-padded", PASS_OTHER,
	    "IEEE 802.3: padding is not the packet", udp_cut_padded, 3),
	ROW("outer-fragment-first", PASS_FRAGMENT, "fact sheet 1.6",
	    outer_fragment, MORE),
	ROW("outer-fragment-middle", PASS_FRAGMENT, "fact sheet 1.6",
	    outer_fragment, MORE | 185),
	ROW("outer-fragment-last", PASS_FRAGMENT, "fact sheet 1.6",
	    outer_fragment, 185),
	ROW("outer-fragment-highest", PASS_FRAGMENT, "fact sheet 1.6",
	    outer_fragment, 0x1fff),

	ROW("to-elsewhere", NOT_LOCAL, LOCAL, to_elsewhere, 0),
	ROW("to-broadcast", NOT_LOCAL, LOCAL, to_broadcast, 0),
	ROW("to-limited-broadcast", NOT_LOCAL, LOCAL, to_address, 0xffffffff),
	ROW("to-multicast", NOT_LOCAL, LOCAL, to_address, 0xe0000001),
	ROW("to-loopback", NOT_LOCAL,
	    "RFC 1122, 3.2.1.3: 127/8 never comes from outside", to_address,
	    0x7f000001),
	{
		.name = "to-elsewhere-spoilt",
		.reason = { NOT_LOCAL, NOT_LOCAL },
		.source = "design 2: is it ours comes first",
		.build = spoilt_to_elsewhere,
		.inside = VERSION,
	}, {
		.name = "link-broadcast",
		.reason = { GWLB_REASON_PASS_NOT_HOST,
			    GWLB_REASON_PASS_NOT_HOST },
		.source = "gwlb.yaml: link layer marked it broadcast",
		.build = good,
		.link = LINK_BROADCAST,
	}, {
		.name = "link-multicast",
		.reason = { GWLB_REASON_PASS_NOT_HOST,
			    GWLB_REASON_PASS_NOT_HOST },
		.source = "gwlb.yaml: link layer marked it multicast",
		.build = good,
		.link = LINK_MULTICAST,
	}, {
		.name = "link-broadcast-spoilt",
		.reason = { GWLB_REASON_PASS_NOT_HOST,
			    GWLB_REASON_PASS_NOT_HOST },
		.source = "design 2: is it ours comes first",
		.build = spoilt,
		.link = LINK_BROADCAST,
		.inside = VERSION,
	}, {
		.name = "link-otherhost",
		.reason = { GWLB_REASON_PASS_NOT_HOST,
			    GWLB_REASON_PASS_NOT_HOST },
		.source = STACK,
		.build = good,
		.link = LINK_OTHERHOST,
		.unseen = true,
	}, {
		.name = "link-none",
		.reason = { RETURNED, GWLB_REASON_DROP_NO_LINK },
		.source = "gwlb.yaml: came without an Ethernet header",
		.build = good,
		.link = LINK_NONE,
	},

	ROW("from-stranger", GWLB_REASON_DROP_NOT_PEER,
	    "gwlb.yaml: in none of the prefixes", from_stranger, 0),
	{
		.name = "from-stranger-spoilt",
		.reason = { GWLB_REASON_DROP_NOT_PEER,
			    GWLB_REASON_DROP_NOT_PEER },
		.source = "design 2: may this peer talk comes first",
		.build = spoilt_from_stranger,
		.inside = VERSION,
	}, {
		.name = "from-unrouted",
		.reason = { GWLB_REASON_DROP_NO_ROUTE, RETURNED },
		.source = "gwlb.yaml: there is no route back",
		.build = from_unrouted,
	},
	ROW("from-second-address", GWLB_REASON_DROP_LOOP,
	    "gwlb.yaml: an address of this host", from_second, 0),
	ROW("from-destination", GWLB_REASON_DROP_LOOP,
	    "gwlb.yaml: an address of this host", from_destination, 0),
	ROW("from-broadcast", BAD_SOURCE, UNICAST, from_broadcast, 0),
	ROW("from-loopback", BAD_SOURCE, UNICAST, from_address, 0x7f000001),
	ROW("from-zero", BAD_SOURCE, UNICAST, from_address, 0),
	ROW("from-limited-broadcast", BAD_SOURCE, UNICAST, from_address,
	    0xffffffff),
	ROW("from-multicast", BAD_SOURCE, UNICAST, from_address, 0xe0000001),

	ROW("udp-length-1-short", UDP_LENGTH, LENGTH, udp_length, -1),
	ROW("udp-length-4-short", UDP_LENGTH, LENGTH, udp_length, -4),
	ROW("udp-length-1-long", UDP_LENGTH, LENGTH, udp_length, 1),
	ROW("udp-length-500-long", UDP_LENGTH, LENGTH, udp_length, 500),
	ROW("udp-length-0", UDP_LENGTH, LENGTH, udp_length_is, 0),
	ROW("udp-length-7", UDP_LENGTH, LENGTH, udp_length_is, 7),
	ROW("udp-length-8", UDP_LENGTH, LENGTH, udp_length_is, 8),
	ROW("udp-length-65535", UDP_LENGTH, LENGTH, udp_length_is, 65535),
	ROW("outer-length-short", UDP_LENGTH, LENGTH, ip_length_short, 4),
	{
		.name = "outer-length-long",
		.source = STACK,
		.build = ip_length_long,
		.arg = 4,
		.unseen = true,
	}, {
		.name = "outer-checksum-wrong",
		.source = STACK,
		.build = ip_checksum,
		.arg = 0x0100,
		.unseen = true,
	}, {
		.name = "outer-version-5",
		.source = STACK,
		.build = ip_first_byte,
		.arg = 0x55,
		.unseen = true,
	}, {
		.name = "outer-ihl-4",
		.source = STACK,
		.build = ip_first_byte,
		.arg = 0x44,
		.unseen = true,
	},
	{}
};
