/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows and events as the module sends them. See answer_flow.c. */

#ifndef _GWLBCTL_TESTS_ANSWER_FLOW_H
#define _GWLBCTL_TESTS_ANSWER_FLOW_H

#include <libmnl/libmnl.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* A second in 2026, and nanoseconds with a zero at either end */
#define ANSWER_TIME	1795600800012345670ULL

struct nlmsghdr *answer_flow(void *buf, __u8 cmd);
struct nlmsghdr *answer_flow_icmpv6(void *buf, __u8 cmd);
struct nlmsghdr *answer_flow_bare(void *buf, __u8 cmd);
struct nlmsghdr *answer_flushed(void *buf, __u32 flushed);
struct nlmsghdr *answer_log(void *buf, bool named, const void *packet,
			    size_t len);
struct nlmsghdr *answer_rules_event(void *buf, __u32 generation);
size_t answer_packet(__u8 *packet);

#endif /* _GWLBCTL_TESTS_ANSWER_FLOW_H */
