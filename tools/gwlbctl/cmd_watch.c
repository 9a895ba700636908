// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats --watch: rates of the counters that move, until interrupted. Talks to
 * the module through counter.c. What was printed is flushed after each
 * interval.
 */

#include <stdio.h>

#include "cmd.h"
#include "ctl.h"
#include "out.h"
#include "table.h"
#include "ticker.h"

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
		       struct ticker *ticker)
{
	struct table table = { .columns = 3 };
	char text[TICKER_CLOCK];
	struct rate rate;
	size_t i;

	ticker_page(ticker);
	ticker_clock(text);
	table_cell(&table, "%s", text);
	table_cell(&table, "packets/s");
	table_cell(&table, "bits/s");
	ticker->lines = 1;

	for (i = 0; i <= after->count; i++) {
		if (!moved(before, after, i, seconds, &rate))
			continue;
		table_cell(&table, "%s", rate.name);
		table_cell(&table, "%s", out_rate(rate.packets, text,
						  sizeof(text)));
		table_cell(&table, "%s", out_rate(rate.bits, text,
						  sizeof(text)));
		ticker->lines++;
	}
	return table_print(&table);
}

static int read_now(struct ctl *ctl, struct counters *counters,
		    long long *when)
{
	int err;

	err = counter_list(ctl->nl, counters);
	*when = ticker_now();
	return err < 0 ? ctl_failed(ctl, err) : OUT_OK;
}

static int watch(struct ctl *ctl, double seconds)
{
	struct counters before, after;
	struct ticker ticker;
	long long begin, end;
	int code;

	ticker_start(&ticker, seconds);
	code = read_now(ctl, &before, &begin);
	while (code == OUT_OK) {
		ticker_wait(&ticker);
		code = read_now(ctl, &after, &end);
		if (code == OUT_OK) {
			seconds = ticker_seconds(begin, end);
			if (ctl->json)
				code = out_json(cmd_watch_json(&before, &after,
							       seconds));
			else
				code = print_rates(&before, &after, seconds,
						   &ticker);
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

	if (ticker_parse(seconds, &interval) < 0)
		return command_misuse(args,
				      "--watch: \"%s\" is not a number of seconds, 0.1 to 86400",
				      seconds);
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	return watch(ctl, interval);
}
