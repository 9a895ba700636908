// SPDX-License-Identifier: GPL-2.0-only
/*
 * group, save: groups of endpoints, and all that a namespace is set to. Talks
 * to the module through ruleset.c and config.c.
 */

#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "config.h"
#include "ctl.h"
#include "names.h"
#include "out.h"
#include "rules_print.h"
#include "ruleset.h"
#include "table.h"

static const struct amount *decided(const struct ruleset *ruleset,
				    const struct rules_group *group)
{
	static const struct amount none;
	size_t i;

	for (i = 0; i < ruleset->policy_count; i++) {
		if (!strcmp(ruleset->policies[i].group, group->name))
			return &ruleset->policies[i].amount;
	}
	return &none;
}

static int print_groups(const struct ruleset *ruleset)
{
	const struct rules_group *group = ruleset->rules.groups;
	struct table table = { .columns = 6 };
	const struct amount *amount;
	size_t i;

	table_cell(&table, "group");
	table_cell(&table, "endpoints");
	table_cell(&table, "policy");
	table_cell(&table, "inside");
	table_cell(&table, "packets");
	table_cell(&table, "bytes");
	for (i = 0; i < ruleset->rules.group_count; i++, group++) {
		amount = decided(ruleset, group);
		table_cell(&table, "%s", group->name);
		table_u64(&table, group->endpoints.count);
		table_cell(&table, "%s", group->policy ?
			   names_of(names_verdicts, group->policy) : "-");
		if (!group->has_inside)
			table_cell(&table, "-");
		else
			table_u64(&table, group->inside.count);
		table_u64(&table, amount->packets);
		table_u64(&table, amount->bytes);
	}
	return table_print(&table);
}

static int group_list(struct ctl *ctl, const struct args *args)
{
	struct ruleset ruleset;
	int code, err;

	(void)args;
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = ruleset_read(ctl->nl, false, &ruleset);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json)
		code = out_json(ruleset_groups_json(&ruleset));
	else
		code = print_groups(&ruleset);
	ruleset_free(&ruleset);
	return code;
}

static int group_show(struct ctl *ctl, const struct args *args)
{
	const struct rules_group *group;
	struct ruleset ruleset;
	int code, err;

	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = ruleset_read(ctl->nl, false, &ruleset);
	group = err ? NULL : rules_find_group(&ruleset.rules, args->words[0]);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (!group)
		code = out_error("there is no group \"%s\"", args->words[0]);
	else if (ctl->json)
		code = out_json(ruleset_group_json(&ruleset, group));
	else
		rules_print_group(stdout, group);
	ruleset_free(&ruleset);
	return code;
}

static void complete_group(struct ctl *ctl, const struct args *args)
{
	struct rules rules;
	size_t i;

	(void)args;
	if (ctl_open(ctl) != OUT_OK)
		return;
	if (ruleset_names(ctl->nl, false, &rules) == 0) {
		for (i = 0; i < rules.group_count; i++)
			puts(rules.groups[i].name);
	}
	rules_free(&rules);
}

/* What is no part of a ruleset cannot be loaded: it is there to be read */
static void print_settings(const struct config *config)
{
	char prefix[CIDR_TEXT];
	size_t i;

	printf("# gwlb %s, %s\n", config->version,
	       config_state_name(config->state));
	printf("# gwlbctl config set send-mode %s attach %s",
	       config_send_mode_name(config->send_mode),
	       config_attach_name(config->attach));
	for (i = 0; i < config->device_count; i++)
		printf(" dev %s", config->devices[i].name);
	putchar('\n');
	printf("# gwlbctl drain %s\n", config_drain_name(config->drain));
	fputs("# gwlbctl peer set", stdout);
	if (!config->peer_count)
		fputs(" any", stdout);
	for (i = 0; i < config->peer_count; i++) {
		cidr_print(&config->peers[i].prefix, prefix);
		printf(" %s", prefix);
	}
	puts("\n");
}

/**
 * cmd_save() - gwlbctl save
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_save(struct ctl *ctl, const struct args *args)
{
	struct ruleset ruleset;
	struct config config;
	int code, err;

	if (ctl->json)
		return command_misuse(args, "%s prints no JSON", args->path);
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = config_get(ctl->nl, &config);
	if (err < 0) {
		config_free(&config);
		return ctl_failed(ctl, err);
	}
	err = ruleset_read(ctl->nl, true, &ruleset);
	if (err < 0) {
		code = ctl_failed(ctl, err);
	} else {
		print_settings(&config);
		rules_print(stdout, &ruleset.rules);
	}
	ruleset_free(&ruleset);
	config_free(&config);
	return code;
}

const struct command cmd_group_table[] = {
	{ .name = "list", .run = group_list,
	  .help = "show all groups, and what their policies decided" },
	{ .name = "show", .run = group_show, .words = "NAME", .min = 1,
	  .max = 1, .complete = complete_group,
	  .help = "print one group" },
	{ .name = NULL },
};
