// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats --watch: rates of the counters that move, until interrupted. Talks to
 * the module through counter.c. Keeps no signal handler: what was printed is
 * flushed after each interval, and the terminal is left in no special mode.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "ctl.h"
#include "out.h"
#include "table.h"

#define NSEC_PER_SEC	1000000000LL
#define MIN_SECONDS	0.1
#define MAX_SECONDS	86400.0

/* Digits and one dot; not strtod(), which takes "inf", signs and blanks */
static int parse_seconds(const char *text, double *seconds)
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

static const struct counter *find(const struct counters *counters,
				  __u32 reason)
{
	size_t i;

	for (i = 0; i < counters->count; i++) {
		if (counters->list[i].reason == reason)
			return &counters->list[i];
	}
	return NULL;
}

/* A counter that went back belongs to a module that was loaded anew */
static __u64 grown(__u64 before, __u64 after)
{
	return after >= before ? after - before : after;
}

/**
 * struct rate - how fast one counter moves
 * @name: its name
 * @packets: packets per second
 * @bits: bits per second
 */
struct rate {
	const char *name;
	double packets;
	double bits;
};

/* Sets @rate and returns true if counter number @i of @after moved; the
 * first one is that of all packets
 */
static bool moved(const struct counters *before, const struct counters *after,
		  size_t i, double seconds, struct rate *rate)
{
	struct amount old = before->received, new = after->received;
	const struct counter *counter;

	rate->name = "received";
	if (i) {
		rate->name = after->list[i - 1].name;
		new = after->list[i - 1].amount;
		counter = find(before, after->list[i - 1].reason);
		old = counter ? counter->amount : (struct amount) { 0, 0 };
	}
	rate->packets = (double)grown(old.packets, new.packets) / seconds;
	rate->bits = (double)grown(old.bytes, new.bytes) * 8 / seconds;
	return old.packets != new.packets || old.bytes != new.bytes;
}

/**
 * cmd_watch_json() - rates as JSON
 * @before: counters at the begin of the interval
 * @after: counters at its end
 * @seconds: how long it was
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *cmd_watch_json(const struct counters *before,
		       const struct counters *after, double seconds)
{
	json_t *list = json_array();
	struct rate rate;
	json_t *entry;
	size_t i;

	for (i = 0; list && i <= after->count; i++) {
		if (!moved(before, after, i, seconds, &rate))
			continue;
		entry = json_pack("{s:s, s:f, s:f}", "name", rate.name,
				  "packets-per-second", rate.packets,
				  "bits-per-second", rate.bits);
		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return json_pack("{s:f, s:o}", "seconds", seconds, "counters", list);
}

static int print_rates(const struct counters *before,
		       const struct counters *after, double seconds,
		       unsigned int *lines)
{
	struct table table = { .columns = 3 };
	struct rate rate;
	struct tm tm;
	char text[16];
	time_t now;
	size_t i;

	now = time(NULL);
	if (!localtime_r(&now, &tm) ||
	    !strftime(text, sizeof(text), "%H:%M:%S", &tm))
		text[0] = '\0';
	table_cell(&table, "%s", text);
	table_cell(&table, "packets/s");
	table_cell(&table, "bits/s");
	*lines = 1;

	for (i = 0; i <= after->count; i++) {
		if (!moved(before, after, i, seconds, &rate))
			continue;
		table_cell(&table, "%s", rate.name);
		table_cell(&table, "%s", out_rate(rate.packets, text,
						  sizeof(text)));
		table_cell(&table, "%s", out_rate(rate.bits, text,
						  sizeof(text)));
		++*lines;
	}
	return table_print(&table);
}

/* Back to the first of the lines that were printed last, or to the top */
static void rewind_terminal(unsigned int lines)
{
	struct winsize size;

	if (!lines)
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row &&
	    lines >= size.ws_row)
		lines = size.ws_row - 1;
	if (lines)
		printf("\033[%uA", lines);
	printf("\r\033[J");
}

static long long nanoseconds(const struct timespec *ts)
{
	return ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec;
}

static void wait_until(long long when)
{
	const struct timespec ts = {
		.tv_sec = when / NSEC_PER_SEC,
		.tv_nsec = when % NSEC_PER_SEC,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
			       NULL) == EINTR)
		;
}

static int read_now(struct ctl *ctl, struct counters *counters,
		    long long *when)
{
	struct timespec ts;
	int err;

	err = counter_list(ctl->nl, counters);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	*when = nanoseconds(&ts);
	return err < 0 ? ctl_failed(ctl, err) : OUT_OK;
}

static int watch(struct ctl *ctl, double seconds)
{
	bool terminal = isatty(STDOUT_FILENO);
	long long begin, end, next, interval;
	struct counters before, after;
	unsigned int lines = 0;
	int code;

	interval = (long long)(seconds * (double)NSEC_PER_SEC);
	code = read_now(ctl, &before, &begin);
	next = begin;
	while (code == OUT_OK) {
		next += interval;
		wait_until(next);
		code = read_now(ctl, &after, &end);
		if (code == OUT_OK) {
			seconds = (double)(end - begin) / (double)NSEC_PER_SEC;
			if (ctl->json)
				code = out_json(cmd_watch_json(&before, &after,
							       seconds));
			else if (terminal)
				rewind_terminal(lines);
			else if (lines)
				putchar('\n');
			if (!ctl->json)
				code = print_rates(&before, &after, seconds,
						   &lines);
		}
		counter_free(&before);
		before = after;
		begin = end;
		/* do not count for a reader that is gone */
		if (code == OUT_OK)
			code = out_finish(code);
	}
	counter_free(&before);
	return code;
}

/**
 * cmd_watch() - gwlbctl stats --watch
 * @ctl: this run
 * @seconds: the interval, as the user wrote it
 * @args: the command line
 *
 * Return: exit code; only errors end it.
 */
int cmd_watch(struct ctl *ctl, const char *seconds, const struct args *args)
{
	double interval;
	int code;

	if (parse_seconds(seconds, &interval) < 0)
		return command_misuse(args,
				      "--watch: \"%s\" is not a number of seconds, 0.1 to 86400",
				      seconds);
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	return watch(ctl, interval);
}
