// SPDX-License-Identifier: GPL-2.0-only
/*
 * command.c: the walk along a command line.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "command.h"

static const struct option_spec options[] = {
	{ "--flag", "-f", NULL, "a flag" },
	{ "--value", NULL, "V", "a value" },
	{ NULL, NULL, NULL, NULL },
};

static const struct command sub[] = {
	{ .name = "leaf", .words = "WORD...", .min = 1, .max = 2,
	  .options = options, .help = "a leaf" },
	{ .name = NULL },
};

static const struct command table[] = {
	{ .name = "group", .sub = sub, .help = "a group" },
	{ .name = "single", .help = "a command" },
	{ .name = NULL },
};

static struct args args;

static enum walk walk(const char *line)
{
	static char copy[256];
	char *argv[32];
	int argc = 0;
	char *word;

	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	command_free(&args);
	return command_walk(table, argc, argv, &args);
}

static void test_path(void **state)
{
	(void)state;
	assert_int_equal(walk("single"), WALK_COMMAND);
	assert_string_equal(args.path, "single");
	assert_int_equal(walk("group leaf a b"), WALK_COMMAND);
	assert_string_equal(args.path, "group leaf");
	assert_int_equal(args.count, 2);
	assert_string_equal(args.words[1], "b");
	assert_int_equal(walk(""), WALK_NO_COMMAND);
	assert_int_equal(walk("group"), WALK_NO_COMMAND);
	assert_int_equal(walk("group x"), WALK_UNKNOWN_COMMAND);
	assert_string_equal(args.culprit, "x");
}

static void test_no_abbreviations(void **state)
{
	(void)state;
	assert_int_equal(walk("sing"), WALK_UNKNOWN_COMMAND);
	assert_int_equal(walk("singles"), WALK_UNKNOWN_COMMAND);
	assert_int_equal(walk("group le"), WALK_UNKNOWN_COMMAND);
	assert_int_equal(walk("single --js"), WALK_UNKNOWN_OPTION);
	assert_int_equal(walk("single -jn x"), WALK_UNKNOWN_OPTION);
	assert_int_equal(walk("group leaf --fla"), WALK_UNKNOWN_OPTION);
	assert_int_equal(walk("group leaf --flagg"), WALK_UNKNOWN_OPTION);
	assert_int_equal(walk("single SINGLE"), WALK_COMMAND);
	assert_int_equal(args.count, 1);
}

static void test_globals(void **state)
{
	(void)state;
	assert_int_equal(walk("-n ns --json single"), WALK_COMMAND);
	assert_string_equal(args.global[GLOBAL_NETNS], "ns");
	assert_non_null(args.global[GLOBAL_JSON]);
	assert_null(args.global[GLOBAL_HELP]);
	assert_int_equal(walk("single -j --netns=ns"), WALK_COMMAND);
	assert_string_equal(args.global[GLOBAL_NETNS], "ns");
	assert_non_null(args.global[GLOBAL_JSON]);
	assert_int_equal(walk("group -h"), WALK_NO_COMMAND);
	assert_non_null(args.global[GLOBAL_HELP]);
	assert_int_equal(walk("-n a -n b single"), WALK_OPTION_TWICE);
	assert_int_equal(walk("single -n"), WALK_VALUE_MISSING);
	assert_ptr_equal(args.awaits, &command_globals[GLOBAL_NETNS]);
	assert_int_equal(walk("single --json=x"), WALK_VALUE_UNWANTED);
}

static void test_options(void **state)
{
	bool given;
	__u32 value;

	(void)state;
	assert_int_equal(walk("group leaf -f a --value 7"), WALK_COMMAND);
	assert_string_equal(command_option(&args, "--flag"), "");
	assert_string_equal(command_option(&args, "--value"), "7");
	assert_int_equal(command_option_u32(&args, "--value", &given, &value),
			 0);
	assert_true(given);
	assert_int_equal(value, 7);
	/* not before its command */
	assert_int_equal(walk("--flag group leaf a"), WALK_UNKNOWN_OPTION);
	assert_int_equal(walk("group leaf -- --flag"), WALK_COMMAND);
	assert_string_equal(args.words[0], "--flag");
	assert_int_equal(walk("group leaf -"), WALK_COMMAND);
	assert_string_equal(args.words[0], "-");
	/* a value may look like an option */
	assert_int_equal(walk("group leaf --value --flag"), WALK_COMMAND);
	assert_string_equal(command_option(&args, "--value"), "--flag");
	assert_null(command_option(&args, "--flag"));
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {
		"-1", "+1", "0x1", "1x", "4294967296", "99999999999", "1.0",
	};
	char line[64];
	bool given;
	__u32 value;
	size_t i;

	(void)state;
	walk("group leaf a --value 4294967295");
	assert_int_equal(command_option_u32(&args, "--value", &given, &value),
			 0);
	assert_int_equal(value, 0xffffffff);
	walk("group leaf a --value=");
	assert_int_equal(command_option_u32(&args, "--value", &given, &value),
			 2);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "group leaf a --value %s",
			 bad[i]);
		assert_int_equal(walk(line), WALK_COMMAND);
		assert_int_equal(command_option_u32(&args, "--value", &given,
						    &value), 2);
	}
	walk("group leaf a");
	assert_int_equal(command_option_u32(&args, "--value", &given, &value),
			 0);
	assert_false(given);
}

static void test_check(void **state)
{
	(void)state;
	assert_int_equal(command_check(&args, walk("group leaf a b")), 0);
	assert_int_equal(command_check(&args, walk("group leaf")), 2);
	assert_int_equal(command_check(&args, walk("group leaf a b c")), 2);
	assert_int_equal(command_check(&args, walk("single x")), 2);
	assert_int_equal(command_check(&args, walk("nothing")), 2);
	command_free(&args);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_no_abbreviations),
		cmocka_unit_test(test_globals),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_check),
	};

	/* the complaints are wanted; the sanitizers' go to descriptor 2 */
	stderr = fopen("/dev/null", "w");
	if (!stderr)
		return 1;
	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
