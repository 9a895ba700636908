/* SPDX-License-Identifier: GPL-2.0-only */
/* Output that is made anew at an interval. See ticker.c. */

#ifndef _GWLBCTL_TICKER_H
#define _GWLBCTL_TICKER_H

#include <stdbool.h>

/* HH:MM:SS and the final zero, generously */
#define TICKER_CLOCK	16

/**
 * struct ticker - output that is made anew at an interval
 * @interval: how long it is, in nanoseconds
 * @next: when the next one ends, in nanoseconds of CLOCK_MONOTONIC
 * @terminal: is it printed in place
 * @lines: how many lines the last page had, 0 before the first one
 */
struct ticker {
	long long interval;
	long long next;
	bool terminal;
	unsigned int lines;
};

int ticker_parse(const char *text, double *seconds);
void ticker_start(struct ticker *ticker, double seconds);
void ticker_wait(struct ticker *ticker);
void ticker_page(const struct ticker *ticker);
unsigned int ticker_rows(const struct ticker *ticker);
void ticker_line(const struct ticker *ticker, const char *text,
		 unsigned int column);
void ticker_clock(char text[TICKER_CLOCK]);
long long ticker_now(void);
double ticker_seconds(long long begin, long long end);

#endif /* _GWLBCTL_TICKER_H */
