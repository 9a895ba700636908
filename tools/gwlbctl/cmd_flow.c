// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow: list and remove flows. Prints each as it comes, since there may be a
 * million of them. Talks to the module through flow.c.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "ctl.h"
#include "flow.h"
#include "flow_filter.h"
#include "flow_print.h"
#include "out.h"
#include "vpce.h"

#define FILTERS	"[FILTER VALUE]..."

static int parse_filter(const struct args *args, struct flow_filter *filter)
{
	char why[256];
	int err;

	err = flow_filter_parse(args->words, args->count, filter, why,
				sizeof(why));
	return err < 0 ? command_misread(args, err, why) : OUT_OK;
}

static int print_line(const struct flow *flow, void *data)
{
	(void)data;
	flow_print(stdout, flow);
	putchar('\n');
	return 0;
}

/* One element of a list that is never a list in memory */
static int print_element(const struct flow *flow, void *data)
{
	json_t *object = flow_json(flow);
	bool *more = data;
	char *text;

	text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	if (!text)
		return -ENOMEM;
	if (*more)
		putchar(',');
	fputs(text, stdout);
	free(text);
	*more = true;
	return 0;
}

static int list(struct ctl *ctl, const struct flow_filter *filter)
{
	bool interrupted, more = false;
	int err;

	if (!ctl->json) {
		err = flow_list(ctl->nl, filter, print_line, NULL,
				&interrupted);
	} else {
		/* what an error cuts off is no JSON, so nobody is misled */
		fputs("{\"flows\":[", stdout);
		err = flow_list(ctl->nl, filter, print_element, &more,
				&interrupted);
		fputs(err < 0 ? "\n" : "]}\n", stdout);
	}
	if (err < 0)
		return ctl_failed(ctl, err);
	if (interrupted)
		out_warning("the table of flows was resized while it was read: some flows may be missing, or be there twice");
	return OUT_OK;
}

static int run_list(struct ctl *ctl, const struct args *args)
{
	struct flow_filter filter;
	int code;

	code = parse_filter(args, &filter);
	if (code == OUT_OK)
		code = ctl_open(ctl);
	return code == OUT_OK ? list(ctl, &filter) : code;
}

static int run_flush(struct ctl *ctl, const struct args *args)
{
	bool all = command_option(args, "--all");
	struct flow_filter filter;
	__u32 flushed = 0;
	int code, err;

	code = parse_filter(args, &filter);
	if (code != OUT_OK)
		return code;
	if (all && filter.given)
		return command_misuse(args, "--all goes with no filter");
	if (!all && !filter.given)
		return command_misuse(args,
				      "without a filter all flows are removed, and that has to be said: --all");
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = flow_flush(ctl->nl, &filter, &flushed);
	if (err < 0)
		return ctl_failed(ctl, err);
	if (ctl->json)
		return out_json(cmd_flushed_json(flushed));
	printf("%u flow%s removed\n", flushed,
	       flushed == 1 ? " was" : "s were");
	return OUT_OK;
}

/**
 * cmd_flushed_json() - how many flows were removed, as JSON
 * @flushed: how many
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *cmd_flushed_json(__u32 flushed)
{
	return json_pack("{s:I}", "flushed", (json_int_t)flushed);
}

static void complete_endpoints(struct ctl *ctl)
{
	struct endpoints endpoints;
	char text[VPCE_TEXT];
	size_t i;

	if (ctl_open(ctl) != OUT_OK)
		return;
	if (traffic_endpoints(ctl->nl, &endpoints) == 0) {
		for (i = 0; i < endpoints.count; i++) {
			if (endpoints.list[i].others)
				continue;
			vpce_print(endpoints.list[i].id, text);
			puts(text);
		}
	}
	traffic_free_endpoints(&endpoints);
}

static void complete_filter(struct ctl *ctl, const struct args *args)
{
	const char *value = flow_filter_complete(args->words, args->count);

	if (value && !strcmp(value, "endpoint"))
		complete_endpoints(ctl);
}

static const struct option_spec flush_options[] = {
	{ "--all", NULL, NULL, "remove all flows" },
	{ NULL, NULL, NULL, NULL },
};

const struct command cmd_flow_table[] = {
	{ .name = "list", .run = run_list, .words = FILTERS, .max = -1,
	  .complete = complete_filter,
	  .help = "list flows, one a line" },
	{ .name = "flush", .run = run_flush, .words = FILTERS, .max = -1,
	  .options = flush_options, .complete = complete_filter,
	  .help = "remove flows, whose next packets ask the rules anew" },
	{ .name = NULL },
};
