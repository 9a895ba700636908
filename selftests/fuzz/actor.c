// SPDX-License-Identifier: GPL-2.0-only
/*
 * actor: root, root without CAP_NET_ADMIN, somebody, and root of a user
 * namespace, with a network namespace of his own or without. See actor.h.
 */
#include <err.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actor.h"

#define NOBODY	65534

static void be_root(void)
{
}

static void be_powerless(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		err(2, "capget");
	data[0].effective &= ~(1U << CAP_NET_ADMIN);
	data[0].permitted &= ~(1U << CAP_NET_ADMIN);
	data[0].inheritable &= ~(1U << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &header, data))
		err(2, "capset");
}

static void be_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		err(2, "cannot be nobody");
	/* Who changed his ids may not read of himself, as in a map of ids. */
	prctl(PR_SET_DUMPABLE, 1);
}

static void put_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		err(2, "%s", path);
	close(fd);
}

/* Nobody becomes root of what he may make: a user namespace. */
static void be_contained(int flags)
{
	be_nobody();
	if (unshare(CLONE_NEWUSER | flags))
		err(2, "no user namespace");
	put_line("/proc/self/setgroups", "deny");
	put_line("/proc/self/uid_map", "0 65534 1");
	put_line("/proc/self/gid_map", "0 65534 1");
	if (getuid() || getgid())
		errx(2, "not root of the user namespace");
}

static void be_guest(void)
{
	be_contained(0);
}

static void be_tenant(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	be_contained(CLONE_NEWNET);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		err(2, "lo does not come up");
	close(fd);
}

static const struct actor actors[] = {
	{ "root", true, false, be_root },
	{ "powerless", false, false, be_powerless },
	{ "nobody", false, false, be_nobody },
	{ "guest", false, false, be_guest },
	{ "tenant", true, true, be_tenant },
};

/**
 * actor_find() - an actor by his name
 * @name: the name
 *
 * Return: the actor, or NULL
 */
const struct actor *actor_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(actors) / sizeof(actors[0]); i++)
		if (!strcmp(actors[i].name, name))
			return &actors[i];
	return NULL;
}
