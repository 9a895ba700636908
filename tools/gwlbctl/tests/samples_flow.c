// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes what gwlbctl would print as JSON about flows and events, for the
 * messages of answer_flow.c, one file for each schema and case, into the
 * directory that is named. t_schema.sh checks them.
 */

#include <arpa/inet.h>
#include <linux/gwlb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "answer_flow.h"
#include "cmd.h"
#include "event.h"
#include "flow_print.h"
#include "top.h"

static char buf[ANSWER_SIZE] __attribute__((aligned(8)));

static void must(int err)
{
	if (err < 0) {
		fprintf(stderr, "samples_flow: %s\n", strerror(-err));
		exit(1);
	}
}

static void save(const char *name, json_t *json)
{
	char path[256];

	snprintf(path, sizeof(path), "%s.json", name);
	if (!json || json_dump_file(json, path, JSON_COMPACT) < 0) {
		fprintf(stderr, "samples_flow: %s\n", path);
		exit(1);
	}
	json_decref(json);
}

static json_t *flow(struct nlmsghdr *nlh)
{
	struct flow flow;

	must(flow_decode(nlh, &flow));
	return flow_json(&flow);
}

static void save_event(const char *name, struct nlmsghdr *nlh)
{
	struct event event;

	must(event_decode(nlh, &event));
	save(name, event_json(&event));
}

static void save_events(void)
{
	static const __u8 icmp[] = {
		0x45, 0, 0, 60, 0, 7, 0x20, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10,
		0, 0, 2, 8, 0,
	};
	__u8 packet[40];

	save_event("monitor-new", answer_flow(buf, GWLB_CMD_FLOW_NEW_EVENT));
	save_event("monitor-end", answer_flow_icmpv6(buf,
						     GWLB_CMD_FLOW_END_EVENT));
	save_event("monitor-rules", answer_rules_event(buf, 0xffffffff));
	save_event("monitor-log", answer_log(buf, true, packet,
					     answer_packet(packet)));
	save_event("monitor-log2", answer_log(buf, false, icmp,
					      sizeof(icmp)));
	save_event("monitor-log3", answer_log(buf, false, packet, 0));
	save("monitor-lost", cmd_lost_json(7));
}

/* One busy thing of each kind, as if it had just been looked at */
static void save_top(void)
{
	const struct top_kind *kinds[] = {
		&top_flows, &top_endpoints, &top_rules,
	};
	struct top top = { .count = 2 };
	char name[32];
	size_t i;

	for (i = 0; i < 3; i++) {
		top.rows[0] = (struct top_row) { .grown = { 3, 300 } };
		top.rows[1] = top.rows[0];
		if (kinds[i] == &top_flows) {
			must(flow_decode(answer_flow(buf, GWLB_CMD_FLOW_GET),
					 &top.rows[0].flow));
			must(flow_decode(answer_flow_bare(buf,
							  GWLB_CMD_FLOW_GET),
					 &top.rows[1].flow));
		} else if (kinds[i] == &top_endpoints) {
			top.rows[0].endpoint.id = ANSWER_ID;
			top.rows[1].endpoint.others = true;
		} else {
			top.rows[0].rule.index = 3;
			strcpy(top.rows[0].rule.rule.name, "web");
			top.rows[1].rule.policy = GWLB_VERDICT_DROP;
			strcpy(top.rows[1].rule.group, "blue");
		}
		snprintf(name, sizeof(name), "top-%s", kinds[i]->name);
		save(name, top_json(&top, kinds[i], 0.5));
	}
}

int main(int argc, char **argv)
{
	json_t *flows;

	if (argc != 2 || chdir(argv[1]) < 0) {
		fprintf(stderr, "Usage: samples_flow DIRECTORY\n");
		return 2;
	}

	/* as cmd_flow.c prints it, which is piece by piece */
	flows = json_pack("{s:[o, o, o]}", "flows",
			  flow(answer_flow(buf, GWLB_CMD_FLOW_GET)),
			  flow(answer_flow_icmpv6(buf, GWLB_CMD_FLOW_GET)),
			  flow(answer_flow_bare(buf, GWLB_CMD_FLOW_GET)));
	save("flow-list", flows);
	save("flow-flush", cmd_flushed_json(0xffffffff));
	save_events();
	save_top();
	return 0;
}
