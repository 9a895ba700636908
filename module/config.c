// SPDX-License-Identifier: GPL-2.0-only
/*
 * config: the settings of a namespace, and how they change. See config.h.
 */
#include <linux/inetdevice.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "config.h"

/**
 * gwlb_config_alloc() - the settings a namespace starts with
 * @n_peers: how many peers there is to be room for
 *
 * Context: process
 * Return: settings that allow everybody, or NULL
 */
struct gwlb_config *gwlb_config_alloc(u32 n_peers)
{
	struct gwlb_config *config;

	config = kzalloc(struct_size(config, peers, n_peers),
			 GFP_KERNEL_ACCOUNT);
	if (config)
		config->send_mode = GWLB_SEND_MODE_ROUTE;
	return config;
}

/**
 * gwlb_config_copy() - start a change
 * @old: the settings as they are
 * @n_peers: how many peers there is to be room for
 *
 * Context: process
 * Return: the same settings, with all peers that there is room for; or NULL
 */
struct gwlb_config *gwlb_config_copy(const struct gwlb_config *old,
				     u32 n_peers)
{
	struct gwlb_config *config = gwlb_config_alloc(n_peers);

	if (!config)
		return NULL;
	config->generation = old->generation;
	config->state = old->state;
	config->attach = old->attach;
	config->n_devices = old->n_devices;
	memcpy(config->devices, old->devices, sizeof(config->devices));
	config->send_mode = old->send_mode;
	config->drain = old->drain;
	config->n_peers = min(n_peers, old->n_peers);
	memcpy(config->peers, old->peers,
	       array_size(config->n_peers, sizeof(*config->peers)));
	return config;
}

static int compare_peers(const void *a, const void *b)
{
	const struct gwlb_peer *x = a, *y = b;

	if (x->address != y->address)
		return ntohl(x->address) < ntohl(y->address) ? -1 : 1;
	return (int)x->prefix_len - y->prefix_len;
}

/**
 * gwlb_config_sort() - put the peers in order
 * @config: settings that nobody else sees yet
 *
 * Return: NULL, or a peer that occurs twice
 */
const struct gwlb_peer *gwlb_config_sort(struct gwlb_config *config)
{
	u32 i;

	sort(config->peers, config->n_peers, sizeof(*config->peers),
	     compare_peers, NULL);
	for (i = 1; i < config->n_peers; i++)
		if (!compare_peers(&config->peers[i - 1], &config->peers[i]))
			return &config->peers[i];
	return NULL;
}

/**
 * gwlb_config_equal() - do two settings say the same?
 * @a: settings, sorted
 * @b: settings, sorted
 *
 * Return: true if they differ in nothing but the generation
 */
bool gwlb_config_equal(const struct gwlb_config *a,
		       const struct gwlb_config *b)
{
	u32 i;

	if (a->state != b->state || !gwlb_config_same_place(a, b) ||
	    a->send_mode != b->send_mode || a->drain != b->drain ||
	    a->n_peers != b->n_peers)
		return false;
	for (i = 0; i < a->n_peers; i++)
		if (compare_peers(&a->peers[i], &b->peers[i]))
			return false;
	return true;
}

/**
 * gwlb_config_same_place() - are packets taken at the same place?
 * @a: settings
 * @b: settings
 *
 * Return: true if so; another order of the devices is another place
 */
bool gwlb_config_same_place(const struct gwlb_config *a,
			    const struct gwlb_config *b)
{
	u32 i;

	if (a->attach != b->attach || a->n_devices != b->n_devices)
		return false;
	for (i = 0; i < a->n_devices; i++)
		if (strcmp(a->devices[i], b->devices[i]))
			return false;
	return true;
}

/**
 * gwlb_config_names() - are packets to be taken from this device, at ingress?
 * @config: the settings
 * @device: its name
 *
 * Return: true if so
 */
bool gwlb_config_names(const struct gwlb_config *config, const char *device)
{
	u32 i;

	for (i = 0; i < config->n_devices; i++)
		if (!strcmp(config->devices[i], device))
			return true;
	return false;
}

/**
 * gwlb_config_allows() - may this address send?
 * @config: the settings
 * @address: outer source of a packet
 *
 * Asked once per node and change of settings, so that a list will do.
 *
 * Context: bottom halves off
 * Return: true if it may
 */
bool gwlb_config_allows(const struct gwlb_config *config, __be32 address)
{
	const struct gwlb_peer *peer;
	u32 i;

	if (!config->n_peers)
		return true;
	for (i = 0; i < config->n_peers; i++) {
		peer = &config->peers[i];
		if (!((address ^ peer->address) &
		      inet_make_mask(peer->prefix_len)))
			return true;
	}
	return false;
}
