/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a customer packet goes: its flow, node and target. */
#ifndef GWLBSIM_STEER_H
#define GWLBSIM_STEER_H

#include <linux/types.h>
#include <stddef.h>

#include "flow.h"
#include "options.h"
#include "stats.h"
#include "target.h"

struct steer;

struct steer *steer_new(const struct options *opt, struct stats *stats,
			const struct target_group *group);
void steer_free(struct steer *steer);
const struct flow *steer_packet(struct steer *steer, unsigned int endpoint,
				const __u8 *inner, size_t len, __u64 now);
void steer_expire(struct steer *steer, __u64 now);
const struct flow_counts *steer_counts(const struct steer *steer);

#endif
