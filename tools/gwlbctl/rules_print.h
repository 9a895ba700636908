/* SPDX-License-Identifier: GPL-2.0-only */
/* The normal form of rules, as text. See rules_print.c. */

#ifndef _GWLBCTL_RULES_PRINT_H
#define _GWLBCTL_RULES_PRINT_H

#include <stdio.h>

#include "names.h"
#include "rules.h"

/* The longest value in text: a name with its "@", or a prefix */
#define RULES_VALUE_TEXT	64

/* The whole, loadable; each statement ends in a newline */
void rules_print(FILE *to, const struct rules *rules);

/* One statement each */
void rules_print_options(FILE *to, const struct rules_options *options);
void rules_print_set(FILE *to, const struct rules_set *set);
void rules_print_group(FILE *to, const struct rules_group *group);
void rules_print_rule(FILE *to, const struct rules_rule *rule);

/* The same without the newline */
void rules_write_rule(FILE *to, const struct rules_rule *rule);

/* Parts of them; @field is enum gwlb_field */
const struct name *rules_bit_names(__u32 field);
void rules_print_values(FILE *to, const struct rules_match *match);
void rules_value_text(const struct rules_value *value, __u32 field,
		      char text[RULES_VALUE_TEXT]);
void rules_element_text(const struct rules_value *value,
			char text[RULES_VALUE_TEXT]);

#endif /* _GWLBCTL_RULES_PRINT_H */
