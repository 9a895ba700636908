// SPDX-License-Identifier: GPL-2.0-only
/*
 * set_change: how elements come into a set and go out of it. See set.h.
 *
 * A change of many elements is all or nothing. So it has two steps: elements
 * are added where no packet sees them, or are marked; when all of them are
 * known to be right, gwlb_set_settle() makes it true.
 */
#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "elements.h"
#include "match.h"
#include "set.h"

/* How often a hash table that is busy growing is waited for */
#define MAX_TRIES	16

static void count_length(struct gwlb_elements *elements,
			 const struct gwlb_element *element, int by)
{
	u32 version = gwlb_version_of(element->key.family);
	u32 len = element->key.len;

	elements->n_lengths[version][len] += by;
	assign_bit(len, elements->lengths[version],
		   elements->n_lengths[version][len]);
}

/* Before anybody sees the element */
static void note_heads(struct gwlb_elements *elements,
		       const struct gwlb_element *element)
{
	const struct gwlb_key *key = &element->key;
	u32 first = ntohl(key->address.ip) >> (32 - GWLB_HEAD_BITS), n = 1;

	if (key->len < GWLB_HEAD_BITS)
		n <<= GWLB_HEAD_BITS - key->len;
	if (key->family == NFPROTO_IPV4)
		bitmap_set(elements->heads, first, n);
}

/* A growing table may have no place for a moment. */
static int insert(struct gwlb_elements *elements, struct gwlb_element *element)
{
	u32 tries = MAX_TRIES;
	int err;

	do {
		err = rhashtable_lookup_insert_fast(&elements->hash,
						    &element->head,
						    gwlb_element_params);
		if (err != -EBUSY && err != -ENOMEM)
			return err;
		flush_work(&elements->hash.run_work);
	} while (--tries);
	return -ENOMEM;
}

/* A range that shares a port with another one is as bad as the same again. */
static int take_ports(struct gwlb_elements *elements,
		      const struct gwlb_element *element)
{
	u32 first = element->key.range.first, last = element->key.range.last;

	if (find_next_bit(elements->taken, last + 1, first) <= last)
		return -EEXIST;
	bitmap_set(elements->taken, first, last + 1 - first);
	return 0;
}

/* Makes an element unknown to everybody. */
static void forget(struct gwlb_set *set, struct gwlb_elements *elements,
		   struct gwlb_element *element)
{
	u32 first = element->key.range.first, last = element->key.range.last;

	rhashtable_remove_fast(&elements->hash, &element->head,
			       gwlb_element_params);
	if (set->type == GWLB_SET_TYPE_ADDRESS)
		count_length(elements, element, -1);
	if (set->type == GWLB_SET_TYPE_PORT)
		bitmap_clear(elements->taken, first, last + 1 - first);
	kfree_rcu(element, rcu);
}

static void note_change(struct gwlb_set *set, struct gwlb_element *element)
{
	element->change = NULL;
	*set->last_change = element;
	set->last_change = &element->change;
}

/**
 * gwlb_set_add() - add an element, not to be seen before it is settled
 * @set: the set
 * @value: the element; its type fits that of @set
 *
 * Context: process
 * Return: 0; -EEXIST if it is there, or shares a port with one that is;
 *         -E2BIG if the set is full; or -ENOMEM
 */
int gwlb_set_add(struct gwlb_set *set, const struct gwlb_value *value)
{
	struct gwlb_elements *elements = gwlb_elements_of(set);
	struct gwlb_element *element;
	int err;

	if (atomic_read(&elements->hash.nelems) >= GWLB_MAX_ELEMENTS)
		return -E2BIG;
	element = kmalloc(sizeof(*element), GFP_KERNEL_ACCOUNT);
	if (!element)
		return -ENOMEM;
	gwlb_key_of(value, &element->key);
	element->state = GWLB_ELEMENT_ADDING;
	err = set->type == GWLB_SET_TYPE_PORT ?
		take_ports(elements, element) : 0;
	if (err)
		goto free;
	err = insert(elements, element);
	if (err)
		goto give_ports;
	if (set->type == GWLB_SET_TYPE_ADDRESS) {
		count_length(elements, element, 1);
		note_heads(elements, element);
	}
	note_change(set, element);
	return 0;

give_ports:
	if (set->type == GWLB_SET_TYPE_PORT)
		bitmap_clear(elements->taken, value->range.first,
			     value->range.last + 1 - value->range.first);
free:
	kfree(element);
	return err;
}

/**
 * gwlb_set_del() - mark an element, to be removed when it is settled
 * @set: the set
 * @value: the element; its type fits that of @set
 *
 * Context: process
 * Return: 0; or -ENOENT if there is none, or it is marked already
 */
int gwlb_set_del(struct gwlb_set *set, const struct gwlb_value *value)
{
	struct gwlb_elements *elements = gwlb_elements_of(set);
	struct gwlb_element *element;
	struct gwlb_key key;

	gwlb_key_of(value, &key);
	element = rhashtable_lookup_fast(&elements->hash, &key,
					 gwlb_element_params);
	if (!element || element->state != GWLB_ELEMENT_THERE)
		return -ENOENT;
	element->state = GWLB_ELEMENT_REMOVING;
	note_change(set, element);
	return 0;
}

/* @there: it is an element from now on, or is none any more */
static void settle(struct gwlb_set *set, struct gwlb_element *element,
		   bool there)
{
	struct gwlb_elements *elements = gwlb_elements_of(set);
	u32 first = element->key.range.first, last = element->key.range.last;
	bool was = element->state == GWLB_ELEMENT_REMOVING;

	if (there && !was) {
		list_add_tail(&element->list, &elements->list);
		elements->n++;
		if (set->type == GWLB_SET_TYPE_PORT)
			bitmap_set(elements->ports, first, last + 1 - first);
	}
	if (was && !there) {
		list_del(&element->list);
		elements->n--;
		if (set->type == GWLB_SET_TYPE_PORT)
			bitmap_clear(elements->ports, first,
				     last + 1 - first);
	}
	if (there)
		WRITE_ONCE(element->state, GWLB_ELEMENT_THERE);
	else
		forget(set, elements, element);
}

/**
 * gwlb_set_settle() - end a change
 * @set: the set
 * @apply: make it true, or else let nothing have happened
 *
 * Context: process, may sleep
 */
void gwlb_set_settle(struct gwlb_set *set, bool apply)
{
	struct gwlb_element *element, *next;

	for (element = set->changes; element; element = next) {
		next = element->change;
		settle(set, element,
		       (element->state == GWLB_ELEMENT_ADDING) == apply);
		cond_resched();
	}
	set->changes = NULL;
	set->last_change = &set->changes;
}
