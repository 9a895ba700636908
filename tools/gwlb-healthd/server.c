// SPDX-License-Identifier: GPL-2.0-only
/*
 * The HTTP server: one thread that talks to all clients and never waits for
 * the module; that is what the readers behind the desks do. Owns the daemon of
 * libmicrohttpd, the clients, and the desks.
 *
 * A connection is for one question. GWLB's probers and Prometheus lose nothing
 * by it, and a connection that is kept for later is one that can be held.
 * libmicrohttpd's own timeout begins anew with each byte, so that one byte a
 * second would hold a connection for an hour; conns.c has a better one. And
 * its limit is higher than that of conns.c, since libmicrohttpd would not
 * accept anybody any more when it is reached.
 */

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "desk.h"
#include "journal.h"
#include "out.h"
#include "page.h"
#include "server.h"

/* Many times what load balancers and scrapers need; a connection takes about
 * 10 KB here, and as much in the kernel.
 */
#define CONNS_MAX	4096
/* Those that were told to go are there for a moment still */
#define CONNS_MARGIN	512
/* Descriptors for everything else */
#define OTHER_FILES	64
/* A question has to fit; curl's have 80 bytes, Prometheus' 300 */
#define CLIENT_MEMORY	8192
/* For the question, and for the answer. Prometheus gives up after 10 s, too */
#define LIFETIME	10000
/* How long to wait for the kernel. GWLB waits for 2 s at least */
#define HEALTH_PATIENCE		1000
#define METRICS_PATIENCE	8000
/* How long to leave the kernel alone: whoever asks without a pause shall not
 * make its locks, and a CPU, busy all the time. No more pages can be on their
 * way to slow readers, either, than fit into LIFETIME; one of a module that is
 * full to the brim has 13 MB.
 */
#define HEALTH_PAUSE	50
#define METRICS_PAUSE	1000

enum target {
	TARGET_HEALTH,
	TARGET_METRICS,
	TARGETS,
};

/**
 * struct server - all of it
 * @mhd: libmicrohttpd
 * @epoll_fd: what is waited for
 * @signal_fd: becomes readable when it is time to end
 * @interface: the interface that leads to the load balancer, or NULL
 * @conns: all connections
 * @desks: by enum target
 * @journal: what the log was told
 * @crowded: some who may wait at a desk were told to go
 * @stopping: is it ending
 */
struct server {
	struct MHD_Daemon *mhd;
	int epoll_fd;
	int signal_fd;
	const char *interface;
	struct conns conns;
	struct desk desks[TARGETS];
	struct journal journal;
	bool crowded;
	bool stopping;
};

static __u64 milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000 + (__u64)now.tv_nsec / 1000000;
}

/* What needs no reading; closes the connection if there is no memory */
static enum MHD_Result refuse(struct MHD_Connection *mhd, unsigned int status,
			      const char *text)
{
	struct page page = {
		.status = status, .type = "text/plain; charset=utf-8",
		.text = strdup(text), .len = strlen(text),
	};
	struct told *told = told_new(&page);
	enum MHD_Result result;

	if (!told)
		return MHD_NO;
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(told->response, MHD_HTTP_HEADER_ALLOW,
					"GET, HEAD");
	result = MHD_queue_response(mhd, status, told->response);
	told_put(told);
	return result;
}

/* The connection is libmicrohttpd's, so only its socket is ended here. What
 * was not read yet shall not stay in the kernel for minutes.
 */
static void doom(struct conn *conn)
{
	const struct linger none = { .l_onoff = 1 };
	struct client *client = conn->owner;

	setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	shutdown(client->fd, SHUT_RDWR);
}

static struct client *client_new(struct server *server,
				 struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info;
	struct client *client;

	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	client = calloc(1, sizeof(*client));
	if (!info || !client) {
		free(client);
		return NULL;
	}
	client->mhd = mhd;
	client->fd = info->connect_fd;
	client->conn.owner = client;
	conns_add(&server->conns, &client->conn, milliseconds());
	return client;
}

