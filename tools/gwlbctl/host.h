/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host does beside the module. See host.c. */

#ifndef _GWLBCTL_HOST_H
#define _GWLBCTL_HOST_H

#include <linux/if.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* As many CPUs as are looked at */
#define HOST_CPUS	512

/**
 * struct host_cpu - what one CPU did so far
 * @busy: time in softirqs, in units of /proc/stat
 * @total: all time
 * @handled: packets
 */
struct host_cpu {
	__u64 busy;
	__u64 total;
	__u64 handled;
};

/**
 * struct host_load - what all CPUs did so far
 * @cpus: those that are online, in their order
 * @count: how many there are
 * @lines: how many of these had their packets counted
 * @lost: packets that a CPU had no room for
 */
struct host_load {
	struct host_cpu cpus[HOST_CPUS];
	size_t count;
	size_t lines;
	__u64 lost;
};

/**
 * struct host_owner - who has a UDP port
 * @owned: does anybody
 * @pid: number of a process that has it; 0 if none was found
 * @name: its name
 */
struct host_owner {
	bool owned;
	int pid;
	char name[32];
};

int host_read_load(struct host_load *load);
int host_received(const char *interface, __u64 *packets);
int host_udp_owner(__u16 port, struct host_owner *owner);
int host_runs(const char *name, bool *runs);
bool host_has_module(const char *name);

#endif /* _GWLBCTL_HOST_H */
