// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the MAC addresses of neighbours, which are appliances or routers. The
 * kernel does the ARP: an entry in its neighbour table is provoked over
 * rtnetlink, and its answers are heard as neighbour notifications. Changes
 * nothing but those entries.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "neigh.h"

/* Until a neighbour answers it is asked this often, */
#define PROBE_UNKNOWN_MS	1000
/* and afterwards this often, so that a replaced machine is noticed. */
#define PROBE_KNOWN_MS		5000

#define NUD_USABLE	(NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | \
			 NUD_PERMANENT)

struct peer {
	int ifindex;
	struct in_addr addr;
	__u8 mac[ETH_ALEN];
	bool known;
	bool permanent;
	__u64 probe_at;
};

struct neigh {
	int fd;
	bool verbose;
	unsigned int peers;
	struct peer peer[NEIGH_MAX];
};

struct request {
	struct nlmsghdr nlh;
	struct ndmsg ndm;
	struct rtattr rta;
	struct in_addr dst;
};

static int request_table(struct neigh *neigh)
{
	struct request req = {
		.nlh = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(req.ndm)),
			.nlmsg_type = RTM_GETNEIGH,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.ndm = { .ndm_family = AF_INET },
	};

	return send(neigh->fd, &req, req.nlh.nlmsg_len, 0) < 0 ? -1 : 0;
}

/*
 * NTF_USE is what a packet to that neighbour would do: it makes the kernel
 * resolve an unknown one and verify a stale one, with ARP and nothing else.
 */
static void probe(struct neigh *neigh, struct peer *peer)
{
	struct request req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = RTM_NEWNEIGH,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE,
		},
		.ndm = {
			.ndm_family = AF_INET,
			.ndm_ifindex = peer->ifindex,
			.ndm_flags = NTF_USE,
		},
		.rta = {
			.rta_len = RTA_LENGTH(sizeof(req.dst)),
			.rta_type = NDA_DST,
		},
		.dst = peer->addr,
	};

	/* A full queue is no harm: the next tick asks again. */
	if (send(neigh->fd, &req, sizeof(req), 0) < 0 && errno != EAGAIN)
		fprintf(stderr, "gwlbsim: cannot resolve %s: %s\n",
			inet_ntoa(peer->addr), strerror(errno));
}

static void learn(struct neigh *neigh, struct peer *peer, const __u8 *mac,
		  bool permanent)
{
	peer->permanent = permanent;
	if (peer->known && !memcmp(peer->mac, mac, ETH_ALEN))
		return;
	peer->known = true;
	memcpy(peer->mac, mac, ETH_ALEN);
	if (neigh->verbose)
		fprintf(stderr,
			"gwlbsim: neighbour %s is at %02x:%02x:%02x:%02x:%02x:%02x\n",
			inet_ntoa(peer->addr), mac[0], mac[1], mac[2], mac[3],
			mac[4], mac[5]);
}

/*
 * An entry that failed is not forgotten here: a VPC goes on sending to an
 * appliance that does not answer, and its packets are then missing.
 */
static void take(struct neigh *neigh, const struct nlmsghdr *nlh)
{
	const struct ndmsg *ndm = NLMSG_DATA(nlh);
	const struct in_addr *dst = NULL;
	const __u8 *mac = NULL;
	const struct rtattr *rta;
	unsigned int i;
	int left;

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*ndm)) ||
	    ndm->ndm_family != AF_INET || !(ndm->ndm_state & NUD_USABLE))
		return;
	left = nlh->nlmsg_len - NLMSG_LENGTH(sizeof(*ndm));
	for (rta = (const void *)(ndm + 1); RTA_OK(rta, left);
	     rta = RTA_NEXT(rta, left)) {
		if (rta->rta_type == NDA_DST &&
		    RTA_PAYLOAD(rta) == sizeof(*dst))
			dst = RTA_DATA(rta);
		if (rta->rta_type == NDA_LLADDR &&
		    RTA_PAYLOAD(rta) == ETH_ALEN)
			mac = RTA_DATA(rta);
	}
	if (!dst || !mac)
		return;
	for (i = 0; i < neigh->peers; i++)
		if (neigh->peer[i].addr.s_addr == dst->s_addr &&
		    neigh->peer[i].ifindex == ndm->ndm_ifindex)
			learn(neigh, &neigh->peer[i], mac,
			      ndm->ndm_state & NUD_PERMANENT);
}

