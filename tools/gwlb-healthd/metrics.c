// SPDX-License-Identifier: GPL-2.0-only
/*
 * What /metrics tells, as families of samples. Reads structs, writes to a
 * stream. What has many samples has as many as the module has endpoints (4096
 * and "others"), rules or groups: all of these have limits there, and no label
 * comes from a packet but an endpoint's number.
 */

#include <linux/gwlb.h>
#include <stddef.h>
#include <string.h>

#include "metrics.h"
#include "names.h"
#include "prometheus.h"
#include "vpce.h"

static void print_one(FILE *to, const char *name, const char *type,
		      const char *help, __u64 value)
{
	prometheus_family(to, name, type, help);
	prometheus_sample(to, name, value, NULL);
}

static void print_health(FILE *to, const struct metrics *m)
{
	enum health_what what;

	print_one(to, "gwlb_up", "gauge",
		  "Whether the module answered.", m->up);
	print_one(to, "gwlb_healthy", "gauge",
		  "Whether the load balancer is told that this appliance is fit.",
		  health_ok(&m->health));
	prometheus_family(to, "gwlb_health_check", "gauge",
			  "Whether a check found what it should.");
	for (what = 0; what < HEALTH_CHECKS; what++)
		prometheus_sample(to, "gwlb_health_check",
				  m->health.check[what].ok, "check",
				  health_name(what), NULL);
}

static void print_version(FILE *to, const struct metrics *m)
{
	prometheus_family(to, "gwlb_version_info", "gauge",
			  "Versions of the module and of the program that tells this, always 1.");
	prometheus_sample(to, "gwlb_version_info", 1, "healthd", VERSION,
			  "module", m->up ? m->config.version : "", NULL);
}

static void print_server(FILE *to, const struct metrics *m)
{
	print_one(to, "gwlb_healthd_connections", "gauge",
		  "Connections that the health server has.", m->connections);
	prometheus_family(to, "gwlb_healthd_dropped_connections_total",
			  "counter",
			  "Connections that the health server closed: late ones had all the time there is, crowded ones made room for others.");
	prometheus_sample(to, "gwlb_healthd_dropped_connections_total",
			  m->late, "why", "late", NULL);
	prometheus_sample(to, "gwlb_healthd_dropped_connections_total",
			  m->crowded, "why", "crowded", NULL);
}

static void print_state(FILE *to, const struct metrics *m)
{
	const struct ruleset_info *info = &m->ruleset.info;

	print_one(to, "gwlb_draining", "gauge",
		  "Whether health checks are made to fail.",
		  m->config.drain != GWLB_DRAIN_OFF);
	print_one(to, "gwlb_config_generation", "gauge",
		  "Counts the changes of state and settings.",
		  m->config.generation);
	print_one(to, "gwlb_ruleset_generation", "gauge",
		  "Counts the changes of the ruleset and of its sets.",
		  info->generation);
	print_one(to, "gwlb_ruleset_unconfirmed", "gauge",
		  "Whether the ruleset before comes back unless this one is confirmed.",
		  info->pending);
	print_one(to, "gwlb_peers", "gauge",
		  "Prefixes that may send; 0 allows everybody.",
		  m->config.peer_count);
	print_one(to, "gwlb_nodes", "gauge",
		  "Pairs of a load balancer's address and ours that were seen.",
		  m->config.nodes);
	print_one(to, "gwlb_endpoints", "gauge",
		  "VPC endpoints that were seen.", m->config.endpoints);
	print_one(to, "gwlb_rules", "gauge", "Rules that are loaded.",
		  info->rules);
	print_one(to, "gwlb_groups", "gauge", "Groups of endpoints.",
		  info->groups);
	print_one(to, "gwlb_sets", "gauge", "Named sets.", info->sets);
	print_one(to, "gwlb_flows", "gauge", "Flows that are known.",
		  info->flows);
	print_one(to, "gwlb_flows_max", "gauge",
		  "Flows that there may be.", info->options.flow_max);
}

