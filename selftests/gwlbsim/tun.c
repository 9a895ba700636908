// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the making of TUN devices: opens one by name, in the network namespace
 * where it belongs, and if it was missing gives it GWLB's MTU. Touches that
 * device only; routes to it are up to whoever starts gwlbsim.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tun.h"
#include "wire.h"

/* A burst of TCP must not be cut by the device's queue, GWLB has none. */
#define TUN_QUEUE	8192
/* Where ip-netns(8) keeps its names */
#define NETNS_DIR	"/run/netns/"

static int complain(const char *what, const char *name)
{
	fprintf(stderr, "gwlbsim: cannot %s %s: %s\n", what, name,
		strerror(errno));
	return -1;
}

/*
 * A device that exists keeps its MTU: with a larger one a test can see that
 * GWLB drops what is too big, without an ICMP message.
 */
static int configure(const char *name, bool made)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr;
	int rc = -1;

	if (fd < 0)
		return complain("configure TUN device", name);
	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (made) {
		ifr.ifr_mtu = WIRE_INNER_MAX;
		if (ioctl(fd, SIOCSIFMTU, &ifr)) {
			complain("set the MTU of TUN device", name);
			goto out;
		}
		ifr.ifr_qlen = TUN_QUEUE;
		if (ioctl(fd, SIOCSIFTXQLEN, &ifr)) {
			complain("set the queue of TUN device", name);
			goto out;
		}
	}
	if (ioctl(fd, SIOCGIFFLAGS, &ifr)) {
		complain("read the flags of TUN device", name);
		goto out;
	}
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr)) {
		complain("set up TUN device", name);
		goto out;
	}
	rc = 0;
out:
	close(fd);
	return rc;
}

static int open_here(const char *name)
{
	bool made = !if_nametoindex(name);
	struct ifreq ifr;
	int fd;

	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return complain("open /dev/net/tun for", name);
	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (ioctl(fd, TUNSETIFF, &ifr)) {
		complain("open TUN device", name);
		close(fd);
		return -1;
	}
	if (configure(name, made)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Return: a descriptor of the present namespace to come back to, or -1. */
static int go(const char *netns)
{
	int there, back;
	char *path;

	if (asprintf(&path, NETNS_DIR "%s", netns) < 0)
		return complain("find the network namespace", netns);
	there = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (there < 0)
		return complain("find the network namespace", netns);
	back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (back >= 0 && setns(there, CLONE_NEWNET)) {
		close(back);
		back = -1;
	}
	if (back < 0)
		complain("enter the network namespace", netns);
	close(there);
	return back;
}

/**
 * tun_open() - open the TUN device of an endpoint
 * @name: name of the device, made when it is missing
 * @netns: network namespace that it is in, or NULL for the present one
 *
 * Return: a non-blocking descriptor that reads and writes IP packets, or -1
 * after a message on stderr.
 */
int tun_open(const char *name, const char *netns)
{
	int back, fd;

	if (!netns)
		return open_here(name);
	back = go(netns);
	if (back < 0)
		return -1;
	/* A TUN device is made in the namespace of whoever opened the file. */
	fd = open_here(name);
	if (setns(back, CLONE_NEWNET)) {
		complain("come back from the network namespace", netns);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	close(back);
	return fd;
}
