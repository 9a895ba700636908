// SPDX-License-Identifier: GPL-2.0-only
/*
 * rule: loading rules files, and showing what is loaded. Talks to the module
 * through ruleset.c.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "ctl.h"
#include "input.h"
#include "names.h"
#include "out.h"
#include "rules_diff.h"
#include "rules_print.h"
#include "ruleset.h"

#define EXPECT		"--expect-generation"
#define CONFIRM		"--confirm"
#define COUNTERS	"--counters"

/* What diff(1) says when it could not do its work */
#define DIFF_TROUBLE	2

const struct option_spec cmd_ruleset_options[] = {
	{ EXPECT, NULL, "N",
	  "refuse unless the ruleset is still of this generation" },
	{ NULL, NULL, NULL, NULL },
};

static const struct option_spec load_options[] = {
	{ EXPECT, NULL, "N",
	  "refuse unless the ruleset is still of this generation" },
	{ CONFIRM, NULL, "SECONDS",
	  "go back unless \"rule confirm\" comes within this time" },
	{ NULL, NULL, NULL, NULL },
};

static const struct option_spec list_options[] = {
	{ COUNTERS, NULL, NULL, "print counters as comments" },
	{ NULL, NULL, NULL, NULL },
};

/**
 * cmd_ruleset_expect() - which generation of the ruleset a change is meant for
 * @args: the command line
 * @expect: filled in
 *
 * Return: OUT_OK, or OUT_USAGE after having told the user.
 */
int cmd_ruleset_expect(const struct args *args, struct ruleset_expect *expect)
{
	return command_option_u32(args, EXPECT, &expect->given,
				  &expect->generation);
}

/* The old ruleset comes back: nobody shall be surprised by that */
static void tell_pending(struct ctl *ctl)
{
	struct ruleset_info info;

	if (ctl->json || ruleset_get_info(ctl->nl, &info) < 0)
		return;
	if (info.pending)
		printf("loaded; the ruleset before comes back in %u seconds, unless \"gwlbctl rule confirm\" comes first\n",
		       info.confirm);
	else
		puts("this ruleset was loaded already; there is nothing to confirm");
	ruleset_free_info(&info);
}

static int load(struct ctl *ctl, const struct input *input,
		const struct rules *rules, const struct ruleset_expect *expect,
		__u32 confirm)
{
	struct rules_map map;
	struct rules_pos at;
	int code, err;

	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = ruleset_load(ctl->nl, rules, expect, confirm, &map);
	if (err < 0 && ctl->nl->extack.has_offset &&
	    ctl->nl->extack.code == -err && ctl->nl->extack.text[0] &&
	    rules_map_find(&map, ctl->nl->extack.offset, &at))
		code = input_refused(input, at, ctl->nl->extack.text);
	else if (err < 0)
		code = ctl_failed(ctl, err);
	else if (confirm)
		tell_pending(ctl);
	rules_map_free(&map);
	return code;
}

static int rule_load(struct ctl *ctl, const struct args *args)
{
	struct ruleset_expect expect;
	struct input input;
	struct rules rules;
	__u32 confirm = 0;
	bool given;
	int code;

	code = cmd_ruleset_expect(args, &expect);
	if (code == OUT_OK)
		code = command_option_u32(args, CONFIRM, &given, &confirm);
	if (code != OUT_OK)
		return code;
	if (given && (!confirm || confirm > 86400))
		return command_misuse(args,
				      CONFIRM ": the time must be 1 to 86400 seconds");

	code = input_rules(args->words[0], &input, &rules);
	if (code == OUT_OK)
		code = load(ctl, &input, &rules, &expect, confirm);
	rules_free(&rules);
	input_free(&input);
	return code;
}

static int rule_check(struct ctl *ctl, const struct args *args)
{
	struct input input;
	struct rules rules;
	int code;

	(void)ctl;
	code = input_rules(args->words[0], &input, &rules);
	rules_free(&rules);
	input_free(&input);
	return code;
}

static void print_amount(const struct amount *amount)
{
	printf("%llu packets %llu bytes\n", amount->packets, amount->bytes);
}

