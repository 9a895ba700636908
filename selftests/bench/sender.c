// SPDX-License-Identifier: GPL-2.0-only
/*
 * sender: sends packets of flows to an appliance and says how many guest
 * instructions that took. Owns one packet socket; receives nothing.
 *
 * It is meant for a guest in which one instruction takes one cycle of the
 * time-stamp counter (QEMU's -icount shift=0). Over veth, a packet has been
 * through the appliance and back when the call that sends it returns, and the
 * counter's difference is all that was executed for it; if something else has
 * to be done to it after that, --turns or --spin leave time for it. CPUs of
 * such a guest take turns, and the counter is that of all of them.
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
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#include "../flowgen/flowgen.h"

#define TIMES		6
#define SMALL_MAX	2000
#define LARGE_MAX	(TIMES * SMALL_MAX)
/* As many as sendmmsg() takes */
#define BURST		1024
#define CLIENTS		256
/* Between the first flows of two processes: half of all that there can be */
#define APART		8192000
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
 * @base: number of the first one
 * @burst: how many packets are sent at once
 * @spin: how far to count after that, to let time pass
 * @turn: instructions for counting one further
 * @spun: how far it has counted altogether
 * @cpus: how many processes send, each on a CPU of its own
 * @barrier: where they wait for each other
 * @flood: how many packets of new flows are sent with each other one
 * @plain: without the tunnel
 * @turns: let others have their turn after each burst
 * @establish: make all flows known before
 * @fresh: each packet begins a flow of its own
 * @small: the small number of packets
 * @next: number of the next packet
 * @sent: packets sent
 * @flooded: those of new flows among them, if there is a flood
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
	uint64_t base;
	unsigned int burst;
	uint64_t spin;
	uint64_t turn;
	uint64_t spun;
	unsigned int cpus;
	pthread_barrier_t *barrier;
	unsigned int flood;
	bool plain;
	bool turns;
	bool establish;
	bool fresh;
	unsigned int small;
	uint64_t next;
	uint64_t sent;
	uint64_t flooded;
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
	struct frame *f = &s->frames[i];
	size_t skip;

	s->gen.proto = flow & 1 ? IPPROTO_TCP : IPPROTO_UDP;
	frame_put(f, &s->gen, step, s->base + flow);
	skip = s->plain ? f->len - INNER_LEN : 0;
	s->iov[i].iov_base = f->data + skip;
	s->iov[i].iov_len = f->len - skip;
	s->msgs[i].msg_hdr = (struct msghdr) {
		.msg_name = &s->to,
		.msg_namelen = sizeof(s->to),
		.msg_iov = &s->iov[i],
		.msg_iovlen = 1,
	};
}

static void count_to(uint64_t n)
{
	uint64_t i;

	for (i = 0; i < n; i++)
		asm volatile("");
}

/* What is on its way may arrive. */
static void rest(struct sender *s)
{
	if (s->turns)
		sched_yield();
	count_to(s->spin);
	s->spun += s->spin;
}

/* A tick or two in between are too little to make it one more. */
static void time_spin(struct sender *s)
{
	uint64_t n = 10000000, before = __rdtsc();

	count_to(n);
	s->turn = (__rdtsc() - before) / n;
}

/* One that is not sent makes the measurement worthless. A device that has no
 * room is waited for, if there is a way to do that.
 */
