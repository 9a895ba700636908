// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module's tracepoint says of a packet: its fate, from which follows
 * how far it came on its walk. No promise is made about that text, so that
 * whatever does not look as expected is refused. Pure, but for printing.
 */

#include <errno.h>
#include <linux/gwlb.h>
#include <string.h>

#include "packet.h"
#include "scan.h"
#include "trace.h"
#include "vpce.h"

#define EVENT	"gwlb_verdict: "

#define GIVEN(x)	(filter->given & 1U << GWLB_A_FLOW_##x)

static const char *const steps[TRACE_STEPS] = {
	[TRACE_OUTER] = "outer",
	[TRACE_ADMISSION] = "admission",
	[TRACE_TUNNEL] = "tunnel",
	[TRACE_INNER] = "inner",
	[TRACE_DECISION] = "decision",
	[TRACE_SENDING] = "sending",
};

/* IPv4 addresses come as IPv4-mapped ones */
static int read_address(const char *text, int *family, __u8 address[16])
{
	struct in6_addr in6;

	if (inet_pton(AF_INET6, text, &in6) != 1)
		return -EINVAL;
	memset(address, 0, 16);
	if (IN6_IS_ADDR_V4MAPPED(&in6)) {
		*family = AF_INET;
		memcpy(address, &in6.s6_addr[12], 4);
	} else {
		*family = AF_INET6;
		memcpy(address, &in6, 16);
	}
	return 0;
}

static int find_reason(const char *name, struct counter *reason)
{
	__u32 i;

	for (i = 0; i <= GWLB_REASON_DROP_FRAGMENT_OVERLAP; i++) {
		counter_of(i, reason);
		if (!strcmp(reason->name, name))
			return 0;
	}
	return -EINVAL;
}

static bool take_text(const char **at, const char *key, char *text,
		      size_t size)
{
	return scan_literal(at, key) && scan_word(at, text, size);
}

static bool take_number(const char **at, const char *key, int base, __u64 max,
			__u64 *value)
{
	return scan_literal(at, key) && scan_number(at, base, max, value);
}

/**
 * trace_parse() - read a line of the trace
 * @line: the line
 * @event: filled in
 *
 * Return: 0, -ENOENT for a line that is about something else, or -EINVAL for
 * one that cannot be read.
 */
int trace_parse(const char *line, struct trace_event *event)
{
	char name[48], source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
	__u64 bytes, cookie, protocol, source_port, destination_port;
	const char *at = strstr(line, EVENT);
	int family;

	if (!at)
		return -ENOENT;
	at += strlen(EVENT);
	memset(event, 0, sizeof(*event));
	if (!scan_word(&at, name, sizeof(name)) ||
	    !take_text(&at, "node=", event->node, sizeof(event->node)) ||
	    !take_text(&at, "local=", event->local, sizeof(event->local)) ||
	    !take_number(&at, "bytes=", 10, ~0U, &bytes) ||
	    !take_number(&at, "endpoint=", 16, ~0ULL, &event->endpoint) ||
	    !take_number(&at, "cookie=", 16, ~0U, &cookie) ||
	    !take_number(&at, "proto=", 10, 255, &protocol) ||
	    !take_text(&at, "src=", source, sizeof(source)) ||
	    !take_number(&at, "sport=", 10, 65535, &source_port) ||
	    !take_text(&at, "dst=", destination, sizeof(destination)) ||
	    !take_number(&at, "dport=", 10, 65535, &destination_port) ||
	    find_reason(name, &event->reason) < 0 ||
	    read_address(source, &event->family, event->source) < 0 ||
	    read_address(destination, &family, event->destination) < 0 ||
	    family != event->family)
		return -EINVAL;
	event->bytes = (__u32)bytes;
	event->cookie = (__u32)cookie;
	event->protocol = (__u8)protocol;
	event->source_port = (__u16)source_port;
	event->destination_port = (__u16)destination_port;
	event->read = trace_step(event->reason.reason) > TRACE_INNER;
	return 0;
}

/**
 * trace_step() - at which step of its walk a packet met its fate
 * @reason: its fate
 *
 * Return: the step.
 */
enum trace_step trace_step(__u32 reason)
{
	if (reason == GWLB_REASON_RETURNED)
		return TRACE_SENDING;
	if (reason <= GWLB_REASON_PASS_FRAGMENT)
		return TRACE_OUTER;
	if (reason <= GWLB_REASON_DROP_LOOP)
		return TRACE_ADMISSION;
	if (reason <= GWLB_REASON_DROP_NO_COOKIE)
		return TRACE_TUNNEL;
	if (reason <= GWLB_REASON_DROP_INNER_TRANSPORT)
		return TRACE_INNER;
	/* before the tunnel is looked at, or at the latest there */
	if (reason <= GWLB_REASON_DROP_NO_MEMORY)
		return TRACE_TUNNEL;
	if (reason <= GWLB_REASON_DROP_TRANSMIT)
		return TRACE_SENDING;
	return TRACE_DECISION;
}

static bool is_in(int family, const __u8 *address, const struct prefix *prefix)
{
	struct prefix own = {
		.family = (__u8)family, .length = prefix->length,
	};

	if (family != prefix->family)
		return false;
	memcpy(own.address, address, sizeof(own.address));
	prefix_cut(&own, prefix->length);
	return !prefix_compare(&own, prefix);
}

