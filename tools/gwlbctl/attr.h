/* SPDX-License-Identifier: GPL-2.0-only */
/* Strict reading of netlink attributes. See attr.c. */

#ifndef _GWLBCTL_ATTR_H
#define _GWLBCTL_ATTR_H

#include <libmnl/libmnl.h>
#include <stddef.h>

int attr_parse(const void *attrs, size_t len, const struct nlattr **tb,
	       unsigned int max);
int attr_parse_nest(const struct nlattr *nest, const struct nlattr **tb,
		    unsigned int max);
int attr_parse_msg(const struct nlmsghdr *nlh, const struct nlattr **tb,
		   unsigned int max);
int attr_u8(const struct nlattr *attr, __u8 *value);
int attr_u16(const struct nlattr *attr, __u16 *value);
int attr_u32(const struct nlattr *attr, __u32 *value);
int attr_u64(const struct nlattr *attr, __u64 *value);
int attr_string(const struct nlattr *attr, char *text, size_t size);
int attr_text(const struct nlattr *attr, char *text, size_t size);

#endif /* _GWLBCTL_ATTR_H */
