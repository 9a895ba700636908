// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the health checks: TCP connections to the appliances, outside of
 * Geneve and from the GWLB addresses, as a real GWLB makes them. Writes the
 * health and check counters of the appliances, nothing else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "health.h"

#define HEALTH_UP	2
#define HEALTH_DOWN	2
#define HEALTH_TIMEOUT	5000
#define STATUS_MIN	(sizeof("HTTP/1.1 200") - 1)

enum phase {
	IDLE,
	CONNECTING,
	READING,
};

struct check {
	enum phase phase;
	int fd;
	unsigned int ok;	/* in a row */
	unsigned int failed;	/* in a row */
	unsigned int turn;	/* which GWLB address asks next */
	__u64 start;		/* of this check, or of the next one */
	char answer[STATUS_MIN + 1];
	size_t got;
};

struct health {
	const struct options *opt;
	struct stats *stats;
	struct check check[OPTIONS_APPLIANCE_MAX];
};

/**
 * health_new() - start checking
 * @opt: the command line
 * @stats: where health and counters go
 *
 * Return: the state, or NULL without memory.
 */
struct health *health_new(const struct options *opt, struct stats *stats)
{
	struct health *health = calloc(1, sizeof(*health));
	unsigned int i;

	if (!health)
		return NULL;
	health->opt = opt;
	health->stats = stats;
	for (i = 0; i < opt->appliances; i++) {
		health->check[i].fd = -1;
		health->check[i].turn = i;
		stats->appliance[i].healthy = opt->health == HEALTH_NONE;
	}
	return health;
}

/**
 * health_free() - stop checking
 * @health: the state
 */
void health_free(struct health *health)
{
	unsigned int i;

	if (!health)
		return;
	for (i = 0; i < health->opt->appliances; i++)
		if (health->check[i].fd >= 0)
			close(health->check[i].fd);
	free(health);
}

static void say(const struct health *health, unsigned int i, const char *why)
{
	if (health->opt->verbose)
		fprintf(stderr, "gwlbsim: appliance %s %s\n",
			inet_ntoa(health->opt->appliance[i]), why);
}

static void finish(struct health *health, unsigned int i, bool ok)
{
	struct stats_appliance *appliance = &health->stats->appliance[i];
	struct check *check = &health->check[i];

	if (check->fd >= 0)
		close(check->fd);
	check->fd = -1;
	check->phase = IDLE;
	check->start += health->opt->health_interval;
	if (ok) {
		appliance->checks_ok++;
		check->failed = 0;
		if (++check->ok >= HEALTH_UP && !appliance->healthy) {
			appliance->healthy = true;
			say(health, i, "is healthy");
		}
	} else {
		appliance->checks_failed++;
		check->ok = 0;
		if (++check->failed >= HEALTH_DOWN && appliance->healthy) {
			appliance->healthy = false;
			say(health, i, "is unhealthy");
		}
	}
}

/* The checks come from GWLB's own addresses, from each in turn. */
static bool begin(struct health *health, unsigned int i)
{
	const struct options *opt = health->opt;
	struct check *check = &health->check[i];
	struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_addr = opt->gwlb[check->turn++ % opt->gwlbs],
	};
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(opt->health_port),
		.sin_addr = opt->appliance[i],
	};

	check->got = 0;
	check->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			   0);
	if (check->fd < 0)
		return false;
	if (setsockopt(check->fd, SOL_SOCKET, SO_BINDTODEVICE, opt->wire,
		       strlen(opt->wire) + 1) ||
	    bind(check->fd, (struct sockaddr *)&from, sizeof(from)))
		return false;
	if (connect(check->fd, (struct sockaddr *)&to, sizeof(to)) &&
	    errno != EINPROGRESS)
		return false;
	check->phase = CONNECTING;
	return true;
}

