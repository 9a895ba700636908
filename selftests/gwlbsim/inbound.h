/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames that come back from the wire. */
#ifndef GWLBSIM_INBOUND_H
#define GWLBSIM_INBOUND_H

#include <linux/types.h>
#include <stdbool.h>

#include "inflight.h"
#include "node.h"
#include "options.h"
#include "stats.h"

struct inbound;

struct inbound *inbound_new(const struct options *opt, struct stats *stats,
			    struct nodes *nodes, struct inflight *inflight,
			    const int *tun);
void inbound_free(struct inbound *in);
bool inbound_read(struct inbound *in, __u64 now);

#endif
