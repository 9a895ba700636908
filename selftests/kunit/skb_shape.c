// SPDX-License-Identifier: GPL-2.0-only
/*
 * skb_shape: the same bytes as an skb. See skb_shape.h.
 */
#include <linux/etherdevice.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "skb_shape.h"

/* So few that a pull needs more than one piece */
#define FIRST_PIECE	3

static bool add_page(struct sk_buff *skb, const u8 *data, u32 len)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int i = skb_shinfo(skb)->nr_frags;

	if (!page)
		return false;
	/* At its end: what reads on, reads somebody else's page. */
	memcpy(page_address(page) + PAGE_SIZE - len, data, len);
	skb_add_rx_frag(skb, i, page, PAGE_SIZE - len, len, PAGE_SIZE);
	return true;
}

static bool add_pages(struct sk_buff *skb, const u8 *data, u32 len)
{
	u32 piece = min_t(u32, len, FIRST_PIECE);

	while (len) {
		if (!add_page(skb, data, piece))
			return false;
		data += piece;
		len -= piece;
		piece = min_t(u32, len, PAGE_SIZE);
	}
	return true;
}

static bool add_list(struct sk_buff *skb, const u8 *data, u32 len)
{
	struct sk_buff **next = &skb_shinfo(skb)->frag_list;
	u32 piece = min_t(u32, len, FIRST_PIECE);

	while (len) {
		*next = alloc_skb(piece, GFP_KERNEL);
		if (!*next)
			return false;
		skb_put_data(*next, data, piece);
		skb->len += piece;
		skb->data_len += piece;
		skb->truesize += (*next)->truesize;
		next = &(*next)->next;
		data += piece;
		len -= piece;
		piece = len;
	}
	return true;
}

/**
 * shape_skb() - make an skb
 * @shape: where the bytes are that are not linear
 * @data: a packet, from the outer IP header on
 * @len: its length
 * @linear: how many bytes are linear
 *
 * An Ethernet header, not written, comes before it, and nothing more: whoever
 * needs headroom has to make it. Nor is there any tailroom.
 *
 * Return: the skb, data at the outer IP header; or NULL
 */
struct sk_buff *shape_skb(enum shape shape, const u8 *data, u32 len,
			  u32 linear)
{
	struct sk_buff *skb = alloc_skb(ETH_HLEN + linear, GFP_KERNEL);
	bool done;

	if (!skb)
		return NULL;
	skb_reset_mac_header(skb);
	skb_put(skb, ETH_HLEN);
	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	skb->protocol = htons(ETH_P_IP);
	skb_put_data(skb, data, linear);
	done = shape == SHAPE_PAGES ?
		add_pages(skb, data + linear, len - linear) :
		add_list(skb, data + linear, len - linear);
	if (done)
		return skb;
	kfree_skb(skb);
	return NULL;
}

/**
 * shape_has() - are these the bytes of an skb?
 * @skb: the skb
 * @data: the bytes
 * @len: how many
 *
 * Return: true if it has these and no more
 */
bool shape_has(const struct sk_buff *skb, const u8 *data, u32 len)
{
	bool same = false;
	u8 *found;

	if (skb->len != len)
		return false;
	found = kmalloc(len, GFP_ATOMIC);
	if (!found)
		return false;
	same = !skb_copy_bits(skb, 0, found, len) && !memcmp(found, data, len);
	kfree(found);
	return same;
}
