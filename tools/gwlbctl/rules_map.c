// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the parts of a message were made from, so that a refusal by the kernel
 * can be told as one of a line in a file. Owns the list of marks.
 */

#include <stdlib.h>
#include <string.h>

#include "rules_netlink.h"

/**
 * rules_map_add() - what comes next in a message was written there
 * @map: the map, or NULL if nobody wants to know
 * @nlh: the message so far
 * @at: where it was written
 */
void rules_map_add(struct rules_map *map, const struct nlmsghdr *nlh,
		   struct rules_pos at)
{
	size_t room;
	void *marks;

	if (!map || map->failed)
		return;
	if (map->count == map->room) {
		room = map->room ? map->room * 2 : 64;
		marks = reallocarray(map->marks, room, sizeof(*map->marks));
		if (!marks) {
			map->failed = true;
			return;
		}
		map->marks = marks;
		map->room = room;
	}
	map->marks[map->count++] = (struct rules_mark) {
		.offset = nlh->nlmsg_len, .at = at,
	};
}

/**
 * rules_map_find() - what was an attribute made from
 * @map: the map
 * @offset: where in the message the attribute begins
 * @at: set to where it was written
 *
 * Return: false if it was made from nothing that was written.
 */
bool rules_map_find(const struct rules_map *map, __u32 offset,
		    struct rules_pos *at)
{
	size_t low = 0, high = map->count, middle;

	/* the last mark that is not behind it */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (map->marks[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || (!map->marks[low - 1].at.line &&
		     !map->marks[low - 1].at.column))
		return false;
	*at = map->marks[low - 1].at;
	return true;
}

/**
 * rules_map_free() - forget all marks
 * @map: the map, which is empty then
 */
void rules_map_free(struct rules_map *map)
{
	free(map->marks);
	memset(map, 0, sizeof(*map));
}