/**
 * neigh_open() - watch the kernel's table of neighbours
 * @verbose: report what is learnt
 *
 * Return: the state, or NULL after a message on stderr.
 */
struct neigh *neigh_open(bool verbose)
{
	struct sockaddr_nl nl = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_NEIGH,
	};
	struct neigh *neigh = calloc(1, sizeof(*neigh));

	if (!neigh)
		goto complain;
	neigh->verbose = verbose;
	neigh->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			   NETLINK_ROUTE);
	if (neigh->fd < 0)
		goto complain;
	if (bind(neigh->fd, (struct sockaddr *)&nl, sizeof(nl)))
		goto complain;
	return neigh;
complain:
	fprintf(stderr, "gwlbsim: cannot watch neighbours: %s\n",
		strerror(errno));
	neigh_close(neigh);
	return NULL;
}

/**
 * neigh_add() - resolve a neighbour from now on
 * @neigh: the state
 * @ifindex: the device that it is on
 * @addr: its address
 *
 * What the kernel knows already is asked for when the first one is added, so
 * all should be added before the first neigh_read(). At most NEIGH_MAX.
 *
 * Return: its index, the same for the same neighbour.
 */
unsigned int neigh_add(struct neigh *neigh, int ifindex, struct in_addr addr)
{
	struct peer *peer;
	unsigned int i;

	for (i = 0; i < neigh->peers; i++)
		if (neigh->peer[i].addr.s_addr == addr.s_addr &&
		    neigh->peer[i].ifindex == ifindex)
			return i;
	/* If it fails, neigh_tick() has the answers repeated. */
	if (!neigh->peers)
		request_table(neigh);
	peer = &neigh->peer[neigh->peers];
	peer->ifindex = ifindex;
	peer->addr = addr;
	return neigh->peers++;
}

/**
 * neigh_count() - how many neighbours there are
 * @neigh: the state
 *
 * Return: one more than the highest index.
 */
unsigned int neigh_count(const struct neigh *neigh)
{
	return neigh->peers;
}

/**
 * neigh_close() - stop resolving
 * @neigh: the state
 */
void neigh_close(struct neigh *neigh)
{
	if (neigh && neigh->fd >= 0)
		close(neigh->fd);
	free(neigh);
}

/**
 * neigh_fd() - what to poll
 * @neigh: the state
 *
 * Return: a descriptor that is readable when neigh_read() has work.
 */
int neigh_fd(const struct neigh *neigh)
{
	return neigh->fd;
}

/**
 * neigh_read() - take in what the kernel found out
 * @neigh: the state
 */
void neigh_read(struct neigh *neigh)
{
	char buf[16384] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh;
	ssize_t len;

	for (;;) {
		len = recv(neigh->fd, buf, sizeof(buf), 0);
		if (len < 0 && errno == EINTR)
			continue;
		/* Notifications were lost; the table has them. */
		if (len < 0 && errno == ENOBUFS && !request_table(neigh))
			continue;
		if (len <= 0)
			return;
		for (nlh = (void *)buf; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len))
			if (nlh->nlmsg_type == RTM_NEWNEIGH)
				take(neigh, nlh);
	}
}

/**
 * neigh_tick() - ask for what is unknown or was not verified for a while
 * @neigh: the state
 * @now: time in ms
 *
 * Entries that an administrator made permanent are left alone: asking would
 * take that mark away.
 */
void neigh_tick(struct neigh *neigh, __u64 now)
{
	struct peer *peer;
	unsigned int i;

	for (i = 0; i < neigh->peers; i++) {
		peer = &neigh->peer[i];
		if (peer->permanent || now < peer->probe_at)
			continue;
		probe(neigh, peer);
		peer->probe_at = now + (peer->known ? PROBE_KNOWN_MS
						    : PROBE_UNKNOWN_MS);
	}
}

/**
 * neigh_mac() - MAC address of a neighbour
 * @neigh: the state
 * @peer: its index
 *
 * Return: the address, or NULL while it is unknown.
 */
const __u8 *neigh_mac(const struct neigh *neigh, unsigned int peer)
{
	return neigh->peer[peer].known ? neigh->peer[peer].mac : NULL;
}
