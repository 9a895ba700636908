// SPDX-License-Identifier: GPL-2.0-only
/*
 * reflector: what a program in user space has to do at least to give Geneve
 * packets back: read each from a raw socket, swap the addresses, write it. For
 * measuring only: it answers everybody. Owns three sockets.
 */
#include <arpa/inet.h>
#include <err.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GENEVE_PORT	6081
#define BUFFER		(64 << 20)
#define PACKET_MAX	65536

/* Has the port, or else the stack answers that nobody has it; but wants no
 * packet. Return: it
 */
static int open_port(void)
{
	static struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog filter = { 1, &nothing };
	const struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_port = htons(GENEVE_PORT),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
		       sizeof(filter)) ||
	    bind(fd, (const struct sockaddr *)&any, sizeof(any)))
		err(1, "UDP socket");
	return fd;
}

static int open_raw(int proto, const struct sockaddr_in *local)
{
	int fd = socket(AF_INET, SOCK_RAW, proto), size = BUFFER;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    (local && bind(fd, (const struct sockaddr *)local,
			   sizeof(*local))))
		err(1, "raw socket");
	return fd;
}

/* Return: the packet is for us */
static int swap(uint8_t *packet, ssize_t len, struct sockaddr_in *to)
{
	struct iphdr *ip = (struct iphdr *)packet;
	const struct udphdr *uh;
	uint32_t address;

	if (len < (ssize_t)sizeof(*ip) ||
	    len < ip->ihl * 4 + (ssize_t)sizeof(*uh))
		return 0;
	uh = (const struct udphdr *)(packet + ip->ihl * 4);
	if (uh->dest != htons(GENEVE_PORT))
		return 0;
	address = ip->saddr;
	ip->saddr = ip->daddr;
	ip->daddr = address;
	to->sin_addr.s_addr = address;
	return 1;
}

int main(int argc, char **argv)
{
	static const struct sched_param turns = { .sched_priority = 1 };
	struct sockaddr_in local = { .sin_family = AF_INET };
	struct sockaddr_in to = { .sin_family = AF_INET };
	static uint8_t packet[PACKET_MAX];
	int rx, tx, port;
	ssize_t len;

	if (argc != 2 || inet_pton(AF_INET, argv[1], &local.sin_addr) != 1)
		errx(2, "Usage: reflector ADDRESS");
	rx = open_raw(IPPROTO_UDP, &local);
	tx = open_raw(IPPROTO_RAW, NULL);
	if (sched_setscheduler(0, SCHED_FIFO, &turns))
		err(1, "sched_setscheduler");
	port = open_port();
	while ((len = recvfrom(rx, packet, sizeof(packet), 0, NULL,
			       NULL)) >= 0)
		if (swap(packet, len, &to) &&
		    sendto(tx, packet, len, 0, (struct sockaddr *)&to,
			   sizeof(to)) != len)
			err(1, "sendto");
	close(port);
	err(1, "recvfrom");
}
