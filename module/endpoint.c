// SPDX-License-Identifier: GPL-2.0-only
/*
 * endpoint: VPC endpoints. See endpoint.h.
 */
#include <linux/slab.h>

#include "endpoint.h"
#include "stats.h"

static void endpoint_init(struct gwlb_endpoint *endpoint)
{
	spin_lock_init(&endpoint->lock);
	INIT_LIST_HEAD(&endpoint->young);
	INIT_LIST_HEAD(&endpoint->fragments);
}

static void endpoint_free(struct gwlb_tally *tally)
{
	kfree(container_of(tally, struct gwlb_endpoint, tally));
}

/**
 * gwlb_endpoint_table_init() - make an empty table
 * @endpoints: the table
 *
 * Context: process
 * Return: 0 or -ENOMEM
 */
int gwlb_endpoint_table_init(struct gwlb_endpoint_table *endpoints)
{
	int err = gwlb_tally_table_init(&endpoints->table, GWLB_MAX_ENDPOINTS);

	if (err)
		return err;
	endpoint_init(&endpoints->others);
	endpoints->others.tally.traffic = endpoints->table.others;
	return 0;
}

/**
 * gwlb_endpoint_table_exit() - free a table and all that is in it
 * @endpoints: the table; nobody may be reading it, and no flow be left
 *
 * Context: process
 */
void gwlb_endpoint_table_exit(struct gwlb_endpoint_table *endpoints)
{
	gwlb_tally_table_exit(&endpoints->table, endpoint_free);
}

static struct gwlb_endpoint *endpoint_new(u64 id)
{
	struct gwlb_endpoint *endpoint;

	endpoint = kzalloc(sizeof(*endpoint), GFP_ATOMIC | __GFP_NOWARN);
	if (!endpoint)
		return NULL;
	endpoint_init(endpoint);
	if (!gwlb_tally_init(&endpoint->tally, id))
		return endpoint;
	kfree(endpoint);
	return NULL;
}

/**
 * gwlb_endpoint_add() - add an endpoint, unless somebody was faster
 * @endpoints: all of them
 * @id: its id
 *
 * Context: bottom halves off, RCU read side
 * Return: the endpoint; if there is no place for it, what stands for all of
 *	   those
 */
struct gwlb_endpoint *gwlb_endpoint_add(struct gwlb_endpoint_table *endpoints,
					u64 id)
{
	struct gwlb_endpoint *new;
	struct gwlb_tally *tally;

	if (gwlb_tally_full(&endpoints->table))
		return &endpoints->others;
	new = endpoint_new(id);
	if (!new)
		return &endpoints->others;
	tally = gwlb_tally_add(&endpoints->table, &new->tally);
	if (tally != &new->tally) {
		free_percpu(new->tally.traffic);
		kfree(new);
	}
	return tally ? container_of(tally, struct gwlb_endpoint, tally) :
		&endpoints->others;
}