/* It can still be loaded, as counters are comments */
static void print_counted(const struct ruleset *ruleset)
{
	const struct ruleset_policy *policy = ruleset->policies;
	const struct rules *rules = &ruleset->rules;
	size_t i;

	rules_print_options(stdout, &rules->options);
	for (i = 0; i < rules->set_count; i++)
		rules_print_set(stdout, &rules->sets[i]);
	for (i = 0; i < rules->group_count; i++)
		rules_print_group(stdout, &rules->groups[i]);
	for (i = 0; i < rules->rule_count; i++) {
		rules_write_rule(stdout, &rules->rules[i]);
		fputs(" # ", stdout);
		print_amount(&ruleset->counts[i]);
	}
	for (i = 0; i < ruleset->policy_count; i++, policy++) {
		printf("# policy %s%s%s: ",
		       names_of(names_verdicts, policy->verdict),
		       policy->group[0] ? " of group " : "", policy->group);
		print_amount(&policy->amount);
	}
}

static int rule_list(struct ctl *ctl, const struct args *args)
{
	struct ruleset ruleset;
	int code, err;

	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = ruleset_read(ctl->nl, true, &ruleset);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json)
		code = out_json(ruleset_rules_json(&ruleset));
	else if (command_option(args, COUNTERS))
		print_counted(&ruleset);
	else
		rules_print(stdout, &ruleset.rules);
	ruleset_free(&ruleset);
	return code;
}

static int diff(const struct ruleset *ruleset, const struct input *input,
		const struct rules *rules)
{
	char *text = NULL;
	size_t size;
	FILE *memory;
	int found;

	memory = open_memstream(&text, &size);
	if (!memory) {
		out_error("out of memory");
		return DIFF_TROUBLE;
	}
	found = rules_diff(memory, &ruleset->rules, rules);
	if (fclose(memory) != 0)
		found = -1;
	if (found > 0)
		printf("--- generation %u\n+++ %s\n%s",
		       ruleset->info.generation, input->name, text);
	free(text);
	if (found >= 0)
		return found;
	out_error("out of memory");
	return DIFF_TROUBLE;
}

static int rule_diff(struct ctl *ctl, const struct args *args)
{
	struct ruleset ruleset;
	struct input input;
	struct rules rules;
	int code, err;

	if (ctl->json)
		return command_misuse(args, "%s prints no JSON", args->path);
	code = input_rules(args->words[0], &input, &rules);
	if (code == OUT_OK)
		code = ctl_open(ctl);
	if (code != OUT_OK) {
		code = DIFF_TROUBLE;
		goto out;
	}
	err = ruleset_read(ctl->nl, true, &ruleset);
	if (err < 0) {
		ctl_failed(ctl, err);
		code = DIFF_TROUBLE;
	} else {
		code = diff(&ruleset, &input, &rules);
	}
	ruleset_free(&ruleset);
out:
	rules_free(&rules);
	input_free(&input);
	return code;
}

static int settle(struct ctl *ctl, const struct args *args, bool rollback)
{
	struct ruleset_expect expect;
	int code, err;

	code = cmd_ruleset_expect(args, &expect);
	if (code == OUT_OK)
		code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = ruleset_confirm(ctl->nl, rollback, &expect);
	return err < 0 ? ctl_failed(ctl, err) : OUT_OK;
}

static int rule_confirm(struct ctl *ctl, const struct args *args)
{
	return settle(ctl, args, false);
}

static int rule_rollback(struct ctl *ctl, const struct args *args)
{
	return settle(ctl, args, true);
}

const struct command cmd_rule_table[] = {
	{ .name = "load", .run = rule_load, .words = "FILE", .min = 1,
	  .max = 1, .options = load_options,
	  .help = "replace the whole ruleset by that of a file (- is stdin)" },
	{ .name = "check", .run = rule_check, .words = "FILE", .min = 1,
	  .max = 1, .help = "look for mistakes in a file, load nothing" },
	{ .name = "list", .run = rule_list, .options = list_options,
	  .help = "print what is loaded, in a form that can be loaded" },
	{ .name = "diff", .run = rule_diff, .words = "FILE", .min = 1,
	  .max = 1, .help = "show what loading a file would change" },
	{ .name = "confirm", .run = rule_confirm,
	  .options = cmd_ruleset_options,
	  .help = "keep a ruleset that was loaded with --confirm" },
	{ .name = "rollback", .run = rule_rollback,
	  .options = cmd_ruleset_options,
	  .help = "go back from it to the one before, at once" },
	{ .name = NULL },
};
