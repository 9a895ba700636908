// SPDX-License-Identifier: GPL-2.0-only
/*
 * flood: sends GWLB's packets as fast as it can, or at a rate, until it is
 * stopped or has sent enough. Owns one packet socket; receives nothing. For
 * tests of what happens under traffic, not for measuring.
 *
 * Consecutive packets are of consecutive endpoints, flows and nodes, each
 * within the number given, so that a test knows exactly what was sent.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "flowgen.h"

#define BATCH		64
#define PAYLOAD		64
#define GENEVE_LEN	40

/**
 * struct blast - one packet, as it goes out behind its Ethernet header
 * @ip: outer IPv4 header
 * @udp: outer UDP header
 * @geneve: Geneve header and GWLB's three options (fact sheet 1.1)
 * @inner: inner IPv4 header
 * @inner_udp: inner UDP header
 * @payload: zeros
 */
struct blast {
	struct iphdr ip;
	struct udphdr udp;
	uint8_t geneve[GENEVE_LEN];
	struct iphdr inner;
	struct udphdr inner_udp;
	uint8_t payload[PAYLOAD];
};

_Static_assert(sizeof(struct blast) == 20 + 8 + GENEVE_LEN + 28 + PAYLOAD,
	       "no holes");

/**
 * struct flood - what to send
 * @dev: device to send from
 * @mac: link-layer destination
 * @source: address of the first node, host order
 * @dest: address of the appliance, host order
 * @nodes: how many nodes
 * @endpoints: how many endpoints
 * @flows: how many flows
 * @count: how many packets; 0 for no end
 * @rate: how many in a second, at most; 0 for as many as go
 */
struct flood {
	const char *dev;
	struct ether_addr mac;
	uint32_t source;
	uint32_t dest;
	uint64_t nodes;
	uint64_t endpoints;
	uint64_t flows;
	uint64_t count;
	uint64_t rate;
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static void put_ip(struct iphdr *ip, uint32_t saddr, uint32_t daddr,
		   size_t len)
{
	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 255;
	ip->protocol = IPPROTO_UDP;
	ip->tot_len = htons(len);
	ip->saddr = htonl(saddr);
	ip->daddr = htonl(daddr);
	ip->check = frame_fold(frame_sum(ip, sizeof(*ip), 0));
}

static void put_udp(struct iphdr *ip, struct udphdr *udp, uint16_t sport,
		    uint16_t dport, size_t len)
{
	memset(udp, 0, sizeof(*udp));
	udp->source = htons(sport);
	udp->dest = htons(dport);
	udp->len = htons(len);
	udp->check = frame_fold(frame_sum(udp, len,
					  frame_sum(&ip->saddr, 8,
						    IPPROTO_UDP + len)));
}

static void put_geneve(uint8_t *g, uint64_t endpoint, uint32_t cookie)
{
	static const uint8_t head[] = { 0x08, 0, 0x08, 0, 0, 0, 0, 0 };
	static const uint8_t option[3][4] = {
		{ 0x01, 0x08, 1, 2 }, { 0x01, 0x08, 2, 2 },
		{ 0x01, 0x08, 3, 1 },
	};
	uint64_t id = htobe64(endpoint);
	uint32_t c = htonl(cookie);

	memset(g, 0, GENEVE_LEN);
	memcpy(g, head, sizeof(head));
	memcpy(g + 8, option[0], 4);
	memcpy(g + 12, &id, sizeof(id));
	memcpy(g + 20, option[1], 4);
	memcpy(g + 32, option[2], 4);
	memcpy(g + 36, &c, sizeof(c));
}

/* The packet number @n. */
static void put_frame(struct blast *f, const struct flood *fl, uint64_t n)
{
	size_t inner = sizeof(f->inner) + sizeof(f->inner_udp) + PAYLOAD;
	size_t udp = sizeof(f->udp) + GENEVE_LEN + inner;
	uint32_t flow = n % fl->flows;

	put_ip(&f->inner, 0x0a000000 + (flow >> 8), 0x0a800001, inner);
	put_udp(&f->inner, &f->inner_udp, 1024 + (flow & 0xff), 53,
		inner - sizeof(f->inner));
	put_geneve(f->geneve, 1 + n % fl->endpoints, flow);
	put_ip(&f->ip, fl->source + n % fl->nodes, fl->dest,
	       sizeof(f->ip) + udp);
	put_udp(&f->ip, &f->udp, 60000, 6081, udp);
}

static int open_socket(const struct flood *fl, struct sockaddr_ll *to)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);

	if (fd < 0)
		err(1, "packet socket");
	memset(to, 0, sizeof(*to));
	to->sll_family = AF_PACKET;
	to->sll_protocol = htons(ETH_P_IP);
	to->sll_ifindex = if_nametoindex(fl->dev);
	if (!to->sll_ifindex)
		err(1, "%s", fl->dev);
	to->sll_halen = ETH_ALEN;
	memcpy(to->sll_addr, &fl->mac, ETH_ALEN);
	return fd;
}

