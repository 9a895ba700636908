// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands, their options, and the walk along a command line. The tables of
 * commands are the one source for running, usage and completion. Not
 * getopt_long(): it accepts abbreviations, which break in scripts on the day
 * a second option begins alike.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "out.h"

const struct option_spec command_globals[] = {
	[GLOBAL_NETNS] = { "--netns", "-n", "NETNS",
		"work in this network namespace (a name or a path)" },
	[GLOBAL_JSON] = { "--json", "-j", NULL, "print JSON" },
	[GLOBAL_HELP] = { "--help", "-h", NULL,
		"print the usage, also of a command" },
	[GLOBAL_VERSION] = { "--version", "-V", NULL,
		"print the version of gwlbctl" },
	[GLOBAL_COUNT] = { NULL, NULL, NULL, NULL },
};

static bool matches(const struct option_spec *spec, const char *arg,
		    size_t len)
{
	if (strlen(spec->name) == len && !strncmp(spec->name, arg, len))
		return true;
	return spec->letter && !strcmp(spec->letter, arg);
}

static const struct option_spec *find(const struct option_spec *specs,
				      const char *arg, size_t len,
				      const char **values,
				      const char ***value)
{
	size_t i;

	for (i = 0; specs && specs[i].name; i++) {
		if (matches(&specs[i], arg, len)) {
			*value = &values[i];
			return &specs[i];
		}
	}
	return NULL;
}

/* Takes the option at argv[*at], and its value if that is the next one */
static enum walk take_option(struct args *args, int argc, char **argv, int *at)
{
	const struct option_spec *spec;
	const char *arg = argv[*at];
	size_t len = strcspn(arg, "=");
	const char **value;

	args->culprit = arg;
	spec = find(command_globals, arg, len, args->global, &value);
	if (!spec && args->command)
		spec = find(args->command->options, arg, len, args->option,
			    &value);
	if (!spec)
		return WALK_UNKNOWN_OPTION;
	if (*value && spec->value)
		return WALK_OPTION_TWICE;

	if (!spec->value) {
		*value = "";
		return arg[len] ? WALK_VALUE_UNWANTED : WALK_COMMAND;
	}
	if (arg[len]) {
		*value = arg + len + 1;
		return WALK_COMMAND;
	}
	if (*at + 1 >= argc) {
		args->awaits = spec;
		return WALK_VALUE_MISSING;
	}
	*value = argv[++*at];
	return WALK_COMMAND;
}

static enum walk take_command(struct args *args, const char *word)
{
	const struct command *command;
	size_t len = strlen(args->path);

	for (command = args->table; command->name; command++) {
		if (strcmp(command->name, word) != 0)
			continue;
		snprintf(args->path + len, sizeof(args->path) - len, "%s%s",
			 len ? " " : "", word);
		if (command->sub)
			args->table = command->sub;
		else
			args->command = command;
		return WALK_COMMAND;
	}
	args->culprit = word;
	return WALK_UNKNOWN_COMMAND;
}

/**
 * command_walk() - take a command line apart
 * @table: the outermost commands
 * @argc: number of arguments, without the program's name
 * @argv: the arguments
 * @args: filled in as far as the line makes sense; give it to command_free()
 *
 * Return: WALK_COMMAND, or why the walk ended early.
 */
enum walk command_walk(const struct command *table, int argc, char **argv,
		       struct args *args)
{
	bool options = true;
	enum walk walk;
	int i;

	*args = (struct args) { .table = table };
	args->words = calloc((size_t)argc + 1, sizeof(*args->words));
	if (!args->words)
		abort();

	for (i = 0; i < argc; i++) {
		if (options && !strcmp(argv[i], "--")) {
			options = false;
			continue;
		}
		if (options && argv[i][0] == '-' && argv[i][1]) {
			walk = take_option(args, argc, argv, &i);
		} else if (!args->command) {
			walk = take_command(args, argv[i]);
		} else {
			args->words[args->count++] = argv[i];
			continue;
		}
		if (walk != WALK_COMMAND)
			return walk;
	}
	return args->command ? WALK_COMMAND : WALK_NO_COMMAND;
}

/**
 * command_free() - release what command_walk() took
 * @args: the command line
 */
void command_free(struct args *args)
{
	free(args->words);
	args->words = NULL;
}

static void usage_options(FILE *to, const struct option_spec *spec)
{
	char left[40];

	for (; spec && spec->name; spec++) {
		snprintf(left, sizeof(left), "%s%s%s%s%s",
			 spec->letter ? spec->letter : "",
			 spec->letter ? ", " : "", spec->name,
			 spec->value ? " " : "",
			 spec->value ? spec->value : "");
		fprintf(to, "  %-24s  %s\n", left, spec->help);
	}
}

