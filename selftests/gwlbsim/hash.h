/* SPDX-License-Identifier: GPL-2.0-only */
/* One keyed 64-bit hash for the flow table and the in-flight table. */
#ifndef GWLBSIM_HASH_H
#define GWLBSIM_HASH_H

#include <linux/types.h>
#include <stddef.h>

__u64 hash_bytes(__u64 seed, const void *data, size_t len);

#endif
