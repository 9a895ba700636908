/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module's tracepoint says of a packet. See trace.c. */

#ifndef _GWLBCTL_TRACE_H
#define _GWLBCTL_TRACE_H

#include <arpa/inet.h>
#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "counter.h"
#include "flow.h"

/* In the order in which a packet takes them */
enum trace_step {
	TRACE_OUTER,
	TRACE_ADMISSION,
	TRACE_TUNNEL,
	TRACE_INNER,
	TRACE_DECISION,
	TRACE_SENDING,
	TRACE_STEPS,
};

/**
 * struct trace_event - one packet and its fate
 * @reason: its fate
 * @node: outer source
 * @local: outer destination
 * @bytes: its length
 * @read: was so much of it read that what follows means something
 * @endpoint: id of its endpoint
 * @cookie: its flow cookie
 * @protocol: inner transport protocol
 * @family: AF_INET or AF_INET6
 * @source: inner source, 4 or 16 bytes
 * @destination: inner destination
 * @source_port: inner source port, 0 if there is none
 * @destination_port: inner destination port
 */
struct trace_event {
	struct counter reason;
	char node[INET_ADDRSTRLEN];
	char local[INET_ADDRSTRLEN];
	__u32 bytes;
	bool read;
	__u64 endpoint;
	__u32 cookie;
	__u8 protocol;
	int family;
	__u8 source[16];
	__u8 destination[16];
	__u16 source_port;
	__u16 destination_port;
};

int trace_parse(const char *line, struct trace_event *event);
bool trace_matches(const struct trace_event *event,
		   const struct flow_filter *filter);
void trace_expression(const struct flow_filter *filter, char *text,
		      size_t size);
enum trace_step trace_step(__u32 reason);
void trace_print(FILE *to, const struct trace_event *event);
json_t *trace_json(const struct trace_event *event);

#endif /* _GWLBCTL_TRACE_H */
