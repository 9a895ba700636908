// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the way of a packet: a customer packet from an endpoint gets its flow
 * and outer header and goes to the appliance; what comes back is judged, and
 * the inner packet goes on through the endpoint. Writes all packet counters.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "flow.h"
#include "inflight.h"
#include "outbound.h"
#include "path.h"
#include "report.h"
#include "tuple.h"
#include "wire.h"

/* Batches of one call, so that the other side gets its turn. */
#define CUSTOMER_BATCHES	2
#define WIRE_BATCHES		16
/* One byte more than is allowed would be enough to see what is too big. */
#define CUSTOMER_MAX		(WIRE_INNER_MAX + 60)

struct path {
	const struct options *opt;
	struct stats *stats;
	struct port *port;
	const int *tun;
	struct flow_table *flows;
	struct inflight *inflight;
	struct outbound *outbound;
	struct report report;
	__u8 hdr[PORT_BATCH][WIRE_HDR_LEN];
	__u8 inner[PORT_BATCH][CUSTOMER_MAX];
};

/**
 * path_new() - prepare the way
 * @opt: the command line
 * @stats: the counters
 * @port: the wire device
 * @neigh: the appliances' MAC addresses
 * @tun: descriptors of the endpoints' TUN devices
 *
 * Return: the state, or NULL without memory.
 */
struct path *path_new(const struct options *opt, struct stats *stats,
		      struct port *port, struct neigh *neigh, const int *tun)
{
	struct path *path = calloc(1, sizeof(*path));

