/* SPDX-License-Identifier: GPL-2.0-only */
/* What the table of packets includes, in the kernel */
#ifndef _KUNIT_SHIM_ASSERT_H
#define _KUNIT_SHIM_ASSERT_H

#include <linux/bug.h>

#define assert(condition)	WARN_ON(!(condition))

#endif /* _KUNIT_SHIM_ASSERT_H */