/**
 * trace_matches() - is this packet asked for
 * @event: the packet
 * @filter: what is asked for: endpoint, protocol, prefixes, ports
 *
 * Return: true if it is.
 */
bool trace_matches(const struct trace_event *event,
		   const struct flow_filter *filter)
{
	if (!filter->given)
		return true;
	/* of others nothing of that is known */
	if (!event->read)
		return false;
	return !((GIVEN(ENDPOINT) && event->endpoint != filter->endpoint) ||
		 (GIVEN(PROTOCOL) && event->protocol != filter->protocol) ||
		 (GIVEN(SOURCE_PORT) &&
		  event->source_port != filter->source_port) ||
		 (GIVEN(DESTINATION_PORT) &&
		  event->destination_port != filter->destination_port) ||
		 (GIVEN(SOURCE_PREFIX) &&
		  !is_in(event->family, event->source, &filter->source)) ||
		 (GIVEN(DESTINATION_PREFIX) &&
		  !is_in(event->family, event->destination,
			 &filter->destination)));
}

/**
 * trace_expression() - what is asked for, as the kernel wants it
 * @filter: what is asked for
 * @text: where it goes; prefixes are not in it, as the kernel could not
 *	compare with them
 * @size: size of @text
 */
void trace_expression(const struct flow_filter *filter, char *text,
		      size_t size)
{
	size_t used;

	/* the host's own packets are nobody's question */
	used = (size_t)snprintf(text, size, "reason != \"pass-other\"");
	if (GIVEN(ENDPOINT))
		used += (size_t)snprintf(text + used, size - used,
					 " && endpoint == 0x%llx",
					 filter->endpoint);
	if (GIVEN(PROTOCOL))
		used += (size_t)snprintf(text + used, size - used,
					 " && proto == %u", filter->protocol);
	if (GIVEN(SOURCE_PORT))
		used += (size_t)snprintf(text + used, size - used,
					 " && sport == %u",
					 filter->source_port);
	if (GIVEN(DESTINATION_PORT))
		snprintf(text + used, size - used, " && dport == %u",
			 filter->destination_port);
}

static void print_inner(FILE *to, const struct trace_event *event)
{
	char address[INET6_ADDRSTRLEN], name[PACKET_PROTOCOL];

	packet_protocol(event->protocol, name);
	fprintf(to, " %s src=%s", name,
		inet_ntop(event->family, event->source, address,
			  sizeof(address)));
	fprintf(to, " dst=%s", inet_ntop(event->family, event->destination,
					 address, sizeof(address)));
	if (event->source_port || event->destination_port)
		fprintf(to, " sport=%u dport=%u", event->source_port,
			event->destination_port);
}

/**
 * trace_print() - print a packet and its walk
 * @to: where to
 * @event: the packet
 */
void trace_print(FILE *to, const struct trace_event *event)
{
	enum trace_step last = trace_step(event->reason.reason), step;
	char endpoint[VPCE_TEXT];

	fprintf(to, "%s", event->reason.name);
	if (event->read) {
		print_inner(to, event);
		vpce_print(event->endpoint, endpoint);
		fprintf(to, " endpoint=%s cookie=%08x", endpoint,
			event->cookie);
	}
	fprintf(to, " node=%s local=%s bytes=%u\n", event->node, event->local,
		event->bytes);
	for (step = 0; step <= last; step++) {
		if (step < last || !event->reason.reason)
			fprintf(to, "    %-10sok\n", steps[step]);
		else
			fprintf(to, "    %-10s%s\n", steps[step],
				counter_explain(&event->reason));
	}
}

static json_t *steps_json(const struct trace_event *event)
{
	enum trace_step last = trace_step(event->reason.reason), step;
	json_t *list = json_array();
	json_t *entry;

	for (step = 0; list && step <= last; step++) {
		entry = json_pack("{s:s, s:b}", "step", steps[step], "ok",
				  step < last || !event->reason.reason);
		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *inner_json(const struct trace_event *event)
{
	char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
	char endpoint[VPCE_TEXT], cookie[9];

	if (!event->read)
		return json_null();
	vpce_print(event->endpoint, endpoint);
	snprintf(cookie, sizeof(cookie), "%08x", event->cookie);
	inet_ntop(event->family, event->source, source, sizeof(source));
	inet_ntop(event->family, event->destination, destination,
		  sizeof(destination));
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:i, s:i}",
			 "endpoint", endpoint, "cookie", cookie,
			 "protocol", event->protocol, "source", source,
			 "destination", destination,
			 "source-port", event->source_port,
			 "destination-port", event->destination_port);
}

/**
 * trace_json() - a packet and its walk, as JSON
 * @event: the packet
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *trace_json(const struct trace_event *event)
{
	enum counter_class class = counter_class(&event->reason);

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o}",
			 "reason", event->reason.name,
			 "class", counter_class_name(class),
			 "node", event->node, "local", event->local,
			 "bytes", (json_int_t)event->bytes,
			 "inner", inner_json(event),
			 "steps", steps_json(event));
}
