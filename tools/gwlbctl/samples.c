// SPDX-License-Identifier: GPL-2.0-only
/*
 * What many counters were when they were looked at last: of a million flows it
 * keeps 32 bytes each, where the flows themselves would not fit. Owns that
 * memory.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

#define LEAST	256

/* Numbers of flows follow one another, so they are spread a little */
static size_t begin(const struct samples *samples, __u64 key)
{
	return (size_t)(key * 0x9e3779b97f4a7c15ULL >> 32) &
	       (samples->room - 1);
}

/* The slot of @key, or the free one where it would be */
static struct sample *find(const struct samples *samples, __u64 key)
{
	size_t i = begin(samples, key);

	while (samples->slots[i].used && samples->slots[i].key != key)
		i = (i + 1) & (samples->room - 1);
	return &samples->slots[i];
}

static int grow(struct samples *samples)
{
	struct samples larger = {
		.room = samples->room ? samples->room * 2 : LEAST,
		.count = samples->count,
	};
	size_t i;

	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (i = 0; i < samples->room; i++) {
		if (samples->slots[i].used)
			*find(&larger, samples->slots[i].key) =
				samples->slots[i];
	}
	free(samples->slots);
	*samples = larger;
	return 0;
}

/**
 * samples_add() - remember a counter
 * @samples: where
 * @key: what it counts
 * @amount: what it is
 *
 * Return: 0 or -ENOMEM.
 */
int samples_add(struct samples *samples, __u64 key,
		const struct amount *amount)
{
	struct sample *sample;

	/* half of it stays empty, or else finding takes long */
	if (samples->count >= samples->room / 2 && grow(samples) < 0)
		return -ENOMEM;
	sample = find(samples, key);
	if (!sample->used)
		samples->count++;
	*sample = (struct sample) {
		.key = key, .amount = *amount, .used = true,
	};
	return 0;
}

/**
 * samples_have() - is a counter remembered
 * @samples: what was remembered
 * @key: what it counts
 *
 * Return: true if it is.
 */
bool samples_have(const struct samples *samples, __u64 key)
{
	return samples->room && find(samples, key)->used;
}

/**
 * samples_grown() - by how much did a counter grow
 * @samples: what was remembered
 * @key: what it counts
 * @now: what it is now
 *
 * Return: the difference; all of @now for one that is new, or that went back
 * as it belongs to something else by now.
 */
struct amount samples_grown(const struct samples *samples, __u64 key,
			    const struct amount *now)
{
	const struct sample *sample;
	struct amount grown = *now;

	if (!samples->room)
		return grown;
	sample = find(samples, key);
	if (!sample->used || sample->amount.packets > now->packets ||
	    sample->amount.bytes > now->bytes)
		return grown;
	grown.packets -= sample->amount.packets;
	grown.bytes -= sample->amount.bytes;
	return grown;
}

/**
 * samples_free() - forget all of it
 * @samples: what was remembered
 */
void samples_free(struct samples *samples)
{
	free(samples->slots);
	memset(samples, 0, sizeof(*samples));
}