	if (!path)
		return NULL;
	path->opt = opt;
	path->stats = stats;
	path->port = port;
	path->tun = tun;
	path->flows = flow_table_new();
	path->inflight = inflight_new();
	if (path->inflight)
		path->outbound = outbound_new(opt, stats, port, neigh,
					      path->inflight);
	if (!path->flows || !path->outbound) {
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
	outbound_free(path->outbound);
	inflight_free(path->inflight);
	flow_table_free(path->flows);
	free(path);
}

static unsigned int list_healthy(const struct path *path, __u16 *healthy)
{
	unsigned int i, n = 0;

	for (i = 0; i < path->opt->appliances; i++)
		if (path->stats->appliance[i].healthy)
			healthy[n++] = i;
	return n;
}

static struct flow *new_flow(struct path *path, const struct tuple *key,
			     __u64 now)
{
	__u16 healthy[OPTIONS_APPLIANCE_MAX];
	unsigned int n = list_healthy(path, healthy);
	struct flow *flow;

	if (!n) {
		path->stats->no_healthy_appliance++;
		return NULL;
	}
	flow = flow_add(path->flows, key, now);
	if (!flow) {
		path->stats->no_memory++;
		return NULL;
	}
	flow->appliance = healthy[flow_pick(flow, FLOW_PICK_APPLIANCE, n)];
	flow->gwlb = flow_pick(flow, FLOW_PICK_GWLB, path->opt->gwlbs);
	if (path->opt->verbose)
		fprintf(stderr,
			"gwlbsim: flow %08x: vpce-%017llx, IPv%u, protocol %u, appliance %u of %u\n",
			flow->cookie, path->opt->endpoint[key->endpoint].id,
			key->family, key->proto, flow->appliance + 1,
			path->opt->appliances);
	return flow;
}

/* @slot: where the packet lies in path->inner, and its header in path->hdr */
static void admit(struct path *path, unsigned int endpoint, unsigned int slot,
		  size_t len, __u64 now)
{
	const struct options *opt = path->opt;
	const __u8 *inner = path->inner[slot];
	__u8 *hdr = path->hdr[slot];
	struct inflight_ids ids;
	struct tuple key;
	struct flow *flow;
	struct wire wire;

	if (len > WIRE_INNER_MAX) {
		path->stats->too_big++;
		return;
	}
	if (!tuple_parse(&key, inner, len)) {
		path->stats->ignored++;
		return;
	}
	key.endpoint = endpoint;
	flow = flow_find(path->flows, &key, now);
	if (!flow)
		flow = new_flow(path, &key, now);
	if (!flow)
		return;

	memset(&wire, 0, sizeof(wire));
	wire.src = opt->gwlb[flow->gwlb];
	wire.dst = opt->appliance[flow->appliance];
	wire.sport = flow_sport(flow);
	wire.proto = key.family == 4 ? WIRE_PROTO_IPV4 : WIRE_PROTO_IPV6;
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

static void deliver(struct path *path, const struct inflight_ids *ids,
		    const __u8 *frame, size_t len)
{
	if (write(path->tun[ids->endpoint], frame + WIRE_HDR_LEN,
		  len - WIRE_HDR_LEN) < 0)
		path->stats->deliver_failed++;
}

static void count_returned(struct path *path, const struct inflight_ids *ids,
			   size_t len)
{
	struct stats *stats = path->stats;

	stats->returned++;
	stats->returned_bytes += len;
	stats->appliance[ids->appliance].returned++;
	stats->gwlb[ids->gwlb].returned++;
	stats->endpoint[ids->endpoint].returned++;
}

static bool for_us(const struct path *path, const struct port_rx *rx)
{
	struct in_addr dst;
	unsigned int i;

	if (rx->len < 20)
		return false;
	memcpy(&dst, rx->frame + 16, sizeof(dst));
	for (i = 0; i < path->opt->gwlbs; i++)
		if (path->opt->gwlb[i].s_addr == dst.s_addr)
			return true;
	return false;
}

static void judge(struct path *path, const struct port_rx *rx, __u64 now)
{
	struct stats *stats = path->stats;
	struct inflight_match match;

	/* A fault without a frame has no address to look at. */
	if (rx->len && !for_us(path, rx))
		return;
	if (rx->fault) {
		stats->differences++;
		report_frame(&path->report, "difference", rx->fault,
			     rx->frame, rx->len, now);
		return;
	}
	switch (inflight_return(path->inflight, rx->frame, rx->len, now,
				&match)) {
	case INFLIGHT_RETURNED:
		count_returned(path, &match.ids, rx->len);
		deliver(path, &match.ids, rx->frame, rx->len);
		break;
	case INFLIGHT_LATE:
		stats->late++;
		break;
	case INFLIGHT_DUPLICATE:
		stats->duplicates++;
		report_frame(&path->report, "duplicate",
			     "it has come back already", rx->frame, rx->len,
			     now);
		break;
	case INFLIGHT_DIFFERENT:
		if (path->opt->answers &&
		    answer_is(&match, rx->frame, rx->len)) {
			stats->answers++;
			deliver(path, &match.ids, rx->frame, rx->len);
			break;
		}
		stats->differences++;
		report_difference(&path->report, &match, rx->frame, rx->len,
				  now);
		break;
	case INFLIGHT_UNSOLICITED:
		stats->unsolicited++;
		report_frame(&path->report, "unsolicited",
			     "nothing like it was sent", rx->frame, rx->len,
			     now);
		break;
	}
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
	struct port_rx rx[PORT_BATCH];
	unsigned int i, k, n;

	for (i = 0; i < WIRE_BATCHES; i++) {
		n = port_receive(path->port, rx);
		for (k = 0; k < n; k++)
			judge(path, &rx[k], now);
		if (n == 0)
			return true;
	}
	return false;
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

	while ((ids = inflight_expire(path->inflight, now))) {
		path->stats->missing++;
		path->stats->gwlb[ids->gwlb].missing++;
		path->stats->endpoint[ids->endpoint].missing++;
	}
	outbound_expire(path->outbound, now);
	flow_expire(path->flows, now);
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
	path->stats->in_flight = inflight_waiting(path->inflight);
	path->stats->flows = flow_count(path->flows);
	path->stats->wire_lost = port_lost(path->port);
}
