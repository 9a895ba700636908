// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows: what the module says about one, and which of them it is asked for.
 * Keeps none: a million of them pass through one struct. flow_print.c makes
 * them readable.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "attr.h"
#include "flow.h"

/* Room for all attributes of a filter */
#define FILTER_ROOM	256

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

const struct name flow_states[] = {
	{ "new", GWLB_FLOW_STATE_NEW },
	{ "established", GWLB_FLOW_STATE_ESTABLISHED },
	{ "tcp-syn", GWLB_FLOW_STATE_TCP_SYN },
	{ "tcp-syn-ack", GWLB_FLOW_STATE_TCP_SYN_ACK },
	{ "tcp-established", GWLB_FLOW_STATE_TCP_ESTABLISHED },
	{ "tcp-closing", GWLB_FLOW_STATE_TCP_CLOSING },
	{ "tcp-closed", GWLB_FLOW_STATE_TCP_CLOSED },
	{ NULL, 0 },
};

const struct name flow_ends[] = {
	{ "timeout", GWLB_FLOW_END_TIMEOUT },
	{ "evicted", GWLB_FLOW_END_EVICTED },
	{ "flushed", GWLB_FLOW_END_FLUSHED },
	{ "reused", GWLB_FLOW_END_REUSED },
	{ "refused", GWLB_FLOW_END_REFUSED },
	{ NULL, 0 },
};

/**
 * flow_name() - what a number of a flow means
 * @table: flow_states, flow_ends, names_verdicts or names_directions
 * @value: the number
 *
 * Return: its name; "unknown" for what only a newer module knows.
 */
const char *flow_name(const struct name *table, __u32 value)
{
	const char *text = names_of(table, value);

	return text ? text : "unknown";
}

static int decode_side(const struct nlattr *nest, struct amount *side)
{
	const struct nlattr *tb[GWLB_A_SIDE_MAX + 1];

	if (!nest || attr_parse_nest(nest, tb, GWLB_A_SIDE_MAX) < 0 ||
	    !tb[GWLB_A_SIDE_PACKETS] || !tb[GWLB_A_SIDE_BYTES] ||
	    attr_u64(tb[GWLB_A_SIDE_PACKETS], &side->packets) < 0 ||
	    attr_u64(tb[GWLB_A_SIDE_BYTES], &side->bytes) < 0)
		return -EBADMSG;
	return 0;
}

/* Both are of the same family, whose name is their length */
static int decode_addresses(const struct nlattr *source,
			    const struct nlattr *destination,
			    struct flow *flow)
{
	size_t len;

	if (!source || !destination)
		return -EBADMSG;
	len = mnl_attr_get_payload_len(source);
	if (len != mnl_attr_get_payload_len(destination))
		return -EBADMSG;
	if (len == 4)
		flow->family = AF_INET;
	else if (len == 16)
		flow->family = AF_INET6;
	else
		return -EBADMSG;
	memcpy(flow->source, mnl_attr_get_payload(source), len);
	memcpy(flow->destination, mnl_attr_get_payload(destination), len);
	return 0;
}

static int decode_u64s(const struct nlattr *const *tb, struct flow *flow)
{
	const struct {
		int type;
		__u64 *value;
	} fields[] = {
		{ GWLB_A_FLOW_ID, &flow->id },
		{ GWLB_A_FLOW_AGE, &flow->age },
		{ GWLB_A_FLOW_IDLE, &flow->idle },
		{ GWLB_A_FLOW_EXPIRES, &flow->expires },
	};
	size_t i;

	for (i = 0; i < COUNT(fields); i++) {
		if (!tb[fields[i].type] ||
		    attr_u64(tb[fields[i].type], fields[i].value) < 0)
			return -EBADMSG;
	}
	return 0;
}

static int decode_u32s(const struct nlattr *const *tb, struct flow *flow)
{
	const struct {
		int type;
		__u32 *value;
	} fields[] = {
		{ GWLB_A_FLOW_STATE, &flow->state },
		{ GWLB_A_FLOW_VERDICT, &flow->verdict },
		{ GWLB_A_FLOW_DIRECTION, &flow->direction },
		{ GWLB_A_FLOW_COOKIE, &flow->cookie },
		{ GWLB_A_FLOW_NODE, &flow->node },
	};
	size_t i;

	for (i = 0; i < COUNT(fields); i++) {
		if (!tb[fields[i].type] ||
		    attr_u32(tb[fields[i].type], fields[i].value) < 0)
			return -EBADMSG;
	}
	return 0;
}

