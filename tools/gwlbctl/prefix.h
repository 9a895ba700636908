/* SPDX-License-Identifier: GPL-2.0-only */
/* IPv4 and IPv6 prefixes as people write them. See prefix.c. */

#ifndef _GWLBCTL_PREFIX_H
#define _GWLBCTL_PREFIX_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* The longest IPv6 address, "/128" and the final zero, generously */
#define PREFIX_TEXT	56

/**
 * struct prefix - one prefix of either family
 * @family: AF_INET or AF_INET6
 * @length: prefix length, at most 32 or 128
 * @address: in network order, no bit set below the prefix; of IPv4 the first
 *	four bytes, the others are 0
 */
struct prefix {
	__u8 family;
	__u8 length;
	__u8 address[16];
};

int prefix_parse(const char *text, struct prefix *prefix, char *why,
		 size_t size);
void prefix_print(const struct prefix *prefix, char text[PREFIX_TEXT]);
int prefix_compare(const struct prefix *a, const struct prefix *b);
bool prefix_is_proper(const struct prefix *prefix);
void prefix_cut(struct prefix *prefix, __u8 length);
__u8 prefix_bits(const struct prefix *prefix);

#endif /* _GWLBCTL_PREFIX_H */
