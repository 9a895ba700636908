/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that people have for numbers of the protocols. See names.c. */

#ifndef _GWLBCTL_NAMES_H
#define _GWLBCTL_NAMES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct name - one name of one number
 * @text: the name; NULL at the end of a table
 * @value: the number; of several names for it, the first one is printed
 */
struct name {
	const char *text;
	__u32 value;
};

/* On the wire */
extern const struct name names_protocols[];
extern const struct name names_icmp[];
extern const struct name names_icmpv6[];
extern const struct name names_tcp_flags[];

/* Of the rules, by the enums of linux/gwlb.h */
extern const struct name names_fields[];
extern const struct name names_verdicts[];
extern const struct name names_families[];
extern const struct name names_directions[];
extern const struct name names_connections[];
extern const struct name names_fragments[];
extern const struct name names_units[];
extern const struct name names_set_types[];
extern const struct name names_pickups[];
extern const struct name names_refused[];
extern const struct name names_on_full[];
extern const struct name names_timeouts[];

bool names_find(const struct name *table, const char *text, __u32 *value);
const char *names_of(const struct name *table, __u32 value);

#endif /* _GWLBCTL_NAMES_H */
