/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * counters: what the module in a network namespace has counted. See
 * counters.c.
 */
#ifndef _CASES_COUNTERS_H
#define _CASES_COUNTERS_H

#include <linux/gwlb.h>
#include <linux/types.h>
#include <stdbool.h>

#define COUNTERS_REASONS	64

struct mnl_socket;

/**
 * struct count - how much
 * @packets: packets
 * @bytes: bytes from the outer IP header on
 */
struct count {
	__u64 packets;
	__u64 bytes;
};

/**
 * struct counters - all counters at one time
 * @received: all packets
 * @reason: by what became of them
 */
struct counters {
	struct count received;
	struct count reason[COUNTERS_REASONS];
};

/**
 * struct counter_source - where they are read from
 * @nl: generic netlink socket of the namespace
 * @family: number of the family "gwlb"
 * @seq: of the last request
 */
struct counter_source {
	struct mnl_socket *nl;
	__u16 family;
	unsigned int seq;
};

void counters_open(struct counter_source *source);
void counters_read(struct counter_source *source, struct counters *counters);
bool counters_settled(const struct counters *counters);

#endif /* _CASES_COUNTERS_H */
