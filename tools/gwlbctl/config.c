// SPDX-License-Identifier: GPL-2.0-only
/*
 * State and settings of a network namespace: the struct, its messages and its
 * JSON. Owns the memory of the list of peers.
 */

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "config.h"
#include "out.h"

static const char *const states[] = {
	[GWLB_STATE_DOWN] = "down",
	[GWLB_STATE_UP] = "up",
};

static const char *const send_modes[] = {
	[GWLB_SEND_MODE_ROUTE] = "route",
	[GWLB_SEND_MODE_REFLECT] = "reflect",
};

static const char *const drains[] = {
	[GWLB_DRAIN_OFF] = "off",
	[GWLB_DRAIN_ON] = "on",
};

static const char *const attachments[] = {
	[GWLB_ATTACH_PREROUTING] = "prerouting",
	[GWLB_ATTACH_INGRESS] = "ingress",
};

static const char *const attr_names[GWLB_A_CONFIG_MAX + 1] = {
	[GWLB_A_CONFIG_STATE] = "state",
	[GWLB_A_CONFIG_SEND_MODE] = "send-mode",
	[GWLB_A_CONFIG_GENERATION] = "generation",
	[GWLB_A_CONFIG_EXPECT_GENERATION] = "expect-generation",
	[GWLB_A_CONFIG_VERSION] = "version",
	[GWLB_A_CONFIG_PEER] = "peer",
	[GWLB_A_CONFIG_NO_PEERS] = "no-peers",
	[GWLB_A_CONFIG_NODES] = "nodes",
	[GWLB_A_CONFIG_ENDPOINTS] = "endpoints",
	[GWLB_A_CONFIG_DRAIN] = "drain",
	[GWLB_A_CONFIG_ATTACH] = "attach",
	[GWLB_A_CONFIG_DEVICE] = "dev",
	[GWLB_A_CONFIG_ATTACHED] = "attached",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/**
 * config_state_name() - name of a state
 * @state: enum gwlb_state
 *
 * Return: the name, "unknown" for one that is newer than this program.
 */
const char *config_state_name(__u32 state)
{
	return state < COUNT(states) ? states[state] : "unknown";
}

/**
 * config_send_mode_name() - name of a send mode
 * @mode: enum gwlb_send_mode
 *
 * Return: the name, "unknown" for one that is newer than this program.
 */
const char *config_send_mode_name(__u32 mode)
{
	return mode < COUNT(send_modes) ? send_modes[mode] : "unknown";
}

static int find(const char *const *names, size_t count, const char *name,
		__u32 *value)
{
	__u32 i;

	for (i = 0; i < count; i++) {
		if (!strcmp(names[i], name)) {
			*value = i;
			return 0;
		}
	}
	return -1;
}

/**
 * config_send_mode_parse() - send mode by its name
 * @name: the name
 * @mode: set to enum gwlb_send_mode
 *
 * Return: 0, or -1 if there is none of this name.
 */
int config_send_mode_parse(const char *name, __u32 *mode)
{
	return find(send_modes, COUNT(send_modes), name, mode);
}

/**
 * config_drain_name() - name of what drain may be
 * @drain: enum gwlb_drain
 *
 * Return: the name, "unknown" for one that is newer than this program.
 */
const char *config_drain_name(__u32 drain)
{
	return drain < COUNT(drains) ? drains[drain] : "unknown";
}

/**
 * config_drain_parse() - what drain may be, by its name
 * @name: the name
 * @drain: set to enum gwlb_drain
 *
 * Return: 0, or -1 if there is none of this name.
 */
int config_drain_parse(const char *name, __u32 *drain)
{
	return find(drains, COUNT(drains), name, drain);
}

/**
 * config_attach_name() - name of where packets are taken
 * @attach: enum gwlb_attach
 *
 * Return: the name, "unknown" for one that is newer than this program.
 */
const char *config_attach_name(__u32 attach)
{
	return attach < COUNT(attachments) ? attachments[attach] : "unknown";
}

/**
 * config_attach_parse() - where packets are taken, by its name
 * @name: the name
 * @attach: set to enum gwlb_attach
 *
 * Return: 0, or -1 if there is none of this name.
 */
int config_attach_parse(const char *name, __u32 *attach)
{
	return find(attachments, COUNT(attachments), name, attach);
}

static int decode_device(const struct nlattr *attr, struct config *config)
{
	struct device *device = &config->devices[config->device_count];

	if (config->device_count == COUNT(config->devices) ||
	    attr_string(attr, device->name, sizeof(device->name)) < 0)
		return -EBADMSG;
	config->device_count++;
	return 0;
}

/* Comes behind the names of all devices */
static int decode_attached(const struct nlattr *attr, struct config *config)
{
	char name[GWLB_DEVICE_LEN + 1];
	size_t i;

	if (attr_string(attr, name, sizeof(name)) < 0)
		return -EBADMSG;
	for (i = 0; i < config->device_count; i++) {
		if (!strcmp(config->devices[i].name, name))
			config->devices[i].attached = true;
	}
	return 0;
}

static int decode_peer(const struct nlattr *nest, struct config *config)
{
	const struct nlattr *tb[GWLB_A_PEER_MAX + 1];
	struct peer peer = { .text = NULL };
	struct peer *peers;

	if (attr_parse_nest(nest, tb, GWLB_A_PEER_MAX) < 0 ||
	    !tb[GWLB_A_PEER_ADDRESS] || !tb[GWLB_A_PEER_PREFIX_LEN] ||
	    attr_u32(tb[GWLB_A_PEER_ADDRESS], &peer.prefix.address) < 0 ||
	    attr_u8(tb[GWLB_A_PEER_PREFIX_LEN], &peer.prefix.length) < 0 ||
	    peer.prefix.length > 32)
		return -EBADMSG;

	peers = realloc(config->peers,
			(config->peer_count + 1) * sizeof(*peers));
	if (!peers)
		return -ENOMEM;
	config->peers = peers;
	config->peers[config->peer_count++] = peer;
	return 0;
}

/**
 * config_decode() - read the answer to config-get
 * @nlh: the message
 * @config: filled in; give it to config_free() also after an error
 *
 * Return: 0 or a negative errno.
 */
int config_decode(const struct nlmsghdr *nlh, struct config *config)
{
	const struct nlattr *tb[GWLB_A_CONFIG_MAX + 1];
	const struct nlattr *attr;
	int err = 0;

	memset(config, 0, sizeof(*config));
	if (attr_parse_msg(nlh, tb, GWLB_A_CONFIG_MAX) < 0 ||
	    !tb[GWLB_A_CONFIG_STATE] || !tb[GWLB_A_CONFIG_SEND_MODE] ||
	    !tb[GWLB_A_CONFIG_GENERATION] || !tb[GWLB_A_CONFIG_VERSION] ||
	    !tb[GWLB_A_CONFIG_NODES] || !tb[GWLB_A_CONFIG_ENDPOINTS] ||
	    attr_u32(tb[GWLB_A_CONFIG_STATE], &config->state) < 0 ||
	    attr_u32(tb[GWLB_A_CONFIG_SEND_MODE], &config->send_mode) < 0 ||
	    attr_u32(tb[GWLB_A_CONFIG_GENERATION], &config->generation) < 0 ||
	    attr_string(tb[GWLB_A_CONFIG_VERSION], config->version,
			sizeof(config->version)) < 0 ||
	    attr_u32(tb[GWLB_A_CONFIG_NODES], &config->nodes) < 0 ||
	    attr_u32(tb[GWLB_A_CONFIG_ENDPOINTS], &config->endpoints) < 0 ||
	    /* older modules know nothing of it */
	    (tb[GWLB_A_CONFIG_DRAIN] &&
	     attr_u32(tb[GWLB_A_CONFIG_DRAIN], &config->drain) < 0) ||
	    (tb[GWLB_A_CONFIG_ATTACH] &&
	     attr_u32(tb[GWLB_A_CONFIG_ATTACH], &config->attach) < 0))
		return -EBADMSG;

	/* the table has only the last of each */
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case GWLB_A_CONFIG_PEER:
			err = decode_peer(attr, config);
			break;
		case GWLB_A_CONFIG_DEVICE:
			err = decode_device(attr, config);
			break;
		case GWLB_A_CONFIG_ATTACHED:
			err = decode_attached(attr, config);
			break;
		}
		if (err < 0)
			return err;
	}
	return 0;
}

