/* SPDX-License-Identifier: GPL-2.0-only */
/* The name of a VPC endpoint. See vpce.c. */

#ifndef _GWLBCTL_VPCE_H
#define _GWLBCTL_VPCE_H

#include <linux/types.h>
#include <stddef.h>

/* "vpce-", 17 digits, the final zero */
#define VPCE_TEXT	23

int vpce_parse(const char *text, __u64 *id, char *why, size_t size);
void vpce_print(__u64 id, char text[VPCE_TEXT]);

#endif /* _GWLBCTL_VPCE_H */
