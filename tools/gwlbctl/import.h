/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules that do what other programs did. See import_geneve_proxy.c. */

#ifndef _GWLBCTL_IMPORT_H
#define _GWLBCTL_IMPORT_H

#include "proxy_config.h"
#include "rules.h"

int import_geneve_proxy(const struct proxy_config *config,
			struct rules *rules);

#endif /* _GWLBCTL_IMPORT_H */
