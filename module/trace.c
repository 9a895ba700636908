// SPDX-License-Identifier: GPL-2.0-only
/* trace: makes the tracepoints of trace.h. */
#include <net/ipv6.h>

#define CREATE_TRACE_POINTS
#include "trace.h"
