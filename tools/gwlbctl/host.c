// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host does beside the module, as /proc has it: CPUs, interfaces,
 * sockets, processes. All but CPUs are those of the network namespace that we
 * are in. Changes nothing.
 */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host.h"
#include "scan.h"

#define PATH_SIZE	300

/* Takes each line of a file. Return: 0, the first that @item returned and that
 * is not 0, or the negative errno of opening the file.
 */
static int each_line(const char *path,
		     int (*item)(const char *line, void *data), void *data)
{
	char *line = NULL;
	size_t size = 0;
	FILE *file;
	int err = 0;

	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (!err && getline(&line, &size, file) >= 0)
		err = item(line, data);
	free(line);
	fclose(file);
	return err;
}

static int take_cpu(const char *line, void *data)
{
	struct host_load *load = data;
	__u64 number, total = 0, time;
	int i;

	/* "cpu" alone is all of them together */
	if (strncmp(line, "cpu", 3) || !isdigit((unsigned char)line[3]) ||
	    load->count == HOST_CPUS)
		return 0;
	line += 3;
	if (!scan_number(&line, 10, ~0U, &number))
		return 0;
	/* user, nice, system, idle, wait, irq, softirq */
	for (i = 0; i < 7; i++) {
		if (!scan_number(&line, 10, ~0ULL, &time))
			return 0;
		total += time;
	}
	load->cpus[load->count++] = (struct host_cpu) {
		.busy = time,
		.total = total,
	};
	return 0;
}

static int take_softnet(const char *line, void *data)
{
	struct host_load *load = data;
	__u64 handled, lost;

	if (!scan_number(&line, 16, ~0U, &handled) ||
	    !scan_number(&line, 16, ~0U, &lost))
		return -EBADMSG;
	load->lost += lost;
	if (load->lines < load->count)
		load->cpus[load->lines++].handled = handled;
	return 0;
}

/**
 * host_read_load() - what all CPUs did so far
 * @load: filled in
 *
 * Return: 0 or a negative errno.
 */
int host_read_load(struct host_load *load)
{
	int err;

	memset(load, 0, sizeof(*load));
	err = each_line("/proc/stat", take_cpu, load);
	return err ? err : each_line("/proc/net/softnet_stat", take_softnet,
				     load);
}

struct received {
	const char *interface;
	__u64 packets;
	bool found;
};

static int take_interface(const char *line, void *data)
{
	struct received *received = data;

	if (!scan_literal(&line, received->interface) || *line++ != ':')
		return 0;
	/* behind how many bytes */
	scan_skip(&line, 1);
	received->found = scan_number(&line, 10, ~0ULL, &received->packets);
	return 0;
}

/**
 * host_received() - how many packets came in by an interface
 * @interface: its name
 * @packets: set to how many these are
 *
 * Return: 0 or a negative errno.
 */
int host_received(const char *interface, __u64 *packets)
{
	struct received received = { .interface = interface };
	int err;

	err = each_line("/proc/net/dev", take_interface, &received);
	*packets = received.packets;
	return err || received.found ? err : -ENODEV;
}

/* The sockets that have a port; the one found last may be one of several. */
struct owners {
	__u16 port;
	bool owned;
	__u64 inode;
};

static int take_socket(const char *line, void *data)
{
	struct owners *owners = data;
	__u64 number, port, inode;

	/* "0: 0100007F:17C1", of which the address is none of ours */
	if (!scan_number(&line, 10, ~0U, &number) || *line++ != ':')
		return 0;
	line = strchr(line, ':');
	if (!line++ || !scan_number(&line, 16, 65535, &port) ||
	    port != owners->port)
		return 0;
	/* the other side, state, queues, timer, retransmits, user, timeout */
	scan_skip(&line, 7);
	if (!scan_number(&line, 10, ~0ULL, &inode))
		return 0;
	owners->owned = true;
	owners->inode = inode;
	return 0;
}

/* Takes each process, until one returns something else than 0. */
static int each_process(int (*item)(const char *pid, void *data), void *data)
{
	struct dirent *entry;
	int found = 0;
	DIR *proc;

	proc = opendir("/proc");
	if (!proc)
		return -errno;
	while (!found) {
		entry = readdir(proc);
		if (!entry)
			break;
		if (isdigit((unsigned char)entry->d_name[0]))
			found = item(entry->d_name, data);
	}
	closedir(proc);
	return found;
}

