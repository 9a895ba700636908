// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the sockets that keep the stack from answering what comes back with
 * port unreachable: they are open, and hear nothing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deaf.h"
#include "wire.h"

/**
 * deaf_open() - take UDP port 6081 of an address
 * @addr: an address of this host
 *
 * A filter keeps packets from piling up; whoever wants them has a packet
 * socket.
 *
 * Return: the socket, or -1 after a message on stderr.
 */
int deaf_open(struct in_addr addr)
{
	struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog prog = { .len = 1, .filter = nothing };
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(WIRE_PORT),
		.sin_addr = addr,
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
		       sizeof(prog)) ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin))) {
		fprintf(stderr,
			"gwlbsim: cannot bind UDP port 6081 on GWLB address %s: %s\n",
			inet_ntoa(addr), strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}
