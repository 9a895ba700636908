/* SPDX-License-Identifier: GPL-2.0-only */
/* MAC addresses of appliances and routers, found out by the kernel. */
#ifndef GWLBSIM_NEIGH_H
#define GWLBSIM_NEIGH_H

#include <linux/types.h>
#include <stdbool.h>

#include "options.h"

/* Every node can have a device of its own, and a router as well. */
#define NEIGH_MAX	(OPTIONS_GWLB_MAX * (OPTIONS_APPLIANCE_MAX + 1))

struct neigh;

struct neigh *neigh_open(bool verbose);
void neigh_close(struct neigh *neigh);
int neigh_fd(const struct neigh *neigh);
void neigh_read(struct neigh *neigh);
void neigh_tick(struct neigh *neigh, __u64 now);
unsigned int neigh_add(struct neigh *neigh, int ifindex, struct in_addr addr);
unsigned int neigh_count(const struct neigh *neigh);
const __u8 *neigh_mac(const struct neigh *neigh, unsigned int peer);

#endif
