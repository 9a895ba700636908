// SPDX-License-Identifier: GPL-2.0-only
/*
 * gwlbsim: a Gateway Load Balancer in user space that is strict about what
 * comes back, and plays all nodes of a region. Owns start and end, signals
 * and the poll loop; everything that has to do with packets is in path.c.
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

#include "control.h"
#include "health.h"
#include "neigh.h"
#include "node.h"
#include "options.h"
#include "path.h"
#include "stats.h"
#include "target.h"
#include "tun.h"

/* How exactly missing packets are noticed while some are in flight */
#define TICK_BUSY_MS	50
#define TICK_IDLE_MS	500

#define EXIT_USAGE	2

/* Behind the TUN devices come those of the wire, and the health checks. */
enum {
	POLL_SIGNAL,
	POLL_NEIGH,
	POLL_CONTROL,
	POLL_TUN = POLL_CONTROL + CONTROL_POLL,
	POLL_MAX = POLL_TUN + OPTIONS_ENDPOINT_MAX + OPTIONS_GWLB_MAX +
		   HEALTH_MAX,
};

struct sim {
	struct options opt;
	struct stats stats;
	struct target_group group;
	struct neigh *neigh;
	struct nodes *nodes;
	struct health *health;
	struct path *path;
	struct control *control;
	int signals;
	int tun[OPTIONS_ENDPOINT_MAX];
	unsigned int tuns;
	struct pollfd pfd[POLL_MAX];
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
	target_init(&sim->group, opt);
	sim->neigh = neigh_open(opt->verbose);
	if (!sim->neigh)
		return -1;
	sim->nodes = nodes_open(opt, sim->neigh);
	if (!sim->nodes)
		return -1;
	/* Last, because a new device is the one thing that others can see. */
	while (sim->tuns < opt->endpoints) {
		fd = tun_open(opt->endpoint[sim->tuns].tun,
			      opt->endpoint[sim->tuns].netns);
		if (fd < 0)
			return -1;
		sim->tun[sim->tuns++] = fd;
	}
	sim->health = health_new(opt, &sim->stats, &sim->group, clock_ms());
	sim->path = path_new(opt, &sim->stats, &sim->group, sim->nodes,
			     sim->neigh, sim->tun);
	if (!sim->health || !sim->path) {
		fputs("gwlbsim: no memory\n", stderr);
		return -1;
	}
	sim->control = control_open(opt, &sim->stats, &sim->group, sim->path);
	return sim->control ? 0 : -1;
}

static void sim_close(struct sim *sim)
{
	control_close(sim->control);
	path_free(sim->path);
	health_free(sim->health);
	while (sim->tuns)
		close(sim->tun[--sim->tuns]);
	nodes_close(sim->nodes);
	neigh_close(sim->neigh);
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
	__u64 target = target_next(&sim->group);

	if (health < at)
		at = health;
	if (target < at)
		at = target;
	return at > now ? at - now : 0;
}

/* Return: how many entries are filled in. */
static unsigned int prepare_poll(struct sim *sim)
{
	struct pollfd *pfd = sim->pfd;
	unsigned int i, n = POLL_TUN;

	pfd[POLL_SIGNAL].fd = sim->signals;
	pfd[POLL_NEIGH].fd = neigh_fd(sim->neigh);
	for (i = 0; i < sim->tuns; i++)
		pfd[n++].fd = sim->tun[i];
	for (i = 0; i < nodes_ports(sim->nodes); i++)
		pfd[n++].fd = port_fd(nodes_port(sim->nodes, i));
	for (i = 0; i < n; i++)
		pfd[i].events = POLLIN;
	return n;
}

/*
 * What the wire has is taken in first: what lies in a socket is not missing.
 *
 * Return: 0, or -1 when a device is gone.
 */
static int move_packets(struct sim *sim, __u64 now)
{
	bool drained;
	unsigned int i;

	path_resolved(sim->path, now);
	drained = path_wire(sim->path, now);
	for (i = 0; i < sim->tuns; i++)
		if (sim->pfd[POLL_TUN + i].revents &&
		    path_customer(sim->path, i, now))
			return -1;
	if (drained)
		path_expire(sim->path, now);
	return 0;
}

/* Return: 0 when a signal ended it, -1 on failure. */
static int loop(struct sim *sim)
{
	unsigned int n = prepare_poll(sim), checks;
	struct pollfd *pfd = sim->pfd;
	__u64 now;

	for (;;) {
		now = clock_ms();
		neigh_tick(sim->neigh, now);
		checks = health_poll(sim->health, pfd + n);
		control_poll(sim->control, pfd + POLL_CONTROL);
		if (poll(pfd, n + checks, poll_timeout(sim, now)) < 0) {
			if (errno == EINTR)
				continue;
			fprintf(stderr, "gwlbsim: poll: %s\n",
				strerror(errno));
			return -1;
		}
		now = clock_ms();
		target_tick(&sim->group, now);
		if (pfd[POLL_NEIGH].revents)
			neigh_read(sim->neigh);
		if (move_packets(sim, now))
			return -1;
		health_run(sim->health, pfd + n, checks, now);
		/* After the wire, so that a report holds what has come. */
		control_run(sim->control, pfd + POLL_CONTROL, now);
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
