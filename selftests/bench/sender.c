// SPDX-License-Identifier: GPL-2.0-only
/*
 * sender: sends packets of flows to an appliance and says how many guest
 * instructions that took. Owns one packet socket; receives nothing.
 *
 * It is meant for a guest in which one instruction takes one cycle of the
 * time-stamp counter (QEMU's -icount shift=0) and which has one CPU. Then a
 * packet has been through the appliance and back when the call that sends it
 * returns, and the counter's difference is all that was executed for it.
 *
 * A run is a small number of packets, and six times as many. What a packet
 * costs is the slope between the two. Packets are made before the counter is
 * read, so that sending one costs the same whatever is in it.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <x86intrin.h>

#include "../flowgen/flowgen.h"

#define TIMES		6
#define SMALL_MAX	2000
#define LARGE_MAX	(TIMES * SMALL_MAX)
/* As many as sendmmsg() takes */
#define BURST		1024
#define CLIENTS		256
#define ENDPOINT	0x123456789abcdef0
#define INNER_LEN	64

/**
 * struct sender - what to send, and where it is kept
 * @fd: packet socket
 * @control: tells perf what to do, if somebody wants a profile
 * @answer: where it says that it did
 * @to: where to
 * @gen: shape of the packets; the protocol is set for each
 * @flows: how many flows
 * @stride: from one flow to the next, so that neighbours are far apart
 * @establish: make all flows known before
 * @fresh: each packet begins a flow of its own
 * @small: the small number of packets
 * @next: number of the next packet
 * @sent: packets sent
 * @frames: packets
 * @iov: where they are
 * @msgs: what the kernel is given
 */
struct sender {
	int fd;
	int control;
	int answer;
	struct sockaddr_ll to;
	struct gen gen;
	uint64_t flows;
	uint64_t stride;
	bool establish;
	bool fresh;
	unsigned int small;
	uint64_t next;
	uint64_t sent;
	struct frame frames[LARGE_MAX];
	struct iovec iov[LARGE_MAX];
	struct mmsghdr msgs[LARGE_MAX];
};

static void open_socket(struct sender *s)
{
	int on = 1;

	s->to.sll_family = AF_PACKET;
	s->to.sll_protocol = htons(ETH_P_IP);
	s->to.sll_ifindex = if_nametoindex(s->gen.dev);
	if (!s->to.sll_ifindex)
		err(1, "%s", s->gen.dev);
	s->to.sll_halen = ETH_ALEN;
	memcpy(s->to.sll_addr, &s->gen.mac, ETH_ALEN);

	/* Protocol 0: a socket that gets nothing costs nothing. */
	s->fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (s->fd < 0 ||
	    setsockopt(s->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on,
		       sizeof(on)))
		err(1, "packet socket");
}

/* Every second flow is of TCP. */
static void put(struct sender *s, unsigned int i, const struct step *step,
		uint64_t flow)
{
	s->gen.proto = flow & 1 ? IPPROTO_TCP : IPPROTO_UDP;
	frame_put(&s->frames[i], &s->gen, step, flow);
	s->iov[i].iov_base = s->frames[i].data;
	s->iov[i].iov_len = s->frames[i].len;
	s->msgs[i].msg_hdr = (struct msghdr) {
		.msg_name = &s->to,
		.msg_namelen = sizeof(s->to),
		.msg_iov = &s->iov[i],
		.msg_iovlen = 1,
	};
}

/* One that is not sent makes the measurement worthless. */
static void send_frames(struct sender *s, unsigned int n)
{
	unsigned int done = 0;

	while (done < n) {
		unsigned int burst = n - done < BURST ? n - done : BURST;
		int ret = sendmmsg(s->fd, s->msgs + done, burst, 0);

		if (ret <= 0)
			err(1, "send");
		done += ret;
	}
	s->sent += n;
}

/* Makes all flows known, both ways. */
static void establish(struct sender *s)
{
	static const struct step udp[] = { { false, 0 }, { true, 0 } };
	static const struct step tcp[] = {
		{ false, TH_SYN }, { true, TH_SYN | TH_ACK },
		{ false, TH_ACK },
	};
	unsigned int i, n = 0;
	uint64_t flow;

	for (flow = 0; flow < s->flows; flow++) {
		for (i = 0; i < (flow & 1 ? 3 : 2); i++)
			put(s, n++, flow & 1 ? &tcp[i] : &udp[i], flow);
		if (n + 3 > BURST || flow + 1 == s->flows) {
			send_frames(s, n);
			n = 0;
		}
	}
}

/* Both ways in turn, independent of the protocol. */
static void make_frames(struct sender *s, unsigned int n)
{
	struct step step = { .flags = s->fresh ? TH_SYN : TH_ACK };
	unsigned int i;
	uint64_t flow;

	for (i = 0; i < n; i++, s->next++) {
		flow = s->next;
		if (!s->fresh) {
			flow = s->next * s->stride % s->flows;
			step.reply = s->next & 2;
		}
		put(s, i, &step, flow);
	}
}

