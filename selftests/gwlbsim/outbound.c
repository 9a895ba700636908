// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the frames that are about to be sent: the present batch, and those
 * that wait until the MAC address of their next hop is known. Makes them
 * expected (in flight), sends them, and counts them as sent.
 */
#include <stdlib.h>
#include <string.h>

#include "hold.h"
#include "outbound.h"
#include "wire.h"

struct outbound {
	struct stats *stats;
	struct nodes *nodes;
	struct neigh *neigh;
	struct inflight *inflight;
	struct hold hold[NEIGH_MAX];
	unsigned int staged;
	struct port_tx tx[PORT_BATCH];
	struct inflight_ids ids[PORT_BATCH];
	struct inflight_packet *packet[PORT_BATCH];
};

/**
 * outbound_new() - prepare to send
 * @stats: the counters
 * @nodes: the nodes' ways to the appliances
 * @neigh: MAC addresses
 * @inflight: where sent packets are remembered
 *
 * Return: the state, or NULL without memory.
 */
struct outbound *outbound_new(struct stats *stats, struct nodes *nodes,
			      struct neigh *neigh, struct inflight *inflight)
{
	struct outbound *out = calloc(1, sizeof(*out));

	if (!out)
		return NULL;
	out->stats = stats;
	out->nodes = nodes;
	out->neigh = neigh;
	out->inflight = inflight;
	return out;
}

/**
 * outbound_free() - forget all frames
 * @out: the state
 */
void outbound_free(struct outbound *out)
{
	struct hold_packet *held;
	unsigned int i;

	if (!out)
		return;
	for (i = 0; i < NEIGH_MAX; i++)
		while ((held = hold_pop(&out->hold[i])))
			free(held);
	free(out);
}

static void count_sent(struct outbound *out, const struct inflight_ids *ids,
		       size_t len)
{
	struct stats *stats = out->stats;

	stats->sent++;
	stats->sent_bytes += len;
	stats->appliance[ids->appliance].sent++;
	stats->gwlb[ids->gwlb].sent++;
	stats->endpoint[ids->endpoint].sent++;
}

static void stage(struct outbound *out, const struct inflight_ids *ids,
		  const __u8 *hdr, const __u8 *inner, size_t len,
		  const __u8 *mac, __u64 now)
{
	struct port_tx *tx = &out->tx[out->staged];
	struct inflight_packet *packet;
	__u8 expected[WIRE_HDR_LEN];

	memcpy(expected, hdr, WIRE_HDR_LEN);
	wire_swap(expected);
	packet = inflight_add(out->inflight, ids, expected, inner, len, now);
	if (!packet) {
		out->stats->no_memory++;
		return;
	}
	out->packet[out->staged] = packet;
	out->ids[out->staged] = *ids;
	tx->hdr = hdr;
	tx->hdr_len = WIRE_HDR_LEN;
	tx->inner = inner;
	tx->inner_len = len;
	tx->mac = mac;
	out->staged++;
}

/**
 * outbound_put() - send a frame, with the present batch or when it can be
 * @out: the state
 * @ids: who it belongs to
 * @hdr: outer header
 * @inner: inner packet
 * @len: its length
 * @now: time in ms
 *
 * @hdr and @inner must stay as they are until outbound_flush(), which is due
 * after at most PORT_BATCH frames.
 */
void outbound_put(struct outbound *out, const struct inflight_ids *ids,
		  const __u8 *hdr, const __u8 *inner, size_t len, __u64 now)
{
	unsigned int hop = node_hop(out->nodes, ids->gwlb, ids->appliance);
	const __u8 *mac = neigh_mac(out->neigh, hop);

	if (mac)
		stage(out, ids, hdr, inner, len, mac, now);
	else if (!hold_push(&out->hold[hop], ids, hdr, inner, len, now))
		out->stats->no_neighbour++;
}

/* Frames of a batch that leave by the same device go at once. */
static void send_staged(struct outbound *out)
{
	struct port *port;
	unsigned int i, n;

	for (i = 0; i < out->staged; i += n) {
		port = node_port(out->nodes, out->ids[i].gwlb);
		for (n = 1; i + n < out->staged; n++)
			if (node_port(out->nodes, out->ids[i + n].gwlb) !=
			    port)
				break;
		port_send(port, out->tx + i, n);
	}
}

/**
 * outbound_flush() - send the present batch
 * @out: the state
 */
void outbound_flush(struct outbound *out)
{
	unsigned int i;

	send_staged(out);
	for (i = 0; i < out->staged; i++) {
		if (out->tx[i].sent) {
			count_sent(out, &out->ids[i],
				   WIRE_HDR_LEN + out->tx[i].inner_len);
		} else {
			inflight_cancel(out->inflight, out->packet[i]);
			out->stats->send_failed++;
		}
	}
	out->staged = 0;
}

/* Return: true when there may be more. */
static bool send_held(struct outbound *out, struct hold *hold,
		      const __u8 *mac, __u64 now)
{
	struct hold_packet *held[PORT_BATCH];
	unsigned int i, n = 0;

	while (n < PORT_BATCH && (held[n] = hold_pop(hold))) {
		stage(out, &held[n]->ids, held[n]->hdr, held[n]->inner,
		      held[n]->len, mac, now);
		n++;
	}
	outbound_flush(out);
	for (i = 0; i < n; i++)
		free(held[i]);
	return n == PORT_BATCH;
}

/**
 * outbound_resolved() - send what waited for a MAC address that is now known
 * @out: the state
 * @now: time in ms
 */
void outbound_resolved(struct outbound *out, __u64 now)
{
	const __u8 *mac;
	unsigned int i;

	for (i = 0; i < neigh_count(out->neigh); i++) {
		if (!out->hold[i].count)
			continue;
		mac = neigh_mac(out->neigh, i);
		while (mac && send_held(out, &out->hold[i], mac, now))
			;
	}
}

/**
 * outbound_expire() - give up on frames that waited for too long
 * @out: the state
 * @now: time in ms
 */
void outbound_expire(struct outbound *out, __u64 now)
{
	struct hold_packet *held;
	unsigned int i;

	for (i = 0; i < neigh_count(out->neigh); i++)
		while ((held = hold_pop_old(&out->hold[i], now))) {
			out->stats->no_neighbour++;
			free(held);
		}
}

/**
 * outbound_waits() - does a frame wait for a MAC address?
 * @out: the state
 *
 * Return: true when one does.
 */
bool outbound_waits(const struct outbound *out)
{
	unsigned int i;

	for (i = 0; i < neigh_count(out->neigh); i++)
		if (out->hold[i].count)
			return true;
	return false;
}
