// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c, tar.c: programs that say too much, nothing, or do not end; and an
 * archive is what POSIX says, byte by byte.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "tar.h"
#include "ticker.h"

static struct run said;

/* With room for @most characters, and @seconds of time */
static void shell(const char *script, size_t most, int seconds)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	assert_int_equal(run(argv, most, seconds, &said), 0);
}

static int forget(void **state)
{
	(void)state;
	run_free(&said);
	return 0;
}

static void expect(const char *text, int status)
{
	assert_int_equal(said.len, strlen(text));
	assert_memory_equal(said.text ? said.text : "", text, said.len);
	assert_int_equal(said.status, status);
	assert_false(said.late);
}

static void test_run(void **state)
{
	const char *const none[] = { "no-such-program", NULL };

	(void)state;
	shell("echo a; echo b >&2; exit 3", 100, 20);
	expect("a\nb\n", 3);
	assert_false(said.cut);
	run_free(&said);
	shell("read x; echo \"$x$?\"; kill -9 $$", 100, 20);
	expect("1\n", 128 + 9);
	run_free(&said);
	assert_int_equal(run(none, 100, 20, &said), 0);
	expect("no-such-program: No such file or directory\n", 127);
	run_free(&said);
	shell("exit 0", 100, 20);
	expect("", 0);
}

static void test_too_much(void **state)
{
	(void)state;
	shell("printf 123456", 6, 20);
	expect("123456", 0);
	assert_false(said.cut);
	run_free(&said);
	shell("printf 1234567; exit 1", 6, 20);
	expect("123456", 1);
	assert_true(said.cut);
}

/* What it started has the pipe, too, and ends with it. */
static void test_late(void **state)
{
	long long begin = ticker_now();

	(void)state;
	shell("echo a; sleep 100 & sleep 100", 100, 1);
	assert_true(said.late);
	assert_int_equal(said.status, 128 + 9);
	assert_int_equal(said.len, 2);
	assert_true(ticker_seconds(begin, ticker_now()) >= 1);
}

static void test_tar(void **state)
{
	char *text = NULL, field[13] = "";
	unsigned int sum = 0;
	size_t size, i;
	FILE *to;

	(void)state;
	to = open_memstream(&text, &size);
	assert_int_equal(tar_add(to, "a/b", "data", 4, 0123), 0);
	assert_int_equal(tar_add(to, "c", NULL, 0, 1), 0);
	assert_int_equal(tar_end(to), 0);
	fclose(to);
	assert_int_equal(size, 512 * 5);
	assert_string_equal(text, "a/b");
	assert_string_equal(text + 124, "00000000004");
	assert_string_equal(text + 136, "00000000123");
	assert_int_equal(text[156], '0');
	assert_memory_equal(text + 257, "ustar\00000", 8);
	memcpy(field, text + 148, 8);
	memset(text + 148, ' ', 8);
	for (i = 0; i < 512; i++)
		sum += (unsigned char)text[i];
	assert_int_equal(strtoul(field, NULL, 8), sum);
	assert_memory_equal(text + 512, "data\0\0\0", 8);
	assert_string_equal(text + 1024, "c");
	free(text);
}

static void test_tar_refuses(void **state)
{
	char name[TAR_NAME + 1];
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	memset(name, 'x', TAR_NAME);
	name[TAR_NAME] = '\0';
	assert_int_equal(tar_add(full, name, "", 0, 0), -EINVAL);
	assert_int_equal(tar_add(full, "a", "", 0, -1), -EINVAL);
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(tar_add(full, "a", "", 0, 0), -ENOSPC);
	assert_int_equal(tar_end(full), -ENOSPC);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_run, forget),
		cmocka_unit_test_teardown(test_too_much, forget),
		cmocka_unit_test_teardown(test_late, forget),
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_tar_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
