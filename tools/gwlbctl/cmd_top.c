// SPDX-License-Identifier: GPL-2.0-only
/*
 * top: the busiest flows, endpoints or rules, again and again. Prints what
 * top.c finds out.
 */

#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "ctl.h"
#include "out.h"
#include "ticker.h"
#include "top.h"

#define INTERVAL	"--interval"
#define COUNT		"--count"

static const struct top_kind *const kinds[] = {
	&top_flows, &top_endpoints, &top_rules, NULL,
};

static const struct top_kind *find(const char *name)
{
	size_t i;

	for (i = 0; kinds[i]; i++) {
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	}
	return NULL;
}

static void print_page(const struct top *top, const struct top_kind *kind,
		       double seconds, struct ticker *ticker)
{
	unsigned int rows = ticker_rows(ticker);
	char packets[16], bits[16];
	char clock[TICKER_CLOCK];
	size_t i;

	ticker_page(ticker);
	ticker_clock(clock);
	printf("%8s  %9s  %s at %s\n", "bits/s", "packets/s", kind->name,
	       clock);
	ticker->lines = 1;
	for (i = 0; i < top->count; i++) {
		if (rows && ticker->lines >= rows)
			break;
		out_rate((double)top->rows[i].grown.packets / seconds,
			 packets, sizeof(packets));
		out_rate((double)top->rows[i].grown.bytes * 8 / seconds,
			 bits, sizeof(bits));
		printf("%8s  %9s  ", bits, packets);
		ticker_line(ticker, top->rows[i].label, 21);
		ticker->lines++;
	}
}

static int run(struct ctl *ctl, const struct top_kind *kind, double interval,
	       bool limited, __u32 count)
{
	struct ticker ticker;
	long long begin, end;
	int code = OUT_OK;
	struct top top;
	int err;

	top_start(&top);
	ticker_start(&ticker, interval);
	err = top_look(&top, kind, ctl->nl);
	begin = ticker_now();
	while (!err && code == OUT_OK && (!limited || count--)) {
		ticker_wait(&ticker);
		err = top_look(&top, kind, ctl->nl);
		if (err < 0)
			break;
		end = ticker_now();
		interval = ticker_seconds(begin, end);
		begin = end;
		if (ctl->json)
			code = out_json(top_json(&top, kind, interval));
		else
			print_page(&top, kind, interval, &ticker);
		/* do not look for a reader that is gone */
		if (code == OUT_OK)
			code = out_finish(code);
	}
	top_free(&top);
	return err < 0 ? ctl_failed(ctl, err) : code;
}

/**
 * cmd_top() - gwlbctl top
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_top(struct ctl *ctl, const struct args *args)
{
	const char *seconds = command_option(args, INTERVAL);
	const struct top_kind *kind = &top_flows;
	double interval = 1;
	__u32 count = 0;
	bool limited;
	int code;

	if (args->count)
		kind = find(args->words[0]);
	if (!kind)
		return command_misuse(args,
				      "flows, endpoints or rules, not \"%s\"",
				      args->words[0]);
	if (seconds && ticker_parse(seconds, &interval) < 0)
		return command_misuse(args,
				      INTERVAL ": \"%s\" is not a number of seconds, 0.1 to 86400",
				      seconds);
	code = command_option_u32(args, COUNT, &limited, &count);
	if (code != OUT_OK)
		return code;
	if (limited && !count)
		return command_misuse(args, COUNT " must be at least 1");

	code = ctl_open(ctl);
	return code == OUT_OK ? run(ctl, kind, interval, limited, count) :
				code;
}

/**
 * cmd_top_complete() - print what can be looked at
 * @ctl: this run
 * @args: the command line
 */
void cmd_top_complete(struct ctl *ctl, const struct args *args)
{
	size_t i;

	(void)ctl;
	(void)args;
	for (i = 0; kinds[i]; i++)
		puts(kinds[i]->name);
}

const struct option_spec cmd_top_options[] = {
	{ INTERVAL, NULL, "SECONDS", "look so often; 1 if not given" },
	{ COUNT, NULL, "N", "end after so many looks" },
	{ NULL, NULL, NULL, NULL },
};