/* What not every flow has; false for what is there and makes no sense */
static bool decode_optional(const struct nlattr *const *tb, struct flow *flow)
{
	flow->has_endpoint = tb[GWLB_A_FLOW_ENDPOINT];
	flow->has_source_port = tb[GWLB_A_FLOW_SOURCE_PORT];
	flow->has_destination_port = tb[GWLB_A_FLOW_DESTINATION_PORT];
	flow->has_icmp_type = tb[GWLB_A_FLOW_ICMP_TYPE];
	flow->has_end = tb[GWLB_A_FLOW_END];

	return !((flow->has_endpoint &&
		  attr_u64(tb[GWLB_A_FLOW_ENDPOINT], &flow->endpoint) < 0) ||
		 (flow->has_source_port &&
		  attr_u16(tb[GWLB_A_FLOW_SOURCE_PORT],
			   &flow->source_port) < 0) ||
		 (flow->has_destination_port &&
		  attr_u16(tb[GWLB_A_FLOW_DESTINATION_PORT],
			   &flow->destination_port) < 0) ||
		 (flow->has_icmp_type &&
		  attr_u8(tb[GWLB_A_FLOW_ICMP_TYPE], &flow->icmp_type) < 0) ||
		 (flow->has_end &&
		  attr_u32(tb[GWLB_A_FLOW_END], &flow->end) < 0) ||
		 (tb[GWLB_A_FLOW_RULE] &&
		  attr_u32(tb[GWLB_A_FLOW_RULE], &flow->rule) < 0) ||
		 (tb[GWLB_A_FLOW_TIME] &&
		  attr_u64(tb[GWLB_A_FLOW_TIME], &flow->time) < 0) ||
		 (tb[GWLB_A_FLOW_GROUP] &&
		  attr_string(tb[GWLB_A_FLOW_GROUP], flow->group,
			      sizeof(flow->group)) < 0));
}

/**
 * flow_decode() - read one message of flow-get, or an event about a flow
 * @nlh: the message
 * @flow: filled in
 *
 * Return: 0 or a negative errno.
 */
int flow_decode(const struct nlmsghdr *nlh, struct flow *flow)
{
	const struct nlattr *tb[GWLB_A_FLOW_MAX + 1];

	memset(flow, 0, sizeof(*flow));
	if (attr_parse_msg(nlh, tb, GWLB_A_FLOW_MAX) < 0)
		return -EBADMSG;
	if (!tb[GWLB_A_FLOW_PROTOCOL] ||
	    attr_u8(tb[GWLB_A_FLOW_PROTOCOL], &flow->protocol) < 0)
		return -EBADMSG;
	if (decode_addresses(tb[GWLB_A_FLOW_SOURCE],
			     tb[GWLB_A_FLOW_DESTINATION], flow) < 0 ||
	    decode_u64s(tb, flow) < 0 || decode_u32s(tb, flow) < 0 ||
	    decode_side(tb[GWLB_A_FLOW_ORIGINAL], &flow->original) < 0 ||
	    decode_side(tb[GWLB_A_FLOW_REPLY], &flow->reply) < 0 ||
	    !decode_optional(tb, flow))
		return -EBADMSG;
	return 0;
}

/**
 * flow_decode_flushed() - read the answer to flow-flush
 * @nlh: the message
 * @flushed: set to how many flows were removed
 *
 * Return: 0 or a negative errno.
 */
int flow_decode_flushed(const struct nlmsghdr *nlh, __u32 *flushed)
{
	const struct nlattr *tb[GWLB_A_FLOW_MAX + 1];

	if (attr_parse_msg(nlh, tb, GWLB_A_FLOW_MAX) < 0 ||
	    !tb[GWLB_A_FLOW_FLUSHED] ||
	    attr_u32(tb[GWLB_A_FLOW_FLUSHED], flushed) < 0)
		return -EBADMSG;
	return 0;
}

