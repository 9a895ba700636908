// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault: /proc/thread-self/fail-nth (Documentation/fault-injection). See
 * fault.h. Owns the file that says which allocation fails.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"

static int fd = -1;

/**
 * fault_open() - be able to arm faults in this thread
 *
 * A child has to do so again.
 */
void fault_open(void)
{
	if (fd >= 0)
		close(fd);
	fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(2, "fail-nth");
}

/**
 * fault_arm() - from now on count allocations
 * @n: the one that fails, from 1 on
 */
void fault_arm(uint32_t n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fd, text, len, 0) != len)
		err(2, "fail-nth");
}

/**
 * fault_disarm() - count no longer
 *
 * Return: how many allocations there would have to be for a fault, 0 if there
 *	   was one
 */
uint32_t fault_disarm(void)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0 ||
	    pwrite(fd, "0", 1, 0) != 1)
		err(2, "fail-nth");
	return strtoul(text, NULL, 10);
}
