/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands, their options, and the walk along a command line. See command.c */

#ifndef _GWLBCTL_COMMAND_H
#define _GWLBCTL_COMMAND_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>

#define COMMAND_OPTIONS	8
#define COMMAND_PATH	64

struct args;
struct ctl;

/**
 * struct option_spec - one option
 * @name: long name with its dashes
 * @letter: short name with its dash, or NULL
 * @value: what its value is called in the usage; NULL if it has none
 * @help: what it does
 */
struct option_spec {
	const char *name;
	const char *letter;
	const char *value;
	const char *help;
};

/**
 * struct command - one command, or a group of them
 * @name: the word
 * @help: what it does, in one line
 * @sub: the commands of a group, up to one without a name
 * @run: does it; returns an exit code
 * @words: what its words are called in the usage, or NULL
 * @min: how many words there must be
 * @max: how many words there may be; negative for any number
 * @options: its options, up to one without a name, or NULL
 * @complete: prints what the next word could be, one a line; or NULL
 */
struct command {
	const char *name;
	const char *help;
	const struct command *sub;
	int (*run)(struct ctl *ctl, const struct args *args);
	const char *words;
	int min;
	int max;
	const struct option_spec *options;
	void (*complete)(struct ctl *ctl, const struct args *args);
};

/* Options of gwlbctl itself, in the order of command_globals[] */
enum global_option {
	GLOBAL_NETNS,
	GLOBAL_JSON,
	GLOBAL_HELP,
	GLOBAL_VERSION,
	GLOBAL_COUNT,
};

/* How far a command line makes sense */
enum walk {
	WALK_COMMAND,
	WALK_NO_COMMAND,
	WALK_UNKNOWN_COMMAND,
	WALK_UNKNOWN_OPTION,
	WALK_OPTION_TWICE,
	WALK_VALUE_MISSING,
	WALK_VALUE_UNWANTED,
};

/**
 * struct args - a command line, taken apart
 * @table: the innermost group that was reached
 * @command: the command, or NULL
 * @path: words that led here, with blanks between
 * @global: values of the options of gwlbctl; "" for one without a value, NULL
 *	for one that was not given
 * @option: the same for the options of the command, in the order of its table
 * @words: what is neither a command nor an option
 * @count: how many of these there are
 * @culprit: the argument that made no sense
 * @awaits: the option whose value is missing
 */
struct args {
	const struct command *table;
	const struct command *command;
	char path[COMMAND_PATH];
	const char *global[GLOBAL_COUNT];
	const char *option[COMMAND_OPTIONS];
	const char **words;
	int count;
	const char *culprit;
	const struct option_spec *awaits;
};

extern const struct option_spec command_globals[];

enum walk command_walk(const struct command *table, int argc, char **argv,
		       struct args *args);
void command_free(struct args *args);
void command_usage(FILE *to, const struct args *args);
int command_misuse(const struct args *args, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int command_misread(const struct args *args, int err, const char *why);
int command_check(const struct args *args, enum walk walk);
const char *command_option(const struct args *args, const char *name);
int command_option_u32(const struct args *args, const char *name, bool *given,
		       __u32 *value);

#endif /* _GWLBCTL_COMMAND_H */
