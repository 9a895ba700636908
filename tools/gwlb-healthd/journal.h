/* SPDX-License-Identifier: GPL-2.0-only */
/* What the log is told. See journal.c. */

#ifndef _GWLB_HEALTHD_JOURNAL_H
#define _GWLB_HEALTHD_JOURNAL_H

#include <linux/types.h>
#include <stdbool.h>

#include "health.h"

/**
 * struct journal - what the log was told last
 * @begun: was it told anything
 * @failed: which checks had failed, one bit each
 * @crowded_at: when it was told of too many connections, in milliseconds
 */
struct journal {
	bool begun;
	unsigned int failed;
	__u64 crowded_at;
};

void journal_health(struct journal *journal, const struct health *health);
void journal_crowded(struct journal *journal, __u64 now, size_t max);

#endif /* _GWLB_HEALTHD_JOURNAL_H */
