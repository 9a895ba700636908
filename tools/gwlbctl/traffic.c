// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of nodes and endpoints: the structs, their messages and their
 * JSON. Owns the memory of the lists.
 */

#include <errno.h>
#include <linux/gwlb.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "cidr.h"
#include "out.h"
#include "traffic.h"
#include "vpce.h"

static int decode_traffic(const struct nlattr *nest, struct traffic *traffic)
{
	const struct nlattr *tb[GWLB_A_TRAFFIC_MAX + 1];
	const struct {
		int type;
		__u64 *value;
	} fields[] = {
		{ GWLB_A_TRAFFIC_RECEIVED_PACKETS, &traffic->received.packets },
		{ GWLB_A_TRAFFIC_RECEIVED_BYTES, &traffic->received.bytes },
		{ GWLB_A_TRAFFIC_RETURNED_PACKETS, &traffic->returned.packets },
		{ GWLB_A_TRAFFIC_RETURNED_BYTES, &traffic->returned.bytes },
		{ GWLB_A_TRAFFIC_DROPPED_PACKETS, &traffic->dropped.packets },
		{ GWLB_A_TRAFFIC_DROPPED_BYTES, &traffic->dropped.bytes },
		{ 0, NULL },
	};
	size_t i;

	if (!nest || attr_parse_nest(nest, tb, GWLB_A_TRAFFIC_MAX) < 0)
		return -EBADMSG;
	for (i = 0; fields[i].type; i++) {
		if (!tb[fields[i].type] ||
		    attr_u64(tb[fields[i].type], fields[i].value) < 0)
			return -EBADMSG;
	}
	if (tb[GWLB_A_TRAFFIC_IDLE]) {
		if (attr_u64(tb[GWLB_A_TRAFFIC_IDLE], &traffic->idle) < 0)
			return -EBADMSG;
		traffic->has_idle = true;
	}
	return 0;
}

/* Makes room for one more entry of @size bytes */
static void *grow(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 16;

	if (count < *room)
		return list;
	list = realloc(list, more * size);
	if (list)
		*room = more;
	return list;
}

/**
 * traffic_decode_endpoint() - read one message of endpoint-get
 * @nlh: the message
 * @endpoints: gets one more
 *
 * Return: 0 or a negative errno.
 */
int traffic_decode_endpoint(const struct nlmsghdr *nlh,
			    struct endpoints *endpoints)
{
	const struct nlattr *tb[GWLB_A_ENDPOINT_MAX + 1];
	struct endpoint endpoint = { .others = true };
	struct endpoint *list;
	int err;

	if (attr_parse_msg(nlh, tb, GWLB_A_ENDPOINT_MAX) < 0)
		return -EBADMSG;
	if (tb[GWLB_A_ENDPOINT_ID]) {
		if (attr_u64(tb[GWLB_A_ENDPOINT_ID], &endpoint.id) < 0)
			return -EBADMSG;
		endpoint.others = false;
	}
	err = decode_traffic(tb[GWLB_A_ENDPOINT_TRAFFIC], &endpoint.traffic);
	if (err < 0)
		return err;
	if ((tb[GWLB_A_ENDPOINT_GROUP] &&
	     attr_string(tb[GWLB_A_ENDPOINT_GROUP], endpoint.group,
			 sizeof(endpoint.group)) < 0) ||
	    (tb[GWLB_A_ENDPOINT_FLOWS] &&
	     attr_u32(tb[GWLB_A_ENDPOINT_FLOWS], &endpoint.flows) < 0) ||
	    (tb[GWLB_A_ENDPOINT_FLOWS_NEW] &&
	     attr_u32(tb[GWLB_A_ENDPOINT_FLOWS_NEW], &endpoint.flows_new) < 0))
		return -EBADMSG;

	list = grow(endpoints->list, endpoints->count, &endpoints->room,
		    sizeof(*list));
	if (!list)
		return -ENOMEM;
	endpoints->list = list;
	endpoints->list[endpoints->count++] = endpoint;
	return 0;
}

/**
 * traffic_decode_node() - read one message of node-get
 * @nlh: the message
 * @nodes: gets one more
 *
 * Return: 0 or a negative errno.
 */