static uint64_t measure(struct sender *s, unsigned int n)
{
	uint64_t before;

	make_frames(s, n);
	before = __rdtsc();
	send_frames(s, n);
	return __rdtsc() - before;
}

/* Has perf record what happens from now on, or no more of it. */
static void tell_perf(const struct sender *s, const char *what)
{
	char answer[sizeof("ack\n")];

	if (s->control < 0)
		return;
	if (write(s->control, what, strlen(what)) < 0 ||
	    read(s->answer, answer, sizeof(answer)) <= 0)
		err(1, "perf");
}

static int open_fifo(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

/* About the golden section of all, and having no divisor in common with
 * their number, so that all have their turn.
 */
static uint64_t stride_of(uint64_t flows)
{
	uint64_t stride = flows * 618 / 1000 | 1, a, b, rest;

	for (;; stride += 2) {
		for (a = flows, b = stride; b; a = b, b = rest)
			rest = a % b;
		if (a == 1)
			return stride;
	}
}

static uint64_t number(const char *text)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end || end == text || !n)
		errx(2, "not a number of at least 1: %s", text);
	return n;
}

static void usage(void)
{
	fputs("Usage: sender [OPTION]... DEV MAC SOURCE DESTINATION\n"
	      "Prints \"run SLOPE\", instructions for a packet, for each run,\n"
	      "and \"sent N\", all packets.\n"
	      "  --flows N     how many flows (100000)\n"
	      "  --establish   all flows are established before\n"
	      "  --fresh       each packet begins another flow\n"
	      "  --first N     number of the first packet (0)\n"
	      "  --packets N   the small number of packets (2000, which is the\n"
	      "                most); the large one is six times that\n"
	      "  --port N      destination port of flows (443)\n"
	      "  --runs N      how many runs (5)\n"
	      "  --perf DIR    fifos \"control\" and \"answer\" are those of a\n"
	      "                perf record that is to see the runs only\n",
	      stderr);
	exit(2);
}

static void open_perf(struct sender *s, const char *dir)
{
	if (chdir(dir))
		err(1, "%s", dir);
	s->control = open_fifo("control", O_WRONLY);
	s->answer = open_fifo("answer", O_RDONLY);
}

static unsigned int parse(struct sender *s, int argc, char **argv)
{
	static const struct option options[] = {
		{ "flows", required_argument, NULL, 'f' },
		{ "establish", no_argument, NULL, 'e' },
		{ "fresh", no_argument, NULL, 'F' },
		{ "first", required_argument, NULL, 'n' },
		{ "packets", required_argument, NULL, 's' },
		{ "perf", required_argument, NULL, 'P' },
		{ "port", required_argument, NULL, 'p' },
		{ "runs", required_argument, NULL, 'r' },
		{}
	};
	struct gen *g = &s->gen;
	unsigned int runs = 5;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'f')
			s->flows = number(optarg);
		else if (opt == 'e')
			s->establish = true;
		else if (opt == 'F')
			s->fresh = true;
		else if (opt == 'n')
			s->next = number(optarg);
		else if (opt == 'P')
			open_perf(s, optarg);
		else if (opt == 'p')
			g->port = number(optarg);
		else if (opt == 'r')
			runs = number(optarg);
		else if (opt == 's')
			s->small = number(optarg);
		else
			usage();
	}
	if (argc - optind != 4 || s->small > SMALL_MAX)
		usage();
	g->dev = argv[optind];
	if (!ether_aton_r(argv[optind + 1], &g->mac))
		errx(2, "not a MAC address: %s", argv[optind + 1]);
	if (inet_pton(AF_INET, argv[optind + 2], &g->node) != 1 ||
	    inet_pton(AF_INET, argv[optind + 3], &g->local) != 1)
		errx(2, "not two IPv4 addresses: %s %s", argv[optind + 2],
		     argv[optind + 3]);
	s->stride = stride_of(s->flows);
	return runs;
}

int main(int argc, char **argv)
{
	static struct sender s = {
		.control = -1,
		.flows = 100000,
		.small = SMALL_MAX,
		.gen = {
			.family = AF_INET,
			.endpoint = ENDPOINT,
			.endpoints = 1,
			.clients = CLIENTS,
			.port = 443,
			.outer_port = 60000,
			.inner_len = INNER_LEN,
		},
	};
	unsigned int runs = parse(&s, argc, argv);
	uint64_t small, large;

	inet_pton(AF_INET, "10.1.0.0", &s.gen.client.s6_addr[12]);
	inet_pton(AF_INET, "10.2.0.1", &s.gen.server.s6_addr[12]);
	open_socket(&s);
	if (s.establish)
		establish(&s);
	/* What happens only the first time is nobody's cost. */
	measure(&s, s.small);
	tell_perf(&s, "enable\n");
	while (runs--) {
		small = measure(&s, s.small);
		large = measure(&s, TIMES * s.small);
		printf("run %.1f\n", ((double)large - small) /
		       ((TIMES - 1) * s.small));
	}
	tell_perf(&s, "disable\n");
	printf("sent %ju\n", (uintmax_t)s.sent);
	return 0;
}