/* Packets, then bytes: the samples of a family have to stay together */
static void print_counters(FILE *to, const struct metrics *m)
{
	const struct counter *counter;
	size_t i;

	print_one(to, "gwlb_received_packets_total", "counter",
		  "All packets that the hook has seen.",
		  m->counters.received.packets);
	print_one(to, "gwlb_received_bytes_total", "counter",
		  "Their bytes, from the outer IP header on.",
		  m->counters.received.bytes);

	prometheus_family(to, "gwlb_packets_total", "counter",
			  "What became of the packets that were received.");
	for (i = 0; i < m->counters.count; i++) {
		counter = &m->counters.list[i];
		prometheus_sample(to, "gwlb_packets_total",
				  counter->amount.packets, "reason",
				  counter->name, "class",
				  counter_class_name(counter_class(counter)),
				  NULL);
	}
	prometheus_family(to, "gwlb_bytes_total", "counter",
			  "What became of the bytes that were received.");
	for (i = 0; i < m->counters.count; i++) {
		counter = &m->counters.list[i];
		prometheus_sample(to, "gwlb_bytes_total",
				  counter->amount.bytes, "reason",
				  counter->name, "class",
				  counter_class_name(counter_class(counter)),
				  NULL);
	}
}

static const char *endpoint_name(const struct endpoint *endpoint,
				 char text[VPCE_TEXT])
{
	if (endpoint->others)
		return "others";
	vpce_print(endpoint->id, text);
	return text;
}

/* A family of one number of each endpoint, which is @offset into the struct */
static void print_endpoint_u64(FILE *to, const struct metrics *m,
			       const char *name, const char *help,
			       size_t offset)
{
	const struct endpoint *endpoint;
	char text[VPCE_TEXT];
	__u64 value;
	size_t i;

	prometheus_family(to, name, "counter", help);
	for (i = 0; i < m->endpoints.count; i++) {
		endpoint = &m->endpoints.list[i];
		memcpy(&value, (const char *)endpoint + offset,
		       sizeof(value));
		prometheus_sample(to, name, value, "endpoint",
				  endpoint_name(endpoint, text), NULL);
	}
}

static void print_endpoint_u32(FILE *to, const struct metrics *m,
			       const char *name, const char *help,
			       size_t offset)
{
	const struct endpoint *endpoint;
	char text[VPCE_TEXT];
	__u32 value;
	size_t i;

	prometheus_family(to, name, "gauge", help);
	for (i = 0; i < m->endpoints.count; i++) {
		endpoint = &m->endpoints.list[i];
		memcpy(&value, (const char *)endpoint + offset,
		       sizeof(value));
		prometheus_sample(to, name, value, "endpoint",
				  endpoint_name(endpoint, text), NULL);
	}
}

/* An endpoint's group is a sample of its own: as a label of the counters it
 * would begin all of them anew when the endpoint is put into another one.
 */
static void print_endpoint_groups(FILE *to, const struct metrics *m)
{
	const struct endpoint *endpoint;
	char text[VPCE_TEXT];
	size_t i;

	prometheus_family(to, "gwlb_endpoint_info", "gauge",
			  "The group that an endpoint is in, if it is in one; always 1.");
	for (i = 0; i < m->endpoints.count; i++) {
		endpoint = &m->endpoints.list[i];
		prometheus_sample(to, "gwlb_endpoint_info", 1, "endpoint",
				  endpoint_name(endpoint, text), "group",
				  endpoint->group, NULL);
	}
}

#define TRAFFIC(what)	offsetof(struct endpoint, traffic.what)

