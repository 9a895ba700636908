/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elements: what a set is made of. For set.c, which finds elements, and for
 * set_change.c, which adds and removes them; nobody else looks inside.
 */
#ifndef _GWLB_ELEMENTS_H
#define _GWLB_ELEMENTS_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <linux/gwlb.h>

#include "match.h"

#define GWLB_SET_PORTS		65536
#define GWLB_PREFIX_LENGTHS	129
/* How many bits of an IPv4 address are its head; how many heads there are */
#define GWLB_HEAD_BITS		16
#define GWLB_HEADS		65536

/**
 * struct gwlb_key - what an element is
 *
 * All of it is hashed, so what is not used is 0.
 *
 * @address: address of a prefix
 * @range: range of ports
 * @id: id of an endpoint
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6, of a prefix
 * @len: its length
 * @pad: 0
 */
struct gwlb_key {
	union {
		union nf_inet_addr address;
		struct gwlb_range range;
		u64 id;
	};
	u16 family;
	u16 len;
	u32 pad;
};

/**
 * enum gwlb_element_state - what an element is just now
 * @GWLB_ELEMENT_ADDING: not an element yet; not seen by packets
 * @GWLB_ELEMENT_THERE: an element
 * @GWLB_ELEMENT_REMOVING: still an element
 */
enum gwlb_element_state {
	GWLB_ELEMENT_ADDING,
	GWLB_ELEMENT_THERE,
	GWLB_ELEMENT_REMOVING,
};

/**
 * struct gwlb_element - one element
 * @head: its place in the hash table
 * @list: its place in the list, from when it is an element
 * @rcu: frees it
 * @change: the next one that is to be settled
 * @key: what it is
 * @state: enum gwlb_element_state
 */
struct gwlb_element {
	struct rhash_head head;
	union {
		struct list_head list;
		struct rcu_head rcu;
	};
	struct gwlb_element *change;
	struct gwlb_key key;
	u8 state;
};

/**
 * struct gwlb_elements - all elements of a set
 * @hash: finds one by its key
 * @list: the same in the order added, without those that are being added
 * @n: how many are in @list
 * @n_lengths: how many prefixes there are, by IP version and length
 * @lengths: which of @n_lengths are not 0
 * @heads: with which heads IPv4 addresses may be in a prefix, or NULL; what is
 *	once set remains, also when its last prefix goes
 * @ports: what is in the ranges of ports, or NULL
 * @taken: the same, with those that are being added
 * @rwork: frees it
 */
struct gwlb_elements {
	struct rhashtable hash;
	struct list_head list;
	u32 n;
	u32 n_lengths[2][GWLB_PREFIX_LENGTHS];
	DECLARE_BITMAP(lengths[2], GWLB_PREFIX_LENGTHS);
	unsigned long *heads;
	unsigned long *ports;
	unsigned long *taken;
	struct rcu_work rwork;
};

/**
 * struct gwlb_set - one set
 * @refs: how many rulesets have it
 * @type: what it holds
 * @name: its name
 * @elements: its elements; read under RCU, replaced whole by a flush
 * @changes: what is to be settled, in the order of the change
 * @last_change: where the next one goes
 */
struct gwlb_set {
	refcount_t refs;
	enum gwlb_set_type type;
	char name[GWLB_NAME_LEN + 1];
	struct gwlb_elements __rcu *elements;
	struct gwlb_element *changes;
	struct gwlb_element **last_change;
};

static const struct rhashtable_params gwlb_element_params = {
	.key_len = sizeof_field(struct gwlb_element, key),
	.key_offset = offsetof(struct gwlb_element, key),
	.head_offset = offsetof(struct gwlb_element, head),
	.automatic_shrinking = true,
};

static inline u32 gwlb_version_of(u8 family)
{
	return family == NFPROTO_IPV6;
}

static inline void gwlb_key_of(const struct gwlb_value *value,
			       struct gwlb_key *key)
{
	memset(key, 0, sizeof(*key));
	switch (value->type) {
	case GWLB_VALUE_PREFIX:
		key->address = value->prefix.address;
		key->family = value->prefix.family;
		key->len = value->prefix.len;
		break;
	case GWLB_VALUE_RANGE:
		key->range = value->range;
		break;
	default:
		key->id = value->id;
	}
}

/* Elements as those see them who change them; see set.h. */
static inline struct gwlb_elements *
gwlb_elements_of(const struct gwlb_set *set)
{
	return rcu_dereference_protected(set->elements, true);
}

#endif /* _GWLB_ELEMENTS_H */
