/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames on their way to the wire. */
#ifndef GWLBSIM_OUTBOUND_H
#define GWLBSIM_OUTBOUND_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "inflight.h"
#include "neigh.h"
#include "node.h"
#include "stats.h"

struct outbound;

struct outbound *outbound_new(struct stats *stats, struct nodes *nodes,
			      struct neigh *neigh, struct inflight *inflight);
void outbound_free(struct outbound *out);
void outbound_put(struct outbound *out, const struct inflight_ids *ids,
		  const __u8 *hdr, const __u8 *inner, size_t len, __u64 now);
void outbound_flush(struct outbound *out);
void outbound_resolved(struct outbound *out, __u64 now);
void outbound_expire(struct outbound *out, __u64 now);
bool outbound_waits(const struct outbound *out);

#endif
