/* SPDX-License-Identifier: GPL-2.0-only */
/* What an interface does with packets by itself. See offload.c. */

#ifndef _GWLBCTL_OFFLOAD_H
#define _GWLBCTL_OFFLOAD_H

#include <stdbool.h>

int offload_is_on(const char *interface, const char *feature, bool *on);

#endif /* _GWLBCTL_OFFLOAD_H */
