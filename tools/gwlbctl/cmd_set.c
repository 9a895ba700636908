// SPDX-License-Identifier: GPL-2.0-only
/*
 * set, group: the parts of a ruleset that have names. Talks to the module
 * through ruleset.c.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "ctl.h"
#include "input.h"
#include "names.h"
#include "out.h"
#include "rules_print.h"
#include "rules_text.h"
#include "rules_value.h"
#include "ruleset.h"

/* As with grep(1): 1 is an answer */
#define TEST_NO		1
#define TEST_TROUBLE	2

/**
 * struct edit - elements that the user named
 * @values: the elements
 * @words: where they stand in the command line
 * @input: the standard input, if they come from there
 */
struct edit {
	struct rules_values values;
	const char **words;
	struct input input;
};

static int check_name(const struct args *args)
{
	if (rules_is_name(args->words[0]))
		return OUT_OK;
	return command_misuse(args, "\"%s\" is no name of a set",
			      args->words[0]);
}

static int edit_input(struct edit *edit)
{
	struct rules_error error;
	int code;

	code = input_read(&edit->input, "-");
	if (code != OUT_OK)
		return code;
	if (rules_parse_elements(edit->input.text, edit->input.len,
				 &edit->values, &error) < 0)
		return input_refused(&edit->input, error.at, error.text);
	return OUT_OK;
}

static int edit_words(const struct args *args, struct edit *edit)
{
	struct rules_value *value;
	char why[320];
	__u32 type;
	int i, err;

	edit->words = args->words + 1;
	for (i = 0; i + 1 < args->count; i++) {
		if (strlen(edit->words[i]) >= RULES_WORD ||
		    (!i && rules_guess_type(edit->words[i], &type) < 0))
			return command_misuse(args,
					      "\"%.80s\" is no address, port or endpoint",
					      edit->words[i]);
		value = rules_add_value(&edit->values, RULES_RANGE);
		if (!value)
			return out_error("out of memory");
		/* no line: which of the words it is */
		value->at.column = (__u32)i + 1;
		err = rules_parse_element(edit->words[i], type, value, why,
					  sizeof(why));
		if (err < 0)
			return command_misread(args, err, why);
	}
	return OUT_OK;
}

static int edit_parse(const struct args *args, struct edit *edit)
{
	memset(edit, 0, sizeof(*edit));
	if (args->count == 2 && !strcmp(args->words[1], "-"))
		return edit_input(edit);
	return edit_words(args, edit);
}

static void edit_free(struct edit *edit)
{
	rules_free_values(&edit->values);
	input_free(&edit->input);
}

/* Which element the kernel has something against */
static int refused(struct ctl *ctl, const struct edit *edit,
		   const struct rules_map *map, int err)
{
	const struct extack *extack = &ctl->nl->extack;
	struct rules_pos at;

	if (!extack->has_offset || extack->code != -err || !extack->text[0] ||
	    !rules_map_find(map, extack->offset, &at))
		return ctl_failed(ctl, err);
	if (at.line)
		return input_refused(&edit->input, at, extack->text);
	snprintf(ctl->nl->where, sizeof(ctl->nl->where), "%s",
		 edit->words[at.column - 1]);
	return ctl_failed(ctl, err);
}

static int change(struct ctl *ctl, const struct args *args, __u8 cmd)
{
	struct ruleset_expect expect;
	struct rules_map map;
	struct edit edit;
	int code, err;

	code = cmd_ruleset_expect(args, &expect);
	if (code == OUT_OK)
		code = check_name(args);
	if (code != OUT_OK)
		return code;
	code = edit_parse(args, &edit);
	/* an empty list on stdin: that is done already */
	if (code == OUT_OK && edit.values.count)
		code = ctl_open(ctl);
	if (code == OUT_OK && edit.values.count) {
		err = ruleset_change_set(ctl->nl, cmd, args->words[0],
					 &edit.values, &expect, &map);
		if (err < 0)
			code = refused(ctl, &edit, &map, err);
		rules_map_free(&map);
	}
	edit_free(&edit);
	return code;
}

static int set_add(struct ctl *ctl, const struct args *args)
{
	return change(ctl, args, GWLB_CMD_ELEMENT_ADD);
}

static int set_del(struct ctl *ctl, const struct args *args)
{
	return change(ctl, args, GWLB_CMD_ELEMENT_DEL);
}

static int set_flush(struct ctl *ctl, const struct args *args)
{
	struct ruleset_expect expect;
	int code, err;

	code = cmd_ruleset_expect(args, &expect);
	if (code == OUT_OK)
		code = check_name(args);
	if (code == OUT_OK)
		code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = ruleset_flush_set(ctl->nl, args->words[0], &expect);
	return err < 0 ? ctl_failed(ctl, err) : OUT_OK;
}

