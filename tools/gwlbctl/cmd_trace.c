// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace: how far each packet comes on its walk through the module, and what
 * ends it. Reads the module's tracepoint by way of tracefs.c.
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "ctl.h"
#include "flow_filter.h"
#include "out.h"
#include "trace.h"
#include "tracefs.h"

/* The longest line of a trace, with much room to spare */
#define LINE	1024

/* What the tracepoint does not tell */
#define UNKNOWN	(1U << GWLB_A_FLOW_GROUP | 1U << GWLB_A_FLOW_STATE | \
		 1U << GWLB_A_FLOW_ID)

const struct option_spec cmd_trace_options[] = {
	{ "--count", NULL, "N", "end after so many packets" },
	{ NULL, NULL, NULL, NULL },
};

/**
 * struct tracing - one run
 * @filter: which packets
 * @json: print JSON
 * @limited: end after some
 * @left: so many
 * @unread: lines that could not be read
 * @lost: packets that the kernel's buffer had no room for
 */
struct tracing {
	struct flow_filter filter;
	bool json;
	bool limited;
	__u32 left;
	unsigned long unread;
	unsigned long lost;
};

static volatile sig_atomic_t told_to_end;

static void end(int number)
{
	(void)number;
	told_to_end = 1;
}

/* The instance would stay, and packets would go the long way for ever. A reader
 * that went away is noticed by writing.
 */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = end };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

/* "CPU:1 [LOST 17 EVENTS]" */
static void take_other(struct tracing *t, const char *line)
{
	const char *lost = strstr(line, "[LOST ");

	if (lost)
		t->lost += strtoul(lost + strlen("[LOST "), NULL, 10);
}

/* Return: OUT_OK, or OUT_FAILED to end */
static int take_line(struct tracing *t, const char *line)
{
	struct trace_event event;
	int code = OUT_OK;

	switch (trace_parse(line, &event)) {
	case 0:
		break;
	case -ENOENT:
		take_other(t, line);
		return OUT_OK;
	default:
		t->unread++;
		return OUT_OK;
	}
	if (!trace_matches(&event, &t->filter))
		return OUT_OK;
	if (t->json)
		code = out_json(trace_json(&event));
	else
		trace_print(stdout, &event);
	if (t->limited)
		t->left--;
	return code;
}

static bool is_over(const struct tracing *t)
{
	return told_to_end || ferror(stdout) || (t->limited && !t->left);
}

/* Takes the whole lines of a buffer. Return: how much of it is left over */
static size_t take_lines(struct tracing *t, char *buf, size_t len, int *code)
{
	char *at = buf, *newline;

	for (;;) {
		newline = memchr(at, '\n', len - (size_t)(at - buf));
		if (!newline || is_over(t) || *code != OUT_OK)
			break;
		*newline = '\0';
		*code = take_line(t, at);
		at = newline + 1;
	}
	len -= (size_t)(at - buf);
	memmove(buf, at, len);
	/* a line without an end is none of ours */
	return len < LINE ? len : 0;
}

static int follow(struct tracing *t, int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	char buf[16 * LINE];
	size_t left = 0;
	int code = OUT_OK;
	ssize_t got;

	while (!is_over(t) && code == OUT_OK) {
		fflush(stdout);
		/* a signal may have come just before */
		if (poll(&pollfd, 1, 500) < 0 && errno != EINTR)
			return out_error("trace: %s", strerror(errno));
		got = read(fd, buf + left, sizeof(buf) - left);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return out_error("trace: %s", strerror(errno));
		if (got > 0)
			left = take_lines(t, buf, left + (size_t)got, &code);
	}
	return code;
}

static int trace(struct tracing *t)
{
	struct tracefs tracefs;
	char expression[256];
	int code;

	catch_signals();
	trace_expression(&t->filter, expression, sizeof(expression));
	code = tracefs_open(&tracefs, expression);
	if (code == OUT_OK)
		code = follow(t, tracefs.fd);
	tracefs_close(&tracefs);
	if (t->unread)
		out_warning("%lu packets of another version's trace could not be read",
			    t->unread);
	if (t->lost)
		out_warning("%lu packets were lost: they came faster than they were printed",
			    t->lost);
	return code;
}

/**
 * cmd_trace() - gwlbctl trace
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_trace(struct ctl *ctl, const struct args *args)
{
	struct tracing t = { .json = ctl->json };
	char why[256];
	int code, err;

	err = flow_filter_parse(args->words, args->count, &t.filter, why,
				sizeof(why));
	if (err < 0)
		return command_misread(args, err, why);
	if (t.filter.given & UNKNOWN)
		return command_misuse(args,
				      "a packet is known by endpoint, proto, from, to, sport and dport only");
	code = command_option_u32(args, "--count", &t.limited, &t.left);
	if (code != OUT_OK)
		return code;
	if (t.limited && !t.left)
		return command_misuse(args, "--count must be at least 1");
	if (ctl->netns)
		return command_misuse(args,
				      "packets of all network namespaces are traced, there is no -n");
	return trace(&t);
}

/**
 * cmd_trace_complete() - print what the next word could be
 * @ctl: this run
 * @args: the command line
 */
void cmd_trace_complete(struct ctl *ctl, const struct args *args)
{
	static const char *const known[] = {
		"endpoint", "proto", "from", "to", "sport", "dport",
	};
	size_t i;
	int k;

	(void)ctl;
	if (args->count % 2) {
		flow_filter_complete(args->words, args->count);
		return;
	}
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		for (k = 0; k < args->count; k += 2) {
			if (!strcmp(args->words[k], known[i]))
				break;
		}
		if (k >= args->count)
			puts(known[i]);
	}
}
