// SPDX-License-Identifier: GPL-2.0-only
/*
 * gwlbsim: a Gateway Load Balancer in user space that is strict about what
 * comes back. Owns start and end, signals and the poll loop; everything that
 * has to do with packets is in path.c.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "health.h"
#include "neigh.h"
#include "options.h"
#include "path.h"
#include "port.h"
#include "stats.h"
#include "tun.h"

/* How exactly missing packets are noticed while some are in flight */
#define TICK_BUSY_MS	50
#define TICK_IDLE_MS	500

#define EXIT_USAGE	2

enum {
	POLL_SIGNAL,
	POLL_NEIGH,
	POLL_WIRE,
	POLL_TUN,
	POLL_MAX = POLL_TUN + OPTIONS_ENDPOINT_MAX + OPTIONS_APPLIANCE_MAX,
};

struct sim {
	struct options opt;
	struct stats stats;
	struct port *port;
	struct neigh *neigh;
	struct health *health;
	struct path *path;
	int signals;
	int tun[OPTIONS_ENDPOINT_MAX];
	unsigned int tuns;
};

static __u64 clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int sim_open(struct sim *sim)
{
	const struct options *opt = &sim->opt;
	int fd;

	sim->signals = open_signals();
	if (sim->signals < 0) {
		fprintf(stderr, "gwlbsim: cannot take signals: %s\n",
			strerror(errno));
		return -1;
	}
	sim->port = port_open(opt);
	if (!sim->port)
		return -1;
	sim->neigh = neigh_open(opt, port_ifindex(sim->port));
	if (!sim->neigh)
		return -1;
	/* Last, because a new device is the one thing that others can see. */
	while (sim->tuns < opt->endpoints) {
		fd = tun_open(opt->endpoint[sim->tuns].tun);
		if (fd < 0)
			return -1;
		sim->tun[sim->tuns++] = fd;
	}
	sim->health = health_new(opt, &sim->stats);
	sim->path = path_new(opt, &sim->stats, sim->port, sim->neigh,
			     sim->tun);
	if (!sim->health || !sim->path) {
		fputs("gwlbsim: no memory\n", stderr);
		return -1;
	}
	return 0;
}

static void sim_close(struct sim *sim)
{
	path_free(sim->path);
	health_free(sim->health);
	while (sim->tuns)
		close(sim->tun[--sim->tuns]);
	neigh_close(sim->neigh);
	port_close(sim->port);
	if (sim->signals >= 0)
		close(sim->signals);
}

/* Return: true when it is time to end. */
static bool take_signals(struct sim *sim)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (read(sim->signals, &info, sizeof(info)) ==
	       (ssize_t)sizeof(info)) {
		if (info.ssi_signo != SIGUSR1) {
			end = true;
			continue;
		}
		path_gauges(sim->path);
		if (sim->opt.stats)
			stats_write(&sim->stats, &sim->opt);
		else
			stats_print(&sim->stats, &sim->opt);
	}
	return end;
}

static int poll_timeout(const struct sim *sim, __u64 now)
{
	__u64 at = now + (path_waits(sim->path) ? TICK_BUSY_MS
						: TICK_IDLE_MS);
	__u64 health = health_next(sim->health);

	if (health < at)
		at = health;
	return at > now ? at - now : 0;
}

static void prepare_poll(const struct sim *sim, struct pollfd *pfd)
{
	unsigned int i;

	pfd[POLL_SIGNAL].fd = sim->signals;
	pfd[POLL_NEIGH].fd = neigh_fd(sim->neigh);
	pfd[POLL_WIRE].fd = port_fd(sim->port);
	for (i = 0; i < sim->tuns; i++)
		pfd[POLL_TUN + i].fd = sim->tun[i];
	for (i = 0; i < POLL_TUN + sim->tuns; i++)
		pfd[i].events = POLLIN;
}

/* Return: 0 when a signal ended it, -1 on failure. */
static int loop(struct sim *sim)
{
	struct pollfd pfd[POLL_MAX], *health = pfd + POLL_TUN + sim->tuns;
	unsigned int i, checks;
	bool drained;
	__u64 now;

	prepare_poll(sim, pfd);
	for (;;) {
		now = clock_ms();
		neigh_tick(sim->neigh, now);
		checks = health_poll(sim->health, health);
		if (poll(pfd, POLL_TUN + sim->tuns + checks,
			 poll_timeout(sim, now)) < 0) {
			if (errno == EINTR)
				continue;
			fprintf(stderr, "gwlbsim: poll: %s\n",
				strerror(errno));
			return -1;
		}
		now = clock_ms();
		if (pfd[POLL_NEIGH].revents)
			neigh_read(sim->neigh);
		path_resolved(sim->path, now);
		drained = path_wire(sim->path, now);
		for (i = 0; i < sim->tuns; i++)
			if (pfd[POLL_TUN + i].revents &&
			    path_customer(sim->path, i, now))
				return -1;
		if (drained)
			path_expire(sim->path, now);
		health_run(sim->health, health, checks, now);
		/* After the wire, so that a report holds what has come. */
		if (pfd[POLL_SIGNAL].revents && take_signals(sim))
			return 0;
	}
}

static int report(struct sim *sim)
{
	path_gauges(sim->path);
	stats_print(&sim->stats, &sim->opt);
	if (sim->opt.stats && stats_write(&sim->stats, &sim->opt))
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	static struct sim sim = { .signals = -1 };
	int rc = EXIT_FAILURE;

	switch (options_parse(&sim.opt, argc, argv)) {
	case OPTIONS_HELP:
		return EXIT_SUCCESS;
	case OPTIONS_BAD:
		return EXIT_USAGE;
	case OPTIONS_RUN:
		break;
	}
	if (sim_open(&sim))
		goto close;
	puts("gwlbsim: ready");
	fflush(stdout);
	if (loop(&sim)) {
		report(&sim);
		goto close;
	}
	if (!report(&sim) && stats_good(&sim.stats))
		rc = EXIT_SUCCESS;
close:
	sim_close(&sim);
	return rc;
}
