/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * young: flows that make way for others.
 */
#ifndef _GWLB_YOUNG_H
#define _GWLB_YOUNG_H

#include <linux/types.h>

#include "tcp.h"

struct gwlb_flow;
struct gwlb_question;

void gwlb_young_packet(const struct gwlb_question *q, struct gwlb_flow *flow,
		       bool other, enum gwlb_tcp_kind kind);

#endif /* _GWLB_YOUNG_H */