static int print_sets(const struct rules *rules, const char *only)
{
	size_t i;

	if (only && !rules_find_set(rules, only))
		return out_error("there is no set \"%s\"", only);
	for (i = 0; i < rules->set_count; i++) {
		if (!only || !strcmp(only, rules->sets[i].name))
			rules_print_set(stdout, &rules->sets[i]);
	}
	return OUT_OK;
}

static int set_list(struct ctl *ctl, const struct args *args)
{
	const char *only = args->count ? args->words[0] : NULL;
	struct ruleset ruleset;
	int code, err;

	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = ruleset_read(ctl->nl, true, &ruleset);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json && (!only || rules_find_set(&ruleset.rules, only)))
		code = out_json(ruleset_sets_json(&ruleset, only));
	else
		code = print_sets(&ruleset.rules, only);
	ruleset_free(&ruleset);
	return code;
}

/* An address is in a set also if a prefix around it is: ask for each */
static int test_prefix(struct ctl *ctl, const char *set,
		       struct rules_value value)
{
	__u8 length = value.prefix.length;
	int found;

	for (;;) {
		found = ruleset_has_element(ctl->nl, set, &value);
		if (found || !length)
			return found;
		prefix_cut(&value.prefix, --length);
	}
}

/* A port is in a set also if a range around it is: read them */
static int test_range(struct ctl *ctl, const char *set,
		      const struct rules_value *value)
{
	const struct rules_value *list;
	struct ruleset ruleset;
	struct rules_set *has;
	size_t i;
	int err;

	err = ruleset_read(ctl->nl, true, &ruleset);
	has = err ? NULL : rules_find_set(&ruleset.rules, set);
	for (i = 0; has && i < has->elements.count; i++) {
		list = has->elements.list;
		if (list[i].kind == RULES_RANGE &&
		    list[i].range.first <= value->range.first &&
		    list[i].range.last >= value->range.last)
			err = 1;
	}
	ruleset_free(&ruleset);
	return err;
}

static int test(struct ctl *ctl, const char *set, const char *word)
{
	struct rules_value value;
	struct rules rules;
	char why[320];
	int found;

	found = ruleset_get_set(ctl->nl, set, &rules);
	if (!found && rules_parse_element(word, rules.sets[0].type, &value,
					  why, sizeof(why)) < 0) {
		out_error("%s", why);
		rules_free(&rules);
		return TEST_TROUBLE;
	}
	rules_free(&rules);
	if (!found && value.kind == RULES_PREFIX)
		found = test_prefix(ctl, set, value);
	else if (!found && value.kind == RULES_RANGE)
		found = test_range(ctl, set, &value);
	else if (!found)
		found = ruleset_has_element(ctl->nl, set, &value);
	if (found < 0) {
		ctl_failed(ctl, found);
		return TEST_TROUBLE;
	}
	return found ? OUT_OK : TEST_NO;
}

static int set_test(struct ctl *ctl, const struct args *args)
{
	int code;

	code = check_name(args);
	if (code != OUT_OK)
		return code;
	if (strlen(args->words[1]) >= RULES_WORD)
		return command_misuse(args,
				      "\"%.80s\" is no address, port or endpoint",
				      args->words[1]);
	if (ctl_open(ctl) != OUT_OK)
		return TEST_TROUBLE;
	return test(ctl, args->words[0], args->words[1]);
}

static void complete_set(struct ctl *ctl, const struct args *args)
{
	struct rules rules;
	size_t i;

	if (args->count || ctl_open(ctl) != OUT_OK)
		return;
	if (ruleset_names(ctl->nl, true, &rules) == 0) {
		for (i = 0; i < rules.set_count; i++)
			puts(rules.sets[i].name);
	}
	rules_free(&rules);
}

const struct command cmd_set_table[] = {
	{ .name = "list", .run = set_list, .words = "[NAME]", .max = 1,
	  .complete = complete_set,
	  .help = "print sets with their elements" },
	{ .name = "add", .run = set_add, .words = "NAME ELEMENT...|-",
	  .min = 2, .max = -1, .options = cmd_ruleset_options,
	  .complete = complete_set,
	  .help = "add elements, or those on standard input" },
	{ .name = "del", .run = set_del, .words = "NAME ELEMENT...|-",
	  .min = 2, .max = -1, .options = cmd_ruleset_options,
	  .complete = complete_set,
	  .help = "remove elements, or those on standard input" },
	{ .name = "flush", .run = set_flush, .words = "NAME", .min = 1,
	  .max = 1, .options = cmd_ruleset_options,
	  .complete = complete_set, .help = "remove all elements" },
	{ .name = "test", .run = set_test, .words = "NAME ELEMENT",
	  .min = 2, .max = 2, .complete = complete_set,
	  .help = "is this in a set? exit status 0 if it is, 1 if not" },
	{ .name = NULL },
};
