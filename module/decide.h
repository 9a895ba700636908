/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decide: what is to become of a packet, by flows, fragments and rules. Owns
 * no state; is the only one who knows when rules are asked.
 */
#ifndef _GWLB_DECIDE_H
#define _GWLB_DECIDE_H

#include <linux/gwlb.h>

#include "ask.h"

enum gwlb_reason gwlb_decide(const struct gwlb_question *q);

#endif /* _GWLB_DECIDE_H */
