/* SPDX-License-Identifier: GPL-2.0-only */
/* What the table of packets includes, in the kernel */
#ifndef _KUNIT_SHIM_ARPA_INET_H
#define _KUNIT_SHIM_ARPA_INET_H

#include <asm/byteorder.h>

#endif /* _KUNIT_SHIM_ARPA_INET_H */
