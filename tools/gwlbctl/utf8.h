/* SPDX-License-Identifier: GPL-2.0-only */
/* Characters in UTF-8. See utf8.c. */

#ifndef _GWLBCTL_UTF8_H
#define _GWLBCTL_UTF8_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

size_t utf8_decode(const char *text, size_t len, __u32 *code);
bool utf8_is_printable(__u32 code);
size_t utf8_printable(const char *text, size_t len);

#endif /* _GWLBCTL_UTF8_H */
