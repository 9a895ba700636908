/* SPDX-License-Identifier: GPL-2.0-only */
/* What many counters were when they were looked at last. See samples.c. */

#ifndef _GWLBCTL_SAMPLES_H
#define _GWLBCTL_SAMPLES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "counter.h"

/**
 * struct sample - one counter
 * @key: what it counts
 * @amount: what it was
 * @used: is there anything in this slot
 */
struct sample {
	__u64 key;
	struct amount amount;
	bool used;
};

/**
 * struct samples - many counters
 * @slots: a hash table
 * @room: how many slots it has, a power of two
 * @count: how many are in use
 */
struct samples {
	struct sample *slots;
	size_t room;
	size_t count;
};

int samples_add(struct samples *samples, __u64 key,
		const struct amount *amount);
bool samples_have(const struct samples *samples, __u64 key);
struct amount samples_grown(const struct samples *samples, __u64 key,
			    const struct amount *now);
void samples_free(struct samples *samples);

#endif /* _GWLBCTL_SAMPLES_H */
