/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * set: named sets of addresses, ports or endpoints. Owns their elements.
 * Asked by the walk under RCU; changed by one writer at a time, who holds the
 * namespace's rules_lock or is the only one to know the set.
 */
#ifndef _GWLB_SET_H
#define _GWLB_SET_H

#include <linux/netfilter.h>
#include <linux/types.h>

#include <linux/gwlb.h>

struct gwlb_element;
struct gwlb_set;
struct gwlb_value;

bool gwlb_set_has_address(const struct gwlb_set *set, u8 family,
			  const union nf_inet_addr *addr);
bool gwlb_set_has_port(const struct gwlb_set *set, u16 port);
bool gwlb_set_has_endpoint(const struct gwlb_set *set, u64 id);

struct gwlb_set *gwlb_set_alloc(const char *name, enum gwlb_set_type type);
struct gwlb_set *gwlb_set_get(struct gwlb_set *set);
void gwlb_set_put(struct gwlb_set *set);

const char *gwlb_set_name(const struct gwlb_set *set);
enum gwlb_set_type gwlb_set_type(const struct gwlb_set *set);
u32 gwlb_set_count(const struct gwlb_set *set);
bool gwlb_set_equal(struct gwlb_set *a, struct gwlb_set *b);

int gwlb_set_add(struct gwlb_set *set, const struct gwlb_value *value);
int gwlb_set_del(struct gwlb_set *set, const struct gwlb_value *value);
void gwlb_set_settle(struct gwlb_set *set, bool apply);
int gwlb_set_flush(struct gwlb_set *set);

bool gwlb_set_holds(struct gwlb_set *set, const struct gwlb_value *value);
struct gwlb_element *gwlb_set_next(struct gwlb_set *set,
				   struct gwlb_element *element);
void gwlb_set_value(const struct gwlb_set *set,
		    const struct gwlb_element *element,
		    struct gwlb_value *value);

#endif /* _GWLB_SET_H */
