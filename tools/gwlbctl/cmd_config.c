// SPDX-License-Identifier: GPL-2.0-only
/*
 * up, down, drain, config: state and settings. Talks to the module through
 * config.c, and asks ruleset.c what is to be said about rules.
 */

#include <linux/gwlb.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "config.h"
#include "ctl.h"
#include "names.h"
#include "out.h"

#define EXPECT	"--expect-generation"

const struct option_spec cmd_expect_options[] = {
	{ EXPECT, NULL, "N",
	  "refuse unless the configuration is still of this generation" },
	{ NULL, NULL, NULL, NULL },
};

static int apply(struct ctl *ctl, const struct args *args,
		 struct config_change *change)
{
	int code, err;

	code = command_option_u32(args, EXPECT, &change->has_expect,
				  &change->expect);
	if (code != OUT_OK)
		return code;
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = config_set(ctl->nl, change);
	return err < 0 ? ctl_failed(ctl, err) : OUT_OK;
}

/* Without a list one forged packet can make two appliances bounce it between
 * them for ever, and anybody can have packets reflected.
 */
static void warn_if_open(struct ctl *ctl)
{
	struct config config;

	if (config_get(ctl->nl, &config) == 0 && !config.peer_count)
		fputs("Warning: no peers are set, so anybody who reaches UDP 6081 is answered (gwlbctl peer add CIDR)\n",
		      stderr);
	config_free(&config);
}

/* Nobody shall believe that a firewall is at work if none is */
static int tell_rules(struct ctl *ctl)
{
	struct ruleset_info info;
	int code = OUT_OK;
	int err;

	err = ruleset_get_info(ctl->nl, &info);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ruleset_is_empty(&info))
		puts("up: " CMD_NO_RULES);
	else
		printf("up: %u rules, policy %s\n", info.rules,
		       names_of(names_verdicts, info.options.policy));
	ruleset_free_info(&info);
	return code;
}

static int take_device(const struct args *args, const char *name,
		       struct config_change *change)
{
	if (!name[0] || strlen(name) > GWLB_DEVICE_LEN)
		return command_misuse(args,
				      "\"%s\" cannot be the name of a device",
				      name);
	if (change->device_count == GWLB_MAX_DEVICES)
		return command_misuse(args, "there are more than %u devices",
				      GWLB_MAX_DEVICES);
	change->devices[change->device_count++] = name;
	return OUT_OK;
}

static int take_setting(const struct args *args, const char *name,
			const char *value, struct config_change *change)
{
	if (!strcmp(name, "dev"))
		return take_device(args, value, change);
	if ((change->has_send_mode && !strcmp(name, "send-mode")) ||
	    (change->has_attach && !strcmp(name, "attach")))
		return command_misuse(args, "%s is given twice", name);
	if (!strcmp(name, "send-mode")) {
		if (config_send_mode_parse(value, &change->send_mode) < 0)
			return command_misuse(args,
					      "send-mode is route or reflect, not \"%s\"",
					      value);
		change->has_send_mode = true;
	} else {
		if (config_attach_parse(value, &change->attach) < 0)
			return command_misuse(args,
					      "attach is prerouting or ingress, not \"%s\"",
					      value);
		change->has_attach = true;
	}
	return OUT_OK;
}

/* Settings are pairs of words */
static int take_settings(const struct args *args, struct config_change *change)
{
	const char *name;
	int i, code;

	for (i = 0; i < args->count; i += 2) {
		name = args->words[i];
		if (strcmp(name, "send-mode") != 0 &&
		    strcmp(name, "attach") != 0 && strcmp(name, "dev") != 0)
			return command_misuse(args, "unknown setting \"%s\"",
					      name);
		if (i + 1 == args->count)
			return command_misuse(args, "\"%s\" needs a value",
					      name);
		code = take_setting(args, name, args->words[i + 1], change);
		if (code != OUT_OK)
			return code;
	}
	return OUT_OK;
}

