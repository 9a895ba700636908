/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what the kernel writes into lines, from left to right. See scan.c. */

#ifndef _GWLBCTL_SCAN_H
#define _GWLBCTL_SCAN_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

bool scan_number(const char **at, int base, __u64 max, __u64 *value);
bool scan_literal(const char **at, const char *literal);
bool scan_word(const char **at, char *word, size_t size);
void scan_skip(const char **at, unsigned int words);

#endif /* _GWLBCTL_SCAN_H */
