// SPDX-License-Identifier: GPL-2.0-only
/*
 * endpoint, node: counters of VPC endpoints and of load balancer addresses.
 * Talks to the module through traffic.c.
 */

#include <stdio.h>

#include "cidr.h"
#include "cmd.h"
#include "ctl.h"
#include "out.h"
#include "table.h"
#include "vpce.h"

#define OTHERS	"(others)"

static void add_header(struct table *table)
{
	static const char *const names[] = {
		"received", "bytes", "returned", "bytes", "dropped", "bytes",
		"idle", NULL,
	};
	size_t i;

	for (i = 0; names[i]; i++)
		table_cell(table, "%s", names[i]);
}

static void add_traffic(struct table *table, const struct traffic *traffic)
{
	char ago[32];

	table_u64(table, traffic->received.packets);
	table_u64(table, traffic->received.bytes);
	table_u64(table, traffic->returned.packets);
	table_u64(table, traffic->returned.bytes);
	table_u64(table, traffic->dropped.packets);
	table_u64(table, traffic->dropped.bytes);
	table_cell(table, "%s", traffic->has_idle ?
		   out_ago(traffic->idle, ago, sizeof(ago)) : "-");
}

static void print_traffic(const struct traffic *traffic)
{
	char ago[32];

	printf("received: %llu packets, %llu bytes\n",
	       traffic->received.packets, traffic->received.bytes);
	printf("returned: %llu packets, %llu bytes\n",
	       traffic->returned.packets, traffic->returned.bytes);
	printf("dropped:  %llu packets, %llu bytes\n",
	       traffic->dropped.packets, traffic->dropped.bytes);
	printf("idle:     %s\n", traffic->has_idle ?
	       out_ago(traffic->idle, ago, sizeof(ago)) : "-");
}

static const char *endpoint_name(const struct endpoint *endpoint,
				 char text[VPCE_TEXT])
{
	if (endpoint->others)
		return OTHERS;
	vpce_print(endpoint->id, text);
	return text;
}