static void print_devices(struct ctl *ctl)
{
	struct if_nameindex *devices;
	size_t i;

	/* the module's namespace is the one whose devices are meant */
	if (ctl_open(ctl) != OUT_OK)
		return;
	devices = if_nameindex();
	for (i = 0; devices && devices[i].if_index; i++)
		puts(devices[i].if_name);
	if_freenameindex(devices);
}

/**
 * cmd_settings_complete() - what the next word of settings could be
 * @ctl: this run
 * @args: the command line
 */
void cmd_settings_complete(struct ctl *ctl, const struct args *args)
{
	const char *name;

	if (args->count % 2 == 0) {
		puts("send-mode\nattach\ndev");
		return;
	}
	name = args->words[args->count - 1];
	if (!strcmp(name, "send-mode"))
		puts("route\nreflect");
	else if (!strcmp(name, "attach"))
		puts("prerouting\ningress");
	else if (!strcmp(name, "dev"))
		print_devices(ctl);
}

/**
 * cmd_up() - gwlbctl up
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_up(struct ctl *ctl, const struct args *args)
{
	struct config_change change = {
		.has_state = true, .state = GWLB_STATE_UP,
	};
	int code = take_settings(args, &change);

	if (code == OUT_OK)
		code = apply(ctl, args, &change);
	if (code != OUT_OK || ctl->json)
		return code;
	code = tell_rules(ctl);
	warn_if_open(ctl);
	return code;
}

/**
 * cmd_down() - gwlbctl down
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_down(struct ctl *ctl, const struct args *args)
{
	struct config_change change = {
		.has_state = true, .state = GWLB_STATE_DOWN,
	};

	return apply(ctl, args, &change);
}

/**
 * cmd_drain() - gwlbctl drain
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_drain(struct ctl *ctl, const struct args *args)
{
	struct config_change change = { .has_drain = true };

	if (config_drain_parse(args->words[0], &change.drain) < 0)
		return command_misuse(args, "drain is on or off, not \"%s\"",
				      args->words[0]);
	return apply(ctl, args, &change);
}

/**
 * cmd_drain_complete() - what the next word of gwlbctl drain could be
 * @ctl: this run
 * @args: the command line
 */
void cmd_drain_complete(struct ctl *ctl, const struct args *args)
{
	(void)ctl;
	if (!args->count)
		puts("on\noff");
}

static void print_config(const struct config *config)
{
	char prefix[CIDR_TEXT];
	size_t i;

	printf("state %s\n", config_state_name(config->state));
	printf("attach %s\n", config_attach_name(config->attach));
	for (i = 0; i < config->device_count; i++)
		printf("dev %s\n", config->devices[i].name);
	printf("send-mode %s\n", config_send_mode_name(config->send_mode));
	printf("drain %s\n", config_drain_name(config->drain));
	printf("generation %u\n", config->generation);
	if (!config->peer_count)
		puts("peer any");
	for (i = 0; i < config->peer_count; i++) {
		cidr_print(&config->peers[i].prefix, prefix);
		printf("peer %s\n", prefix);
	}
}

static int config_show(struct ctl *ctl, const struct args *args)
{
	struct config config;
	int code, err;

	(void)args;
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = config_get(ctl->nl, &config);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json)
		code = out_json(config_json(&config));
	else
		print_config(&config);
	config_free(&config);
	return code;
}

static int set_change(struct ctl *ctl, const struct args *args)
{
	struct config_change change = { .has_state = false };
	int code = take_settings(args, &change);

	return code == OUT_OK ? apply(ctl, args, &change) : code;
}

const struct command cmd_config_table[] = {
	{ .name = "show", .run = config_show,
	  .help = "show state, settings and peers" },
	{ .name = "set", .run = set_change, .min = 1, .max = -1,
	  .words = CMD_SETTINGS, .options = cmd_expect_options,
	  .complete = cmd_settings_complete,
	  .help = "change settings, all of them or none" },
	{ .name = NULL },
};
