// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trace of the kernel's that is ours alone: an instance with the module's
 * tracepoint in it, so that nobody else's trace is touched. Owns the instance,
 * and clears away those of processes that had no time to.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out.h"
#include "scan.h"
#include "tracefs.h"

#define INSTANCES	"/sys/kernel/tracing/instances"
#define PREFIX		"gwlbctl-"
#define EVENT		"events/gwlb/gwlb_verdict"

static int write_file(const char *dir, const char *name, const char *text)
{
	char path[TRACEFS_PATH * 2];
	ssize_t len = (ssize_t)strlen(text);
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, (size_t)len) != len)
		err = errno ? -errno : -EIO;
	close(fd);
	return err;
}

/* As long as the event is on, no packet takes the short way. */
static void discard(const char *dir)
{
	write_file(dir, EVENT "/enable", "0");
	rmdir(dir);
}

/* Whoever had this process's number before does not live any more, either. */
static bool is_alive(pid_t pid)
{
	return pid != getpid() && (kill(pid, 0) == 0 || errno != ESRCH);
}

static void discard_stale(void)
{
	char dir[TRACEFS_PATH];
	struct dirent *entry;
	const char *at;
	DIR *instances;
	__u64 pid;

	instances = opendir(INSTANCES);
	while (instances) {
		entry = readdir(instances);
		if (!entry)
			break;
		at = entry->d_name;
		if (!scan_literal(&at, PREFIX) ||
		    !scan_number(&at, 10, INT_MAX, &pid) || *at ||
		    is_alive((pid_t)pid))
			continue;
		snprintf(dir, sizeof(dir), INSTANCES "/" PREFIX "%d",
			 (int)pid);
		discard(dir);
	}
	if (instances)
		closedir(instances);
}

static int begin(struct tracefs *trace, const char *expression)
{
	char pipe[TRACEFS_PATH + 16];
	int err;

	err = write_file(trace->dir, EVENT "/filter", expression);
	if (err == -ENOENT)
		return out_error("the module's tracepoint is not there: is the module loaded?");
	if (!err)
		err = write_file(trace->dir, EVENT "/enable", "1");
	if (err)
		return out_error("%s/" EVENT ": %s", trace->dir,
				 strerror(-err));
	snprintf(pipe, sizeof(pipe), "%s/trace_pipe", trace->dir);
	trace->fd = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return trace->fd < 0 ? out_error("%s: %s", pipe, strerror(errno)) :
	       OUT_OK;
}

/**
 * tracefs_open() - begin a trace
 * @trace: filled in; give it to tracefs_close() also after an error
 * @expression: which packets, in the kernel's language
 *
 * Return: OUT_OK, or OUT_FAILED after having told the user.
 */
int tracefs_open(struct tracefs *trace, const char *expression)
{
	char dir[TRACEFS_PATH];

	*trace = (struct tracefs) { .fd = -1 };
	discard_stale();
	snprintf(dir, sizeof(dir), INSTANCES "/" PREFIX "%d", (int)getpid());
	if (mkdir(dir, 0700) < 0)
		return out_error(INSTANCES ": %s (root only; mount -t tracefs nodev /sys/kernel/tracing)",
				 strerror(errno));
	memcpy(trace->dir, dir, sizeof(trace->dir));
	return begin(trace, expression);
}

/**
 * tracefs_close() - end a trace
 * @trace: the trace
 */
void tracefs_close(struct tracefs *trace)
{
	if (trace->fd >= 0)
		close(trace->fd);
	if (trace->dir[0])
		discard(trace->dir);
	*trace = (struct tracefs) { .fd = -1 };
}
