/* SPDX-License-Identifier: GPL-2.0-only */
/* Which flows are meant, as people write it. See flow_filter.c. */

#ifndef _GWLBCTL_FLOW_FILTER_H
#define _GWLBCTL_FLOW_FILTER_H

#include <stddef.h>

#include "flow.h"

int flow_filter_parse(const char *const *args, int count,
		      struct flow_filter *filter, char *why, size_t size);
const char *flow_filter_complete(const char *const *args, int count);

#endif /* _GWLBCTL_FLOW_FILTER_H */
