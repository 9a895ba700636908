// SPDX-License-Identifier: GPL-2.0-only
/*
 * end: comes after everything that counts. See counts.h.
 */
#include "counts.h"

const struct counted_object *const counts_end[1] COUNTS_ENTRY;
