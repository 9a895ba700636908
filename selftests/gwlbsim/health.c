// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the health checks: TCP connections to the appliances, outside of
 * Geneve and from the nodes' addresses, as a real GWLB makes them. What they
 * mean is up to target.c. Writes the check counters of the appliances.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "health.h"

#define STATUS_MIN	(sizeof("HTTP/1.1 200") - 1)

enum phase {
	IDLE,
	CONNECTING,
	READING,
};

struct check {
	enum phase phase;
	int fd;
	__u64 start;		/* of this check, or of the next one */
	char answer[STATUS_MIN + 1];
	size_t got;
};

/* Check i is that of node i / appliances and appliance i % appliances. */
struct health {
	const struct options *opt;
	struct stats *stats;
	struct target_group *group;
	unsigned int checks;
	struct check check[HEALTH_MAX];
};

static unsigned int node_of(const struct health *health, unsigned int i)
{
	return i / health->opt->appliances;
}

static unsigned int target_of(const struct health *health, unsigned int i)
{
	return i % health->opt->appliances;
}

static bool wanted(const struct health *health, unsigned int i)
{
	return target_checked(health->group, node_of(health, i),
			      target_of(health, i));
}

/**
 * health_new() - start checking
 * @opt: the command line
 * @stats: where the counters are
 * @group: where the results go
 * @now: time in ms
 *
 * Nodes take turns over the interval, as independent probers do on average.
 *
 * Return: the state, or NULL without memory.
 */
struct health *health_new(const struct options *opt, struct stats *stats,
			  struct target_group *group, __u64 now)
{
	struct health *health = calloc(1, sizeof(*health));
	unsigned int i;

	if (!health)
		return NULL;
	health->opt = opt;
	health->stats = stats;
	health->group = group;
	if (opt->health != HEALTH_NONE)
		health->checks = opt->gwlbs * opt->appliances;
	for (i = 0; i < health->checks; i++) {
		health->check[i].fd = -1;
		health->check[i].start = now + node_of(health, i) *
					 opt->health_interval / opt->gwlbs;
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
	for (i = 0; i < health->checks; i++)
		if (health->check[i].fd >= 0)
			close(health->check[i].fd);
	free(health);
}

static void finish(struct health *health, unsigned int i, bool ok, __u64 now)
{
	unsigned int appliance = target_of(health, i);
	struct stats_appliance *stats = &health->stats->appliance[appliance];
	struct target *target = &health->group->target[appliance];
	struct check *check = &health->check[i];
	enum target_health before = target->health;
	__u64 lost;

	if (check->fd >= 0)
		close(check->fd);
	check->fd = -1;
	check->phase = IDLE;
	if (ok)
		stats->checks_ok++;
	else
		stats->checks_failed++;
	lost = target_result(health->group, node_of(health, i), appliance, ok,
			     check->start, now);
	stats->missing_unhealthy += lost;
	health->stats->missing_unhealthy += lost;
	check->start += health->opt->health_interval;
	if (health->opt->verbose && target->health != before)
		fprintf(stderr, "gwlbsim: appliance %s is %s\n",
			inet_ntoa(health->opt->appliance[appliance].addr),
			target->health == TARGET_HEALTHY ? "healthy"
							 : "unhealthy");
}

static bool begin(struct health *health, unsigned int i)
{
	const struct gwlb *gwlb = &health->opt->gwlb[node_of(health, i)];
	struct check *check = &health->check[i];
	struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_addr = gwlb->addr,
	};
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(health->opt->health_port),
		.sin_addr = health->opt->appliance[target_of(health, i)].addr,
	};

	check->got = 0;
	check->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			   0);
	if (check->fd < 0)
		return false;
	if (setsockopt(check->fd, SOL_SOCKET, SO_BINDTODEVICE, gwlb->dev,
		       strlen(gwlb->dev) + 1) ||
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
	struct in_addr addr = opt->appliance[target_of(health, i)].addr;
	char request[512];
	int len;

	len = snprintf(request, sizeof(request),
		       "GET %s HTTP/1.1\r\nHost: %s:%u\r\n"
		       "User-Agent: gwlbsim\r\nAccept: */*\r\n"
		       "Connection: close\r\n\r\n", opt->health_path,
		       inet_ntoa(addr), opt->health_port);
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

static void on_connect(struct health *health, unsigned int i, __u64 now)
{
	struct check *check = &health->check[i];

	if (!connected(check))
		finish(health, i, false, now);
	else if (health->opt->health == HEALTH_TCP)
		finish(health, i, true, now);
	else if (!ask(health, i))
		finish(health, i, false, now);
	else
		check->phase = READING;
}

static void on_answer(struct health *health, unsigned int i, __u64 now)
{
	struct check *check = &health->check[i];
	ssize_t n;

	n = recv(check->fd, check->answer + check->got,
		 STATUS_MIN - check->got, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		finish(health, i, false, now);
		return;
	}
	check->got += n;
	if (check->got < STATUS_MIN)
		return;
	check->answer[check->got] = 0;
	finish(health, i, answer_good(check->answer), now);
}

/**
 * health_poll() - what to poll
 * @health: the state
 * @pfd: room for HEALTH_MAX entries
 *
 * Return: how many entries were filled in.
 */
unsigned int health_poll(const struct health *health, struct pollfd *pfd)
{
	unsigned int i;

	for (i = 0; i < health->checks; i++) {
		/* poll() skips the descriptor -1 of an idle check */
		pfd[i].fd = health->check[i].fd;
		pfd[i].events = health->check[i].phase == CONNECTING ?
				POLLOUT : POLLIN;
		pfd[i].revents = 0;
	}
	return health->checks;
}

/* A check of a target that has left the group says nothing any more. */
static void forget(struct check *check)
{
	if (check->fd >= 0)
		close(check->fd);
	check->fd = -1;
	check->phase = IDLE;
}

static void run(struct health *health, unsigned int i,
		const struct pollfd *pfd, __u64 now)
{
	struct check *check = &health->check[i];

	if (check->phase == CONNECTING && pfd->revents)
		on_connect(health, i, now);
	else if (check->phase == READING && pfd->revents)
		on_answer(health, i, now);
	if (check->phase != IDLE &&
	    now - check->start >= health->opt->health_timeout)
		finish(health, i, false, now);
	if (check->phase == IDLE && now >= check->start) {
		check->start = now;
		if (!begin(health, i))
			finish(health, i, false, now);
	}
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
	unsigned int i;

	for (i = 0; i < n; i++)
		if (wanted(health, i))
			run(health, i, &pfd[i], now);
		else
			forget(&health->check[i]);
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

	for (i = 0; i < health->checks; i++) {
		if (!wanted(health, i))
			continue;
		at = health->check[i].start;
		if (health->check[i].phase != IDLE)
			at += health->opt->health_timeout;
		if (at < next)
			next = at;
	}
	return next;
}
