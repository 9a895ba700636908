/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * skb_shape: the same bytes as an skb, in every way that drivers and taps make
 * one.
 */
#ifndef _KUNIT_SKB_SHAPE_H
#define _KUNIT_SKB_SHAPE_H

#include <linux/skbuff.h>

/**
 * enum shape - where the bytes are that are not linear
 * @SHAPE_PAGES: in pages, the first of which has few
 * @SHAPE_LIST: in the list of fragments, as GRO leaves it
 * @SHAPES: how many there are
 */
enum shape {
	SHAPE_PAGES,
	SHAPE_LIST,
	SHAPES,
};

struct sk_buff *shape_skb(enum shape shape, const u8 *data, u32 len,
			  u32 linear);
bool shape_has(const struct sk_buff *skb, const u8 *data, u32 len);

#endif /* _KUNIT_SKB_SHAPE_H */
