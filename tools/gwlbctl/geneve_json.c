// SPDX-License-Identifier: GPL-2.0-only
/*
 * A packet that was taken apart, for programs. geneve_print.c has the same for
 * people.
 */

#include <arpa/inet.h>
#include <linux/gwlb.h>
#include <stdio.h>

#include "bytes.h"
#include "counter.h"
#include "geneve_print.h"
#include "packet.h"
#include "vpce.h"

/**
 * geneve_option_name() - name of an option
 * @option: the option
 *
 * Return: its name, or NULL if it is none of GWLB's.
 */
const char *geneve_option_name(const struct geneve_option *option)
{
	static const char *const names[] = {
		[GENEVE_ENDPOINT] = "endpoint",
		[GENEVE_ATTACHMENT] = "attachment",
		[GENEVE_COOKIE] = "cookie",
	};

	return names[option->known];
}

/**
 * geneve_option_value() - what an option says
 * @g: its packet
 * @option: the option
 * @text: where that goes: the name of an endpoint, else its bytes
 */
void geneve_option_value(const struct geneve *g,
			 const struct geneve_option *option,
			 char text[GENEVE_VALUE])
{
	const __u8 *value = g->data + option->at + 4;
	__u8 i;

	if (option->known == GENEVE_ENDPOINT && option->len == 8) {
		vpce_print(bytes_64(value), text);
		return;
	}
	for (i = 0; i < option->len; i++)
		snprintf(text + i * 2, 3, "%02x", value[i]);
	text[i * 2] = '\0';
}

/**
 * geneve_checksum_name() - what the outer UDP checksum is, in a word
 * @g: the packet
 *
 * Return: the word.
 */
const char *geneve_checksum_name(const struct geneve *g)
{
	static const char *const names[GENEVE_SUMS] = {
		[GENEVE_SUM_UNKNOWN] = "unknown",
		[GENEVE_SUM_NONE] = "none",
		[GENEVE_SUM_RIGHT] = "right",
		[GENEVE_SUM_WRONG] = "wrong",
	};

	return names[geneve_checksum(g)];
}

static json_t *ethernet_json(const struct geneve *g)
{
	char source[FRAME_ADDRESS], destination[FRAME_ADDRESS];
	json_t *vlans;
	int i;

	if (g->frame.link != FRAME_ETHERNET || !g->frame.at)
		return json_null();
	vlans = json_array();
	for (i = 0; i < g->frame.vlan_count; i++)
		json_array_append_new(vlans,
				      json_integer(g->frame.vlans[i]));
	frame_address(g->data, destination);
	frame_address(g->data + 6, source);
	return json_pack("{s:s, s:s, s:o, s:i}", "source", source,
			 "destination", destination, "vlans", vlans,
			 "protocol", g->frame.protocol);
}

static json_t *ip_json(const struct geneve *g)
{
	char source[INET_ADDRSTRLEN], destination[INET_ADDRSTRLEN];
	const __u8 *ip = g->data + g->ip;

	if (!g->has_ip)
		return json_null();
	inet_ntop(AF_INET, ip + 12, source, sizeof(source));
	inet_ntop(AF_INET, ip + 16, destination, sizeof(destination));
	return json_pack("{s:I, s:s, s:s, s:i, s:i, s:i, s:i}",
			 "at", (json_int_t)g->ip, "source", source,
			 "destination", destination,
			 "length", bytes_16(ip + 2), "ttl", ip[8],
			 "id", bytes_16(ip + 4), "protocol", ip[9]);
}

static json_t *udp_json(const struct geneve *g)
{
	const __u8 *udp = g->data + g->udp;

	if (!g->has_udp)
		return json_null();
	return json_pack("{s:I, s:i, s:i, s:i, s:s}",
			 "at", (json_int_t)g->udp,
			 "source-port", bytes_16(udp),
			 "destination-port", bytes_16(udp + 2),
			 "length", bytes_16(udp + 4),
			 "checksum", geneve_checksum_name(g));
}

static json_t *options_json(const struct geneve *g)
{
	const struct geneve_option *option;
	json_t *list = json_array();
	char value[GENEVE_VALUE];
	json_t *entry;
	size_t i;

	for (i = 0; list && i < g->option_count; i++) {
		option = &g->options[i];
		geneve_option_value(g, option, value);
		entry = json_pack("{s:I, s:i, s:i, s:b, s:i, s:s?, s:s}",
				  "at", (json_int_t)option->at,
				  "class", option->class,
				  "type", option->type,
				  "critical", option->type & GENEVE_CRITICAL,
				  "length", option->len,
				  "name", geneve_option_name(option),
				  "value", value);
		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *tunnel_json(const struct geneve *g)
{
	const __u8 *tunnel = g->data + g->tunnel;

	if (!g->has_tunnel)
		return json_null();
	return json_pack("{s:I, s:i, s:i, s:b, s:b, s:i, s:I, s:o}",
			 "at", (json_int_t)g->tunnel,
			 "version", tunnel[0] >> 6,
			 "options-length", (tunnel[0] & 0x3f) * 4,
			 "control", tunnel[1] & 0x80,
			 "critical", tunnel[1] & 0x40,
			 "protocol", bytes_16(tunnel + 2),
			 "vni", (json_int_t)(bytes_32(tunnel + 4) >> 8),
			 "options", options_json(g));
}

static json_t *inner_json(const struct geneve *g)
{
	struct packet packet;

	if (!g->has_inner)
		return json_null();
	packet_decode(g->data + g->inner, g->len - g->inner, &packet);
	return json_pack("{s:I, s:o}", "at", (json_int_t)g->inner,
			 "packet", packet_json(&packet));
}

static json_t *verdict_json(const struct geneve *g)
{
	static const char *const judges[] = {
		[GENEVE_BY_MODULE] = "module",
		[GENEVE_BY_HOST] = "host",
		[GENEVE_BY_NOBODY] = "nobody",
	};
	const char *class = NULL, *name = NULL;
	struct counter counter;

	counter_of(g->reason, &counter);
	if (g->judge == GENEVE_BY_MODULE) {
		name = counter.name;
		class = counter_class_name(counter_class(&counter));
	} else if (g->judge == GENEVE_BY_HOST) {
		class = counter_class_name(g->passed ? GWLB_CLASS_PASS :
					   GWLB_CLASS_DROP);
	}
	return json_pack("{s:s, s:s?, s:s?}", "by", judges[g->judge],
			 "class", class, "reason", name);
}

static json_t *fault_json(const struct geneve *g)
{
	if (!g->fault.found)
		return json_null();
	return json_pack("{s:I, s:s}", "at", (json_int_t)g->fault.at,
			 "text", g->fault.text);
}

/**
 * geneve_json() - all that is to be seen, as JSON
 * @g: the packet
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *geneve_json(const struct geneve *g)
{
	return json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "link", frame_link_name(g->frame.link),
			 "length", (json_int_t)g->whole,
			 "captured", (json_int_t)g->len,
			 "ethernet", ethernet_json(g), "ip", ip_json(g),
			 "udp", udp_json(g), "geneve", tunnel_json(g),
			 "inner", inner_json(g), "verdict", verdict_json(g),
			 "fault", fault_json(g));
}
