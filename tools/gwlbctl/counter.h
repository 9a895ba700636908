/* SPDX-License-Identifier: GPL-2.0-only */
/* What happened to all packets. See counter.c. */

#ifndef _GWLBCTL_COUNTER_H
#define _GWLBCTL_COUNTER_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "nl.h"

/* The order is the order in which they are printed */
enum counter_class {
	GWLB_CLASS_RETURNED,
	GWLB_CLASS_PASS,
	GWLB_CLASS_DROP,
	COUNTER_CLASS_OTHER,
	COUNTER_CLASSES,
};

/**
 * struct amount - how much
 * @packets: packets
 * @bytes: bytes
 */
struct amount {
	__u64 packets;
	__u64 bytes;
};

/**
 * struct counter - how often one reason applied
 * @reason: enum gwlb_reason, or a newer one
 * @name: what the module calls it
 * @amount: how much
 */
struct counter {
	__u32 reason;
	char name[48];
	struct amount amount;
};

/**
 * struct counters - all of them at one time
 * @has_received: was the counter of all packets among them
 * @received: the counter of all packets
 * @list: one for each reason
 * @count: how many these are
 */
struct counters {
	bool has_received;
	struct amount received;
	struct counter *list;
	size_t count;
};

/**
 * enum balance - is every received packet accounted for
 * @BALANCE_OK: received = returned + passed + dropped
 * @BALANCE_MOVING: it is not, but packets kept arriving while it was read
 * @BALANCE_BROKEN: it is not, and nothing moved
 */
enum balance {
	BALANCE_OK,
	BALANCE_MOVING,
	BALANCE_BROKEN,
};

int counter_decode(const struct nlmsghdr *nlh, struct counters *counters);
int counter_list(struct nl *nl, struct counters *counters);
void counter_free(struct counters *counters);
enum counter_class counter_class(const struct counter *counter);
const char *counter_class_name(enum counter_class class);
void counter_of(__u32 reason, struct counter *counter);
const char *counter_explain(const struct counter *counter);
struct amount counter_sum(const struct counters *counters,
			  enum counter_class class);
long long counter_missing(const struct counters *counters);
enum balance counter_balance(const struct counters *before,
			     const struct counters *after);
json_t *counter_amount_json(const struct amount *amount);

#endif /* _GWLBCTL_COUNTER_H */