/* Sends @n packets; false when the device is gone, which a test may want. */
static bool send_batch(int fd, struct mmsghdr *msgs, unsigned int n)
{
	unsigned int done = 0;

	while (done < n) {
		int ret = sendmmsg(fd, msgs + done, n - done, 0);

		if (ret > 0)
			done += ret;
		else if (errno == ENXIO || errno == ENODEV ||
			 errno == ENETDOWN)
			return false;
		else if (errno != ENOBUFS && errno != EINTR &&
			 errno != EAGAIN)
			err(1, "send");
		if (stopped)
			return false;
	}
	return true;
}

/* After @n packets. Who was late does not hurry: others want their turn. */
static void rest(const struct flood *fl, uint64_t n)
{
	uint64_t ns = fl->rate ? n * 1000000000 / fl->rate : 0;
	struct timespec pause = {
		.tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	if (ns)
		nanosleep(&pause, NULL);
}

static uint64_t flood(const struct flood *fl)
{
	static struct blast frames[BATCH];
	struct iovec iov[BATCH];
	struct mmsghdr msgs[BATCH];
	struct sockaddr_ll to;
	uint64_t sent = 0;
	unsigned int i, n;
	int fd, quiet;

	quiet = wire_quiet_port();
	fd = open_socket(fl, &to);
	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = &frames[i];
		iov[i].iov_len = sizeof(frames[i]);
		msgs[i].msg_hdr.msg_name = &to;
		msgs[i].msg_hdr.msg_namelen = sizeof(to);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	while (!stopped && (!fl->count || sent < fl->count)) {
		n = BATCH;
		if (fl->count && fl->count - sent < n)
			n = fl->count - sent;
		for (i = 0; i < n; i++)
			put_frame(&frames[i], fl, sent + i);
		if (!send_batch(fd, msgs, n))
			break;
		sent += n;
		rest(fl, n);
	}
	close(fd);
	close(quiet);
	return sent;
}

static uint64_t number(const char *text, uint64_t min)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || *end || end == text || n < min)
		errx(2, "not a number of at least %ju: %s", (uintmax_t)min,
		     text);
	return n;
}

static uint32_t address(const char *text)
{
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) != 1)
		errx(2, "not an IPv4 address: %s", text);
	return ntohl(in.s_addr);
}

static void usage(void)
{
	fprintf(stderr,
		"Usage: flood [--nodes N] [--endpoints N] [--flows N] [--count N]\n"
		"             [--rate N] DEV MAC SOURCE DESTINATION\n");
	exit(2);
}

static void parse(int argc, char **argv, struct flood *fl)
{
	static const struct option options[] = {
		{ "nodes", required_argument, NULL, 'n' },
		{ "endpoints", required_argument, NULL, 'e' },
		{ "flows", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'c' },
		{ "rate", required_argument, NULL, 'r' },
		{}
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'n')
			fl->nodes = number(optarg, 1);
		else if (opt == 'e')
			fl->endpoints = number(optarg, 1);
		else if (opt == 'f')
			fl->flows = number(optarg, 1);
		else if (opt == 'c')
			fl->count = number(optarg, 0);
		else if (opt == 'r')
			fl->rate = number(optarg, 0);
		else
			usage();
	}
	if (argc - optind != 4)
		usage();
	fl->dev = argv[optind];
	if (!ether_aton_r(argv[optind + 1], &fl->mac))
		errx(2, "not a MAC address: %s", argv[optind + 1]);
	fl->source = address(argv[optind + 2]);
	fl->dest = address(argv[optind + 3]);
}

int main(int argc, char **argv)
{
	struct flood fl = { .nodes = 1, .endpoints = 1, .flows = 1024 };

	parse(argc, argv, &fl);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	printf("%ju\n", (uintmax_t)flood(&fl));
	return 0;
}
