// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the control socket: a command a line comes in, a line of JSON goes
 * out. Changes the membership of targets and nothing else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

/* The longest command is "deregister" with an address. */
#define LINE_LEN	128

struct client {
	int fd;
	bool skip;		/* the rest of a line that is too long */
	size_t got;
	char line[LINE_LEN];
};

struct control {
	const struct options *opt;
	const struct stats *stats;
	struct target_group *group;
	const struct path *path;
	int fd;
	struct client client[CONTROL_CLIENTS];
};

static int complain(const char *path)
{
	fprintf(stderr, "gwlbsim: cannot make the control socket %s: %s\n",
		path, strerror(errno));
	return -1;
}

/*
 * What an earlier run left behind refuses connections, and is in the way. So
 * does every file that is no socket.
 */
static bool stale(const struct sockaddr_un *sun)
{
	struct stat st;
	bool refused;
	int fd;

	if (lstat(sun->sun_path, &st) || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

static int open_socket(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return complain(path);
	if (stale(&sun))
		unlink(path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) ||
	    listen(fd, CONTROL_CLIENTS)) {
		complain(path);
		close(fd);
		return -1;
	}
	return fd;
}

/**
 * control_open() - make the control socket, if there is to be one
 * @opt: the command line
 * @stats: the counters
 * @group: the targets
 * @path: the way of packets, which knows gauges
 *
 * Return: the state, or NULL after a message on stderr.
 */
struct control *control_open(const struct options *opt,
			     const struct stats *stats,
			     struct target_group *group,
			     const struct path *path)
{
	struct control *control = calloc(1, sizeof(*control));
	unsigned int i;

	if (!control) {
		fputs("gwlbsim: no memory\n", stderr);
		return NULL;
	}
	control->opt = opt;
	control->stats = stats;
	control->group = group;
	control->path = path;
	control->fd = -1;
	for (i = 0; i < CONTROL_CLIENTS; i++)
		control->client[i].fd = -1;
	if (!opt->control)
		return control;
	control->fd = open_socket(opt->control);
	if (control->fd < 0) {
		free(control);
		return NULL;
	}
	return control;
}

static void leave(struct client *client)
{
	close(client->fd);
	client->fd = -1;
}

/**
 * control_close() - remove the control socket
 * @control: the state
 */
void control_close(struct control *control)
{
	unsigned int i;

	if (!control)
		return;
	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (control->client[i].fd >= 0)
			leave(&control->client[i]);
	if (control->fd >= 0) {
		close(control->fd);
		unlink(control->opt->control);
	}
	free(control);
}

/* One who does not read what he asked for is not waited for. */
static void answer(struct client *client, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	struct iovec iov[2];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	size_t len;

	json_decref(json);
	if (!text) {
		leave(client);
		return;
	}
	len = strlen(text);
	iov[0].iov_base = text;
	iov[0].iov_len = len;
	iov[1].iov_base = "\n";
	iov[1].iov_len = 1;
	if (sendmsg(client->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) !=
	    (ssize_t)len + 1)
		leave(client);
	free(text);
}

__attribute__((format(printf, 1, 2)))
static json_t *error(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* jansson refuses what is no UTF-8; the answer is JSON all the same. */
	return json_pack("{s:o}", "error", json_string(text) ?:
			 json_string("the command is no text"));
}

static json_t *one_target(const struct control *control, unsigned int i)
{
	const struct appliance *appliance = &control->opt->appliance[i];
	json_int_t flows = control->stats->appliance[i].flows;

	return json_pack("{s:s, s:s, s:s, s:I}",
			 "address", inet_ntoa(appliance->addr),
			 "zone", control->opt->zone[appliance->zone],
			 "state", target_state(&control->group->target[i]),
			 "flows", flows);
}

static json_t *targets(const struct control *control)
{
	json_t *list = json_array();
	unsigned int i;

	path_gauges(control->path);
	for (i = 0; i < control->opt->appliances; i++)
		json_array_append_new(list, one_target(control, i));
	return json_pack("{s:o}", "targets", list);
}

static json_t *change(struct control *control, bool in, const char *text,
		      __u64 now)
{
	const struct options *opt = control->opt;
	struct in_addr addr;
	unsigned int i;
	bool done;

	if (inet_pton(AF_INET, text, &addr) != 1)
		return error("expected an IPv4 address, got \"%s\"", text);
	for (i = 0; i < opt->appliances; i++)
		if (opt->appliance[i].addr.s_addr == addr.s_addr)
			break;
	if (i == opt->appliances)
		return error("there is no appliance %s", text);
	done = in ? target_register(control->group, i)
		  : target_deregister(control->group, i, now);
	/* A delay of 0 is over at once. */
	target_tick(control->group, now);
	if (!done)
		return error("%s is %s already", text,
			     target_state(&control->group->target[i]));
	path_gauges(control->path);
	return one_target(control, i);
}

static json_t *stats(const struct control *control)
{
	path_gauges(control->path);
	return stats_json(control->stats, control->opt);
}

static json_t *command(struct control *control, char *line, __u64 now)
{
	char *word = strsep(&line, " ");

	if (!strcmp(word, "register") && line)
		return change(control, true, line, now);
	if (!strcmp(word, "deregister") && line)
		return change(control, false, line, now);
	if (!strcmp(word, "targets") && !line)
		return targets(control);
	if (!strcmp(word, "stats") && !line)
		return stats(control);
	return error("expected register ADDR, deregister ADDR, targets or stats, got \"%s%s%s\"",
		     word, line ? " " : "", line ? line : "");
}

/* Answer all lines that are complete. */
static void take_lines(struct control *control, struct client *client,
		       __u64 now)
{
	char *line = client->line, *end;

	while (client->fd >= 0 && client->got &&
	       (end = memchr(line, '\n', client->got))) {
		*end = 0;
		client->got -= end + 1 - line;
		if (!client->skip)
			answer(client, command(control, line, now));
		client->skip = false;
		line = end + 1;
	}
	memmove(client->line, line, client->got);
	if (client->fd < 0 || client->got < LINE_LEN)
		return;
	if (!client->skip)
		answer(client, error("a command is shorter than %d bytes",
				     LINE_LEN));
	client->skip = true;
	client->got = 0;
}

static void listen_to(struct control *control, struct client *client,
		      __u64 now)
{
	ssize_t n;

	n = recv(client->fd, client->line + client->got,
		 LINE_LEN - client->got, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		leave(client);
		return;
	}
	client->got += n;
	take_lines(control, client, now);
}

/* Return: index of a client that is none, or CONTROL_CLIENTS. */
static unsigned int free_place(const struct control *control)
{
	unsigned int i;

	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (control->client[i].fd < 0)
			break;
	return i;
}

/**
 * control_poll() - what to poll
 * @control: the state
 * @pfd: CONTROL_POLL entries, all filled in
 */
void control_poll(const struct control *control, struct pollfd *pfd)
{
	unsigned int i;

	/* poll() skips the descriptor -1 */
	pfd[0].fd = free_place(control) < CONTROL_CLIENTS ? control->fd : -1;
	for (i = 0; i < CONTROL_CLIENTS; i++)
		pfd[1 + i].fd = control->client[i].fd;
	for (i = 0; i < CONTROL_POLL; i++) {
		pfd[i].events = POLLIN;
		pfd[i].revents = 0;
	}
}

/**
 * control_run() - answer commands
 * @control: the state
 * @pfd: what poll() said of the entries of control_poll()
 * @now: time in ms
 */
void control_run(struct control *control, const struct pollfd *pfd, __u64 now)
{
	unsigned int i;

	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (pfd[1 + i].revents)
			listen_to(control, &control->client[i], now);
	i = free_place(control);
	if (pfd[0].revents && i < CONTROL_CLIENTS) {
		control->client[i].fd = accept4(control->fd, NULL, NULL,
						SOCK_NONBLOCK | SOCK_CLOEXEC);
		control->client[i].got = 0;
		control->client[i].skip = false;
	}
}
