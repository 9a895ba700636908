// SPDX-License-Identifier: GPL-2.0-only
/*
 * What top can look at: flows and endpoints. Talks to the module through
 * flow.c and traffic.c.
 */

#include <errno.h>
#include <string.h>

#include "flow_print.h"
#include "top.h"
#include "vpce.h"

static int rank_flow(const struct flow *flow, void *data)
{
	char summary[FLOW_SUMMARY], vpce[VPCE_TEXT] = "";
	struct amount both = flow->original;
	struct top_row *row;
	int err;

	both.packets += flow->reply.packets;
	both.bytes += flow->reply.bytes;
	row = top_rank(data, flow->id, &both, &err);
	if (!row)
		return err;

	row->flow = *flow;
	flow_summary(flow, summary);
	if (flow->has_endpoint)
		vpce_print(flow->endpoint, vpce);
	snprintf(row->label, sizeof(row->label), "%s %s %s id %llu", summary,
		 flow_name(flow_states, flow->state), vpce, flow->id);
	return 0;
}

static int look_at_flows(struct nl *nl, struct top *top)
{
	const struct flow_filter all = { .given = 0 };
	bool interrupted;

	/* a flow that is missed or seen twice is right at the next look */
	return flow_list(nl, &all, rank_flow, top, &interrupted);
}

static json_t *describe_flow(const struct top_row *row)
{
	return json_pack("{s:o}", "flow", flow_json(&row->flow));
}

const struct top_kind top_flows = {
	.name = "flows", .look = look_at_flows, .json = describe_flow,
};

static int look_at_endpoints(struct nl *nl, struct top *top)
{
	const struct endpoint *endpoint;
	struct endpoints endpoints;
	struct top_row *row;
	int err;
	size_t i;

	err = traffic_endpoints(nl, &endpoints);
	for (i = 0; !err && i < endpoints.count; i++) {
		endpoint = &endpoints.list[i];
		/* no endpoint has all bits set, as its id begins with a 0 */
		row = top_rank(top, endpoint->others ? ~0ULL : endpoint->id,
			       &endpoint->traffic.received, &err);
		if (!row)
			continue;
		row->endpoint = *endpoint;
		if (endpoint->others)
			snprintf(row->label, sizeof(row->label), "(others)");
		else
			vpce_print(endpoint->id, row->label);
	}
	traffic_free_endpoints(&endpoints);
	return err;
}

static json_t *describe_endpoint(const struct top_row *row)
{
	char vpce[VPCE_TEXT];

	vpce_print(row->endpoint.id, vpce);
	return json_pack("{s:o}", "id", row->endpoint.others ? json_null() :
			 json_string(vpce));
}

const struct top_kind top_endpoints = {
	.name = "endpoints", .look = look_at_endpoints,
	.json = describe_endpoint,
};
