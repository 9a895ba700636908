/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages as the module sends them, made by hand. See answer.c. */

#ifndef _GWLBCTL_TESTS_ANSWER_H
#define _GWLBCTL_TESTS_ANSWER_H

#include <libmnl/libmnl.h>
#include <linux/types.h>
#include <stddef.h>

/* The number of the family, which the kernel would choose */
#define ANSWER_FAMILY	0x1d
#define ANSWER_SEQ	4711
#define ANSWER_SIZE	4096

/* Values that differ in each of the bytes and counters */
#define ANSWER_ADDRESS	"10.20.30.40"
#define ANSWER_LOCAL	"10.20.30.41"
#define ANSWER_ID	0x0123456789abcdef0ULL
#define ANSWER_BIG	0xfedcba9876543210ULL

struct nlmsghdr *answer_begin(void *buf, __u8 cmd);
struct nlmsghdr *answer_config(void *buf, size_t peers);
struct nlmsghdr *answer_counter(void *buf, long reason, const char *name,
				__u64 packets, __u64 bytes);
struct nlmsghdr *answer_endpoint(void *buf, __u64 id);
struct nlmsghdr *answer_node(void *buf, const char *address);
struct nlmsghdr *answer_error(void *buf, int code, const char *text,
			      __u32 offset);
struct nlmsghdr *answer_done(void *buf);

#endif /* _GWLBCTL_TESTS_ANSWER_H */
