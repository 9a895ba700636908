// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns how the counters are shown: JSON into a file, a summary on stderr.
 * Reads the counters, never changes one.
 *
 * The JSON object has a member for each counter of struct stats, by its name,
 * and the arrays "appliances", "gwlbs" (nodes) and "endpoints", in the order
 * of the command line. Their members are those of struct stats_appliance and
 * struct stats_side, and who it is: address or id, zone ("" without zones),
 * dev, tun, netns. "healthy" is short for: "state" is "healthy".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stats.h"

/* One list for both outputs, so that neither forgets a counter. */
static const struct {
	const char *name;
	size_t off;
} counters[] = {
	{ "sent", offsetof(struct stats, sent) },
	{ "sent_bytes", offsetof(struct stats, sent_bytes) },
	{ "returned", offsetof(struct stats, returned) },
	{ "returned_bytes", offsetof(struct stats, returned_bytes) },
	{ "answers", offsetof(struct stats, answers) },
	{ "differences", offsetof(struct stats, differences) },
	{ "unsolicited", offsetof(struct stats, unsolicited) },
	{ "duplicates", offsetof(struct stats, duplicates) },
	{ "missing", offsetof(struct stats, missing) },
	{ "missing_unhealthy", offsetof(struct stats, missing_unhealthy) },
	{ "late", offsetof(struct stats, late) },
	{ "in_flight", offsetof(struct stats, in_flight) },
	{ "flows", offsetof(struct stats, flows) },
	{ "too_big", offsetof(struct stats, too_big) },
	{ "no_healthy_appliance",
	  offsetof(struct stats, no_healthy_appliance) },
	{ "no_neighbour", offsetof(struct stats, no_neighbour) },
	{ "tcp_no_flow", offsetof(struct stats, tcp_no_flow) },
	{ "fail_open", offsetof(struct stats, fail_open) },
	{ "rebalanced", offsetof(struct stats, rebalanced) },
	{ "ignored", offsetof(struct stats, ignored) },
	{ "no_memory", offsetof(struct stats, no_memory) },
	{ "send_failed", offsetof(struct stats, send_failed) },
	{ "deliver_failed", offsetof(struct stats, deliver_failed) },
	{ "wire_lost", offsetof(struct stats, wire_lost) },
};

#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

static __u64 counter(const struct stats *stats, size_t i)
{
	__u64 value;

	memcpy(&value, (const char *)stats + counters[i].off, sizeof(value));
	return value;
}

/**
 * stats_good() - did the appliances behave?
 * @stats: the counters
 *
 * Return: true when nothing came back that should not have.
 */
bool stats_good(const struct stats *stats)
{
	return !stats->differences && !stats->unsolicited &&
	       !stats->duplicates;
}

static json_t *side_json(const char *key, const char *name, const char *zone,
			 const struct stats_side *side)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", key, name,
			 "zone", zone,
			 "flows", (json_int_t)side->flows,
			 "sent", (json_int_t)side->sent,
			 "returned", (json_int_t)side->returned,
			 "missing", (json_int_t)side->missing);
}

static json_t *appliance_json(const struct options *opt, unsigned int i,
			      const struct stats_appliance *appliance)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "address", inet_ntoa(opt->appliance[i].addr),
			 "zone", opt->zone[opt->appliance[i].zone],
			 "state", appliance->state,
			 "healthy", !strcmp(appliance->state, "healthy"),
			 "flows", (json_int_t)appliance->flows,
			 "sent", (json_int_t)appliance->sent,
			 "returned", (json_int_t)appliance->returned,
			 "missing", (json_int_t)appliance->missing,
			 "missing_unhealthy",
			 (json_int_t)appliance->missing_unhealthy,
			 "checks_ok", (json_int_t)appliance->checks_ok,
			 "checks_failed",
			 (json_int_t)appliance->checks_failed);
}

static json_t *gwlb_json(const struct options *opt, unsigned int i,
			 const struct stats_side *side)
{
	const struct gwlb *gwlb = &opt->gwlb[i];
	json_t *json = side_json("address", inet_ntoa(gwlb->addr),
				 opt->zone[gwlb->zone], side);

	if (json)
		json_object_set_new(json, "dev", json_string(gwlb->dev));
	return json;
}

static json_t *endpoint_json(const struct options *opt, unsigned int i,
			     const struct stats_side *side)
{
	const struct endpoint *endpoint = &opt->endpoint[i];
	char name[32];
	json_t *json;

	snprintf(name, sizeof(name), "vpce-%017llx", endpoint->id);
	json = side_json("id", name, opt->zone[endpoint->zone], side);
	if (!json)
		return NULL;
	json_object_set_new(json, "tun", json_string(endpoint->tun));
	if (endpoint->netns)
		json_object_set_new(json, "netns",
				    json_string(endpoint->netns));
	return json;
}

