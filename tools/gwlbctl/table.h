/* SPDX-License-Identifier: GPL-2.0-only */
/* A table whose columns are as wide as they must be. See table.c. */

#ifndef _GWLBCTL_TABLE_H
#define _GWLBCTL_TABLE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define TABLE_COLUMNS	12

/**
 * struct table - rows that wait to be printed
 * @columns: how many there are; the first is flush left, the others right
 * @width: the widest cell of each
 * @cells: all cells, row by row; NULL for an empty one
 * @count: how many there are
 * @room: how many fit into @cells
 * @failed: set when there was no memory for a cell
 */
struct table {
	size_t columns;
	size_t width[TABLE_COLUMNS];
	char **cells;
	size_t count;
	size_t room;
	bool failed;
};

void table_cell(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void table_u64(struct table *table, __u64 value);
int table_print(struct table *table);

#endif /* _GWLBCTL_TABLE_H */