static bool ask(struct health *health, unsigned int i)
{
	const struct options *opt = health->opt;
	char request[512];
	int len;

	len = snprintf(request, sizeof(request),
		       "GET %s HTTP/1.1\r\nHost: %s:%u\r\n"
		       "User-Agent: gwlbsim\r\nAccept: */*\r\n"
		       "Connection: close\r\n\r\n", opt->health_path,
		       inet_ntoa(opt->appliance[i]), opt->health_port);
	/* A new connection has room for it in one piece. */
	return send(health->check[i].fd, request, len, MSG_NOSIGNAL) == len;
}

static bool connected(const struct check *check)
{
	socklen_t len = sizeof(int);
	int err = 0;

	return !getsockopt(check->fd, SOL_SOCKET, SO_ERROR, &err, &len) &&
	       !err;
}

static bool answer_good(const char *answer)
{
	return !strncmp(answer, "HTTP/1.", 7) && answer[8] == ' ' &&
	       (answer[9] == '2' || answer[9] == '3');
}

static void on_connect(struct health *health, unsigned int i)
{
	struct check *check = &health->check[i];

	if (!connected(check))
		finish(health, i, false);
	else if (health->opt->health == HEALTH_TCP)
		finish(health, i, true);
	else if (!ask(health, i))
		finish(health, i, false);
	else
		check->phase = READING;
}

static void on_answer(struct health *health, unsigned int i)
{
	struct check *check = &health->check[i];
	ssize_t n;

	n = recv(check->fd, check->answer + check->got,
		 STATUS_MIN - check->got, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		finish(health, i, false);
		return;
	}
	check->got += n;
	if (check->got < STATUS_MIN)
		return;
	check->answer[check->got] = 0;
	finish(health, i, answer_good(check->answer));
}

/**
 * health_poll() - what to poll
 * @health: the state
 * @pfd: room for one entry per appliance
 *
 * Return: how many entries were filled in; always all appliances, or none
 * without health checks.
 */
unsigned int health_poll(const struct health *health, struct pollfd *pfd)
{
	unsigned int i;

	if (health->opt->health == HEALTH_NONE)
		return 0;
	for (i = 0; i < health->opt->appliances; i++) {
		/* poll() skips the descriptor -1 of an idle check */
		pfd[i].fd = health->check[i].fd;
		pfd[i].events = health->check[i].phase == CONNECTING ?
				POLLOUT : POLLIN;
		pfd[i].revents = 0;
	}
	return health->opt->appliances;
}

static unsigned int timeout_of(const struct health *health)
{
	return health->opt->health_interval < HEALTH_TIMEOUT ?
	       health->opt->health_interval : HEALTH_TIMEOUT;
}

/**
 * health_run() - go on with all checks
 * @health: the state
 * @pfd: what poll() said
 * @n: how many entries health_poll() filled in
 * @now: time in ms
 */
void health_run(struct health *health, const struct pollfd *pfd,
		unsigned int n, __u64 now)
{
	struct check *check;
	unsigned int i;

	for (i = 0; i < n; i++) {
		check = &health->check[i];
		if (check->phase == CONNECTING && pfd[i].revents)
			on_connect(health, i);
		else if (check->phase == READING && pfd[i].revents)
			on_answer(health, i);
		if (check->phase != IDLE &&
		    now - check->start >= timeout_of(health))
			finish(health, i, false);
		if (check->phase == IDLE && now >= check->start) {
			check->start = now;
			if (!begin(health, i))
				finish(health, i, false);
		}
	}
}

/**
 * health_next() - when health_run() must be called at the latest
 * @health: the state
 *
 * Return: time in ms; the end of time without health checks.
 */
__u64 health_next(const struct health *health)
{
	__u64 next = ~0ULL, at;
	unsigned int i;

	if (health->opt->health == HEALTH_NONE)
		return next;
	for (i = 0; i < health->opt->appliances; i++) {
		at = health->check[i].start;
		if (health->check[i].phase != IDLE)
			at += timeout_of(health);
		if (at < next)
			next = at;
	}
	return next;
}
