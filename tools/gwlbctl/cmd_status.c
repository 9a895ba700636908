// SPDX-License-Identifier: GPL-2.0-only
/*
 * status: health, state, settings and totals on one page. Talks to the module
 * through config.c, ruleset.c and counter.c, and has health_examine.c look at
 * the host's network.
 */

#include <linux/gwlb.h>
#include <stdio.h>

#include "cmd.h"
#include "config.h"
#include "ctl.h"
#include "names.h"
#include "out.h"

#define INTERFACE	"--interface"

const struct option_spec cmd_status_options[] = {
	{ INTERFACE, NULL, "DEV",
	  "the one that leads to the load balancer" },
	{ NULL, NULL, NULL, NULL },
};

static json_t *ruleset_json(const struct ruleset_info *info)
{
	return json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:o}",
			 "ruleset-generation", (json_int_t)info->generation,
			 "policy", names_of(names_verdicts,
					    info->options.policy),
			 "rules", (json_int_t)info->rules,
			 "groups", (json_int_t)info->groups,
			 "sets", (json_int_t)info->sets,
			 "flows", (json_int_t)info->flows,
			 "confirm", info->pending ?
			 json_integer(info->confirm) : json_null());
}

/**
 * cmd_status_json() - state, settings and totals as JSON
 * @config: state and settings
 * @info: numbers of the ruleset
 * @counters: all counters
 * @health: the outcome of all checks
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *cmd_status_json(const struct config *config,
			const struct ruleset_info *info,
			const struct counters *counters,
			const struct health *health)
{
	struct amount returned, passed, dropped;
	json_t *status = config_json(config);
	json_t *ruleset = ruleset_json(info);
	json_t *totals;

	returned = counter_sum(counters, GWLB_CLASS_RETURNED);
	passed = counter_sum(counters, GWLB_CLASS_PASS);
	dropped = counter_sum(counters, GWLB_CLASS_DROP);
	totals = json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}",
			   "nodes", (json_int_t)config->nodes,
			   "endpoints", (json_int_t)config->endpoints,
			   "received", counter_amount_json(&counters->received),
			   "returned", counter_amount_json(&returned),
			   "passed", counter_amount_json(&passed),
			   "dropped", counter_amount_json(&dropped));
	if (!status || !ruleset || !totals ||
	    json_object_set_new(status, "health", health_json(health)) < 0 ||
	    json_object_update(status, ruleset) < 0 ||
	    json_object_update(status, totals) < 0) {
		json_decref(status);
		status = NULL;
	}
	json_decref(ruleset);
	json_decref(totals);
	return status;
}

static void print_amount(const char *name, const struct amount *amount)
{
	printf("%-12s%llu packets, %llu bytes\n", name, amount->packets,
	       amount->bytes);
}

static void print_ruleset(const struct config *config,
			  const struct ruleset_info *info)
{
	if (!ruleset_is_empty(info))
		printf("%-12s%u, policy %s, generation %u\n", "rules:",
		       info->rules,
		       names_of(names_verdicts, info->options.policy),
		       info->generation);
	else if (config->state == GWLB_STATE_UP)
		printf("%-12s%s\n", "rules:", CMD_NO_RULES);
	else
		printf("%-12s%s\n", "rules:", "no rules are loaded");
	if (info->pending)
		printf("%-12sthe ruleset before comes back in %u seconds (gwlbctl rule confirm)\n",
		       "confirm:", info->confirm);
	printf("%-12s%u\n", "groups:", info->groups);
	printf("%-12s%u\n", "sets:", info->sets);
	printf("%-12s%u\n", "flows:", info->flows);
}

static void print_attach(const struct config *config)
{
	bool up = config->state == GWLB_STATE_UP;
	const struct device *device;
	size_t i;

	printf("%-12s%s", "attach:", config_attach_name(config->attach));
	for (i = 0; i < config->device_count; i++) {
		device = &config->devices[i];
		printf("%s %s%s", i ? "," : "", device->name,
		       up && !device->attached ? " (not there)" : "");
	}
	putchar('\n');
}

static void print_status(const struct config *config,
			 const struct ruleset_info *info,
			 const struct counters *counters,
			 const struct health *health)
{
	struct amount sum;
	char text[1024];

	health_text(health, text, sizeof(text));
	printf("%-12s%s\n", "health:", text);
	printf("%-12s%s\n", "state:", config_state_name(config->state));
	print_attach(config);
	print_ruleset(config, info);
	printf("%-12s%s\n", "send-mode:",
	       config_send_mode_name(config->send_mode));
	printf("%-12s%s\n", "drain:", config_drain_name(config->drain));
	printf("%-12s%u\n", "generation:", config->generation);
	printf("%-12s%s\n", "version:", config->version);
	if (config->peer_count)
		printf("%-12s%zu\n", "peers:", config->peer_count);
	else
		printf("%-12s%s\n", "peers:", "any");
	printf("%-12s%u\n", "nodes:", config->nodes);
	printf("%-12s%u\n", "endpoints:", config->endpoints);

	print_amount("received:", &counters->received);
	sum = counter_sum(counters, GWLB_CLASS_RETURNED);
	print_amount("returned:", &sum);
	sum = counter_sum(counters, GWLB_CLASS_PASS);
	print_amount("passed:", &sum);
	sum = counter_sum(counters, GWLB_CLASS_DROP);
	print_amount("dropped:", &sum);
}

/**
 * cmd_status() - gwlbctl status
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_status(struct ctl *ctl, const struct args *args)
{
	struct counters counters = { .count = 0 };
	const char *interface = command_option(args, INTERFACE);
	struct ruleset_info info = { .rules = 0 };
	struct health health;
	struct config config;
	int code, err;

	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = config_get(ctl->nl, &config);
	if (!err)
		err = ruleset_get_info(ctl->nl, &info);
	if (!err)
		err = counter_list(ctl->nl, &counters);
	if (!err)
		health_examine(ctl->nl, 0, &config, &info, interface,
			       &health);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json)
		code = out_json(cmd_status_json(&config, &info, &counters,
						&health));
	else
		print_status(&config, &info, &counters, &health);
	ruleset_free_info(&info);
	counter_free(&counters);
	config_free(&config);
	return code;
}
