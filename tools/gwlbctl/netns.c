// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enter a network namespace by name, the way "ip netns" names them. Changes
 * the namespace of the calling thread and nothing else; sockets that are
 * already open stay where they are.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"
#include "out.h"

#define NETNS_DIR	"/run/netns"

/**
 * netns_enter() - move this process into a network namespace
 * @name: a name below /run/netns or, if it holds a slash, a path
 *
 * Return: 0, or -1 after having told the user why not.
 */
int netns_enter(const char *name)
{
	char path[PATH_MAX];
	int fd, len, err;

	if (strchr(name, '/'))
		len = snprintf(path, sizeof(path), "%s", name);
	else
		len = snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	if (len < 0 || (size_t)len >= sizeof(path)) {
		out_error("network namespace: the name is too long");
		return -1;
	}

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		out_error("network namespace \"%s\": %s", name,
			  strerror(errno));
		return -1;
	}
	err = setns(fd, CLONE_NEWNET) < 0 ? errno : 0;
	close(fd);

	switch (err) {
	case 0:
		return 0;
	case EPERM:
		out_error("network namespace \"%s\": %s (CAP_SYS_ADMIN is needed)",
			  name, strerror(err));
		return -1;
	case EINVAL:
		out_error("network namespace \"%s\": %s is none", name, path);
		return -1;
	default:
		out_error("network namespace \"%s\": %s", name, strerror(err));
		return -1;
	}
}

/**
 * netns_list() - name every network namespace that has a name
 * @item: called for each
 */
void netns_list(void (*item)(const char *name))
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(NETNS_DIR);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			item(entry->d_name);
	}
	closedir(dir);
}
