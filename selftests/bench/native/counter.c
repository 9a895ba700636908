// SPDX-License-Identifier: GPL-2.0-only
/* counter: counts cache misses, where there is something that can. */
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

static int fd = -1;

/**
 * counter_open() - get ready; a virtual machine may have no such counter
 */
void counter_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CACHE_MISSES,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

/**
 * counter_start() - count from now on
 */
void counter_start(void)
{
	if (fd < 0)
		return;
	ioctl(fd, PERF_EVENT_IOC_RESET, 0);
	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
}

/**
 * counter_stop() - until now
 *
 * Return: how many misses, or -1 if nobody counts
 */
double counter_stop(void)
{
	unsigned long long misses;

	if (fd < 0)
		return -1;
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	if (read(fd, &misses, sizeof(misses)) != sizeof(misses))
		return -1;
	return misses;
}
