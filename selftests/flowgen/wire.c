// SPDX-License-Identifier: GPL-2.0-only
/*
 * wire: the way to the appliance and back. Owns the sockets and says what of
 * the packets sent came back.
 *
 * No packet is lost on the way, however slow the machine: behind each batch
 * goes a ping to the appliance, and the next batch waits for its answer. All
 * that happens on one CPU is done in the order of sending, so that what is
 * not back when the ping is will never be. But for a queue of the appliance's
 * that knows flows, which may let the answer overtake: what is late comes with
 * the next batch, and is compared with the one before.
 */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "flowgen.h"

/* A ping that is not answered by then was lost, and is sent again. */
#define PING_MS		2000
#define PINGS		30

/* The batch before */
static struct frame late[BATCH_MAX];
static unsigned int late_count;

/* Ours are answers to our pings, and what has our outer source port, so that
 * several of us can run at once.
 */
static void only_ours(int fd, const struct gen *g, const struct wire *w)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 4),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, g->outer_port, 0, 7),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 22),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6081, 6, 5),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMP, 0, 4),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 20),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP_ECHOREPLY, 0, 2),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 24),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohs(w->ping_id), 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
	};
	struct sock_fprog prog = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
		err(1, "SO_ATTACH_FILTER");
}

/**
 * wire_quiet_port() - keep the stack from answering what comes back
 *
 * It would say: port unreachable. Several of us may run, and nobody reads.
 *
 * Return: a socket to be closed at the end
 */
int wire_quiet_port(void)
{
	struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_port = htons(6081),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int on = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ||
	    bind(fd, (void *)&any, sizeof(any)))
		err(1, "UDP port 6081");
	return fd;
}

/**
 * wire_open() - open the sockets
 * @w: the wire
 * @g: what is sent
 *
 * Exits with a message when it cannot.
 */
void wire_open(struct wire *w, const struct gen *g)
{
	struct sockaddr_ll from = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
	};
	int size = 16 << 20, on = 1;

	memset(w, 0, sizeof(*w));
	w->ping_id = htons(getpid() & 0xffff);
	w->quiet = wire_quiet_port();
	w->tx = socket(AF_PACKET, SOCK_DGRAM, 0);
	w->rx = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (w->tx < 0 || w->rx < 0)
		err(1, "packet socket");
	w->to.sll_family = AF_PACKET;
	w->to.sll_protocol = htons(ETH_P_IP);
	w->to.sll_ifindex = if_nametoindex(g->dev);
	if (!w->to.sll_ifindex)
		err(1, "%s", g->dev);
	w->to.sll_halen = ETH_ALEN;
	memcpy(w->to.sll_addr, &g->mac, ETH_ALEN);

	only_ours(w->rx, g, w);
	from.sll_ifindex = w->to.sll_ifindex;
	if (setsockopt(w->rx, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size)) ||
	    setsockopt(w->rx, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on,
		       sizeof(on)) ||
	    bind(w->rx, (void *)&from, sizeof(from)))
		err(1, "packet socket on %s", g->dev);
}

/**
 * wire_close() - close them
 * @w: the wire
 */
void wire_close(struct wire *w)
{
	close(w->tx);
	close(w->rx);
	close(w->quiet);
}

static void send_all(const struct wire *w, struct frame *frames,
		     unsigned int n)
{
	static struct mmsghdr msgs[BATCH_MAX + 1];
	static struct iovec iov[BATCH_MAX + 1];
	unsigned int i, done = 0;

	for (i = 0; i < n; i++) {
		iov[i].iov_base = frames[i].data;
		iov[i].iov_len = frames[i].len;
		memset(&msgs[i], 0, sizeof(msgs[i]));
		msgs[i].msg_hdr.msg_name = (void *)&w->to;
		msgs[i].msg_hdr.msg_namelen = sizeof(w->to);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	while (done < n) {
		int ret = sendmmsg(w->tx, msgs + done, n - done, 0);

		if (ret > 0)
			done += ret;
		else if (errno != ENOBUFS && errno != EINTR &&
			 errno != EAGAIN)
			err(1, "send");
	}
}

/* What comes back is in the order of sending, mostly. */
static bool take(struct frame *frames, unsigned int n, unsigned int *next,
		 const uint8_t *data, unsigned int len)
{
	unsigned int i, k;

	for (k = 0; k < n; k++) {
		i = (*next + k) % n;
		if (frames[i].back || frames[i].len != len ||
		    memcmp(frames[i].data + 20, data + 20, len - 20) ||
		    memcmp(frames[i].data, data, 12) ||
		    memcmp(frames[i].data + 12, data + 16, 4) ||
		    memcmp(frames[i].data + 16, data + 12, 4))
			continue;
		frames[i].back = true;
		*next = (i + 1) % n;
		return true;
	}
	return false;
}

/* Return: @data is the answer to the newest ping */
static bool is_answer(const struct wire *w, const uint8_t *data, size_t len)
{
	const struct icmphdr *icmp;

	if (len < sizeof(struct iphdr) + sizeof(*icmp))
		return false;
	icmp = (const struct icmphdr *)(data + sizeof(struct iphdr));
	return icmp->un.echo.sequence == htons(w->ping_seq);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Reads until the newest ping is answered; false if it was not in time. */
static bool read_until_answer(const struct wire *w, struct frame *frames,
			      unsigned int n, unsigned int *next,
			      struct totals *t)
{
	struct pollfd pfd = { .fd = w->rx, .events = POLLIN };
	uint64_t end = now_ms() + PING_MS;
	unsigned int any = 0;
	uint8_t data[2048];
	ssize_t len;

	for (;;) {
		len = recv(w->rx, data, sizeof(data), MSG_DONTWAIT);
		if (len < 0 && errno != EAGAIN && errno != EINTR)
			err(1, "receive");
		if (len < 0) {
			if (now_ms() >= end)
				return false;
			poll(&pfd, 1, PING_MS / 10);
			continue;
		}
		if (data[9] == IPPROTO_ICMP) {
			if (is_answer(w, data, len))
				return true;
		} else if (take(frames, n, next, data, len) ||
			   take(late, late_count, &any, data, len)) {
			t->returned++;
		} else {
			t->other++;
		}
	}
}

/**
 * wire_exchange() - send packets and take in what comes back
 * @w: the wire
 * @g: what is sent
 * @frames: the packets, and room for a ping behind them
 * @n: how many
 * @t: counts
 *
 * Exits with a message when the appliance is dead.
 */
void wire_exchange(struct wire *w, const struct gen *g, struct frame *frames,
		   unsigned int n, struct totals *t)
{
	unsigned int next = 0;
	int tries;

	w->ping_seq++;
	frame_put_ping(&frames[n], g, w->ping_id, w->ping_seq);
	send_all(w, frames, n + 1);
	t->sent += n;
	for (tries = 0; tries < PINGS; tries++) {
		if (read_until_answer(w, frames, n, &next, t)) {
			memcpy(late, frames, n * sizeof(*frames));
			late_count = n;
			return;
		}
		w->ping_seq++;
		frame_put_ping(&frames[n], g, w->ping_id, w->ping_seq);
		send_all(w, &frames[n], 1);
	}
	errx(1, "the appliance does not answer pings");
}
