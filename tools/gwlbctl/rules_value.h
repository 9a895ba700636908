/* SPDX-License-Identifier: GPL-2.0-only */
/* Single words of a rules file. See rules_word.c and rules_value.c. */

#ifndef _GWLBCTL_RULES_VALUE_H
#define _GWLBCTL_RULES_VALUE_H

#include "rules.h"

/* No word that makes sense is as long as that */
#define RULES_WORD	128

bool rules_is_name(const char *word);
const char *rules_take_digits(const char *word, __u32 max, __u32 *number);
int rules_parse_number(const char *word, __u32 max, __u32 *number);
int rules_parse_duration(const char *word, __u32 *seconds);
int rules_parse_limit(const char *word, __u32 *rate, __u32 *unit);
int rules_parse_flags(const char *word, __u32 *bits, __u32 *mask, char *why,
		      size_t size);
int rules_parse_value(const char *word, __u32 field,
		      struct rules_value *value, char *why, size_t size);
int rules_parse_element(const char *word, __u32 type,
			struct rules_value *value, char *why, size_t size);
int rules_guess_type(const char *word, __u32 *type);
const char *rules_expected_value(__u32 field);

#endif /* _GWLBCTL_RULES_VALUE_H */
