// SPDX-License-Identifier: GPL-2.0-only
/*
 * options: the command line of flowgen. Owns the choice of the CPU.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flowgen.h"

static uint64_t number(const char *text, uint64_t min, uint64_t max)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || *end || end == text || *text == '-' || n < min || n > max)
		errx(2, "not a number from %ju to %ju: %s", (uintmax_t)min,
		     (uintmax_t)max, text);
	return n;
}

static uint64_t vpce(const char *text)
{
	unsigned long long n;
	char *end;

	if (!strncmp(text, "vpce-", 5))
		text += 5;
	errno = 0;
	n = strtoull(text, &end, 16);
	if (errno || *end || end == text)
		errx(2, "not an endpoint: %s", text);
	return n;
}

static uint32_t outer_address(const char *text)
{
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) != 1)
		errx(2, "not an IPv4 address: %s", text);
	return in.s_addr;
}

/* Return: its family */
static int inner_address(const char *text, struct in6_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET6, text, addr) == 1)
		return AF_INET6;
	if (inet_pton(AF_INET, text, &addr->s6_addr[12]) != 1)
		errx(2, "not an address: %s", text);
	return AF_INET;
}

/* ">S <SA >A": words of a direction and TCP flags */
static void parse_steps(const char *text, struct gen *g)
{
	static const char letters[] = "FSRPAUEC";
	const char *at;

	g->steps = 0;
	for (; *text; text++) {
		if (*text == ' ')
			continue;
		if (*text == '>' || *text == '<') {
			if (g->steps == STEPS_MAX)
				errx(2, "more than %u steps", STEPS_MAX);
			g->step[g->steps].flags = 0;
			g->step[g->steps++].reply = *text == '<';
			continue;
		}
		at = strchr(letters, *text);
		if (!at || !g->steps)
			errx(2, "not a step: %s", text);
		g->step[g->steps - 1].flags |= 1 << (at - letters);
	}
	if (!g->steps)
		errx(2, "no steps");
}

static uint8_t protocol(const char *name, int family)
{
	if (!strcmp(name, "tcp"))
		return IPPROTO_TCP;
	if (!strcmp(name, "udp"))
		return IPPROTO_UDP;
	if (!strcmp(name, "icmp"))
		return family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	errx(2, "neither tcp, udp nor icmp: %s", name);
}

static enum fragment fragment(const char *name)
{
	if (!strcmp(name, "first"))
		return FIRST;
	if (!strcmp(name, "rest"))
		return REST;
	errx(2, "neither first nor rest: %s", name);
}

static void usage(void)
{
	fputs("Usage: flowgen [OPTION]... DEV MAC SOURCE DESTINATION\n"
	      "Sends the packets of flows from the load balancer SOURCE to the\n"
	      "appliance DESTINATION; prints \"sent N returned N other N\".\n"
	      "  --proto NAME      tcp, udp or icmp (udp)\n"
	      "  --steps LIST      packets of a flow, > from the client, < from\n"
	      "                    the server, with TCP flags: \">S <SA >A\"\n"
	      "                    (\">S\" for tcp, \">\" for others)\n"
	      "  --flows N         how many flows (1)\n"
	      "  --first N         number of the first of them (0)\n"
	      "  --rounds N        how often all that, 0 until it is ended (1)\n"
	      "  --fresh           each round is of other flows\n"
	      "  --endpoint VPCE   first endpoint (vpce-0123456789abcdef0)\n"
	      "  --endpoints N     how many, one after the other (1)\n"
	      "  --client ADDR     first client (10.1.0.0)\n"
	      "  --clients N       how many, one after the other (256)\n"
	      "  --fragment WHICH  first or rest: only that half of each packet,\n"
	      "                    whose identification is the flow's number;\n"
	      "                    of UDP in IPv4\n"
	      "  --server ADDR     server (10.2.0.1)\n"
	      "  --port N          its port (53)\n"
	      "  --outer-port N    source port of the tunnel (60000); two\n"
	      "                    at once must differ\n"
	      "  --batch N         flows at once (64)\n"
	      "  --rate N          flows a second, 0 for as many as there can\n"
	      "                    be (0)\n"
	      "  --cpu N           CPU to run on (where it happens to be)\n",
	      stderr);
	exit(2);
}