int traffic_decode_node(const struct nlmsghdr *nlh, struct nodes *nodes)
{
	const struct nlattr *tb[GWLB_A_NODE_MAX + 1];
	struct node node = { .others = true };
	struct node *list;
	int err;

	if (attr_parse_msg(nlh, tb, GWLB_A_NODE_MAX) < 0)
		return -EBADMSG;
	if (tb[GWLB_A_NODE_ADDRESS]) {
		if (attr_u32(tb[GWLB_A_NODE_ADDRESS], &node.address) < 0 ||
		    !tb[GWLB_A_NODE_LOCAL] ||
		    attr_u32(tb[GWLB_A_NODE_LOCAL], &node.local) < 0)
			return -EBADMSG;
		node.others = false;
	}
	err = decode_traffic(tb[GWLB_A_NODE_TRAFFIC], &node.traffic);
	if (err < 0)
		return err;

	list = grow(nodes->list, nodes->count, &nodes->room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	nodes->list = list;
	nodes->list[nodes->count++] = node;
	return 0;
}

static int take_endpoint(const struct nlmsghdr *nlh, void *data)
{
	return traffic_decode_endpoint(nlh, data);
}

static void forget_endpoints(void *data)
{
	traffic_free_endpoints(data);
}

static int take_node(const struct nlmsghdr *nlh, void *data)
{
	return traffic_decode_node(nlh, data);
}

static void forget_nodes(void *data)
{
	traffic_free_nodes(data);
}

/**
 * traffic_endpoints() - ask for all endpoints
 * @nl: the conversation
 * @endpoints: filled in; give it to traffic_free_endpoints() also after an
 *	error
 *
 * Return: 0 or a negative errno.
 */
int traffic_endpoints(struct nl *nl, struct endpoints *endpoints)
{
	memset(endpoints, 0, sizeof(*endpoints));
	if (!nl_request(nl, GWLB_CMD_ENDPOINT_GET, 0))
		return -ENOMEM;
	return nl_dump(nl, take_endpoint, forget_endpoints, endpoints);
}

/**
 * traffic_endpoint() - ask for one endpoint
 * @nl: the conversation
 * @id: its number
 * @endpoints: gets this one; give it to traffic_free_endpoints() also after
 *	an error
 *
 * Return: 0 or a negative errno.
 */
int traffic_endpoint(struct nl *nl, __u64 id, struct endpoints *endpoints)
{
	struct nlmsghdr *nlh;
	int err;

	memset(endpoints, 0, sizeof(*endpoints));
	nlh = nl_request(nl, GWLB_CMD_ENDPOINT_GET, 16);
	if (!nlh)
		return -ENOMEM;
	mnl_attr_put_u64(nlh, GWLB_A_ENDPOINT_ID, id);
	err = nl_do(nl, take_endpoint, endpoints);
	if (!err && endpoints->count != 1)
		return -EBADMSG;
	return err;
}

/**
 * traffic_nodes() - ask for all nodes
 * @nl: the conversation
 * @nodes: filled in; give it to traffic_free_nodes() also after an error
 *
 * Return: 0 or a negative errno.
 */
int traffic_nodes(struct nl *nl, struct nodes *nodes)
{
	memset(nodes, 0, sizeof(*nodes));
	if (!nl_request(nl, GWLB_CMD_NODE_GET, 0))
		return -ENOMEM;
	return nl_dump(nl, take_node, forget_nodes, nodes);
}

/**
 * traffic_node() - ask for one node
 * @nl: the conversation
 * @address: address of the load balancer
 * @local: our address
 * @nodes: gets this one; give it to traffic_free_nodes() also after an error
 *
 * Return: 0 or a negative errno.
 */
int traffic_node(struct nl *nl, __be32 address, __be32 local,
		 struct nodes *nodes)
{
	struct nlmsghdr *nlh;
	int err;

	memset(nodes, 0, sizeof(*nodes));
	nlh = nl_request(nl, GWLB_CMD_NODE_GET, 16);
	if (!nlh)
		return -ENOMEM;
	mnl_attr_put_u32(nlh, GWLB_A_NODE_ADDRESS, address);
	mnl_attr_put_u32(nlh, GWLB_A_NODE_LOCAL, local);
	err = nl_do(nl, take_node, nodes);
	if (!err && nodes->count != 1)
		return -EBADMSG;
	return err;
}

/**
 * traffic_free_endpoints() - release a list
 * @endpoints: the list
 */
void traffic_free_endpoints(struct endpoints *endpoints)
{
	free(endpoints->list);
	memset(endpoints, 0, sizeof(*endpoints));
}

/**
 * traffic_free_nodes() - release a list
 * @nodes: the list
 */
void traffic_free_nodes(struct nodes *nodes)
{
	free(nodes->list);
	memset(nodes, 0, sizeof(*nodes));
}

static json_t *traffic_json(const struct traffic *traffic)
{
	json_t *object, *idle;

	object = json_pack("{s:o, s:o, s:o}",
			   "received", counter_amount_json(&traffic->received),
			   "returned", counter_amount_json(&traffic->returned),
			   "dropped", counter_amount_json(&traffic->dropped));
	if (!object || !traffic->has_idle)
		return object;

	idle = json_integer(out_u64(traffic->idle));
	if (json_object_set_new(object, "idle", idle) < 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/**
 * traffic_endpoint_json() - an endpoint as JSON
 * @endpoint: the endpoint
 *
 * Return: an object, without an id for all others, or NULL if there is no
 * memory.
 */
json_t *traffic_endpoint_json(const struct endpoint *endpoint)
{
	const char *group = endpoint->group[0] ? endpoint->group : NULL;
	char id[VPCE_TEXT];

	vpce_print(endpoint->id, id);
	return json_pack("{s:s*, s:s*, s:I, s:I, s:o}",
			 "id", endpoint->others ? NULL : id,
			 "group", group,
			 "flows", (json_int_t)endpoint->flows,
			 "flows-new", (json_int_t)endpoint->flows_new,
			 "traffic", traffic_json(&endpoint->traffic));
}

/**
 * traffic_node_json() - a node as JSON
 * @node: the node
 *
 * Return: an object, without addresses for all others, or NULL if there is no
 * memory.
 */
json_t *traffic_node_json(const struct node *node)
{
	char address[CIDR_TEXT], local[CIDR_TEXT];

	if (node->others)
		return json_pack("{s:o}", "traffic",
				 traffic_json(&node->traffic));
	cidr_print_address(node->address, address);
	cidr_print_address(node->local, local);
	return json_pack("{s:s, s:s, s:o}", "address", address,
			 "local", local, "traffic",
			 traffic_json(&node->traffic));
}