static void send_frames(struct sender *s, unsigned int n)
{
	unsigned int done = 0;

	while (done < n) {
		unsigned int burst = n - done < s->burst ? n - done : s->burst;
		int ret = sendmmsg(s->fd, s->msgs + done, burst, 0);

		if (ret < 0 && errno == ENOBUFS && s->spin)
			ret = 0;
		else if (ret <= 0)
			err(1, "send");
		done += ret;
		rest(s);
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

/* Packets of a flood come by an endpoint of their own. */
static void put_flood(struct sender *s, unsigned int i)
{
	static const struct step step = { .flags = TH_SYN };

	s->gen.endpoint = ENDPOINT + 1;
	put(s, i, &step, s->next);
	s->gen.endpoint = ENDPOINT;
	s->flooded++;
}

/* Both ways in turn, independent of the protocol. */
static void make_frames(struct sender *s, unsigned int n)
{
	struct step step = { .flags = s->fresh ? TH_SYN : TH_ACK };
	unsigned int i;
	uint64_t flow;

	for (i = 0; i < n; i++, s->next++) {
		if (s->flood && i % (s->flood + 1)) {
			put_flood(s, i);
			continue;
		}
		flow = s->next;
		if (!s->fresh) {
			flow = s->next * s->stride % s->flows;
			step.reply = s->next & 2;
		}
		put(s, i, &step, flow);
	}
}

/* All begin together, and it takes until the last is done. Who waits sleeps,
 * so that only what is done is counted.
 */
static void wait_for_all(struct sender *s)
{
	if (s->barrier)
		pthread_barrier_wait(s->barrier);
}

/* What tells lines.c when to look */
#define MARK(number)	asm volatile("nopl " #number "(%%rax)" ::: "memory")

/* Return: instructions, but for those that were there to let time pass */
static uint64_t measure(struct sender *s, unsigned int n)
{
	uint64_t before, took;

	make_frames(s, n);
	s->spun = 0;
	wait_for_all(s);
	before = __rdtsc();
	MARK(0x6081);
	send_frames(s, n);
	MARK(0x6082);
	wait_for_all(s);
	took = __rdtsc() - before;
	return took - s->spun * s->turn;
}

/* Return: this process is the one that tells the results */
static bool spread_out(struct sender *s)
{
	pthread_barrierattr_t shared;
	unsigned int i = 0;
	cpu_set_t cpu;
	pid_t pid = 1;

	if (s->cpus == 1)
		return true;
	s->barrier = mmap(NULL, sizeof(*s->barrier), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->barrier == MAP_FAILED)
		err(1, "mmap");
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(s->barrier, &shared, s->cpus);
	while (pid && ++i < s->cpus) {
		pid = fork();
		if (pid < 0)
			err(1, "fork");
	}
	/* The first is the last one here, with all numbers given away. */
	i %= s->cpus;
	CPU_ZERO(&cpu);
	CPU_SET(i, &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu))
		err(1, "CPU %u", i);
	s->flows /= s->cpus;
	s->base = i * APART;
	s->gen.outer_port += i;
	return pid;
}

static void take_turns(void)
{
	static const struct sched_param turns = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &turns))
		err(1, "sched_setscheduler");
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
	      "\"sent N\", all packets, and \"flood N\", those of a flood.\n"
	      "  --flows N     how many flows (100000)\n"
	      "  --establish   all flows are established before\n"
	      "  --fresh       each packet begins another flow\n"
	      "  --first N     number of the first packet (0)\n"
	      "  --flood N     with each packet N of new flows, by the next\n"
	      "                endpoint\n"
	      "  --plain       inner packets, without the tunnel\n"
	      "  --turns       let others have a turn after each burst\n"
	      "  --burst N     packets at once (1024)\n"
	      "  --spin N      count so far after each burst (0)\n"
	      "  --cpus N      from so many at once, each with its part of flows\n"
	      "  --packets N   the small number of packets (2000, which is the\n"
	      "                most); the large one is six times that\n"
	      "  --port N      destination port of flows (443)\n"
	      "  --runs N      how many runs (5), unless ended by SIGTERM\n"
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
		{ "flood", required_argument, NULL, 'l' },
		{ "plain", no_argument, NULL, 'i' },
		{ "turns", no_argument, NULL, 't' },
		{ "burst", required_argument, NULL, 'b' },
		{ "spin", required_argument, NULL, 'S' },
		{ "cpus", required_argument, NULL, 'c' },
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
		else if (opt == 'l')
			s->flood = number(optarg);
		else if (opt == 'i')
			s->plain = true;
		else if (opt == 't')
			s->turns = true;
		else if (opt == 'b')
			s->burst = number(optarg);
		else if (opt == 'S')
			s->spin = number(optarg);
		else if (opt == 'c')
			s->cpus = number(optarg);
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
	if (argc - optind != 4 || s->small > SMALL_MAX || s->burst > BURST)
		usage();
	g->dev = argv[optind];
	if (!ether_aton_r(argv[optind + 1], &g->mac))
		errx(2, "not a MAC address: %s", argv[optind + 1]);
	if (inet_pton(AF_INET, argv[optind + 2], &g->node) != 1 ||
	    inet_pton(AF_INET, argv[optind + 3], &g->local) != 1)
		errx(2, "not two IPv4 addresses: %s %s", argv[optind + 2],
		     argv[optind + 3]);
	return runs;
}

static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
}

int main(int argc, char **argv)
{
	static struct sender s = {
		.control = -1,
		.flows = 100000,
		.small = SMALL_MAX,
		.burst = BURST,
		.cpus = 1,
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
	bool first;
	int status;

	setlinebuf(stdout);
	signal(SIGTERM, end);
	inet_pton(AF_INET, "10.1.0.0", &s.gen.client.s6_addr[12]);
	inet_pton(AF_INET, "10.2.0.1", &s.gen.server.s6_addr[12]);
	first = spread_out(&s);
	s.stride = stride_of(s.flows);
	open_socket(&s);
	if (s.turns)
		take_turns();
	time_spin(&s);
	if (s.establish)
		establish(&s);
	/* What happens only the first time is nobody's cost. */
	measure(&s, s.small);
	tell_perf(&s, "enable\n");
	while (runs-- && !ended) {
		small = measure(&s, s.small);
		large = measure(&s, TIMES * s.small);
		if (first)
			printf("run %.1f\n", ((double)large - small) /
			       ((TIMES - 1) * s.small * s.cpus));
	}
	tell_perf(&s, "disable\n");
	wait_for_all(&s);
	if (!first)
		return 0;
	while (wait(&status) > 0)
		if (status)
			errx(1, "one of the others failed");
	MARK(0x6083);
	printf("sent %ju\n", (uintmax_t)s.sent * s.cpus);
	printf("flood %ju\n", (uintmax_t)s.flooded * s.cpus);
	return 0;
}
