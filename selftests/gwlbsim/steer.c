// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the flows: finds or makes that of a customer packet, and moves it when
 * its target is no longer to be used. Counts the packets that go nowhere.
 */
#include <assert.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "choose.h"
#include "steer.h"
#include "tuple.h"

struct steer {
	const struct options *opt;
	struct stats *stats;
	const struct target_group *group;
	struct flow_table *flows;
};

/**
 * steer_new() - begin without flows
 * @opt: the command line
 * @stats: the counters
 * @group: the targets
 *
 * Return: the state, or NULL without memory.
 */
struct steer *steer_new(const struct options *opt, struct stats *stats,
			const struct target_group *group)
{
	struct steer *steer = calloc(1, sizeof(*steer));

	if (!steer)
		return NULL;
	steer->opt = opt;
	steer->stats = stats;
	steer->group = group;
	steer->flows = flow_table_new(opt->tcp_idle);
	if (!steer->flows) {
		free(steer);
		return NULL;
	}
	return steer;
}

/**
 * steer_free() - forget all flows
 * @steer: the state
 */
void steer_free(struct steer *steer)
{
	if (steer)
		flow_table_free(steer->flows);
	free(steer);
}

/*
 * A real load balancer has one node in a zone. If there are more, as in tests
 * without zones, flows are spread over them.
 */
static unsigned int pick_node(const struct options *opt, unsigned int zone,
			      __u64 hash)
{
	unsigned int i, n = 0;

	for (i = 0; i < opt->gwlbs; i++)
		n += opt->gwlb[i].zone == zone;
	/* region.c refuses an endpoint in a zone without one. */
	assert(n);
	n = (hash >> 20 & 0xfffff) % n;
	for (i = 0; ; i++)
		if (opt->gwlb[i].zone == zone && !n--)
			return i;
}

static const char *name(const struct steer *steer, unsigned int appliance)
{
	return inet_ntoa(steer->opt->appliance[appliance].addr);
}

static struct flow *begin(struct steer *steer, const struct tuple *key,
			  __u64 now)
{
	const struct options *opt = steer->opt;
	unsigned int zone = opt->endpoint[key->endpoint].zone;
	__u64 hash = flow_hash(steer->flows, key);
	struct flow *flow;
	int appliance;
	bool open;

	appliance = choose_target(steer->group, zone, hash, &open);
	if (appliance == CHOOSE_NONE) {
		steer->stats->no_healthy_appliance++;
		return NULL;
	}
	flow = flow_add(steer->flows, key, pick_node(opt, zone, hash),
			appliance, now);
	if (!flow) {
		steer->stats->no_memory++;
		return NULL;
	}
	if (open)
		steer->stats->fail_open++;
	if (opt->verbose)
		fprintf(stderr,
			"gwlbsim: flow %08x: vpce-%017llx, IPv%u, protocol %u, to %s\n",
			flow->cookie, opt->endpoint[key->endpoint].id,
			key->family, key->proto, name(steer, appliance));
	return flow;
}

/* Return: false when the flow has to leave its target, but has no other. */
static bool go_on(struct steer *steer, struct flow *flow)
{
	const struct options *opt = steer->opt;
	int appliance = choose_again(steer->group,
				     opt->endpoint[flow->key.endpoint].zone,
				     flow->hash, flow->appliance);

	if (appliance == flow->appliance)
		return true;
	if (appliance == CHOOSE_NONE) {
		steer->stats->no_healthy_appliance++;
		return false;
	}
	flow_move(steer->flows, flow, appliance);
	steer->stats->rebalanced++;
	if (opt->verbose)
		fprintf(stderr, "gwlbsim: flow %08x: moves to %s\n",
			flow->cookie, name(steer, appliance));
	return true;
}

/**
 * steer_packet() - find the flow of a customer packet
 * @steer: the state
 * @endpoint: index of the endpoint that it comes from
 * @inner: the packet
 * @len: its length
 * @now: time in ms
 *
 * Return: the flow, valid until the next call; or NULL when the packet goes
 * nowhere, which was counted.
 */
const struct flow *steer_packet(struct steer *steer, unsigned int endpoint,
				const __u8 *inner, size_t len, __u64 now)
{
	struct tuple key;
	struct flow *flow;

	if (!tuple_parse(&key, inner, len)) {
		steer->stats->ignored++;
		return NULL;
	}
	tuple_reduce(&key, steer->opt->stickiness);
	key.endpoint = endpoint;
	flow = flow_find(steer->flows, &key, now);
	if (flow)
		return go_on(steer, flow) ? flow : NULL;
	if (!tuple_opens(inner, len)) {
		steer->stats->tcp_no_flow++;
		return NULL;
	}
	return begin(steer, &key, now);
}

/**
 * steer_expire() - forget flows that were idle for too long
 * @steer: the state
 * @now: time in ms
 */
void steer_expire(struct steer *steer, __u64 now)
{
	flow_expire(steer->flows, now);
}

/**
 * steer_counts() - how many flows there are
 * @steer: the state
 *
 * Return: the counts.
 */
const struct flow_counts *steer_counts(const struct steer *steer)
{
	return flow_counts(steer->flows);
}