static void notify(void *cls, struct MHD_Connection *mhd, void **context,
		   enum MHD_ConnectionNotificationCode code)
{
	struct server *server = cls;
	struct client *client = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = client_new(server, mhd);
	} else if (client) {
		conns_remove(&server->conns, &client->conn);
		told_put(client->told);
		free(client);
		*context = NULL;
	}
}

static struct client *client_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info;

	info = MHD_get_connection_info(mhd,
				       MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static struct desk *find_desk(struct server *server, const char *url)
{
	enum target target;

	for (target = 0; target < TARGETS; target++) {
		if (!strcmp(server->desks[target].url, url))
			return &server->desks[target];
	}
	return NULL;
}

/* Called when the head of a question is there, then when all of it is, then
 * when the client was told to go on
 */
static enum MHD_Result handle(void *cls, struct MHD_Connection *mhd,
			      const char *url, const char *method,
			      const char *version, const char *body,
			      size_t *body_size, void **seen)
{
	struct client *client = client_of(mhd);
	struct server *server = cls;
	struct desk *desk = find_desk(server, url);
	__u64 now;

	(void)version;
	(void)body;
	if (!client || server->stopping)
		return MHD_NO;
	if (!desk)
		return refuse(mhd, MHD_HTTP_NOT_FOUND,
			      "There are / and /metrics.\n");
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return refuse(mhd, MHD_HTTP_METHOD_NOT_ALLOWED,
			      "There are GET and HEAD.\n");
	if (!*seen || *body_size) {
		*seen = client;
		*body_size = 0;
		return MHD_YES;
	}
	if (client->told) {
		conns_talk(&server->conns, &client->conn, milliseconds());
		return MHD_queue_response(mhd, client->told->status,
					  client->told->response);
	}
	if (client->asked)
		return MHD_NO;
	now = milliseconds();
	conns_wait(&server->conns, &client->conn, now);
	desk_ask(desk, client, now);
	return MHD_YES;
}

/* How long to wait for something to happen, in milliseconds; -1 for ever */
static int timeout_of(struct server *server)
{
	__u64 next = conns_next(&server->conns), due, now;
	MHD_UNSIGNED_LONG_LONG mhd;
	enum target target;
	int timeout = -1;

	if (server->crowded)
		return 0;
	for (target = 0; target < TARGETS; target++) {
		due = desk_next(&server->desks[target]);
		if (due && (!next || due < next))
			next = due;
	}
	if (next) {
		now = milliseconds();
		timeout = next <= now ? 0 : (int)(next - now);
	}
	if (MHD_get_timeout(server->mhd, &mhd) == MHD_YES &&
	    (timeout < 0 || mhd < (unsigned int)timeout))
		timeout = mhd < INT_MAX ? (int)mhd : INT_MAX;
	return timeout;
}

/* What an answer is about that is begun now */
static struct asked asked_now(const struct server *server)
{
	return (struct asked) {
		.interface = server->interface,
		.connections = server->conns.count,
		.late = server->conns.late,
		.crowded = server->conns.crowded,
	};
}

static void begin_reading(struct server *server)
{
	const struct asked asked = asked_now(server);
	__u64 now = milliseconds();
	enum target target;

	for (target = 0; target < TARGETS; target++) {
		if (desk_is_due(&server->desks[target], now))
			desk_read(&server->desks[target], &asked);
	}
}

/* Return: false when it is time to end */
static bool turn(struct server *server)
{
	const struct asked asked = asked_now(server);
	struct epoll_event events[8];
	enum target target;
	__u64 now;
	int i, n;

	n = epoll_wait(server->epoll_fd, events, 8, timeout_of(server));
	for (i = 0; i < n; i++) {
		if (events[i].data.fd == server->signal_fd)
			return false;
	}

	now = milliseconds();
	for (target = 0; target < TARGETS; target++)
		desk_answer(&server->desks[target], &asked, &server->journal,
			    now);
	conns_expire(&server->conns, now);
	for (target = 0; server->crowded && target < TARGETS; target++)
		desk_drop_doomed(&server->desks[target]);
	MHD_run(server->mhd);
	begin_reading(server);
	server->crowded = server->conns.crowded != asked.crowded;
	if (server->crowded)
		journal_crowded(&server->journal, now, server->conns.max);
	return true;
}

/* Begin and end */

/* Return: how many connections there may be */
static size_t raise_limit(void)
{
	const rlim_t want = CONNS_MAX + CONNS_MARGIN + OTHER_FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return CONNS_MAX;
	if (limit.rlim_cur < want) {
		limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= want)
		return CONNS_MAX;
	if (limit.rlim_cur <= CONNS_MARGIN + 2 * OTHER_FILES)
		return OTHER_FILES;
	return limit.rlim_cur - CONNS_MARGIN - OTHER_FILES;
}

static int watch(struct server *server, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int start_mhd(struct server *server, int listener)
{
	unsigned int limit = (unsigned int)server->conns.max + CONNS_MARGIN;
	const union MHD_DaemonInfo *info;

	server->mhd = MHD_start_daemon(MHD_USE_EPOLL |
				       MHD_ALLOW_SUSPEND_RESUME,
		0, NULL, NULL, handle, server,
		MHD_OPTION_LISTEN_SOCKET, listener,
		MHD_OPTION_CONNECTION_LIMIT, limit,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CLIENT_MEMORY,
		MHD_OPTION_NOTIFY_CONNECTION, notify, server,
		MHD_OPTION_END);
	if (!server->mhd)
		return -1;
	info = MHD_get_daemon_info(server->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	return info ? watch(server, info->epoll_fd) : -1;
}

static int start_desk(struct server *server, enum target target)
{
	struct desk *desk = &server->desks[target];

	if (desk_start(desk) < 0)
		return -1;
	return watch(server, desk->reader.event_fd);
}

/* libmicrohttpd must not be stopped while anybody waits */
static void stop(struct server *server)
{
	enum target target;

	server->stopping = true;
	for (target = 0; target < TARGETS; target++)
		desk_dismiss(&server->desks[target]);
	MHD_run(server->mhd);
	MHD_stop_daemon(server->mhd);
	for (target = 0; target < TARGETS; target++)
		desk_stop(&server->desks[target]);
}

/**
 * server_run() - answer until a signal comes
 * @listener: a socket that listens; the server closes it
 * @signal_fd: becomes readable when it is time to end
 * @interface: the interface that leads to the load balancer; NULL to find it
 *
 * Return: OUT_OK or OUT_FAILED.
 */
int server_run(int listener, int signal_fd, const char *interface)
{
	const struct asked first = { .interface = interface };
	/* Not on the stack: a reader that is stuck when all is over may go on
	 * before the process has ended.
	 */
	static struct server server;

	server = (struct server) {
		.signal_fd = signal_fd,
		.interface = interface,
		.conns = {
			.max = raise_limit(), .lifetime = LIFETIME,
			.doom = doom,
		},
		.desks = {
			[TARGET_HEALTH] = {
				.url = "/", .patience = HEALTH_PATIENCE,
				.pause = HEALTH_PAUSE,
				.read = page_health, .silent = page_no_health,
			},
			[TARGET_METRICS] = {
				.url = "/metrics",
				.patience = METRICS_PATIENCE,
				.pause = METRICS_PAUSE,
				.read = page_metrics,
				.silent = page_no_metrics,
			},
		},
	};

	server.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (server.epoll_fd < 0 || watch(&server, signal_fd) < 0 ||
	    start_desk(&server, TARGET_HEALTH) < 0 ||
	    start_desk(&server, TARGET_METRICS) < 0 ||
	    start_mhd(&server, listener) < 0)
		return out_error("cannot start: %s", strerror(errno));
	/* nobody has asked yet, but the log shall know how it began */
	desk_read(&server.desks[TARGET_HEALTH], &first);
	while (turn(&server))
		;
	stop(&server);
	close(server.epoll_fd);
	return OUT_OK;
}
