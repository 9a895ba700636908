// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preloaded into gwlb-healthd, it makes the kernel slow: as long as the file
 * that $STALL names is there, no netlink request returns. That is what
 * another's long change of rules or routes does, but for as long as a test
 * likes.
 */

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

ssize_t sendto(int fd, const void *buf, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	ssize_t (*next)(int fd, const void *buf, size_t len, int flags,
			const struct sockaddr *to, socklen_t to_len);
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	const char *path = getenv("STALL");

	while (to && to->sa_family == AF_NETLINK && path &&
	       access(path, F_OK) == 0)
		nanosleep(&pause, NULL);
	next = dlsym(RTLD_NEXT, "sendto");
	return next(fd, buf, len, flags, to, to_len);
}
