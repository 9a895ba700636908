/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes that somebody wrote down. See hex.c. */

#ifndef _GWLBCTL_HEX_H
#define _GWLBCTL_HEX_H

#include <linux/types.h>
#include <stddef.h>

#include "rules.h"

int hex_read(const char *text, size_t len, __u8 *bytes, size_t *count,
	     struct rules_error *error);

#endif /* _GWLBCTL_HEX_H */
