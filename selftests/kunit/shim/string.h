/* SPDX-License-Identifier: GPL-2.0-only */
/* What the table of packets includes, in the kernel */
#ifndef _KUNIT_SHIM_STRING_H
#define _KUNIT_SHIM_STRING_H

#include <linux/string.h>

#endif /* _KUNIT_SHIM_STRING_H */
