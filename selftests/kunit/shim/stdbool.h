/* SPDX-License-Identifier: GPL-2.0-only */
/* What the table of packets includes, in the kernel */
#ifndef _KUNIT_SHIM_STDBOOL_H
#define _KUNIT_SHIM_STDBOOL_H

#include <linux/types.h>

#endif /* _KUNIT_SHIM_STDBOOL_H */
