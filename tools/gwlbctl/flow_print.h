/* SPDX-License-Identifier: GPL-2.0-only */
/* A flow made readable. See flow_print.c. */

#ifndef _GWLBCTL_FLOW_PRINT_H
#define _GWLBCTL_FLOW_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "flow.h"

/* The longest line of flow_summary() */
#define FLOW_SUMMARY	192

void flow_print(FILE *to, const struct flow *flow);
void flow_summary(const struct flow *flow, char text[FLOW_SUMMARY]);
json_t *flow_json(const struct flow *flow);

#endif /* _GWLBCTL_FLOW_PRINT_H */
