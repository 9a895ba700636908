/* SPDX-License-Identifier: GPL-2.0-only */
/* IPv4 addresses and prefixes as people write them. See cidr.c. */

#ifndef _GWLBCTL_CIDR_H
#define _GWLBCTL_CIDR_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* "255.255.255.255/32" and the final zero */
#define CIDR_TEXT	19

/**
 * struct cidr - one IPv4 prefix
 * @address: address, no bit set below the prefix
 * @length: prefix length, 0 to 32
 */
struct cidr {
	__be32 address;
	__u8 length;
};

int cidr_parse(const char *text, struct cidr *cidr, char *why, size_t size);
int cidr_parse_address(const char *text, __be32 *address, char *why,
		       size_t size);
bool cidr_equal(const struct cidr *a, const struct cidr *b);
void cidr_print(const struct cidr *cidr, char text[CIDR_TEXT]);
void cidr_print_address(__be32 address, char text[CIDR_TEXT]);

#endif /* _GWLBCTL_CIDR_H */