/**
 * config_room() - how large the attributes of a change can become
 * @change: the change
 *
 * Return: bytes.
 */
size_t config_room(const struct config_change *change)
{
	/* a nest with two numbers; a name; and the few others, generously */
	return change->peer_count * 3 * MNL_ALIGN(MNL_ATTR_HDRLEN + 4) +
	       change->device_count *
	       MNL_ALIGN(MNL_ATTR_HDRLEN + GWLB_DEVICE_LEN + 1) + 128;
}

/**
 * config_encode() - write the attributes of config-set
 * @nlh: the message
 * @change: the change
 */
void config_encode(struct nlmsghdr *nlh, const struct config_change *change)
{
	struct nlattr *nest;
	size_t i;

	if (change->has_state)
		mnl_attr_put_u32(nlh, GWLB_A_CONFIG_STATE, change->state);
	if (change->has_send_mode)
		mnl_attr_put_u32(nlh, GWLB_A_CONFIG_SEND_MODE,
				 change->send_mode);
	if (change->has_drain)
		mnl_attr_put_u32(nlh, GWLB_A_CONFIG_DRAIN, change->drain);
	if (change->has_attach)
		mnl_attr_put_u32(nlh, GWLB_A_CONFIG_ATTACH, change->attach);
	for (i = 0; i < change->device_count; i++)
		mnl_attr_put_strz(nlh, GWLB_A_CONFIG_DEVICE,
				  change->devices[i]);
	if (change->has_expect)
		mnl_attr_put_u32(nlh, GWLB_A_CONFIG_EXPECT_GENERATION,
				 change->expect);
	if (!change->has_peers)
		return;

	if (!change->peer_count)
		mnl_attr_put(nlh, GWLB_A_CONFIG_NO_PEERS, 0, NULL);
	for (i = 0; i < change->peer_count; i++) {
		nest = mnl_attr_nest_start(nlh, GWLB_A_CONFIG_PEER);
		mnl_attr_put_u32(nlh, GWLB_A_PEER_ADDRESS,
				 change->peers[i].prefix.address);
		mnl_attr_put_u8(nlh, GWLB_A_PEER_PREFIX_LEN,
				change->peers[i].prefix.length);
		mnl_attr_nest_end(nlh, nest);
	}
}