static void usage_line(FILE *to, const struct args *args)
{
	const struct command *command = args->command;
	const struct option_spec *spec;

	fprintf(to, "Usage: gwlbctl %s", args->path);
	if (command->words)
		fprintf(to, " %s", command->words);
	for (spec = command->options; spec && spec->name; spec++)
		fprintf(to, " [%s%s%s]", spec->name, spec->value ? " " : "",
			spec->value ? spec->value : "");
	fputc('\n', to);
}

/**
 * command_usage() - print how the command, or the group, is used
 * @to: where to
 * @args: the command line, as far as it was walked
 */
void command_usage(FILE *to, const struct args *args)
{
	const struct command *command;

	if (args->command) {
		usage_line(to, args);
		fprintf(to, "%s\n", args->command->help);
		usage_options(to, args->command->options);
		return;
	}

	if (args->path[0])
		fprintf(to, "Usage: gwlbctl %s COMMAND\n", args->path);
	else
		fprintf(to, "Usage: gwlbctl [OPTIONS] COMMAND\n");
	fprintf(to, "\nCommands:\n");
	for (command = args->table; command->name; command++)
		fprintf(to, "  %-10s  %s\n", command->name, command->help);
	if (!args->path[0]) {
		fprintf(to, "\nOptions:\n");
		usage_options(to, command_globals);
	}
}

/**
 * command_misuse() - say what is wrong with the command line, and the usage
 * @args: the command line, as far as it was walked
 * @format: what is wrong, as printf(), without a newline
 *
 * Return: OUT_USAGE.
 */
int command_misuse(const struct args *args, const char *format, ...)
{
	va_list ap;

	fputs("Error: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);

	/* a whole page would hide the sentence above it */
	if (args->command)
		usage_line(stderr, args);
	else
		command_usage(stderr, args);
	return OUT_USAGE;
}

/**
 * command_misread() - say why an argument was refused
 * @args: the command line
 * @err: -EINVAL for one that cannot be read, anything else for one that can
 *	be read but makes no sense
 * @why: a sentence about it
 *
 * Return: OUT_USAGE or OUT_FAILED: what is well written has no need of the
 * usage.
 */
int command_misread(const struct args *args, int err, const char *why)
{
	if (err == -EINVAL)
		return command_misuse(args, "%s", why);
	return out_error("%s", why);
}

/**
 * command_check() - does a command line make sense to the end
 * @args: the command line
 * @walk: what command_walk() said
 *
 * Return: OUT_OK, or OUT_USAGE after having told the user.
 */
int command_check(const struct args *args, enum walk walk)
{
	const struct command *command = args->command;

	switch (walk) {
	case WALK_COMMAND:
		break;
	case WALK_NO_COMMAND:
		command_usage(stderr, args);
		return OUT_USAGE;
	case WALK_UNKNOWN_COMMAND:
		return command_misuse(args, "unknown command \"%s\"",
				      args->culprit);
	case WALK_UNKNOWN_OPTION:
		return command_misuse(args, "unknown option \"%s\"",
				      args->culprit);
	case WALK_OPTION_TWICE:
		return command_misuse(args, "option \"%s\" is given twice",
				      args->culprit);
	case WALK_VALUE_MISSING:
		return command_misuse(args, "option \"%s\" needs a value: %s",
				      args->culprit, args->awaits->value);
	case WALK_VALUE_UNWANTED:
		return command_misuse(args, "option \"%s\" takes no value",
				      args->culprit);
	}

	if (args->count < command->min)
		return command_misuse(args, "\"%s\" needs %s", args->path,
				      command->words);
	if (command->max >= 0 && args->count > command->max)
		return command_misuse(args, "what is \"%s\"?",
				      args->words[command->max]);
	return OUT_OK;
}

/**
 * command_option() - value of an option of the command
 * @args: the command line
 * @name: the option's long name
 *
 * Return: the value, "" for an option that has none, or NULL if the option
 * was not given.
 */
const char *command_option(const struct args *args, const char *name)
{
	const struct option_spec *specs = args->command->options;
	size_t i;

	for (i = 0; specs && specs[i].name; i++) {
		if (!strcmp(specs[i].name, name))
			return args->option[i];
	}
	return NULL;
}

/**
 * command_option_u32() - value of an option that is a number
 * @args: the command line
 * @name: the option's long name
 * @given: set to whether it was given
 * @value: set to its value
 *
 * Return: OUT_OK, or OUT_USAGE after having told the user that it is none.
 */
int command_option_u32(const struct args *args, const char *name, bool *given,
		       __u32 *value)
{
	const char *text = command_option(args, name);
	unsigned long long number = 0;
	size_t i;

	*given = text;
	if (!text)
		return OUT_OK;
	/* not strtoul(), which takes signs and blanks */
	for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 10; i++)
		number = number * 10 + (unsigned int)(text[i] - '0');
	if (!i || text[i] || number > 0xffffffffULL)
		return command_misuse(args,
				      "%s: \"%s\" is not a number of 32 bits",
				      name, text);
	*value = (__u32)number;
	return OUT_OK;
}
