// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the next word of a command line could be, for the shell's completion:
 * one word a line, never an error. Reads the tables of commands, and the
 * kernel through the commands' own functions.
 */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "complete.h"
#include "ctl.h"
#include "netns.h"
#include "out.h"

static void print_word(const char *word)
{
	puts(word);
}

static void print_commands(const struct command *command)
{
	for (; command->name; command++)
		print_word(command->name);
}

static void print_options(const struct option_spec *spec,
			  const char *const *given)
{
	size_t i;

	for (i = 0; spec && spec[i].name; i++) {
		if (!given[i])
			print_word(spec[i].name);
	}
}

/* A word that begins with a dash is wanted before the shell has one */
static void print_next(const struct args *args)
{
	struct ctl ctl = { .netns = args->global[GLOBAL_NETNS] };
	const struct command *command = args->command;

	if (!command) {
		print_commands(args->table);
	} else {
		if (command->complete &&
		    (command->max < 0 || args->count < command->max))
			command->complete(&ctl, args);
		print_options(command->options, args->option);
	}
	print_options(command_globals, args->global);
	nl_close(ctl.nl);
}

/**
 * complete_print() - print what the next word could be
 * @commands: the outermost commands
 * @argc: number of finished words, without the program's name
 * @argv: these
 *
 * Return: OUT_OK: a shell that completes has no use for errors.
 */
int complete_print(const struct command *commands, int argc, char **argv)
{
	struct args args;
	int null;

	/* a module that is not loaded is no reason to write into the prompt */
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDERR_FILENO);
		close(null);
	}

	switch (command_walk(commands, argc, argv, &args)) {
	case WALK_COMMAND:
	case WALK_NO_COMMAND:
		print_next(&args);
		break;
	case WALK_VALUE_MISSING:
		if (args.awaits == &command_globals[GLOBAL_NETNS])
			netns_list(print_word);
		break;
	default:
		break;
	}
	command_free(&args);
	fflush(stdout);
	return OUT_OK;
}