/**
 * cmd_endpoints_json() - a list of endpoints as JSON
 * @endpoints: the list
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *cmd_endpoints_json(const struct endpoints *endpoints)
{
	json_t *list = json_array();
	json_t *entry;
	size_t i;

	for (i = 0; list && i < endpoints->count; i++) {
		entry = traffic_endpoint_json(&endpoints->list[i]);
		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return json_pack("{s:o}", "endpoints", list);
}

/**
 * cmd_nodes_json() - a list of nodes as JSON
 * @nodes: the list
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *cmd_nodes_json(const struct nodes *nodes)
{
	json_t *list = json_array();
	json_t *entry;
	size_t i;

	for (i = 0; list && i < nodes->count; i++) {
		entry = traffic_node_json(&nodes->list[i]);
		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return json_pack("{s:o}", "nodes", list);
}

static int print_endpoints(const struct endpoints *endpoints)
{
	struct table table = { .columns = 11 };
	const struct endpoint *endpoint;
	char text[VPCE_TEXT];
	size_t i;

	table_cell(&table, "endpoint");
	table_cell(&table, "group");
	table_cell(&table, "flows");
	table_cell(&table, "new");
	add_header(&table);
	for (i = 0; i < endpoints->count; i++) {
		endpoint = &endpoints->list[i];
		table_cell(&table, "%s", endpoint_name(endpoint, text));
		table_cell(&table, "%s", endpoint->group[0] ?
			   endpoint->group : "-");
		table_u64(&table, endpoint->flows);
		table_u64(&table, endpoint->flows_new);
		add_traffic(&table, &endpoint->traffic);
	}
	return table_print(&table);
}

static int endpoint_list(struct ctl *ctl, const struct args *args)
{
	struct endpoints endpoints;
	int code, err;

	(void)args;
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = traffic_endpoints(ctl->nl, &endpoints);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json)
		code = out_json(cmd_endpoints_json(&endpoints));
	else
		code = print_endpoints(&endpoints);
	traffic_free_endpoints(&endpoints);
	return code;
}

static int endpoint_show(struct ctl *ctl, const struct args *args)
{
	struct endpoints endpoints;
	char text[VPCE_TEXT];
	char why[160];
	int code, err;
	__u64 id;

	err = vpce_parse(args->words[0], &id, why, sizeof(why));
	if (err < 0)
		return command_misread(args, err, why);
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = traffic_endpoint(ctl->nl, id, &endpoints);
	if (err < 0) {
		code = ctl_failed(ctl, err);
	} else if (ctl->json) {
		code = out_json(traffic_endpoint_json(endpoints.list));
	} else {
		printf("id:       %s\n", endpoint_name(endpoints.list, text));
		printf("group:    %s\n", endpoints.list->group[0] ?
		       endpoints.list->group : "none");
		printf("flows:    %u, %u of them new\n",
		       endpoints.list->flows, endpoints.list->flows_new);
		print_traffic(&endpoints.list->traffic);
	}
	traffic_free_endpoints(&endpoints);
	return code;
}

static void complete_endpoint(struct ctl *ctl, const struct args *args)
{
	struct endpoints endpoints;
	char text[VPCE_TEXT];
	size_t i;

	(void)args;
	if (ctl_open(ctl) != OUT_OK)
		return;
	if (traffic_endpoints(ctl->nl, &endpoints) == 0) {
		for (i = 0; i < endpoints.count; i++) {
			if (!endpoints.list[i].others)
				puts(endpoint_name(&endpoints.list[i], text));
		}
	}
	traffic_free_endpoints(&endpoints);
}

static void print_node_names(const struct node *node, char *address,
			     char *local)
{
	snprintf(address, CIDR_TEXT, OTHERS);
	snprintf(local, CIDR_TEXT, "-");
	if (!node->others) {
		cidr_print_address(node->address, address);
		cidr_print_address(node->local, local);
	}
}

static int print_nodes(const struct nodes *nodes)
{
	char address[CIDR_TEXT], local[CIDR_TEXT];
	struct table table = { .columns = 9 };
	size_t i;

	table_cell(&table, "address");
	table_cell(&table, "local");
	add_header(&table);
	for (i = 0; i < nodes->count; i++) {
		print_node_names(&nodes->list[i], address, local);
		table_cell(&table, "%s", address);
		table_cell(&table, "%s", local);
		add_traffic(&table, &nodes->list[i].traffic);
	}
	return table_print(&table);
}

static int node_list(struct ctl *ctl, const struct args *args)
{
	struct nodes nodes;
	int code, err;

	(void)args;
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = traffic_nodes(ctl->nl, &nodes);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json)
		code = out_json(cmd_nodes_json(&nodes));
	else
		code = print_nodes(&nodes);
	traffic_free_nodes(&nodes);
	return code;
}

static int node_show(struct ctl *ctl, const struct args *args)
{
	char text[CIDR_TEXT], own[CIDR_TEXT];
	__be32 address, local;
	struct nodes nodes;
	char why[160];
	int code, err;

	if (cidr_parse_address(args->words[0], &address, why,
			       sizeof(why)) < 0 ||
	    cidr_parse_address(args->words[1], &local, why, sizeof(why)) < 0)
		return command_misuse(args, "%s", why);
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = traffic_node(ctl->nl, address, local, &nodes);
	if (err < 0) {
		code = ctl_failed(ctl, err);
	} else if (ctl->json) {
		code = out_json(traffic_node_json(nodes.list));
	} else {
		print_node_names(nodes.list, text, own);
		printf("address:  %s\nlocal:    %s\n", text, own);
		print_traffic(&nodes.list->traffic);
	}
	traffic_free_nodes(&nodes);
	return code;
}

static void complete_node(struct ctl *ctl, const struct args *args)
{
	char address[CIDR_TEXT], local[CIDR_TEXT];
	struct nodes nodes;
	__be32 chosen = 0;
	char why[160];
	size_t i;

	if (args->count && cidr_parse_address(args->words[0], &chosen, why,
					      sizeof(why)) < 0)
		return;
	if (ctl_open(ctl) != OUT_OK)
		return;
	if (traffic_nodes(ctl->nl, &nodes) == 0) {
		for (i = 0; i < nodes.count; i++) {
			print_node_names(&nodes.list[i], address, local);
			if (nodes.list[i].others)
				continue;
			if (!args->count)
				puts(address);
			else if (nodes.list[i].address == chosen)
				puts(local);
		}
	}
	traffic_free_nodes(&nodes);
}

const struct command cmd_endpoint_table[] = {
	{ .name = "list", .run = endpoint_list,
	  .help = "show the counters of all endpoints" },
	{ .name = "show", .run = endpoint_show, .words = "VPCE", .min = 1,
	  .max = 1, .complete = complete_endpoint,
	  .help = "show the counters of one endpoint" },
	{ .name = NULL },
};

const struct command cmd_node_table[] = {
	{ .name = "list", .run = node_list,
	  .help = "show the counters of all nodes" },
	{ .name = "show", .run = node_show, .words = "ADDRESS LOCAL",
	  .min = 2, .max = 2, .complete = complete_node,
	  .help = "show the counters of one node" },
	{ .name = NULL },
};
