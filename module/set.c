// SPDX-License-Identifier: GPL-2.0-only
/*
 * set: named sets of addresses, ports or endpoints. See set.h.
 *
 * Elements of all types are in a hash table, by what they are, and in a list,
 * in the order added. Addresses are looked for by each prefix length that
 * occurs, but most are not, as no prefix begins like them; ports in a bitmap.
 * How elements come and go is in set_change.c.
 */
#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "elements.h"
#include "match.h"
#include "reclaim.h"
#include "set.h"

/* Looked for by packets */

static bool is_there(struct gwlb_elements *elements, const struct gwlb_key *key)
{
	const struct gwlb_element *element;

	element = rhashtable_lookup(&elements->hash, key, gwlb_element_params);
	return element && READ_ONCE(element->state) != GWLB_ELEMENT_ADDING;
}

static void cut_address(u8 family, const union nf_inet_addr *address, u8 len,
			union nf_inet_addr *cut)
{
	if (family == NFPROTO_IPV6)
		ipv6_addr_prefix(&cut->in6, &address->in6, len);
	else
		cut->ip = len ? address->ip & htonl(~0U << (32 - len)) : 0;
}

/* Most IPv4 addresses are in no prefix at all, and one look tells. IPv6
 * addresses of a network begin alike, so that it would tell little.
 */
static bool may_be_there(const struct gwlb_elements *elements, u8 family,
			 const union nf_inet_addr *address)
{
	return family == NFPROTO_IPV6 ||
	       test_bit(ntohl(address->ip) >> (32 - GWLB_HEAD_BITS),
			elements->heads);
}

/* Is it in one of the prefixes of any of the lengths that there are? */
static noinline bool is_in_prefix(struct gwlb_elements *elements, u8 family,
				  const union nf_inet_addr *addr)
{
	u32 version = gwlb_version_of(family);
	struct gwlb_key key = { .family = family };

	for_each_set_bit(key.len, elements->lengths[version],
			 GWLB_PREFIX_LENGTHS) {
		cut_address(family, addr, key.len, &key.address);
		if (is_there(elements, &key))
			return true;
	}
	return false;
}

/**
 * gwlb_set_has_address() - is an address in one of a set's prefixes?
 * @set: a set of addresses
 * @family: family of the address
 * @addr: the address
 *
 * Context: RCU read side
 * Return: true if it is
 */
bool gwlb_set_has_address(const struct gwlb_set *set, u8 family,
			  const union nf_inet_addr *addr)
{
	struct gwlb_elements *elements = rcu_dereference(set->elements);

	return may_be_there(elements, family, addr) &&
	       is_in_prefix(elements, family, addr);
}

/**
 * gwlb_set_has_port() - is a port in one of a set's ranges?
 * @set: a set of ports
 * @port: the port
 *
 * Context: RCU read side
 * Return: true if it is
 */
bool gwlb_set_has_port(const struct gwlb_set *set, u16 port)
{
	return test_bit(port, rcu_dereference(set->elements)->ports);
}

/**
 * gwlb_set_has_endpoint() - is an endpoint in a set?
 * @set: a set of endpoints
 * @id: id of the endpoint
 *
 * Context: RCU read side
 * Return: true if it is
 */
bool gwlb_set_has_endpoint(const struct gwlb_set *set, u64 id)
{
	struct gwlb_key key;

	memset(&key, 0, sizeof(key));
	key.id = id;
	return is_there(rcu_dereference(set->elements), &key);
}

/* Its life */

static void free_element(void *element, void *arg)
{
	kfree(element);
}

static void bitmaps_free(struct gwlb_elements *elements)
{
	bitmap_free(elements->heads);
	bitmap_free(elements->ports);
	bitmap_free(elements->taken);
}

static bool bitmaps_alloc(struct gwlb_elements *elements,
			  enum gwlb_set_type type)
{
	switch (type) {
	case GWLB_SET_TYPE_ADDRESS:
		elements->heads = bitmap_zalloc(GWLB_HEADS, GFP_KERNEL_ACCOUNT);
		return elements->heads;
	case GWLB_SET_TYPE_PORT:
		elements->ports = bitmap_zalloc(GWLB_SET_PORTS,
						GFP_KERNEL_ACCOUNT);
		elements->taken = bitmap_zalloc(GWLB_SET_PORTS,
						GFP_KERNEL_ACCOUNT);
		return elements->ports && elements->taken;
	default:
		return true;
	}
}

static void elements_free(struct gwlb_elements *elements)
{
	rhashtable_free_and_destroy(&elements->hash, free_element, NULL);
	bitmaps_free(elements);
	kfree(elements);
}

static void elements_reclaim(struct work_struct *work)
{
	elements_free(container_of(to_rcu_work(work), struct gwlb_elements,
				   rwork));
}

static struct gwlb_elements *elements_alloc(enum gwlb_set_type type)
{
	struct gwlb_elements *elements;

	elements = kzalloc(sizeof(*elements), GFP_KERNEL_ACCOUNT);
	if (!elements)
		return NULL;
	INIT_LIST_HEAD(&elements->list);
	if (bitmaps_alloc(elements, type) &&
	    !rhashtable_init(&elements->hash, &gwlb_element_params))
		return elements;
	bitmaps_free(elements);
	kfree(elements);
	return NULL;
}