/* What a process is called; empty if it is gone. It calls itself so, and may be
 * anybody's: nothing of it shall move a terminal.
 */
static void name_of(const char *pid, char *name, size_t size)
{
	char path[PATH_SIZE];
	FILE *file;
	char *at;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(name, (int)size, file))
		name[strcspn(name, "\n")] = '\0';
	fclose(file);
	for (at = name; *at; at++) {
		if (*at < ' ' || *at > '~')
			*at = '?';
	}
}

struct search {
	char link[32];
	struct host_owner *owner;
};

static int has_socket(const char *pid, void *data)
{
	char path[PATH_SIZE], target[sizeof("socket:[]") + 20];
	struct search *search = data;
	const char *at = pid;
	struct dirent *entry;
	int found = 0;
	__u64 number;
	ssize_t len;
	DIR *files;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	files = opendir(path);
	while (files && !found) {
		entry = readdir(files);
		if (!entry)
			break;
		len = readlinkat(dirfd(files), entry->d_name, target,
				 sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		found = !strcmp(target, search->link);
	}
	if (files)
		closedir(files);
	if (found && scan_number(&at, 10, INT_MAX, &number)) {
		search->owner->pid = (pid_t)number;
		name_of(pid, search->owner->name, sizeof(search->owner->name));
	}
	return found;
}

/**
 * host_udp_owner() - who has a UDP port
 * @port: the port
 * @owner: filled in
 *
 * Return: 0 or a negative errno.
 */
int host_udp_owner(__u16 port, struct host_owner *owner)
{
	struct owners owners = { .port = port };
	struct search search = { .owner = owner };
	int err;

	memset(owner, 0, sizeof(*owner));
	err = each_line("/proc/net/udp", take_socket, &owners);
	/* there may be no IPv6 */
	if (!err && !owners.owned)
		each_line("/proc/net/udp6", take_socket, &owners);
	owner->owned = owners.owned;
	if (err || !owners.owned)
		return err;
	snprintf(search.link, sizeof(search.link), "socket:[%llu]",
		 owners.inode);
	err = each_process(has_socket, &search);
	return err < 0 ? err : 0;
}

struct kin {
	const char *name;
	struct stat netns;
};

static int is_kin(const char *pid, void *data)
{
	const struct kin *kin = data;
	char path[PATH_SIZE], name[32];
	struct stat netns;

	name_of(pid, name, sizeof(name));
	if (strncmp(name, kin->name, strlen(kin->name)) != 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	if (stat(path, &netns) < 0)
		return errno == ENOENT ? 0 : -errno;
	return netns.st_ino == kin->netns.st_ino &&
	       netns.st_dev == kin->netns.st_dev;
}

/**
 * host_runs() - does a program run in our network namespace
 * @name: what its process is called, or how that begins
 * @runs: set to whether one does
 *
 * Return: 0 or a negative errno.
 */
int host_runs(const char *name, bool *runs)
{
	struct kin kin = { .name = name };
	int found;

	*runs = false;
	if (stat("/proc/self/ns/net", &kin.netns) < 0)
		return -errno;
	found = each_process(is_kin, &kin);
	*runs = found > 0;
	return found < 0 ? found : 0;
}

static int is_builtin(const char *line, void *data)
{
	const char *base = strrchr(line, '/'), *name = data;
	size_t len = strlen(name);

	return base && !strncmp(base + 1, name, len) &&
	       !strcmp(base + 1 + len, ".ko\n");
}

/**
 * host_has_module() - is a module of the kernel there, without loading it
 * @name: its name, as its file has it
 *
 * Return: true if it is loaded, or a part of the kernel: then /sys knows it
 * only if it has parameters, and the list of those is asked.
 */
bool host_has_module(const char *name)
{
	struct utsname kernel;
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (access(path, F_OK) == 0)
		return true;
	if (uname(&kernel) < 0)
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin",
		 kernel.release);
	return each_line(path, is_builtin, (void *)name) > 0;
}
