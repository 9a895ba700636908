// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the way of a packet from an endpoint: it gets its flow and outer
 * header and goes to the appliance, and is missing when it does not come
 * back. Puts the parts together that know more about each of these steps.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inbound.h"
#include "inflight.h"
#include "outbound.h"
#include "path.h"
#include "steer.h"
#include "wire.h"

/* Batches of one call, so that the other side gets its turn. */
#define CUSTOMER_BATCHES	2
/* One byte more than is allowed would be enough to see what is too big. */
#define CUSTOMER_MAX		(WIRE_INNER_MAX + 60)

struct path {
	const struct options *opt;
	struct stats *stats;
	struct target_group *group;
	struct nodes *nodes;
	const int *tun;
	struct inflight *inflight;
	struct steer *steer;
	struct outbound *outbound;
	struct inbound *inbound;
	__u8 hdr[PORT_BATCH][WIRE_HDR_LEN];
	__u8 inner[PORT_BATCH][CUSTOMER_MAX];
};

/**
 * path_new() - prepare the way
 * @opt: the command line
 * @stats: the counters
 * @group: the targets
 * @nodes: the nodes
 * @neigh: MAC addresses
 * @tun: descriptors of the endpoints' TUN devices
 *
 * Return: the state, or NULL without memory.
 */
struct path *path_new(const struct options *opt, struct stats *stats,
		      struct target_group *group, struct nodes *nodes,
		      struct neigh *neigh, const int *tun)
{
	struct path *path = calloc(1, sizeof(*path));

	if (!path)
		return NULL;
	path->opt = opt;
	path->stats = stats;
	path->group = group;
	path->nodes = nodes;
	path->tun = tun;
	path->steer = steer_new(opt, stats, group);
	path->inflight = inflight_new();
	if (path->inflight) {
		path->outbound = outbound_new(stats, nodes, neigh,
					      path->inflight);
		path->inbound = inbound_new(opt, stats, nodes, path->inflight,
					    tun);
	}
	if (!path->steer || !path->outbound || !path->inbound) {
		path_free(path);
		return NULL;
	}
	return path;
}

/**
 * path_free() - forget everything
 * @path: the state
 */
void path_free(struct path *path)
{
	if (!path)
		return;
	inbound_free(path->inbound);
	outbound_free(path->outbound);
	inflight_free(path->inflight);
	steer_free(path->steer);
	free(path);
}

/* @slot: where the packet lies in path->inner, and its header in path->hdr */
static void admit(struct path *path, unsigned int endpoint, unsigned int slot,
		  size_t len, __u64 now)
{
	const struct options *opt = path->opt;
	const __u8 *inner = path->inner[slot];
	__u8 *hdr = path->hdr[slot];
	const struct flow *flow;
	struct inflight_ids ids;
	struct wire wire;

	if (len > WIRE_INNER_MAX) {
		path->stats->too_big++;
		return;
	}
	flow = steer_packet(path->steer, endpoint, inner, len, now);
	if (!flow)
		return;

	memset(&wire, 0, sizeof(wire));
	wire.src = opt->gwlb[flow->gwlb].addr;
	wire.dst = opt->appliance[flow->appliance].addr;
	wire.sport = flow_sport(flow);
	wire.proto = flow->key.family == 4 ? WIRE_PROTO_IPV4 : WIRE_PROTO_IPV6;
	wire.endpoint = opt->endpoint[endpoint].id;
	wire.cookie = flow->cookie;
	wire_build(hdr, &wire, inner, len);

	ids.endpoint = endpoint;
	ids.gwlb = flow->gwlb;
	ids.appliance = flow->appliance;
	outbound_put(path->outbound, &ids, hdr, inner, len, now);
}

/* Return: how many packets were read, or -1 when the device is gone. */
static int customer_batch(struct path *path, unsigned int endpoint, __u64 now)
{
	unsigned int i;
	ssize_t len;

	for (i = 0; i < PORT_BATCH; i++) {
		len = read(path->tun[endpoint], path->inner[i], CUSTOMER_MAX);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0 && errno != EAGAIN) {
			fprintf(stderr, "gwlbsim: cannot read from %s: %s\n",
				path->opt->endpoint[endpoint].tun,
				strerror(errno));
			return -1;
		}
		if (len < 0)
			break;
		admit(path, endpoint, i, len, now);
	}
	outbound_flush(path->outbound);
	return i;
}

/**
 * path_customer() - take in customer packets and send them
 * @path: the state
 * @endpoint: which endpoint has some
 * @now: time in ms
 *
 * Return: 0, or -1 after a message on stderr when the device is gone.
 */
int path_customer(struct path *path, unsigned int endpoint, __u64 now)
{
	int i, n;

	for (i = 0; i < CUSTOMER_BATCHES; i++) {
		n = customer_batch(path, endpoint, now);
		if (n < 0)
			return -1;
		if (n < PORT_BATCH)
			break;
	}
	return 0;
}

/**
 * path_wire() - take in what came back
 * @path: the state
 * @now: time in ms
 *
 * Return: true when nothing is left to read.
 */
bool path_wire(struct path *path, __u64 now)
{
	return inbound_read(path->inbound, now);
}

/**
 * path_resolved() - send what waited for a MAC address
 * @path: the state
 * @now: time in ms
 */
void path_resolved(struct path *path, __u64 now)
{
	outbound_resolved(path->outbound, now);
}

static void count_missing(struct path *path, const struct inflight_ids *ids,
			  __u64 sent)
{
	struct stats *stats = path->stats;

	stats->missing++;
	stats->gwlb[ids->gwlb].missing++;
	stats->endpoint[ids->endpoint].missing++;
	stats->appliance[ids->appliance].missing++;
	if (target_missing(path->group, ids->appliance, sent)) {
		stats->missing_unhealthy++;
		stats->appliance[ids->appliance].missing_unhealthy++;
	}
}

/**
 * path_expire() - give up on what took too long
 * @path: the state
 * @now: time in ms
 *
 * Only to be called when path_wire() has read everything: a packet that lies
 * in the socket is not missing.
 */
void path_expire(struct path *path, __u64 now)
{
	const struct inflight_ids *ids;

	while ((ids = inflight_expire(path->inflight, now)))
		count_missing(path, ids, now - INFLIGHT_TIMEOUT_MS);
	outbound_expire(path->outbound, now);
	steer_expire(path->steer, now);
}

/**
 * path_waits() - is there something that path_expire() may give up on?
 * @path: the state
 *
 * Return: true when it should be called soon.
 */
bool path_waits(const struct path *path)
{
	return inflight_waiting(path->inflight) ||
	       outbound_waits(path->outbound);
}

/**
 * path_gauges() - bring the counters that are gauges up to date
 * @path: the state
 */
void path_gauges(const struct path *path)
{
	const struct flow_counts *flows = steer_counts(path->steer);
	const struct options *opt = path->opt;
	struct stats *stats = path->stats;
	unsigned int i;

	stats->in_flight = inflight_waiting(path->inflight);
	stats->flows = flows->all;
	stats->wire_lost = 0;
	for (i = 0; i < nodes_ports(path->nodes); i++)
		stats->wire_lost += port_lost(nodes_port(path->nodes, i));
	for (i = 0; i < opt->gwlbs; i++)
		stats->gwlb[i].flows = flows->gwlb[i];
	for (i = 0; i < opt->endpoints; i++)
		stats->endpoint[i].flows = flows->endpoint[i];
	for (i = 0; i < opt->appliances; i++) {
		stats->appliance[i].flows = flows->appliance[i];
		stats->appliance[i].state =
			target_state(&path->group->target[i]);
	}
}
