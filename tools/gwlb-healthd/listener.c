// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket that clients connect to.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listener.h"
#include "out.h"

/* What those who do not read may hold in the kernel, each of thousands. It is
 * enough for 30 MB/s within a VPC.
 */
#define SEND_BUFFER	32768
/* What those may hold there whom nobody reads: more than a question has. The
 * kernel doubles both, so that thousands of them take half of what the unit's
 * MemoryMax allows.
 */
#define RECEIVE_BUFFER	8192

union any {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t fill(union any *any, const char *address, unsigned int port)
{
	memset(any, 0, sizeof(*any));
	if (inet_pton(AF_INET, address, &any->in.sin_addr) == 1) {
		any->in.sin_family = AF_INET;
		any->in.sin_port = htons((__u16)port);
		return sizeof(any->in);
	}
	if (inet_pton(AF_INET6, address, &any->in6.sin6_addr) == 1) {
		any->in6.sin6_family = AF_INET6;
		any->in6.sin6_port = htons((__u16)port);
		return sizeof(any->in6);
	}
	return 0;
}

static int open_socket(const union any *any, socklen_t len)
{
	int send = SEND_BUFFER, receive = RECEIVE_BUFFER;
	int on = 1, off = 0;
	int fd, err;

	fd = socket(any->sa.sa_family,
		    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* whoever connects has the same */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send, sizeof(send));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof(receive));
	/* "::" is for IPv4, too, whatever net.ipv6.bindv6only says */
	if (any->sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, &any->sa, len) < 0 || listen(fd, SOMAXCONN) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/**
 * listener_open() - listen
 * @address: at this address; NULL for all addresses
 * @port: at this port
 *
 * Return: a descriptor, or -1 after having told the user.
 */
int listener_open(const char *address, unsigned int port)
{
	union any any;
	socklen_t len;
	int fd;

	len = fill(&any, address ? address : "::", port);
	if (!len) {
		out_error("\"%s\" is not an address", address);
		return -1;
	}
	fd = open_socket(&any, len);
	/* a kernel may have been told to know no IPv6 */
	if (!address && (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL)) {
		len = fill(&any, "0.0.0.0", port);
		fd = open_socket(&any, len);
	}
	if (fd >= 0)
		return fd;
	out_error("port %u%s%s: %s", port, address ? " of " : "",
		  address ? address : "", strerror(-fd));
	return -1;
}
