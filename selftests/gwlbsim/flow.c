// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the flow table: key to cookie, node and appliance, with GWLB's idle
 * timeouts. Knows nothing of sockets, packets or health: the caller says
 * where a flow goes.
 *
 * One table serves all nodes, yet each has flows of its own (inferred: state
 * belongs to the load balancer of a zone): the endpoint is in the key, and it
 * belongs to one zone. So a connection that passes two endpoints is two
 * flows, with two cookies and maybe two targets.
 *
 * A flow ends by being idle, and by nothing else: it does not follow FIN and
 * RST, so a SYN that uses the same 5-tuple again goes where the last
 * connection went, by the same cookie. Real ones have been seen to give such
 * a SYN a new cookie.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "flow.h"
#include "hash.h"
#include "pool.h"

#define FLOW_BUCKETS	(1U << 17)
#define FLOW_LIMIT	(1U << 20)

/* Flows with one timeout, least recently used first. */
struct flow_list {
	struct flow *oldest;
	struct flow *newest;
	__u64 timeout;
};

struct flow_table {
	struct flow *bucket[FLOW_BUCKETS];
	struct flow_list tcp;
	struct flow_list other;
	struct pool pool;
	struct flow_counts counts;
	__u64 seed;
};

static bool random_bytes(void *p, size_t len)
{
	return getrandom(p, len, 0) == (ssize_t)len;
}

/**
 * flow_table_new() - make an empty flow table
 * @tcp_idle: when an idle TCP flow is forgotten, in ms
 *
 * Return: the table, or NULL without memory.
 */
struct flow_table *flow_table_new(__u64 tcp_idle)
{
	struct flow_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	if (!random_bytes(&table->seed, sizeof(table->seed))) {
		free(table);
		return NULL;
	}
	table->tcp.timeout = tcp_idle;
	table->other.timeout = FLOW_TIMEOUT_OTHER_MS;
	pool_init(&table->pool, sizeof(struct flow), FLOW_LIMIT);
	return table;
}

/**
 * flow_table_free() - free a table and its flows
 * @table: the table
 */
void flow_table_free(struct flow_table *table)
{
	if (table)
		pool_exit(&table->pool);
	free(table);
}

static struct flow_list *list_of(struct flow_table *table,
				 const struct flow *flow)
{
	return flow->key.tcp ? &table->tcp : &table->other;
}

static void list_append(struct flow_list *list, struct flow *flow)
{
	flow->older = list->newest;
	flow->newer = NULL;
	if (list->newest)
		list->newest->newer = flow;
	else
		list->oldest = flow;
	list->newest = flow;
}

static void list_remove(struct flow_list *list, struct flow *flow)
{
	if (flow->older)
		flow->older->newer = flow->newer;
	else
		list->oldest = flow->newer;
	if (flow->newer)
		flow->newer->older = flow->older;
	else
		list->newest = flow->older;
}

static struct flow **bucket_of(struct flow_table *table, __u64 hash)
{
	return &table->bucket[hash % FLOW_BUCKETS];
}

static void count(struct flow_table *table, const struct flow *flow, long n)
{
	struct flow_counts *counts = &table->counts;

	counts->all += n;
	counts->gwlb[flow->gwlb] += n;
	counts->appliance[flow->appliance] += n;
	counts->endpoint[flow->key.endpoint] += n;
}

static void flow_remove(struct flow_table *table, struct flow *flow)
{
	struct flow **at = bucket_of(table, flow->hash);

	while (*at != flow)
		at = &(*at)->chain;
	*at = flow->chain;
	list_remove(list_of(table, flow), flow);
	count(table, flow, -1);
	pool_put(&table->pool, flow);
}

/**
 * flow_find() - look a flow up and mark it used
 * @table: the table
 * @key: its key
 * @now: time in ms
 *
 * A flow that has been idle for its timeout is gone, even when
 * flow_expire() did not come around yet.
 *
 * Return: the flow, valid until the next flow_find() or flow_expire(); or
 * NULL.
 */
struct flow *flow_find(struct flow_table *table, const struct tuple *key,
		       __u64 now)
{
	__u64 hash = flow_hash(table, key);
	struct flow_list *list;
	struct flow *flow;

	for (flow = *bucket_of(table, hash); flow; flow = flow->chain)
		if (flow->hash == hash &&
		    !memcmp(&flow->key, key, sizeof(*key)))
			break;
	if (!flow)
		return NULL;
	list = list_of(table, flow);
	if (now - flow->used >= list->timeout) {
		flow_remove(table, flow);
		return NULL;
	}
	flow->used = now;
	if (list->newest != flow) {
		list_remove(list, flow);
		list_append(list, flow);
	}
	return flow;
}

/**
 * flow_add() - remember a new flow
 * @table: the table
 * @key: its key, which must not be in the table
 * @gwlb: index of the node that it is sent from
 * @appliance: index of the appliance that it is sent to
 * @now: time in ms
 *
 * Return: the flow with a fresh random cookie, or NULL when the table is
 * full.
 */
struct flow *flow_add(struct flow_table *table, const struct tuple *key,
		      unsigned int gwlb, unsigned int appliance, __u64 now)
{
	struct flow *flow = pool_get(&table->pool);
	struct flow **at;

	if (!flow)
		return NULL;
	memset(flow, 0, sizeof(*flow));
	if (!random_bytes(&flow->cookie, sizeof(flow->cookie))) {
		pool_put(&table->pool, flow);
		return NULL;
	}
	flow->key = *key;
	flow->hash = flow_hash(table, key);
	flow->gwlb = gwlb;
	flow->appliance = appliance;
	flow->used = now;
	at = bucket_of(table, flow->hash);
	flow->chain = *at;
	*at = flow;
	list_append(list_of(table, flow), flow);
	count(table, flow, 1);
	return flow;
}

/**
 * flow_move() - send a flow to another appliance
 * @table: the table
 * @flow: the flow; its cookie stays, as it is still the same flow (inferred)
 * @appliance: index of the appliance
 */
void flow_move(struct flow_table *table, struct flow *flow,
	       unsigned int appliance)
{
	count(table, flow, -1);
	flow->appliance = appliance;
	count(table, flow, 1);
}

/**
 * flow_hash() - what choices for a flow are to depend on
 * @table: the table
 * @key: its key
 *
 * Return: the hash that a flow of this key has.
 */
__u64 flow_hash(const struct flow_table *table, const struct tuple *key)
{
	return hash_bytes(table->seed, key, sizeof(*key));
}

/**
 * flow_sport() - UDP source port of a flow
 * @flow: the flow
 *
 * Captures show 60000 and 60001, and one port for both directions.
 *
 * Return: the port.
 */
__u16 flow_sport(const struct flow *flow)
{
	return 60000 + (flow->hash >> 63);
}

static void list_expire(struct flow_table *table, struct flow_list *list,
			__u64 now)
{
	while (list->oldest && now - list->oldest->used >= list->timeout)
		flow_remove(table, list->oldest);
}

/**
 * flow_expire() - forget flows that were idle for too long
 * @table: the table
 * @now: time in ms
 */
void flow_expire(struct flow_table *table, __u64 now)
{
	list_expire(table, &table->tcp, now);
	list_expire(table, &table->other, now);
}

/**
 * flow_counts() - flows in the table
 * @table: the table
 *
 * Return: how many, in whole and of whom.
 */
const struct flow_counts *flow_counts(const struct flow_table *table)
{
	return &table->counts;
}
