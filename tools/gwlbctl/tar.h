/* SPDX-License-Identifier: GPL-2.0-only */
/* An archive. See tar.c. */

#ifndef _GWLBCTL_TAR_H
#define _GWLBCTL_TAR_H

#include <stddef.h>
#include <stdio.h>
#include <time.h>

/* The longest name of an entry */
#define TAR_NAME	100

int tar_add(FILE *to, const char *name, const void *data, size_t len,
	    time_t now);
int tar_end(FILE *to);

#endif /* _GWLBCTL_TAR_H */
