/* SPDX-License-Identifier: GPL-2.0-only */
/* The way of a packet: endpoint, wire, appliance, wire, endpoint. */
#ifndef GWLBSIM_PATH_H
#define GWLBSIM_PATH_H

#include <linux/types.h>
#include <stdbool.h>

#include "neigh.h"
#include "node.h"
#include "options.h"
#include "stats.h"
#include "target.h"

struct path;

struct path *path_new(const struct options *opt, struct stats *stats,
		      struct target_group *group, struct nodes *nodes,
		      struct neigh *neigh, const int *tun);
void path_free(struct path *path);
int path_customer(struct path *path, unsigned int endpoint, __u64 now);
bool path_wire(struct path *path, __u64 now);
void path_resolved(struct path *path, __u64 now);
void path_expire(struct path *path, __u64 now);
bool path_waits(const struct path *path);
void path_gauges(const struct path *path);

#endif
