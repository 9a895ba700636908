/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel says about a request that it refuses. See extack.c. */

#ifndef _GWLBCTL_EXTACK_H
#define _GWLBCTL_EXTACK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>

/**
 * struct extack - verdict of the kernel on one request
 * @code: 0 or a positive errno
 * @text: its sentence, or empty
 * @has_offset: is @offset valid
 * @offset: where in the request the offending attribute begins
 * @miss_type: type of an attribute that is missing, or 0
 * @miss_nest: offset of the nest that it is missing in, or 0 for the top level
 */
struct extack {
	int code;
	char text[256];
	bool has_offset;
	__u32 offset;
	__u32 miss_type;
	__u32 miss_nest;
};

int extack_decode(const struct nlmsghdr *nlh, struct extack *extack);
const struct nlattr *extack_attr(const struct nlmsghdr *request,
				 const struct extack *extack,
				 unsigned int *nth);

#endif /* _GWLBCTL_EXTACK_H */
