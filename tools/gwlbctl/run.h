/* SPDX-License-Identifier: GPL-2.0-only */
/* Another program and what it says. See run.c. */

#ifndef _GWLBCTL_RUN_H
#define _GWLBCTL_RUN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct run - what a program said
 * @text: its output, standard output and errors as they came
 * @len: how much that is
 * @cut: it said more than there was room for
 * @late: it did not end in time
 * @status: its exit status; 127 if there is no such program
 */
struct run {
	char *text;
	size_t len;
	bool cut;
	bool late;
	int status;
};

int run(const char *const argv[], size_t most, int seconds, struct run *run);
void run_free(struct run *run);

#endif /* _GWLBCTL_RUN_H */
