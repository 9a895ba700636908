// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes what gwlbctl would print as JSON for the messages of answer.c, one
 * file for each schema, into the directory that is named. t_schema.sh checks
 * them.
 */

#include <linux/gwlb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "cmd.h"
#include "config.h"
#include "counter.h"
#include "traffic.h"

static char buf[ANSWER_SIZE] __attribute__((aligned(8)));

static void must(int err)
{
	if (err < 0) {
		fprintf(stderr, "samples: %s\n", strerror(-err));
		exit(1);
	}
}

static void save(const char *name, json_t *json)
{
	char path[256];

	snprintf(path, sizeof(path), "%s.json", name);
	if (!json || json_dump_file(json, path, JSON_COMPACT) < 0) {
		fprintf(stderr, "samples: %s\n", path);
		exit(1);
	}
	json_decref(json);
}

static void read_counters(struct counters *counters)
{
	memset(counters, 0, sizeof(*counters));
	must(counter_decode(answer_counter(buf, -1, "received", 17, 1700),
			    counters));
	must(counter_decode(answer_counter(buf, 0, "returned", 10, 1000),
			    counters));
	must(counter_decode(answer_counter(buf, 1, "pass-other", 6, 600),
			    counters));
	must(counter_decode(answer_counter(buf, 5, "drop-not-peer", 1,
					   ANSWER_BIG), counters));
	must(counter_decode(answer_counter(buf, 9000, "o\"d\\d\n\xff", 0, 0),
			    counters));
}

static void save_config(const struct counters *counters)
{
	struct config config;

	must(config_decode(answer_config(buf, 2), &config));
	save("config-show", config_json(&config));
	save("status", cmd_status_json(&config, counters));
	save("peer-list", config_peers_json(&config));
	config_free(&config);
}

static void save_traffic(void)
{
	struct endpoints endpoints = { .count = 0 };
	struct nodes nodes = { .count = 0 };

	must(traffic_decode_endpoint(answer_endpoint(buf, ANSWER_ID),
				     &endpoints));
	must(traffic_decode_endpoint(answer_endpoint(buf, 0), &endpoints));
	endpoints.list[1].traffic.has_idle = false;
	save("endpoint-list", cmd_endpoints_json(&endpoints));
	save("endpoint-show", traffic_endpoint_json(endpoints.list));
	traffic_free_endpoints(&endpoints);

	must(traffic_decode_node(answer_node(buf, ANSWER_ADDRESS), &nodes));
	must(traffic_decode_node(answer_node(buf, NULL), &nodes));
	save("node-list", cmd_nodes_json(&nodes));
	save("node-show", traffic_node_json(nodes.list));
	traffic_free_nodes(&nodes);
}

int main(int argc, char **argv)
{
	struct counters counters, none = { .count = 0 };

	if (argc != 2 || chdir(argv[1]) < 0) {
		fprintf(stderr, "Usage: samples DIRECTORY\n");
		return 2;
	}

	read_counters(&counters);
	save("stats", cmd_stats_json(&counters, BALANCE_OK, false));
	save("stats-explain", cmd_stats_json(&counters, BALANCE_BROKEN, true));
	save("stats-watch", cmd_watch_json(&none, &counters, 0.5));
	save_config(&counters);
	counter_free(&counters);
	save_traffic();
	return 0;
}
