/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * match_agree: do all say the same about a packet? See match_agree.c.
 */
#ifndef _UNIT_MATCH_AGREE_H
#define _UNIT_MATCH_AGREE_H

#include "match_build.h"
#include "match_oracle.h"

bool agree(const struct oracle_rule *rules, const struct built_rules *built,
	   const struct gwlb_subject *s, unsigned int *matched);

#endif /* _UNIT_MATCH_AGREE_H */
