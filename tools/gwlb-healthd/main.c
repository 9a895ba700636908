// SPDX-License-Identifier: GPL-2.0-only
/*
 * gwlb-healthd: answers the load balancer's health checks with what is true of
 * the module, and Prometheus with what it has counted. The command line, and
 * the way out.
 */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "listener.h"
#include "netns.h"
#include "out.h"
#include "server.h"

#define PORT	8080

/**
 * struct options - the command line
 * @port: where to listen
 * @address: at which address; NULL for all
 * @interface: the interface that leads to the load balancer; NULL to find it
 * @netns: network namespace to work in; NULL for the one we are in
 */
struct options {
	unsigned int port;
	const char *address;
	const char *interface;
	const char *netns;
};

static void usage(FILE *to)
{
	fputs("Usage: gwlb-healthd [OPTION]...\n"
	      "Answers health checks at / and Prometheus at /metrics.\n"
	      "  -p, --port N         listen at this TCP port (8080)\n"
	      "  -a, --address ADDR   at this address only (all)\n"
	      "  -i, --interface DEV  the interface that leads to the load balancer\n"
	      "                       (default, and if empty: by the routes to the peers)\n"
	      "  -n, --netns NETNS    work in this network namespace (a name or a path)\n"
	      "  -h, --help           print this\n"
	      "  -V, --version        print the version\n", to);
}

static int misuse(const char *what, const char *value)
{
	fprintf(stderr, "Error: %s \"%s\"\n", what, value);
	return OUT_USAGE;
}

static bool read_port(const char *text, unsigned int *port)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || !value ||
	    value > 65535)
		return false;
	*port = (unsigned int)value;
	return true;
}

/* Return: OUT_OK, an exit code, or -1 if there is nothing more to do */
static int read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "address", required_argument, NULL, 'a' },
		{ "interface", required_argument, NULL, 'i' },
		{ "netns", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "p:a:i:n:hV", longs,
				NULL)) != -1) {
		switch (c) {
		case 'p':
			if (!read_port(optarg, &options->port))
				return misuse("a port is 1 to 65535, not",
					      optarg);
			break;
		case 'a':
			options->address = optarg;
			break;
		case 'i':
			/* an environment file may leave it empty */
			options->interface = optarg[0] ? optarg : NULL;
			break;
		case 'n':
			options->netns = optarg;
			break;
		case 'h':
			usage(stdout);
			return -1;
		case 'V':
			printf("gwlb-healthd %s\n", VERSION);
			return -1;
		default:
			usage(stderr);
			return OUT_USAGE;
		}
	}
	if (optind < argc)
		return misuse("what is", argv[optind]);
	return OUT_OK;
}

/* A descriptor that is readable when it is time to end */
static int catch_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int main(int argc, char **argv)
{
	struct options options = { .port = PORT };
	int code, listener, signal_fd;

	code = read_options(argc, argv, &options);
	if (code != OUT_OK)
		return code < 0 ? out_finish(OUT_OK) : code;
	if (options.netns && netns_enter(options.netns) < 0)
		return OUT_FAILED;

	signal_fd = catch_signals();
	if (signal_fd < 0)
		return out_error("signals: %s", strerror(errno));
	listener = listener_open(options.address, options.port);
	if (listener < 0)
		return OUT_FAILED;
	fprintf(stderr, "gwlb-healthd %s answers at port %u\n", VERSION,
		options.port);
	code = server_run(listener, signal_fd, options.interface);
	close(signal_fd);
	return code;
}
