/* SPDX-License-Identifier: GPL-2.0-only */
/* The appliances' MAC addresses, found out by the kernel. */
#ifndef GWLBSIM_NEIGH_H
#define GWLBSIM_NEIGH_H

#include <linux/types.h>
#include <stdbool.h>

#include "options.h"

struct neigh;

struct neigh *neigh_open(const struct options *opt, int ifindex);
void neigh_close(struct neigh *neigh);
int neigh_fd(const struct neigh *neigh);
void neigh_read(struct neigh *neigh);
void neigh_tick(struct neigh *neigh, __u64 now);
const __u8 *neigh_mac(const struct neigh *neigh, unsigned int appliance);

#endif
