/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is busiest. See top.c. */

#ifndef _GWLBCTL_TOP_H
#define _GWLBCTL_TOP_H

#include <jansson.h>
#include <stddef.h>

#include "counter.h"
#include "flow.h"
#include "nl.h"
#include "ruleset.h"
#include "samples.h"
#include "traffic.h"

/* As many as people look at */
#define TOP_ROWS	20
#define TOP_LABEL	320

/**
 * struct top_row - one of the busiest
 * @grown: packets and bytes since the last look
 * @label: what it is, for people
 * @flow: the flow
 * @endpoint: the endpoint
 * @rule: the rule or policy; it has its name only
 */
struct top_row {
	struct amount grown;
	char label[TOP_LABEL];
	union {
		struct flow flow;
		struct endpoint endpoint;
		struct ruleset_tally rule;
	};
};

/**
 * struct top - the busiest, and what all of them were at the last look
 * @before: at the last look
 * @now: at this one
 * @first: is it the first look
 * @rows: the busiest, most bytes first
 * @count: how many these are
 */
struct top {
	struct samples before;
	struct samples now;
	bool first;
	struct top_row rows[TOP_ROWS];
	size_t count;
};

/**
 * struct top_kind - what can be looked at
 * @name: the word for it
 * @look: ranks all of them by top_rank(), and describes the busiest
 * @json: one of them as JSON, without its rates
 */
struct top_kind {
	const char *name;
	int (*look)(struct nl *nl, struct top *top);
	json_t *(*json)(const struct top_row *row);
};

extern const struct top_kind top_flows;
extern const struct top_kind top_endpoints;
extern const struct top_kind top_rules;

void top_start(struct top *top);
int top_look(struct top *top, const struct top_kind *kind, struct nl *nl);
struct top_row *top_rank(struct top *top, __u64 key,
			 const struct amount *amount, int *err);
void top_free(struct top *top);
json_t *top_json(const struct top *top, const struct top_kind *kind,
		 double seconds);

#endif /* _GWLBCTL_TOP_H */
