/* SPDX-License-Identifier: GPL-2.0-only */
/* Telling what an appliance did wrong. */
#ifndef GWLBSIM_REPORT_H
#define GWLBSIM_REPORT_H

#include <linux/types.h>
#include <stddef.h>

#include "inflight.h"

/**
 * struct report - limits how much is printed
 * @second: the second that @lines belongs to
 * @lines: printed in that second
 * @silent: not printed since the last line
 */
struct report {
	__u64 second;
	unsigned int lines;
	unsigned long silent;
};

void report_frame(struct report *report, const char *what, const char *why,
		  const __u8 *frame, size_t len, __u64 now);
void report_difference(struct report *report,
		       const struct inflight_match *match,
		       const __u8 *frame, size_t len, __u64 now);

#endif