static void put_prefix(struct nlmsghdr *nlh, __u16 type,
		       const struct prefix *prefix)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put(nlh, GWLB_A_PREFIX_ADDRESS,
		     prefix->family == AF_INET ? 4 : 16, prefix->address);
	mnl_attr_put_u8(nlh, GWLB_A_PREFIX_PREFIX_LEN, prefix->length);
	mnl_attr_nest_end(nlh, nest);
}

/**
 * flow_encode() - ask for some flows only
 * @nlh: the request, with room for FILTER_ROOM bytes more
 * @filter: which of them
 */
void flow_encode(struct nlmsghdr *nlh, const struct flow_filter *filter)
{
	__u32 given = filter->given;

	if (given & 1U << GWLB_A_FLOW_ID)
		mnl_attr_put_u64(nlh, GWLB_A_FLOW_ID, filter->id);
	if (given & 1U << GWLB_A_FLOW_ENDPOINT)
		mnl_attr_put_u64(nlh, GWLB_A_FLOW_ENDPOINT, filter->endpoint);
	if (given & 1U << GWLB_A_FLOW_GROUP)
		mnl_attr_put_strz(nlh, GWLB_A_FLOW_GROUP, filter->group);
	if (given & 1U << GWLB_A_FLOW_PROTOCOL)
		mnl_attr_put_u8(nlh, GWLB_A_FLOW_PROTOCOL, filter->protocol);
	if (given & 1U << GWLB_A_FLOW_SOURCE_PORT)
		mnl_attr_put_u16(nlh, GWLB_A_FLOW_SOURCE_PORT,
				 filter->source_port);
	if (given & 1U << GWLB_A_FLOW_DESTINATION_PORT)
		mnl_attr_put_u16(nlh, GWLB_A_FLOW_DESTINATION_PORT,
				 filter->destination_port);
	if (given & 1U << GWLB_A_FLOW_STATE)
		mnl_attr_put_u32(nlh, GWLB_A_FLOW_STATE, filter->state);
	if (given & 1U << GWLB_A_FLOW_SOURCE_PREFIX)
		put_prefix(nlh, GWLB_A_FLOW_SOURCE_PREFIX, &filter->source);
	if (given & 1U << GWLB_A_FLOW_DESTINATION_PREFIX)
		put_prefix(nlh, GWLB_A_FLOW_DESTINATION_PREFIX,
			   &filter->destination);
}

/**
 * struct taking - what becomes of each flow of a list
 * @item: takes it
 * @data: for @item
 */
struct taking {
	int (*item)(const struct flow *flow, void *data);
	void *data;
};

static int take_flow(const struct nlmsghdr *nlh, void *data)
{
	const struct taking *taking = data;
	struct flow flow;
	int err;

	err = flow_decode(nlh, &flow);
	return err < 0 ? err : taking->item(&flow, taking->data);
}

static int take_flushed(const struct nlmsghdr *nlh, void *data)
{
	return flow_decode_flushed(nlh, data);
}

/**
 * flow_list() - ask for flows, and take each as it comes
 * @nl: the conversation
 * @filter: which of them
 * @item: takes each; returns 0, or a negative errno that ends it all
 * @data: for @item
 * @interrupted: set if some may have been missed or taken twice, as the
 *	kernel's table was resized meanwhile
 *
 * Return: 0 or a negative errno.
 */
int flow_list(struct nl *nl, const struct flow_filter *filter,
	      int (*item)(const struct flow *flow, void *data), void *data,
	      bool *interrupted)
{
	struct taking taking = { .item = item, .data = data };
	struct nlmsghdr *nlh;

	*interrupted = false;
	nlh = nl_request(nl, GWLB_CMD_FLOW_GET, FILTER_ROOM);
	if (!nlh)
		return -ENOMEM;
	flow_encode(nlh, filter);
	return nl_dump_once(nl, take_flow, &taking, interrupted);
}

/**
 * flow_flush() - remove flows
 * @nl: the conversation
 * @filter: which of them
 * @flushed: set to how many were removed
 *
 * Return: 0 or a negative errno.
 */
int flow_flush(struct nl *nl, const struct flow_filter *filter,
	       __u32 *flushed)
{
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, GWLB_CMD_FLOW_FLUSH, FILTER_ROOM);
	if (!nlh)
		return -ENOMEM;
	flow_encode(nlh, filter);
	return nl_do(nl, take_flushed, flushed);
}
