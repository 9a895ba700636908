// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is busiest: remembers what all were at the last look, keeps the few that
 * grew most since. Owns that memory. cmd_top.c prints it.
 */

#include <string.h>

#include "top.h"

/**
 * top_start() - nothing was seen yet
 * @top: filled in; give it to top_free()
 */
void top_start(struct top *top)
{
	memset(top, 0, sizeof(*top));
	top->first = true;
}

/**
 * top_free() - forget all of it
 * @top: what was seen
 */
void top_free(struct top *top)
{
	samples_free(&top->before);
	samples_free(&top->now);
}

/**
 * top_look() - look at all of them
 * @top: what was seen before; what the busiest are is in it afterwards
 * @kind: what is looked at
 * @nl: the conversation
 *
 * Return: 0 or a negative errno.
 */
int top_look(struct top *top, const struct top_kind *kind, struct nl *nl)
{
	int err;

	samples_free(&top->before);
	top->before = top->now;
	memset(&top->now, 0, sizeof(top->now));
	top->count = 0;
	err = kind->look(nl, top);
	top->first = false;
	return err;
}

/**
 * top_rank() - look at one of them
 * @top: what was seen
 * @key: which one
 * @amount: how much it has been so far
 * @err: set to 0 or a negative errno
 *
 * Return: its row, for the caller to describe it, if it is one of the busiest;
 * or NULL.
 */
struct top_row *top_rank(struct top *top, __u64 key,
			 const struct amount *amount, int *err)
{
	struct amount grown;
	size_t at;

	*err = samples_add(&top->now, key, amount);
	if (*err < 0 || top->first)
		return NULL;
	grown = samples_grown(&top->before, key, amount);
	if (!grown.packets && !grown.bytes)
		return NULL;

	at = top->count;
	while (at && top->rows[at - 1].grown.bytes < grown.bytes)
		at--;
	if (at == TOP_ROWS)
		return NULL;
	if (top->count < TOP_ROWS)
		top->count++;
	memmove(&top->rows[at + 1], &top->rows[at],
		(top->count - at - 1) * sizeof(top->rows[0]));
	memset(&top->rows[at], 0, sizeof(top->rows[at]));
	top->rows[at].grown = grown;
	return &top->rows[at];
}

static json_t *row_json(const struct top_row *row, const struct top_kind *kind,
			double seconds)
{
	json_t *object = kind->json(row);
	json_t *rates;

	rates = json_pack("{s:f, s:f}", "packets-per-second",
			  (double)row->grown.packets / seconds,
			  "bits-per-second",
			  (double)row->grown.bytes * 8 / seconds);
	if (!object || !rates || json_object_update(object, rates) < 0) {
		json_decref(object);
		object = NULL;
	}
	json_decref(rates);
	return object;
}

/**
 * top_json() - the busiest as JSON
 * @top: what was seen
 * @kind: what was looked at
 * @seconds: how long the interval was
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *top_json(const struct top *top, const struct top_kind *kind,
		 double seconds)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < top->count; i++) {
		if (json_array_append_new(list, row_json(&top->rows[i], kind,
							 seconds)) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return json_pack("{s:f, s:o}", "seconds", seconds, kind->name, list);
}
