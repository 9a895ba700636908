/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader: module/parse.c as the hook calls it, but from memory in which a
 * byte too far is noticed. See reader.c.
 */
#ifndef _UNIT_READER_H
#define _UNIT_READER_H

#include "inner.h"

/* Each round has read at least one header more, and there are not so many. */
#define READER_MAX_ROUNDS	24

int reader_run(const u8 *data, u32 len, u32 linear, bool big,
	       struct gwlb_pkt *pkt);
int reader_quote(const u8 *data, u32 len, u32 linear,
		 const struct gwlb_pkt *pkt, struct gwlb_quote *quote);
const char *reader_differs(const u8 *data, u32 len, u32 linear, int verdict,
			   const struct gwlb_pkt *pkt);

#endif /* _UNIT_READER_H */
