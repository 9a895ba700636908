// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flow made readable: as one line like those of conntrack, as a few words,
 * as JSON. Formats only; the structs are flow.c's.
 */

#include <arpa/inet.h>
#include <string.h>

#include "cidr.h"
#include "flow_print.h"
#include "out.h"
#include "packet.h"
#include "vpce.h"

static const char *address(const struct flow *flow, const __u8 *bytes,
			   char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(flow->family, bytes, text, INET6_ADDRSTRLEN);
}

static void print_ports(FILE *to, const struct flow *flow)
{
	if (flow->has_icmp_type) {
		fprintf(to, " type=%u", flow->icmp_type);
		if (flow->has_source_port)
			fprintf(to, " icmp-id=%u", flow->source_port);
		return;
	}
	if (flow->has_source_port)
		fprintf(to, " sport=%u", flow->source_port);
	if (flow->has_destination_port)
		fprintf(to, " dport=%u", flow->destination_port);
}

static void print_times(FILE *to, const struct flow *flow)
{
	char text[32];

	fprintf(to, " age=%s", out_span(flow->age, text, sizeof(text)));
	fprintf(to, " idle=%s", out_span(flow->idle, text, sizeof(text)));
	/* one that has ended has no end before it */
	if (!flow->has_end)
		fprintf(to, " expires=%s",
			out_span(flow->expires, text, sizeof(text)));
}

/**
 * flow_print() - print a flow, without a newline
 * @to: where to
 * @flow: the flow
 */
void flow_print(FILE *to, const struct flow *flow)
{
	char text[INET6_ADDRSTRLEN], protocol[PACKET_PROTOCOL];
	char vpce[VPCE_TEXT];

	packet_protocol(flow->protocol, protocol);
	fprintf(to, "%s %s", protocol, flow_name(flow_states, flow->state));
	fprintf(to, " src=%s", address(flow, flow->source, text));
	fprintf(to, " dst=%s", address(flow, flow->destination, text));
	print_ports(to, flow);
	fprintf(to, " packets=%llu bytes=%llu", flow->original.packets,
		flow->original.bytes);
	fprintf(to, " reply-packets=%llu reply-bytes=%llu",
		flow->reply.packets, flow->reply.bytes);

	fprintf(to, " verdict=%s", flow_name(names_verdicts, flow->verdict));
	if (flow->rule)
		fprintf(to, " rule=%u", flow->rule);
	fprintf(to, " direction=%s",
		flow_name(names_directions, flow->direction));
	if (flow->has_endpoint) {
		vpce_print(flow->endpoint, vpce);
		fprintf(to, " endpoint=%s", vpce);
	}
	if (flow->group[0])
		fprintf(to, " group=%s", flow->group);
	cidr_print_address(flow->node, text);
	fprintf(to, " node=%s cookie=0x%08x", text, flow->cookie);
	print_times(to, flow);
	fprintf(to, " id=%llu", flow->id);
}

static void summarize_side(const struct flow *flow, const __u8 *bytes,
			   bool has_port, __u16 port, char *text, size_t size)
{
	char plain[INET6_ADDRSTRLEN];

	address(flow, bytes, plain);
	if (flow->has_icmp_type || !has_port)
		snprintf(text, size, "%s", plain);
	else if (flow->family == AF_INET6)
		snprintf(text, size, "[%s]:%u", plain, port);
	else
		snprintf(text, size, "%s:%u", plain, port);
}

/**
 * flow_summary() - who talks to whom
 * @flow: the flow
 * @text: where it goes, like "tcp 10.0.0.1:40000 > 192.0.2.1:443"
 */
void flow_summary(const struct flow *flow, char text[FLOW_SUMMARY])
{
	char protocol[PACKET_PROTOCOL], source[64], destination[64];

	packet_protocol(flow->protocol, protocol);
	summarize_side(flow, flow->source, flow->has_source_port,
		       flow->source_port, source, sizeof(source));
	summarize_side(flow, flow->destination, flow->has_destination_port,
		       flow->destination_port, destination,
		       sizeof(destination));
	snprintf(text, FLOW_SUMMARY, "%s %s > %s", protocol, source,
		 destination);
}

static json_t *text_json(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}

static json_t *number_json(bool has, __u32 number)
{
	return has ? json_integer(number) : json_null();
}

/**
 * flow_json() - a flow as JSON
 * @flow: the flow
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *flow_json(const struct flow *flow)
{
	char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
	char vpce[VPCE_TEXT] = "", node[CIDR_TEXT];

	if (flow->has_endpoint)
		vpce_print(flow->endpoint, vpce);
	cidr_print_address(flow->node, node);
	return json_pack("{s:I, s:o, s:o, s:s, s:s, s:i, s:o, s:o, s:o, s:s, s:s, s:o, s:s, s:I, s:s, s:I, s:I, s:I, s:o, s:o}",
			 "id", out_u64(flow->id),
			 "endpoint", text_json(vpce),
			 "group", text_json(flow->group),
			 "source", address(flow, flow->source, source),
			 "destination",
			 address(flow, flow->destination, destination),
			 "protocol", flow->protocol,
			 "source-port", number_json(flow->has_source_port,
						    flow->source_port),
			 "destination-port",
			 number_json(flow->has_destination_port,
				     flow->destination_port),
			 "icmp-type", number_json(flow->has_icmp_type,
						  flow->icmp_type),
			 "state", flow_name(flow_states, flow->state),
			 "verdict", flow_name(names_verdicts, flow->verdict),
			 "rule", number_json(flow->rule, flow->rule),
			 "direction",
			 flow_name(names_directions, flow->direction),
			 "cookie", (json_int_t)flow->cookie,
			 "node", node,
			 "age", out_u64(flow->age),
			 "idle", out_u64(flow->idle),
			 "expires", out_u64(flow->expires),
			 "original", counter_amount_json(&flow->original),
			 "reply", counter_amount_json(&flow->reply));
}
