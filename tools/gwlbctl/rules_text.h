/* SPDX-License-Identifier: GPL-2.0-only */
/* From a rules file to a ruleset. See rules_text.c. */

#ifndef _GWLBCTL_RULES_TEXT_H
#define _GWLBCTL_RULES_TEXT_H

#include "rules.h"

int rules_parse(const char *text, size_t len, struct rules *rules,
		struct rules_error *error);
int rules_parse_elements(const char *text, size_t len,
			 struct rules_values *values,
			 struct rules_error *error);

#endif /* _GWLBCTL_RULES_TEXT_H */
