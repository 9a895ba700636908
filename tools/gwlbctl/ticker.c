// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output that is made anew at an interval: in place on a terminal, one page
 * below the other elsewhere. Owns the clock and the cursor, not the contents.
 * Keeps no signal handler, and leaves the terminal in no special mode.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "ticker.h"

#define NSEC_PER_SEC	1000000000LL
#define MIN_SECONDS	0.1
#define MAX_SECONDS	86400.0

/**
 * ticker_parse() - read how long an interval is
 * @text: what the user wrote: digits and one dot; not strtod(), which takes
 *	"inf", signs and blanks
 * @seconds: set to it
 *
 * Return: 0, or -1 if it is no number of 0.1 to 86400.
 */
int ticker_parse(const char *text, double *seconds)
{
	double unit = 0;
	size_t i;

	*seconds = 0;
	for (i = 0; text[i]; i++) {
		if (text[i] == '.' && unit == 0 && i) {
			unit = 1;
		} else if (text[i] >= '0' && text[i] <= '9' && i < 12) {
			*seconds = *seconds * 10 + (text[i] - '0');
			unit *= 10;
		} else {
			return -1;
		}
	}
	if (!i || text[i - 1] == '.')
		return -1;
	if (unit > 0)
		*seconds /= unit;
	return *seconds >= MIN_SECONDS && *seconds <= MAX_SECONDS ? 0 : -1;
}

/**
 * ticker_now() - what time it is
 *
 * Return: nanoseconds of a clock that nobody sets.
 */
long long ticker_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/**
 * ticker_seconds() - how much time passed
 * @begin: since when, from ticker_now()
 * @end: until when
 *
 * Return: seconds, more than 0.
 */
double ticker_seconds(long long begin, long long end)
{
	/* a rate is divided by it */
	return (double)(end > begin ? end - begin : 1) / (double)NSEC_PER_SEC;
}

/**
 * ticker_start() - the first interval begins now
 * @ticker: filled in
 * @seconds: how long each interval is
 */
void ticker_start(struct ticker *ticker, double seconds)
{
	*ticker = (struct ticker) {
		.interval = (long long)(seconds * (double)NSEC_PER_SEC),
		.next = ticker_now(),
		.terminal = isatty(STDOUT_FILENO),
	};
}

/**
 * ticker_wait() - wait for the end of the interval
 * @ticker: the ticker
 */
void ticker_wait(struct ticker *ticker)
{
	struct timespec ts;

	ticker->next += ticker->interval;
	ts.tv_sec = ticker->next / NSEC_PER_SEC;
	ts.tv_nsec = ticker->next % NSEC_PER_SEC;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
			       NULL) == EINTR)
		;
}

static struct winsize terminal_size(void)
{
	struct winsize size = { .ws_row = 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		size = (struct winsize) { .ws_row = 0 };
	return size;
}

/**
 * ticker_rows() - how many lines a page may have
 * @ticker: the ticker
 *
 * Return: the number, 0 if any number will do.
 */
unsigned int ticker_rows(const struct ticker *ticker)
{
	unsigned int rows = ticker->terminal ? terminal_size().ws_row : 0;

	/* the cursor stands below the last line */
	return rows > 1 ? rows - 1 : 0;
}

/**
 * ticker_page() - begin a page
 * @ticker: the ticker; @ticker->lines is for who prints the page to set
 */
void ticker_page(const struct ticker *ticker)
{
	unsigned int lines = ticker->lines;
	unsigned int rows;

	if (!lines)
		return;
	if (!ticker->terminal) {
		putchar('\n');
		return;
	}
	/* back to the first line of the last page, or to the top */
	rows = terminal_size().ws_row;
	if (rows && lines >= rows)
		lines = rows - 1;
	if (lines)
		printf("\033[%uA", lines);
	printf("\r\033[J");
}

/**
 * ticker_line() - print the rest of a line
 * @ticker: the ticker
 * @text: the rest, which is cut off at the edge of a terminal: in a second
 *	line it would be in the way of the next page
 * @column: how many columns are used already
 */
void ticker_line(const struct ticker *ticker, const char *text,
		 unsigned int column)
{
	unsigned int columns = ticker->terminal ? terminal_size().ws_col : 0;
	size_t len = strlen(text);

	if (columns > column && len > columns - column)
		len = columns - column;
	/* no half characters */
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	printf("%.*s\n", (int)len, text);
}

/**
 * ticker_clock() - the time of day
 * @text: where it goes; empty if there is none
 */
void ticker_clock(char text[TICKER_CLOCK])
{
	time_t now = time(NULL);
	struct tm tm;

	if (!localtime_r(&now, &tm) ||
	    !strftime(text, TICKER_CLOCK, "%H:%M:%S", &tm))
		text[0] = '\0';
}