/**
 * gwlb_set_alloc() - make an empty set
 * @name: its name
 * @type: what it will hold
 *
 * Context: process
 * Return: the set, with one reference; or NULL
 */
struct gwlb_set *gwlb_set_alloc(const char *name, enum gwlb_set_type type)
{
	struct gwlb_set *set = kzalloc(sizeof(*set), GFP_KERNEL_ACCOUNT);
	struct gwlb_elements *elements;

	if (!set)
		return NULL;
	elements = elements_alloc(type);
	if (!elements) {
		kfree(set);
		return NULL;
	}
	refcount_set(&set->refs, 1);
	set->type = type;
	strscpy(set->name, name, sizeof(set->name));
	RCU_INIT_POINTER(set->elements, elements);
	set->last_change = &set->changes;
	return set;
}

/**
 * gwlb_set_get() - take another reference
 * @set: the set
 *
 * Return: @set
 */
struct gwlb_set *gwlb_set_get(struct gwlb_set *set)
{
	refcount_inc(&set->refs);
	return set;
}

/**
 * gwlb_set_put() - give a reference back
 * @set: the set, which no packet can meet any more by this reference
 *
 * Context: process, may sleep
 */
void gwlb_set_put(struct gwlb_set *set)
{
	if (!refcount_dec_and_test(&set->refs))
		return;
	elements_free(gwlb_elements_of(set));
	kfree(set);
}

/**
 * gwlb_set_flush() - remove all elements
 * @set: the set
 *
 * Context: process
 * Return: 0 or -ENOMEM
 */
int gwlb_set_flush(struct gwlb_set *set)
{
	struct gwlb_elements *elements = elements_alloc(set->type);

	if (!elements)
		return -ENOMEM;
	elements = rcu_replace_pointer(set->elements, elements, true);
	gwlb_reclaim(&elements->rwork, elements_reclaim);
	return 0;
}

/* Asked by who shows or compares them */

/**
 * gwlb_set_name() - the name of a set
 * @set: the set
 *
 * Return: the name
 */
const char *gwlb_set_name(const struct gwlb_set *set)
{
	return set->name;
}

/**
 * gwlb_set_type() - what does a set hold?
 * @set: the set
 *
 * Return: the type
 */
enum gwlb_set_type gwlb_set_type(const struct gwlb_set *set)
{
	return set->type;
}

/**
 * gwlb_set_count() - how many elements has a set?
 * @set: the set
 *
 * Return: the number
 */
u32 gwlb_set_count(const struct gwlb_set *set)
{
	return gwlb_elements_of(set)->n;
}

static struct gwlb_element *find(struct gwlb_set *set,
				 const struct gwlb_key *key)
{
	struct gwlb_element *element;

	element = rhashtable_lookup_fast(&gwlb_elements_of(set)->hash, key,
					 gwlb_element_params);
	if (!element || element->state == GWLB_ELEMENT_ADDING)
		return NULL;
	return element;
}

/**
 * gwlb_set_holds() - does a set have this very element?
 * @set: the set
 * @value: the element; its type fits that of @set
 *
 * Return: true if it does
 */
bool gwlb_set_holds(struct gwlb_set *set, const struct gwlb_value *value)
{
	struct gwlb_key key;

	gwlb_key_of(value, &key);
	return find(set, &key);
}

/**
 * gwlb_set_equal() - have two sets the same name, type and elements?
 * @a: one set
 * @b: the other
 *
 * Context: process, may sleep
 * Return: true if they have
 */
bool gwlb_set_equal(struct gwlb_set *a, struct gwlb_set *b)
{
	const struct gwlb_element *element;

	if (a == b)
		return true;
	if (a->type != b->type || strcmp(a->name, b->name) ||
	    gwlb_elements_of(a)->n != gwlb_elements_of(b)->n)
		return false;
	list_for_each_entry(element, &gwlb_elements_of(a)->list, list) {
		if (!find(b, &element->key))
			return false;
		cond_resched();
	}
	return true;
}

/**
 * gwlb_set_next() - go through a set in the order in which it was filled
 * @set: the set, which must not be changed meanwhile
 * @element: the last element, or NULL
 *
 * Return: the next element, or NULL
 */
struct gwlb_element *gwlb_set_next(struct gwlb_set *set,
				   struct gwlb_element *element)
{
	struct gwlb_elements *elements = gwlb_elements_of(set);
	struct list_head *next = element ? element->list.next :
		elements->list.next;

	return next == &elements->list ? NULL :
		list_entry(next, struct gwlb_element, list);
}

/**
 * gwlb_set_value() - what is an element?
 * @set: the set
 * @element: the element
 * @value: gets it
 */
void gwlb_set_value(const struct gwlb_set *set,
		    const struct gwlb_element *element,
		    struct gwlb_value *value)
{
	const struct gwlb_key *key = &element->key;

	switch (set->type) {
	case GWLB_SET_TYPE_ADDRESS:
		value->type = GWLB_VALUE_PREFIX;
		value->prefix.address = key->address;
		value->prefix.family = key->family;
		value->prefix.len = key->len;
		break;
	case GWLB_SET_TYPE_PORT:
		value->type = GWLB_VALUE_RANGE;
		value->range = key->range;
		break;
	case GWLB_SET_TYPE_ENDPOINT:
		value->type = GWLB_VALUE_ID;
		value->id = key->id;
		break;
	}
}
