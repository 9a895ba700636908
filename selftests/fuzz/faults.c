// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults: what becomes of all that can be asked of the module when there is no
 * memory. See usage().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

static int usage(void)
{
	fputs("Usage: faults control MANY     each request; MANY elements of a set\n"
	      "       faults path DEVICE      packets from that tun device\n"
	      "       faults netns LAST       namespaces, LAST allocations (0: all)\n"
	      "       faults load LAST FILE   loading the module, likewise\n"
	      "Wants a kernel with fail-nth, in which failslab and fail_page_alloc spare\n"
	      "nothing.\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;

	if (argc < 3)
		return usage();
	fault_open();
	if (!strcmp(argv[1], "control"))
		return faults_control(n) != 0;
	if (!strcmp(argv[1], "path"))
		return faults_path(argv[2]) != 0;
	if (!strcmp(argv[1], "netns"))
		return faults_netns(n);
	if (!strcmp(argv[1], "load") && argc > 3)
		return faults_load(argv[3], n);
	return usage();
}
