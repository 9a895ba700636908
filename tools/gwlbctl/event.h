/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module tells without being asked. See event.c. */

#ifndef _GWLBCTL_EVENT_H
#define _GWLBCTL_EVENT_H

#include <jansson.h>
#include <linux/gwlb.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>

#include "flow.h"
#include "nl.h"
#include "packet.h"

/* The longest of both forms of a time */
#define EVENT_TIME	40

/* What can be listened to, as bits */
enum event_kind {
	EVENT_FLOW = 1,
	EVENT_LOG = 2,
	EVENT_RULES = 4,
	EVENT_ANY = EVENT_FLOW | EVENT_LOG | EVENT_RULES,
};

/**
 * struct event_log - a packet that a rule logs
 * @rule: number of the rule
 * @name: its name, or empty
 * @text: its text, or empty
 * @endpoint: the endpoint that the packet came by
 * @cookie: its cookie
 * @length: length of the inner packet
 * @packet: its beginning
 * @lost: how many logs were not sent so far
 */
struct event_log {
	__u32 rule;
	char name[GWLB_NAME_LEN + 1];
	char text[GWLB_TEXT_LEN + 1];
	__u64 endpoint;
	__u32 cookie;
	__u32 length;
	struct packet packet;
	__u64 lost;
};

/**
 * struct event - one event
 * @cmd: GWLB_CMD_*_EVENT
 * @kind: which of the following it is; 0 for what is not known here
 * @time: nanoseconds since 1970
 * @flow: the flow that began or ended
 * @log: the packet that was logged
 * @generation: generation of the ruleset, after it changed
 */
struct event {
	__u8 cmd;
	enum event_kind kind;
	__u64 time;
	union {
		struct flow flow;
		struct event_log log;
		__u32 generation;
	};
};

int event_decode(const struct nlmsghdr *nlh, struct event *event);
void event_print(FILE *to, const struct event *event);
json_t *event_json(const struct event *event);

#endif /* _GWLBCTL_EVENT_H */