static void print_endpoints(FILE *to, const struct metrics *m)
{
	print_endpoint_groups(to, m);
	print_endpoint_u64(to, m, "gwlb_endpoint_received_packets_total",
			   "Packets from an endpoint.",
			   TRAFFIC(received.packets));
	print_endpoint_u64(to, m, "gwlb_endpoint_received_bytes_total",
			   "Bytes from an endpoint.",
			   TRAFFIC(received.bytes));
	print_endpoint_u64(to, m, "gwlb_endpoint_returned_packets_total",
			   "Packets from an endpoint that were returned.",
			   TRAFFIC(returned.packets));
	print_endpoint_u64(to, m, "gwlb_endpoint_returned_bytes_total",
			   "Bytes from an endpoint that were returned.",
			   TRAFFIC(returned.bytes));
	print_endpoint_u64(to, m, "gwlb_endpoint_dropped_packets_total",
			   "Packets from an endpoint that were dropped.",
			   TRAFFIC(dropped.packets));
	print_endpoint_u64(to, m, "gwlb_endpoint_dropped_bytes_total",
			   "Bytes from an endpoint that were dropped.",
			   TRAFFIC(dropped.bytes));
	print_endpoint_u32(to, m, "gwlb_endpoint_flows",
			   "Flows of an endpoint.",
			   offsetof(struct endpoint, flows));
	print_endpoint_u32(to, m, "gwlb_endpoint_flows_new",
			   "Flows of an endpoint that nobody has answered yet.",
			   offsetof(struct endpoint, flows_new));
}

static void print_rule(FILE *to, const struct metrics *m, const char *name,
		       size_t i, __u64 value)
{
	const struct rules_rule *rule = &m->ruleset.rules.rules[i];
	const char *verdict = names_of(names_verdicts, rule->verdict);
	char number[32];

	/* every rule has a number, but not every one a name */
	snprintf(number, sizeof(number), "%zu", i + 1);
	prometheus_sample(to, name, value, "rule", number, "name", rule->name,
			  "verdict", verdict ? verdict : "continue", NULL);
}

static void print_rules(FILE *to, const struct metrics *m)
{
	const struct amount *counts = m->ruleset.counts;
	size_t i;

	prometheus_family(to, "gwlb_rule_packets_total", "counter",
			  "Packets that a rule decided about.");
	for (i = 0; i < m->ruleset.rules.rule_count; i++)
		print_rule(to, m, "gwlb_rule_packets_total", i,
			   counts[i].packets);
	prometheus_family(to, "gwlb_rule_bytes_total", "counter",
			  "Bytes that a rule decided about.");
	for (i = 0; i < m->ruleset.rules.rule_count; i++)
		print_rule(to, m, "gwlb_rule_bytes_total", i,
			   counts[i].bytes);
}

static void print_policies(FILE *to, const struct metrics *m)
{
	const struct ruleset_policy *policy;
	size_t i;

	prometheus_family(to, "gwlb_policy_packets_total", "counter",
			  "Packets that no rule, but a group's policy or that of endpoints without a group, decided about.");
	for (i = 0; i < m->ruleset.policy_count; i++) {
		policy = &m->ruleset.policies[i];
		prometheus_sample(to, "gwlb_policy_packets_total",
				  policy->amount.packets, "group",
				  policy->group, "policy",
				  names_of(names_verdicts, policy->verdict),
				  NULL);
	}
	prometheus_family(to, "gwlb_policy_bytes_total", "counter",
			  "Bytes that a policy decided about.");
	for (i = 0; i < m->ruleset.policy_count; i++) {
		policy = &m->ruleset.policies[i];
		prometheus_sample(to, "gwlb_policy_bytes_total",
				  policy->amount.bytes, "group",
				  policy->group, "policy",
				  names_of(names_verdicts, policy->verdict),
				  NULL);
	}
}

/**
 * metrics_print() - write all of it
 * @to: where it goes
 * @metrics: what is told
 */
void metrics_print(FILE *to, const struct metrics *metrics)
{
	print_health(to, metrics);
	print_version(to, metrics);
	print_server(to, metrics);
	if (!metrics->up)
		return;
	print_state(to, metrics);
	print_counters(to, metrics);
	print_endpoints(to, metrics);
	if (metrics->has_rules) {
		print_rules(to, metrics);
		print_policies(to, metrics);
	}
}

/**
 * metrics_free() - release what was read
 * @metrics: what is told
 */
void metrics_free(struct metrics *metrics)
{
	traffic_free_endpoints(&metrics->endpoints);
	counter_free(&metrics->counters);
	ruleset_free(&metrics->ruleset);
	config_free(&metrics->config);
}
