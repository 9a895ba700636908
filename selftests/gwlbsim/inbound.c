// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what comes back: each frame is judged against what was sent, and the
 * inner packet of one that is right goes on through its endpoint. Writes the
 * counters of what came back.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "inbound.h"
#include "report.h"
#include "wire.h"

/* Batches of one call, so that the other side gets its turn. */
#define WIRE_BATCHES		16

struct inbound {
	const struct options *opt;
	struct stats *stats;
	struct nodes *nodes;
	struct inflight *inflight;
	const int *tun;
	struct report report;
};

/**
 * inbound_new() - prepare to receive
 * @opt: the command line
 * @stats: the counters
 * @nodes: the nodes' devices
 * @inflight: what is expected
 * @tun: descriptors of the endpoints' TUN devices
 *
 * Return: the state, or NULL without memory.
 */
struct inbound *inbound_new(const struct options *opt, struct stats *stats,
			    struct nodes *nodes, struct inflight *inflight,
			    const int *tun)
{
	struct inbound *in = calloc(1, sizeof(*in));

	if (!in)
		return NULL;
	in->opt = opt;
	in->stats = stats;
	in->nodes = nodes;
	in->inflight = inflight;
	in->tun = tun;
	return in;
}

/**
 * inbound_free() - stop receiving
 * @in: the state
 */
void inbound_free(struct inbound *in)
{
	free(in);
}

static void deliver(struct inbound *in, const struct inflight_ids *ids,
		    const __u8 *frame, size_t len)
{
	if (write(in->tun[ids->endpoint], frame + WIRE_HDR_LEN,
		  len - WIRE_HDR_LEN) < 0)
		in->stats->deliver_failed++;
}

static void count_returned(struct inbound *in, const struct inflight_ids *ids,
			   size_t len)
{
	struct stats *stats = in->stats;

	stats->returned++;
	stats->returned_bytes += len;
	stats->appliance[ids->appliance].returned++;
	stats->gwlb[ids->gwlb].returned++;
	stats->endpoint[ids->endpoint].returned++;
}

/*
 * What a bridge floods, or a host with several devices answers through the
 * wrong one, is not what this device was sent.
 */
static bool for_us(const struct port *port, const struct port_rx *rx)
{
	struct in_addr dst;

	if (rx->len < 20)
		return false;
	memcpy(&dst, rx->frame + 16, sizeof(dst));
	return port_owns(port, dst);
}

static void unroute(struct inbound *in, const struct port_rx *rx)
{
	struct in_addr src, dst;

	if (rx->len < 20)
		return;
	memcpy(&src, rx->frame + 12, sizeof(src));
	memcpy(&dst, rx->frame + 16, sizeof(dst));
	if (node_routed(in->nodes, dst, src))
		wire_unroute(rx->frame, rx->len);
}

static void judge(struct inbound *in, const struct port *port,
		  const struct port_rx *rx, __u64 now)
{
	struct stats *stats = in->stats;
	struct inflight_match match;

	/* A fault without a frame has no address to look at. */
	if (rx->len && !for_us(port, rx))
		return;
	if (rx->fault) {
		stats->differences++;
		report_frame(&in->report, "difference", rx->fault,
			     rx->frame, rx->len, now);
		return;
	}
	unroute(in, rx);
	switch (inflight_return(in->inflight, rx->frame, rx->len, now,
				&match)) {
	case INFLIGHT_RETURNED:
		count_returned(in, &match.ids, rx->len);
		deliver(in, &match.ids, rx->frame, rx->len);
		break;
	case INFLIGHT_LATE:
		stats->late++;
		break;
	case INFLIGHT_DUPLICATE:
		stats->duplicates++;
		report_frame(&in->report, "duplicate",
			     "it has come back already", rx->frame, rx->len,
			     now);
		break;
	case INFLIGHT_DIFFERENT:
		if (in->opt->answers &&
		    answer_is(&match, rx->frame, rx->len)) {
			stats->answers++;
			deliver(in, &match.ids, rx->frame, rx->len);
			break;
		}
		stats->differences++;
		report_difference(&in->report, &match, rx->frame, rx->len,
				  now);
		break;
	case INFLIGHT_UNSOLICITED:
		stats->unsolicited++;
		report_frame(&in->report, "unsolicited",
			     "nothing like it was sent", rx->frame, rx->len,
			     now);
		break;
	}
}

/* Return: true when nothing is left to read. */
static bool read_port(struct inbound *in, struct port *port, __u64 now)
{
	struct port_rx rx[PORT_BATCH];
	unsigned int i, k, n;

	for (i = 0; i < WIRE_BATCHES; i++) {
		n = port_receive(port, rx);
		for (k = 0; k < n; k++)
			judge(in, port, &rx[k], now);
		if (n == 0)
			return true;
	}
	return false;
}

/**
 * inbound_read() - take in what came back
 * @in: the state
 * @now: time in ms
 *
 * Return: true when nothing is left to read.
 */
bool inbound_read(struct inbound *in, __u64 now)
{
	bool drained = true;
	unsigned int i;

	for (i = 0; i < nodes_ports(in->nodes); i++)
		drained &= read_port(in, nodes_port(in->nodes, i), now);
	return drained;
}
