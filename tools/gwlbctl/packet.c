// SPDX-License-Identifier: GPL-2.0-only
/*
 * The beginning of an inner packet, as a log has it, taken apart. It is cut
 * off somewhere and came from anybody, so that what is not there is left out
 * and nothing is believed. Pure, but for printing.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "bytes.h"
#include "names.h"
#include "packet.h"

#define IPV4_HEADER	20
#define IPV6_HEADER	40
#define IPV4_OFFSET	0x1fff
#define IPV4_MORE	0x2000
#define IPV6_OFFSET	0xfff8
#define IPV6_MORE	0x0001
#define TCP_FLAGS	13
/* As many as the module looks at */
#define IPV6_EXTENSIONS	8

static void decode_transport(const __u8 *at, size_t len, struct packet *packet)
{
	/* what follows is no header but the middle of something */
	if (packet->offset)
		return;

	if (packet->protocol == IPPROTO_TCP && len > TCP_FLAGS) {
		packet->has_flags = true;
		packet->flags = at[TCP_FLAGS];
	}
	switch (packet->protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		if (len >= 4) {
			packet->has_ports = true;
			packet->source_port = bytes_16(at);
			packet->destination_port = bytes_16(at + 2);
		}
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (len >= 2) {
			packet->has_icmp = true;
			packet->icmp_type = at[0];
			packet->icmp_code = at[1];
		}
		break;
	default:
		break;
	}
}

static void decode_ipv4(const __u8 *at, size_t len, struct packet *packet)
{
	size_t header = (at[0] & 0xf) * 4U;
	__u16 fragment;

	if (len < IPV4_HEADER || header < IPV4_HEADER)
		return;
	packet->family = AF_INET;
	memcpy(packet->source, at + 12, 4);
	memcpy(packet->destination, at + 16, 4);
	packet->ttl = at[8];
	packet->protocol = at[9];
	packet->has_protocol = true;
	fragment = bytes_16(at + 6);
	packet->fragment = fragment & (IPV4_OFFSET | IPV4_MORE);
	packet->offset = (__u16)((fragment & IPV4_OFFSET) * 8);
	if (len > header)
		decode_transport(at + header, len - header, packet);
}

/* Length of an extension header, 0 for what is none or is cut off */
static size_t extension(__u8 protocol, const __u8 *at, size_t len)
{
	if (len < 8)
		return 0;
	switch (protocol) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
		return at[1] * 8U + 8;
	case IPPROTO_AH:
		return at[1] * 4U + 8;
	case IPPROTO_FRAGMENT:
		return 8;
	default:
		return 0;
	}
}

static bool is_extension(__u8 protocol)
{
	static const __u8 whole[8];

	return extension(protocol, whole, sizeof(whole));
}

static void decode_ipv6(const __u8 *at, size_t len, struct packet *packet)
{
	__u8 protocol;
	size_t used;
	int i;

	if (len < IPV6_HEADER)
		return;
	packet->family = AF_INET6;
	memcpy(packet->source, at + 8, 16);
	memcpy(packet->destination, at + 24, 16);
	packet->ttl = at[7];
	protocol = at[6];
	at += IPV6_HEADER;
	len -= IPV6_HEADER;

	for (i = 0; is_extension(protocol) && !packet->offset; i++) {
		used = extension(protocol, at, len);
		if (!used || i == IPV6_EXTENSIONS)
			return;
		if (protocol == IPPROTO_FRAGMENT) {
			packet->fragment = bytes_16(at + 2) &
					   (IPV6_OFFSET | IPV6_MORE);
			packet->offset = bytes_16(at + 2) & IPV6_OFFSET;
		}
		protocol = at[0];
		if (used > len)
			used = len;
		at += used;
		len -= used;
	}
	packet->protocol = protocol;
	packet->has_protocol = true;
	decode_transport(at, len, packet);
}

/**
 * packet_decode() - take the beginning of a packet apart
 * @data: from its IP header on
 * @len: how many bytes are there
 * @packet: filled in, as far as there is something
 */
