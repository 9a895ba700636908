// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults_kernel: no memory at any of the last allocations of what the kernel
 * itself does for us: making a network namespace, and loading the module. The
 * module's part comes near the end of each: its namespaces are made after those
 * of what was there before it.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

/**
 * struct work - what is tried
 * @what: what it is called
 * @begin: does it; 0 or the number of an error
 * @end: undoes it
 */
struct work {
	const char *what;
	int (*begin)(void);
	void (*end)(void);
};

static const char *module_path;

/* The namespace ends with the child that made it. */
static int make_namespace(void)
{
	return unshare(CLONE_NEWNET) ? errno : 0;
}

static void leave_namespace(void)
{
}

static int load_module(void)
{
	int fd = open(module_path, O_RDONLY | O_CLOEXEC), error;

	if (fd < 0)
		return errno;
	error = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	close(fd);
	return error;
}

static void unload_module(void)
{
	if (syscall(SYS_delete_module, "gwlb", O_NONBLOCK))
		err(1, "rmmod");
}

/* One attempt in a child, as what it makes may be the child's own.
 * Return: the number of an error, or 0; @left as fault_disarm() says
 */
static int attempt(const struct work *work, uint32_t n, uint32_t *left)
{
	struct {
		int error;
		uint32_t left;
	} told = { 0 };
	int pipes[2], status;
	pid_t pid;

	if (pipe(pipes))
		err(2, "pipe");
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		fault_open();
		fault_arm(n);
		told.error = work->begin();
		told.left = fault_disarm();
		if (!told.error)
			work->end();
		if (write(pipes[1], &told, sizeof(told)) != sizeof(told))
			_exit(1);
		_exit(0);
	}
	close(pipes[1]);
	if (read(pipes[0], &told, sizeof(told)) != sizeof(told))
		told.error = EPIPE;
	close(pipes[0]);
	if (waitpid(pid, &status, 0) != pid || status)
		told.error = EPIPE;
	*left = told.left;
	return told.error;
}

/* Sysctls of a device, for which there was no memory, are ENOBUFS to IP. */
static bool is_want(int error)
{
	return error == ENOMEM || error == ENOBUFS;
}

/* Not every fault is an error: the kernel does without some of what it asks
 * for. @any: whatever the error is
 */
static int try_work(const struct work *work, uint32_t last, bool any)
{
	uint32_t left, total, n, refused = 0, done = 0;
	int error = attempt(work, FAULT_NEVER, &left);
	const char *wrong = NULL;

	if (error) {
		printf("# without a fault: %s\n", strerror(error));
		return 1;
	}
	total = FAULT_NEVER - left;
	n = last && last < total ? total - last + 1 : 1;
	printf("# %s: %u allocations, tried from %u on\n", work->what, total,
	       n);
	for (; !wrong; n++) {
		error = attempt(work, n, &left);
		if (error && !any && !is_want(error))
			wrong = strerror(error);
		else if (error && left)
			wrong = "an error without a fault";
		else if (left)
			break;
		refused += error != 0;
		done += !error;
	}
	if (!wrong && (!refused || n < total / 2))
		wrong = "there were no faults";
	if (wrong)
		printf("# at allocation %u: %s\n", n, wrong);
	printf("# %s: %u faults, %u refused, %u done\n", work->what,
	       refused + done, refused, done);
	return !!wrong;
}

/**
 * faults_netns() - make network namespaces
 * @last: so many of the last allocations, 0 for all
 *
 * What is made before the module's part has other errors, too: without memory
 * proc_net_ns_init() says EEXIST and uevent_net_init() ENODEV. So with all
 * allocations any will do.
 *
 * Return: 0 if it was always done or refused for want of memory
 */
int faults_netns(uint32_t last)
{
	static const struct work work = {
		"make a namespace", make_namespace, leave_namespace,
	};

	return try_work(&work, last, !last);
}

/**
 * faults_load() - load the module
 * @path: the module
 * @last: so many of the last allocations, 0 for all
 *
 * Return: 0 if it was always done or refused for want of memory
 */
int faults_load(const char *path, uint32_t last)
{
	static const struct work work = {
		"load the module", load_module, unload_module,
	};

	module_path = path;
	return try_work(&work, last, false);
}
