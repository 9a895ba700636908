// SPDX-License-Identifier: GPL-2.0-only
/*
 * begin: comes before everything that counts. See counts.h.
 */
#include "counts.h"

const struct counted_object *const counts_begin[1] COUNTS_ENTRY;
