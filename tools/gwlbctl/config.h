/* SPDX-License-Identifier: GPL-2.0-only */
/* State and settings of a network namespace. See config.c. */

#ifndef _GWLBCTL_CONFIG_H
#define _GWLBCTL_CONFIG_H

#include <jansson.h>
#include <linux/gwlb.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "cidr.h"
#include "nl.h"

/**
 * struct peer - one prefix that may send
 * @prefix: the prefix
 * @text: how the user wrote it; NULL if it comes from the kernel
 */
struct peer {
	struct cidr prefix;
	const char *text;
};

/**
 * struct device - a device that packets are to be taken from
 * @name: its name
 * @attached: whether they are, at the moment
 */
struct device {
	char name[GWLB_DEVICE_LEN + 1];
	bool attached;
};

/**
 * struct config - state and settings
 * @state: enum gwlb_state
 * @send_mode: enum gwlb_send_mode
 * @drain: enum gwlb_drain
 * @generation: counts the changes
 * @version: version of the module
 * @nodes: how many nodes were seen
 * @endpoints: how many endpoints were seen
 * @attach: enum gwlb_attach
 * @devices: where packets are taken, if not everywhere
 * @device_count: how many these are
 * @peers: who may send; nobody named means everybody
 * @peer_count: how many these are
 */
struct config {
	__u32 state;
	__u32 send_mode;
	__u32 drain;
	__u32 generation;
	char version[32];
	__u32 nodes;
	__u32 endpoints;
	__u32 attach;
	struct device devices[GWLB_MAX_DEVICES];
	size_t device_count;
	struct peer *peers;
	size_t peer_count;
};

/**
 * struct config_change - what is to be changed
 * @has_state: change the state
 * @state: to this
 * @has_send_mode: change the send mode
 * @send_mode: to this
 * @has_drain: change whether health checks are to fail
 * @drain: to this
 * @has_attach: change where packets are taken
 * @attach: to this
 * @devices: replace the list of devices by these names
 * @device_count: how many these are; 0 leaves the list as it is
 * @has_peers: replace the list of peers
 * @peers: by this one
 * @peer_count: how many these are; 0 removes the list
 * @has_expect: only if nothing changed since
 * @expect: this generation
 */
struct config_change {
	bool has_state;
	__u32 state;
	bool has_send_mode;
	__u32 send_mode;
	bool has_drain;
	__u32 drain;
	bool has_attach;
	__u32 attach;
	const char *devices[GWLB_MAX_DEVICES];
	size_t device_count;
	bool has_peers;
	const struct peer *peers;
	size_t peer_count;
	bool has_expect;
	__u32 expect;
};

int config_decode(const struct nlmsghdr *nlh, struct config *config);
void config_encode(struct nlmsghdr *nlh, const struct config_change *change);
size_t config_room(const struct config_change *change);
void config_where(const struct nlmsghdr *request, const struct extack *extack,
		  const struct config_change *change, char *text, size_t size);
int config_get(struct nl *nl, struct config *config);
int config_set(struct nl *nl, const struct config_change *change);
void config_free(struct config *config);
const char *config_state_name(__u32 state);
const char *config_send_mode_name(__u32 mode);
int config_send_mode_parse(const char *name, __u32 *mode);
const char *config_drain_name(__u32 drain);
int config_drain_parse(const char *name, __u32 *drain);
const char *config_attach_name(__u32 attach);
int config_attach_parse(const char *name, __u32 *attach);
json_t *config_json(const struct config *config);
json_t *config_peers_json(const struct config *config);

#endif /* _GWLBCTL_CONFIG_H */
