/* SPDX-License-Identifier: GPL-2.0-only */
/* What is different between two rulesets. See rules_diff.c. */

#ifndef _GWLBCTL_RULES_DIFF_H
#define _GWLBCTL_RULES_DIFF_H

#include <stdio.h>

#include "rules.h"

int rules_diff(FILE *to, const struct rules *before, const struct rules *after);

#endif /* _GWLBCTL_RULES_DIFF_H */
