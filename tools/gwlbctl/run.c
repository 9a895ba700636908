// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another program and what it says, which it has to do in time. Owns its
 * process, and the memory for what it says.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"
#include "ticker.h"

#define CHUNK		65536
#define NOT_FOUND	127

/* In the child; English, no colours and no pager, whoever reads it */
static void become(const char *const argv[], int output)
{
	int null = open("/dev/null", O_RDONLY);

	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("SYSTEMD_COLORS", "0", 1);
	setenv("SYSTEMD_PAGER", "", 1);
	execvp(argv[0], (char *const *)argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(NOT_FOUND);
}

/* Return: 1 if there may be more, 0 at the end, or a negative errno */
static int read_some(int fd, size_t most, struct run *run)
{
	char chunk[CHUNK];
	ssize_t got;
	char *text;

	got = read(fd, chunk, sizeof(chunk));
	if (got <= 0)
		return got < 0 && errno != EINTR ? -errno : got < 0;
	if ((size_t)got > most - run->len) {
		got = (ssize_t)(most - run->len);
		run->cut = true;
	}
	if (!got)
		return 1;
	text = realloc(run->text, run->len + (size_t)got);
	if (!text)
		return -ENOMEM;
	memcpy(text + run->len, chunk, (size_t)got);
	run->text = text;
	run->len += (size_t)got;
	return 1;
}

static int read_all(int fd, size_t most, int seconds, struct run *run)
{
	long long end = ticker_now() + seconds * 1000000000LL;
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	long long left;
	int ready, more = 1;

	while (more > 0) {
		left = (end - ticker_now()) / 1000000;
		if (left <= 0) {
			run->late = true;
			return 0;
		}
		ready = poll(&pollfd, 1, (int)left);
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready > 0)
			more = read_some(fd, most, run);
	}
	return more;
}

/**
 * run() - run a program
 * @argv: its name and arguments, and NULL
 * @most: how much of what it says is kept
 * @seconds: how much time it has
 * @run: filled in; give it to run_free()
 *
 * Return: 0 or a negative errno; a program that fails, or is none, is no
 * error here.
 */
int run(const char *const argv[], size_t most, int seconds, struct run *run)
{
	int fds[2], status, err;
	pid_t pid;

	memset(run, 0, sizeof(*run));
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	/* or what is buffered would be written by both */
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		err = -errno;
		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (!pid) {
		/* with those that it starts */
		setpgid(0, 0);
		become(argv, fds[1]);
	}
	close(fds[1]);
	err = read_all(fds[0], most, seconds, run);
	close(fds[0]);
	if (err || run->late) {
		setpgid(pid, pid);
		kill(-pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	run->status = WIFEXITED(status) ? WEXITSTATUS(status) :
		      128 + WTERMSIG(status);
	return err;
}

/**
 * run_free() - forget what a program said
 * @run: what it said
 */
void run_free(struct run *run)
{
	free(run->text);
	run->text = NULL;
}
