// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the log is told: when a check begins or ceases to fail, not each time
 * that somebody asks. Standard error is the log; whoever keeps it knows what
 * time it is.
 */

#include <stdio.h>

#include "journal.h"

/* Not more often than that */
#define CROWDED_INTERVAL	60000

/**
 * journal_health() - tell of a change of health
 * @journal: what was told last
 * @health: the outcome of all checks
 */
void journal_health(struct journal *journal, const struct health *health)
{
	unsigned int failed = 0;
	enum health_what what;
	char text[1024];

	for (what = 0; what < HEALTH_CHECKS; what++) {
		if (!health->check[what].ok)
			failed |= 1U << what;
	}
	if (journal->begun && journal->failed == failed)
		return;
	journal->begun = true;
	journal->failed = failed;
	health_text(health, text, sizeof(text));
	fprintf(stderr, "%s%s\n", failed ? "unhealthy: " : "healthy",
		failed ? text : "");
}

/**
 * journal_crowded() - tell of too many connections
 * @journal: what was told last
 * @now: what time it is, in milliseconds
 * @max: how many there may be
 */
void journal_crowded(struct journal *journal, __u64 now, size_t max)
{
	if (journal->crowded_at &&
	    now - journal->crowded_at < CROWDED_INTERVAL)
		return;
	journal->crowded_at = now;
	fprintf(stderr,
		"more than %zu connections: the slowest ones are closed\n",
		max);
}
