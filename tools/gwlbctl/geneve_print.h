/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet that was taken apart, for people and for programs. See
 * geneve_print.c.
 */

#ifndef _GWLBCTL_GENEVE_PRINT_H
#define _GWLBCTL_GENEVE_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "geneve.h"

void geneve_print(FILE *to, const struct geneve *g);
void geneve_print_brief(FILE *to, const struct geneve *g);
json_t *geneve_json(const struct geneve *g);

#endif /* _GWLBCTL_GENEVE_PRINT_H */
