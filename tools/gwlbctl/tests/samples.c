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
#include "doctor.h"
#include "rules_text.h"
#include "ruleset.h"
#include "trace.h"
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
	const struct ruleset_info idle = {
		.options = { .policy = GWLB_VERDICT_ACCEPT },
	};
	const struct ruleset_info pending = {
		.generation = 0xffffffff, .pending = true, .confirm = 59,
		.rules = 1, .groups = 2, .sets = 3, .flows = 4,
		.options = { .policy = GWLB_VERDICT_REJECT },
	};
	struct health_facts facts = { .config = NULL };
	struct health health;
	struct config config;

	must(config_decode(answer_config(buf, 2), &config));
	facts.config = &config;
	facts.info = &pending;
	strcpy(facts.no_link, "\"o\\d");
	health_judge(&facts, &health);
	save("config-show", config_json(&config));
	save("status", cmd_status_json(&config, &pending, counters, &health));
	save("status-idle", cmd_status_json(&config, &idle, counters,
					    &health));
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

static void save_doctor(void)
{
	static struct doctor doctor;

	doctor_find(&doctor, DOCTOR_MTU, "\"advice\"", "o\"d\\d");
	doctor_leave_open(&doctor, DOCTOR_AHEAD, -1);
	save("doctor", doctor_json(&doctor));
}

static void save_trace(void)
{
	struct trace_event event;

	must(trace_parse("gwlb_verdict: drop-rule node=10.0.0.1 local=10.0.0.2 bytes=96 endpoint=1 cookie=2 proto=17 src=fd00::1 sport=53 dst=fd00::2 dport=65535",
			 &event));
	save("trace", trace_json(&event));
	must(trace_parse("gwlb_verdict: pass-not-local node=10.0.0.1 local=10.0.0.2 bytes=96 endpoint=0 cookie=0 proto=0 src=::ffff:0.0.0.0 sport=0 dst=::ffff:0.0.0.0 dport=0",
			 &event));
	save("trace-passed", trace_json(&event));
}

static const char ruleset_text[] =
	"policy drop\n"
	"inside 10.0.0.0/8\n"
	"set a address { 10.0.0.1, ::/0 }\n"
	"set p port { 80, 443-445 }\n"
	"set e endpoint { vpce-0123456789abcdef0 }\n"
	"group g { endpoint vpce-0123456789abcdef0; policy drop; inside none }\n"
	"group h { }\n"
	"rule name: group g, h from not @a tcp-flags syn/syn|ack state new, related log \"te\\\"xt\" limit 1/hour accept comment \"\xc3\xa4\"\n"
	"rule log\n";

/* As it would be read from the module */
static void read_ruleset(struct ruleset *ruleset)
{
	struct ruleset_tally tally = { .policy = GWLB_VERDICT_DROP };
	struct rules_error error;
	size_t i;

	memset(ruleset, 0, sizeof(*ruleset));
	must(rules_parse(ruleset_text, strlen(ruleset_text), &ruleset->rules,
			 &error));
	ruleset->info.generation = 0x80000000;
	ruleset->counts = calloc(ruleset->rules.rule_count,
				 sizeof(*ruleset->counts));
	must(ruleset->counts ? 0 : -1);
	for (i = 0; i < ruleset->rules.rule_count; i++)
		ruleset->counts[i] = (struct amount) { i, ANSWER_BIG };
	must(ruleset_add_tally(ruleset, &tally));
	strcpy(tally.group, "g");
	tally.amount.packets = 5;
	must(ruleset_add_tally(ruleset, &tally));
}

static void save_ruleset(void)
{
	struct ruleset ruleset;

	read_ruleset(&ruleset);
	save("rule-list", ruleset_rules_json(&ruleset));
	ruleset.info.pending = true;
	save("rule-list-pending", ruleset_rules_json(&ruleset));
	save("set-list", ruleset_sets_json(&ruleset, NULL));
	save("set-list-one", ruleset_sets_json(&ruleset, "p"));
	save("group-list", ruleset_groups_json(&ruleset));
	save("group-show", ruleset_group_json(&ruleset,
					      ruleset.rules.groups));
	ruleset_free(&ruleset);
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
	save_doctor();
	save_trace();
	save_ruleset();
	return 0;
}
