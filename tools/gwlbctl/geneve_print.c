// SPDX-License-Identifier: GPL-2.0-only
/*
 * A packet that was taken apart, for people: one line for each header, with its
 * offset, and in the end what becomes of it. geneve_json.c has the same for
 * programs.
 */

#include <arpa/inet.h>
#include <linux/gwlb.h>
#include <stdarg.h>

#include "bytes.h"
#include "counter.h"
#include "geneve_print.h"
#include "packet.h"

static void begin(FILE *to, const char *name, size_t at)
{
	fprintf(to, "%-12sat %zu: ", name, at);
}

static void print_frame(FILE *to, const struct geneve *g)
{
	char source[FRAME_ADDRESS], destination[FRAME_ADDRESS];
	int i;

	if (g->frame.link != FRAME_ETHERNET || !g->frame.at)
		return;
	begin(to, "ethernet", 0);
	frame_address(g->data, destination);
	frame_address(g->data + 6, source);
	fprintf(to, "%s > %s", source, destination);
	for (i = 0; i < g->frame.vlan_count; i++)
		fprintf(to, ", vlan %u", g->frame.vlans[i]);
	fprintf(to, ", protocol 0x%04x\n", g->frame.protocol);
}

static void print_ip(FILE *to, const struct geneve *g)
{
	char source[INET_ADDRSTRLEN], destination[INET_ADDRSTRLEN];
	const __u8 *ip = g->data + g->ip;

	if (!g->has_ip)
		return;
	inet_ntop(AF_INET, ip + 12, source, sizeof(source));
	inet_ntop(AF_INET, ip + 16, destination, sizeof(destination));
	begin(to, "ipv4", g->ip);
	fprintf(to, "%s > %s, length %u, ttl %u, id %u, protocol %u\n",
		source, destination, bytes_16(ip + 2), ip[8],
		bytes_16(ip + 4), ip[9]);
}

static void print_udp(FILE *to, const struct geneve *g)
{
	const __u8 *udp = g->data + g->udp;

	if (!g->has_udp)
		return;
	begin(to, "udp", g->udp);
	fprintf(to, "%u > %u, length %u, checksum %s\n", bytes_16(udp),
		bytes_16(udp + 2), bytes_16(udp + 4),
		geneve_checksum_name(g));
}

static void print_option(FILE *to, const struct geneve *g,
			 const struct geneve_option *option)
{
	const char *name = geneve_option_name(option);
	char value[GENEVE_VALUE];

	geneve_option_value(g, option, value);
	begin(to, name ? name : "option", option->at);
	if (!name)
		fprintf(to, "class 0x%04x, type 0x%02x%s, %u bytes%s",
			option->class, option->type,
			option->type & GENEVE_CRITICAL ? " (critical)" : "",
			option->len, option->len ? ": " : "");
	fprintf(to, "%s\n", value);
}

static void print_tunnel(FILE *to, const struct geneve *g)
{
	const __u8 *tunnel = g->data + g->tunnel;
	size_t i;

	if (!g->has_tunnel)
		return;
	begin(to, "geneve", g->tunnel);
	fprintf(to, "version %u, %u bytes of options, protocol 0x%04x, vni %u%s%s\n",
		tunnel[0] >> 6, (tunnel[0] & 0x3f) * 4, bytes_16(tunnel + 2),
		bytes_32(tunnel + 4) >> 8,
		tunnel[1] & 0x80 ? ", O bit" : "",
		tunnel[1] & 0x40 ? ", C bit" : "");
	for (i = 0; i < g->option_count; i++)
		print_option(to, g, &g->options[i]);
}

static void print_inner(FILE *to, const struct geneve *g)
{
	struct packet packet;

	packet_decode(g->data + g->inner, g->len - g->inner, &packet);
	packet_print(to, &packet);
}

static void print_verdict(FILE *to, const struct geneve *g)
{
	struct counter counter;

	fprintf(to, "%-12s", "verdict");
	switch (g->judge) {
	case GENEVE_BY_MODULE:
		counter_of(g->reason, &counter);
		if (!g->reason)
			fputs("returned, if peers, flows and rules allow it\n",
			      to);
		else
			fprintf(to, "%s: %s\n", counter.name,
				counter_explain(&counter));
		break;
	case GENEVE_BY_HOST:
		fprintf(to, "%s by the host, the module does not see it\n",
			g->passed ? "kept" : "discarded");
		break;
	case GENEVE_BY_NOBODY:
		fprintf(to, "unknown: %zu bytes were captured, and more would have to be seen\n",
			g->len);
		break;
	}
}

/**
 * geneve_print() - print all that is to be seen
 * @to: where to
 * @g: the packet
 */
void geneve_print(FILE *to, const struct geneve *g)
{
	print_frame(to, g);
	print_ip(to, g);
	print_udp(to, g);
	print_tunnel(to, g);
	if (g->has_inner) {
		begin(to, "inner", g->inner);
		print_inner(to, g);
		fputc('\n', to);
	}
	print_verdict(to, g);
	if (g->fault.found) {
		begin(to, "because", g->fault.at);
		fprintf(to, "%s\n", g->fault.text);
	}
}

/**
 * geneve_print_brief() - print a packet on one line
 * @to: where to
 * @g: the packet
 */
void geneve_print_brief(FILE *to, const struct geneve *g)
{
	const struct geneve_option *option;
	struct counter counter;
	char value[GENEVE_VALUE];
	size_t i;

	counter_of(g->reason, &counter);
	fputs(g->judge == GENEVE_BY_MODULE ? counter.name :
	      g->judge == GENEVE_BY_HOST ? "host" : "unknown", to);
	if (g->fault.found)
		fprintf(to, " at=%zu", g->fault.at);
	for (i = 0; i < g->option_count; i++) {
		option = &g->options[i];
		if (option->known != GENEVE_ENDPOINT &&
		    option->known != GENEVE_COOKIE)
			continue;
		geneve_option_value(g, option, value);
		fprintf(to, " %s=%s", geneve_option_name(option), value);
	}
	if (g->has_inner) {
		fputc(' ', to);
		print_inner(to, g);
	}
	fputc('\n', to);
}