/* Or else there is no order in what happens */
static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? sched_getcpu() : cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %d", cpu);
}

static const struct option options[] = {
	{ "proto", required_argument, NULL, 'p' },
	{ "steps", required_argument, NULL, 's' },
	{ "flows", required_argument, NULL, 'f' },
	{ "first", required_argument, NULL, 'n' },
	{ "rounds", required_argument, NULL, 'r' },
	{ "fresh", no_argument, NULL, 'F' },
	{ "endpoint", required_argument, NULL, 'e' },
	{ "endpoints", required_argument, NULL, 'E' },
	{ "client", required_argument, NULL, 'c' },
	{ "clients", required_argument, NULL, 'C' },
	{ "fragment", required_argument, NULL, 'G' },
	{ "server", required_argument, NULL, 'S' },
	{ "port", required_argument, NULL, 'P' },
	{ "outer-port", required_argument, NULL, 'o' },
	{ "batch", required_argument, NULL, 'b' },
	{ "rate", required_argument, NULL, 'R' },
	{ "cpu", required_argument, NULL, 'u' },
	{}
};

/**
 * gen_parse() - read the command line
 * @g: gets what is given; has the defaults
 * @argc: number of arguments
 * @argv: arguments
 *
 * Exits with a message when something is wrong. Pins the process to its CPU.
 */
void gen_parse(struct gen *g, int argc, char **argv)
{
	const char *proto = "udp", *client = "10.1.0.0", *server = "10.2.0.1";
	const char *steps = NULL;
	int opt, cpu = -1;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'p':
			proto = optarg;
			break;
		case 's':
			steps = optarg;
			break;
		case 'f':
			g->flows = number(optarg, 1, UINT32_MAX);
			break;
		case 'n':
			g->first = number(optarg, 0, UINT32_MAX);
			break;
		case 'r':
			g->rounds = number(optarg, 0, UINT32_MAX);
			break;
		case 'F':
			g->fresh = true;
			break;
		case 'e':
			g->endpoint = vpce(optarg);
			break;
		case 'E':
			g->endpoints = number(optarg, 1, 1 << 20);
			break;
		case 'c':
			client = optarg;
			break;
		case 'C':
			g->clients = number(optarg, 1, 1 << 24);
			break;
		case 'G':
			g->fragment = fragment(optarg);
			break;
		case 'S':
			server = optarg;
			break;
		case 'P':
			g->port = number(optarg, 0, 65535);
			break;
		case 'o':
			g->outer_port = number(optarg, 1, 65535);
			break;
		case 'b':
			g->batch = number(optarg, 1, BATCH_MAX);
			break;
		case 'R':
			g->rate = number(optarg, 0, UINT32_MAX);
			break;
		case 'u':
			cpu = number(optarg, 0, CPU_SETSIZE - 1);
			break;
		default:
			usage();
		}
	}
	if (argc - optind != 4)
		usage();
	pin(cpu);
	g->family = inner_address(client, &g->client);
	if (inner_address(server, &g->server) != g->family)
		errx(2, "client and server are of different families");
	g->proto = protocol(proto, g->family);
	if (g->fragment != WHOLE &&
	    (g->family != AF_INET || g->proto != IPPROTO_UDP))
		errx(2, "only of UDP in IPv4 there are fragments");
	if (!steps)
		steps = g->proto == IPPROTO_TCP ? ">S" : ">";
	parse_steps(steps, g);
	g->dev = argv[optind];
	if (!ether_aton_r(argv[optind + 1], &g->mac))
		errx(2, "not a MAC address: %s", argv[optind + 1]);
	g->node = outer_address(argv[optind + 2]);
	g->local = outer_address(argv[optind + 3]);
}
