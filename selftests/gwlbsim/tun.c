// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the making of TUN devices: opens one by name, and if it was missing
 * gives it GWLB's MTU. Touches that device only; routes to it are up to
 * whoever starts gwlbsim.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tun.h"
#include "wire.h"

/* A burst of TCP must not be cut by the device's queue, GWLB has none. */
#define TUN_QUEUE	8192

static int complain(const char *what, const char *name)
{
	fprintf(stderr, "gwlbsim: cannot %s TUN device %s: %s\n", what, name,
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
		return complain("configure", name);
	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (made) {
		ifr.ifr_mtu = WIRE_INNER_MAX;
		if (ioctl(fd, SIOCSIFMTU, &ifr)) {
			complain("set the MTU of", name);
			goto out;
		}
		ifr.ifr_qlen = TUN_QUEUE;
		if (ioctl(fd, SIOCSIFTXQLEN, &ifr)) {
			complain("set the queue of", name);
			goto out;
		}
	}
	if (ioctl(fd, SIOCGIFFLAGS, &ifr)) {
		complain("read the flags of", name);
		goto out;
	}
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr)) {
		complain("set up", name);
		goto out;
	}
	rc = 0;
out:
	close(fd);
	return rc;
}

/**
 * tun_open() - open the TUN device of an endpoint
 * @name: name of the device, made when it is missing
 *
 * Return: a non-blocking descriptor that reads and writes IP packets, or -1
 * after a message on stderr.
 */
int tun_open(const char *name)
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
		complain("open", name);
		close(fd);
		return -1;
	}
	if (configure(name, made)) {
		close(fd);
		return -1;
	}
	return fd;
}