/**
 * config_where() - what a refusal points at, in the user's words
 * @request: the request
 * @extack: the refusal
 * @change: what the request was made from
 * @text: where it goes; empty if the refusal points at nothing
 * @size: size of @text
 */
void config_where(const struct nlmsghdr *request, const struct extack *extack,
		  const struct config_change *change, char *text, size_t size)
{
	const struct nlattr *attr;
	char prefix[CIDR_TEXT];
	unsigned int type, nth;

	text[0] = '\0';
	attr = extack_attr(request, extack, &nth);
	if (!attr && !extack->miss_type)
		return;

	type = attr ? mnl_attr_get_type(attr) : extack->miss_type;
	if (attr && type == GWLB_A_CONFIG_PEER && nth < change->peer_count) {
		cidr_print(&change->peers[nth].prefix, prefix);
		snprintf(text, size, "%s", change->peers[nth].text ?
			 change->peers[nth].text : prefix);
	} else if (attr && type == GWLB_A_CONFIG_DEVICE &&
		   nth < change->device_count) {
		snprintf(text, size, "%s", change->devices[nth]);
	} else if (type <= GWLB_A_CONFIG_MAX && attr_names[type]) {
		snprintf(text, size, "%s", attr_names[type]);
	}
}

static int take_config(const struct nlmsghdr *nlh, void *data)
{
	struct config *config = data;

	config_free(config);
	return config_decode(nlh, config);
}

/**
 * config_get() - ask for state and settings
 * @nl: the conversation
 * @config: filled in; give it to config_free() also after an error
 *
 * Return: 0 or a negative errno.
 */
int config_get(struct nl *nl, struct config *config)
{
	memset(config, 0, sizeof(*config));
	if (!nl_request(nl, GWLB_CMD_CONFIG_GET, 0))
		return -ENOMEM;
	return nl_do(nl, take_config, config);
}

/**
 * config_set() - change state and settings, all or nothing
 * @nl: the conversation
 * @change: the change
 *
 * Return: 0 or a negative errno.
 */
int config_set(struct nl *nl, const struct config_change *change)
{
	struct nlmsghdr *nlh;
	int err;

	nlh = nl_request(nl, GWLB_CMD_CONFIG_SET, config_room(change));
	if (!nlh)
		return -ENOMEM;
	config_encode(nlh, change);

	err = nl_do(nl, NULL, NULL);
	if (err < 0)
		config_where(nlh, &nl->extack, change, nl->where,
			     sizeof(nl->where));
	return err;
}

/**
 * config_free() - release the list of peers
 * @config: state and settings
 */
void config_free(struct config *config)
{
	free(config->peers);
	config->peers = NULL;
	config->peer_count = 0;
}

static json_t *peers_json(const struct config *config)
{
	json_t *list = json_array();
	char prefix[CIDR_TEXT];
	json_t *peer;
	size_t i;

	for (i = 0; list && i < config->peer_count; i++) {
		cidr_print(&config->peers[i].prefix, prefix);
		peer = json_string(prefix);
		if (json_array_append_new(list, peer) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *devices_json(const struct config *config)
{
	json_t *list = json_array();
	json_t *device;
	size_t i;

	for (i = 0; list && i < config->device_count; i++) {
		device = json_pack("{s:s, s:b}",
				   "name", config->devices[i].name,
				   "attached", config->devices[i].attached);
		if (json_array_append_new(list, device) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

/**
 * config_peers_json() - the list of peers as JSON
 * @config: state and settings
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *config_peers_json(const struct config *config)
{
	return json_pack("{s:o}", "peers", peers_json(config));
}

/**
 * config_json() - state and settings as JSON
 * @config: state and settings
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *config_json(const struct config *config)
{
	return json_pack("{s:s, s:s, s:o, s:s, s:s, s:I, s:s, s:o}",
			 "state", config_state_name(config->state),
			 "attach", config_attach_name(config->attach),
			 "devices", devices_json(config),
			 "send-mode", config_send_mode_name(config->send_mode),
			 "drain", config_drain_name(config->drain),
			 "generation", (json_int_t)config->generation,
			 "version", config->version,
			 "peers", peers_json(config));
}
