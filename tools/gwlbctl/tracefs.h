/* SPDX-License-Identifier: GPL-2.0-only */
/* A trace of the kernel's that is ours alone. See tracefs.c. */

#ifndef _GWLBCTL_TRACEFS_H
#define _GWLBCTL_TRACEFS_H

#include <stddef.h>

#define TRACEFS_PATH	64

/**
 * struct tracefs - a trace
 * @dir: its directory; empty if there is none
 * @fd: where what happens is read; -1 if there is none
 */
struct tracefs {
	char dir[TRACEFS_PATH];
	int fd;
};

int tracefs_open(struct tracefs *trace, const char *expression);
void tracefs_close(struct tracefs *trace);

#endif /* _GWLBCTL_TRACEFS_H */