/**
 * stats_json() - the counters as JSON
 * @stats: the counters
 * @opt: the command line
 *
 * Return: an object, to be given to json_decref().
 */
json_t *stats_json(const struct stats *stats, const struct options *opt)
{
	json_t *appliances = json_array();
	json_t *endpoints = json_array();
	json_t *gwlbs = json_array();
	json_t *root = json_object();
	unsigned int i;

	for (i = 0; i < COUNTERS; i++)
		json_object_set_new(root, counters[i].name,
				    json_integer(counter(stats, i)));
	for (i = 0; i < opt->appliances; i++)
		json_array_append_new(appliances,
				      appliance_json(opt, i,
						     &stats->appliance[i]));
	for (i = 0; i < opt->gwlbs; i++)
		json_array_append_new(gwlbs,
				      gwlb_json(opt, i, &stats->gwlb[i]));
	for (i = 0; i < opt->endpoints; i++)
		json_array_append_new(endpoints,
				      endpoint_json(opt, i,
						    &stats->endpoint[i]));
	json_object_set_new(root, "appliances", appliances);
	json_object_set_new(root, "gwlbs", gwlbs);
	json_object_set_new(root, "endpoints", endpoints);
	return root;
}

static int complain(const char *what, const char *file)
{
	fprintf(stderr, "gwlbsim: cannot %s %s: %s\n", what, file,
		strerror(errno));
	return -1;
}

/**
 * stats_write() - write the counters into the file of --stats
 * @stats: the counters
 * @opt: the command line
 *
 * A reader sees the old file or the new one, never a part.
 *
 * Return: 0, or -1 after a message on stderr.
 */
int stats_write(const struct stats *stats, const struct options *opt)
{
	json_t *json = stats_json(stats, opt);
	char *text = json_dumps(json, JSON_INDENT(2));
	FILE *out = NULL;
	char *tmp = NULL;
	int rc = -1;

	json_decref(json);
	if (!text || asprintf(&tmp, "%s.tmp", opt->stats) < 0) {
		tmp = NULL;
		fputs("gwlbsim: no memory for the statistics\n", stderr);
		goto out;
	}
	out = fopen(tmp, "w");
	if (!out) {
		complain("write", tmp);
		goto out;
	}
	if (fprintf(out, "%s\n", text) < 0) {
		complain("write", tmp);
		fclose(out);
		unlink(tmp);
		goto out;
	}
	if (fclose(out) || rename(tmp, opt->stats)) {
		complain("write", opt->stats);
		unlink(tmp);
		goto out;
	}
	rc = 0;
out:
	free(tmp);
	free(text);
	return rc;
}

/**
 * stats_print() - print a summary on stderr
 * @stats: the counters
 * @opt: the command line
 */
void stats_print(const struct stats *stats, const struct options *opt)
{
	unsigned int i;

	fprintf(stderr, "gwlbsim: %s\n", stats_good(stats) ?
		"everything that came back was right" :
		"the appliances made mistakes");
	for (i = 0; i < COUNTERS; i++)
		if (counter(stats, i))
			fprintf(stderr, "  %-22s %llu\n", counters[i].name,
				counter(stats, i));
	for (i = 0; i < opt->appliances; i++)
		fprintf(stderr,
			"  appliance %s: %s, sent %llu, returned %llu, missing %llu (%llu as it was dead), checks %llu ok %llu failed\n",
			inet_ntoa(opt->appliance[i].addr),
			stats->appliance[i].state,
			stats->appliance[i].sent,
			stats->appliance[i].returned,
			stats->appliance[i].missing,
			stats->appliance[i].missing_unhealthy,
			stats->appliance[i].checks_ok,
			stats->appliance[i].checks_failed);
	for (i = 0; i < opt->gwlbs; i++)
		fprintf(stderr,
			"  gwlb %s: sent %llu, returned %llu, missing %llu\n",
			inet_ntoa(opt->gwlb[i].addr), stats->gwlb[i].sent,
			stats->gwlb[i].returned, stats->gwlb[i].missing);
	for (i = 0; i < opt->endpoints; i++)
		fprintf(stderr,
			"  endpoint vpce-%017llx (%s): sent %llu, returned %llu, missing %llu\n",
			opt->endpoint[i].id, opt->endpoint[i].tun,
			stats->endpoint[i].sent, stats->endpoint[i].returned,
			stats->endpoint[i].missing);
}