void packet_decode(const void *data, size_t len, struct packet *packet)
{
	const __u8 *at = data;

	memset(packet, 0, sizeof(*packet));
	if (!len)
		return;
	if (at[0] >> 4 == 4)
		decode_ipv4(at, len, packet);
	else if (at[0] >> 4 == 6)
		decode_ipv6(at, len, packet);
}

/**
 * packet_protocol() - name of a transport protocol
 * @protocol: its number
 * @text: where the name, or else the number, goes
 */
void packet_protocol(__u8 protocol, char text[PACKET_PROTOCOL])
{
	const char *name = names_of(names_protocols, protocol);

	if (name)
		snprintf(text, PACKET_PROTOCOL, "%s", name);
	else
		snprintf(text, PACKET_PROTOCOL, "%u", protocol);
}

static const char *address(const struct packet *packet, const __u8 *bytes,
			   char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(packet->family, bytes, text, INET6_ADDRSTRLEN);
}

static void flags_text(__u8 flags, char text[40])
{
	const char *between = "";
	const struct name *name;
	size_t len = 0;

	snprintf(text, 40, "none");
	for (name = names_tcp_flags; name->text; name++) {
		if (!(flags & name->value))
			continue;
		len += (size_t)snprintf(text + len, 40 - len, "%s%s", between,
					name->text);
		between = "|";
	}
}

/**
 * packet_print() - print what is to be seen, without a newline
 * @to: where to
 * @packet: the packet
 */
void packet_print(FILE *to, const struct packet *packet)
{
	char text[INET6_ADDRSTRLEN];
	const struct name *icmp;
	const char *name;
	char flags[40];

	if (!packet->family) {
		fputs("not an IP packet", to);
		return;
	}
	snprintf(text, sizeof(text), "?");
	if (packet->has_protocol)
		packet_protocol(packet->protocol, text);
	fprintf(to, "%s", text);
	fprintf(to, " src=%s", address(packet, packet->source, text));
	fprintf(to, " dst=%s", address(packet, packet->destination, text));
	if (packet->has_ports)
		fprintf(to, " sport=%u dport=%u", packet->source_port,
			packet->destination_port);
	if (packet->has_flags) {
		flags_text(packet->flags, flags);
		fprintf(to, " flags=%s", flags);
	}
	if (packet->has_icmp) {
		icmp = packet->protocol == IPPROTO_ICMP ? names_icmp :
		       names_icmpv6;
		name = names_of(icmp, packet->icmp_type);
		fprintf(to, " type=%u code=%u", packet->icmp_type,
			packet->icmp_code);
		if (name)
			fprintf(to, " (%s)", name);
	}
	if (packet->fragment)
		fprintf(to, " fragment=%u", packet->offset);
	fprintf(to, " ttl=%u", packet->ttl);
}

static json_t *number_json(bool has, __u32 number)
{
	return has ? json_integer(number) : json_null();
}

/**
 * packet_json() - what is to be seen, as JSON
 * @packet: the packet
 *
 * Return: an object, null for what is no IP packet, or NULL if there is no
 * memory.
 */
json_t *packet_json(const struct packet *packet)
{
	char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
	char flags[40];

	if (!packet->family)
		return json_null();
	flags_text(packet->flags, flags);
	return json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "source", address(packet, packet->source, source),
			 "destination", address(packet, packet->destination,
						destination),
			 "ttl", packet->ttl,
			 "protocol", number_json(packet->has_protocol,
						 packet->protocol),
			 "source-port", number_json(packet->has_ports,
						    packet->source_port),
			 "destination-port",
			 number_json(packet->has_ports,
				     packet->destination_port),
			 "tcp-flags", packet->has_flags ?
			 json_string(flags) : json_null(),
			 "icmp-type", number_json(packet->has_icmp,
						  packet->icmp_type),
			 "icmp-code", number_json(packet->has_icmp,
						  packet->icmp_code),
			 "fragment", number_json(packet->fragment,
						 packet->offset));
}
