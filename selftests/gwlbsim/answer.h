/* SPDX-License-Identifier: GPL-2.0-only */
/* What an appliance answers a packet with that it does not give back. */
#ifndef GWLBSIM_ANSWER_H
#define GWLBSIM_ANSWER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "inflight.h"

bool answer_is(const struct inflight_match *match, const __u8 *frame,
	       size_t len);

#endif
