// SPDX-License-Identifier: GPL-2.0-only
/*
 * monitor: print what the module tells, one line for each event, until
 * interrupted. Hears by way of listen.c and understands by way of event.c.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "ctl.h"
#include "event.h"
#include "listen.h"
#include "names.h"
#include "out.h"

#define COUNT	"--count"

static const struct name kinds[] = {
	{ "flows", EVENT_FLOW },
	{ "logs", EVENT_LOG },
	{ "rules", EVENT_RULES },
	{ NULL, 0 },
};

/**
 * struct monitor - what is printed
 * @json: as JSON
 * @kinds: which events
 * @count: is only a number of events wanted
 * @left: how many of these are still to come
 */
struct monitor {
	bool json;
	__u32 kinds;
	bool count;
	__u32 left;
};

/* Each line that is finished was written, and half a line is not wanted. The
 * program may well be waiting for whoever reads it, so there is no better
 * place to end it.
 */
static void on_signal(int signal)
{
	(void)signal;
	_exit(OUT_OK);
}

static void end_on_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* The end that was asked for: nothing else has this errno here */
#define ENOUGH	ECANCELED

static int take_event(const struct nlmsghdr *nlh, void *data)
{
	struct monitor *monitor = data;
	struct event event;
	int err;

	err = event_decode(nlh, &event);
	if (err < 0)
		return err;
	if (!(event.kind & monitor->kinds))
		return 0;
	if (monitor->json) {
		if (out_json(event_json(&event)) != OUT_OK)
			return -ENOMEM;
	} else {
		event_print(stdout, &event);
		putchar('\n');
	}
	if (ferror(stdout))
		return -ENOUGH;
	if (monitor->count && !--monitor->left)
		return -ENOUGH;
	return 0;
}

static int print_lost(const struct monitor *monitor, __u32 lost)
{
	if (monitor->json)
		return out_json(cmd_lost_json(lost));
	printf("%u event%s lost\n", lost, lost == 1 ? " was" : "s were");
	return OUT_OK;
}

/**
 * cmd_lost_json() - how many events were lost, as JSON
 * @lost: how many
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *cmd_lost_json(__u32 lost)
{
	return json_pack("{s:s, s:I}", "event", "lost",
			 "events", (json_int_t)lost);
}

static int monitor(struct ctl *ctl, struct monitor *monitor)
{
	struct listener listener;
	int code = OUT_OK;
	__u32 lost;
	int err;

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	end_on_signals();
	err = listen_open(&listener, ctl->nl);
	while (!err && code == OUT_OK) {
		err = listen_wait(&listener, take_event, monitor, &lost);
		if (lost)
			code = print_lost(monitor, lost);
	}
	listen_close(&listener);

	if (err == -ENOUGH)
		return OUT_OK;
	if (err == -EOPNOTSUPP)
		return out_error("the module is older than gwlbctl and tells nothing");
	return err < 0 ? ctl_failed(ctl, err) : code;
}

/**
 * cmd_monitor() - gwlbctl monitor
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_monitor(struct ctl *ctl, const struct args *args)
{
	struct monitor wanted = { .json = ctl->json };
	__u32 kind;
	int code, i;

	for (i = 0; i < args->count; i++) {
		if (!names_find(kinds, args->words[i], &kind))
			return command_misuse(args,
					      "flows, logs or rules, not \"%s\"",
					      args->words[i]);
		wanted.kinds |= kind;
	}
	if (!args->count)
		wanted.kinds = EVENT_ANY;
	code = command_option_u32(args, COUNT, &wanted.count, &wanted.left);
	if (code != OUT_OK)
		return code;
	if (wanted.count && !wanted.left)
		return command_misuse(args, COUNT " must be at least 1");

	code = ctl_open(ctl);
	return code == OUT_OK ? monitor(ctl, &wanted) : code;
}

/**
 * cmd_monitor_complete() - print what can be listened to
 * @ctl: this run
 * @args: the command line
 */
void cmd_monitor_complete(struct ctl *ctl, const struct args *args)
{
	const struct name *kind;
	int i;

	(void)ctl;
	for (kind = kinds; kind->text; kind++) {
		for (i = 0; i < args->count; i++) {
			if (!strcmp(args->words[i], kind->text))
				break;
		}
		if (i == args->count)
			puts(kind->text);
	}
}

const struct option_spec cmd_monitor_options[] = {
	{ COUNT, NULL, "N", "end after so many events" },
	{ NULL, NULL, NULL, NULL },
};
