// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table whose columns are as wide as they must be. Owns the cells between
 * table_cell() and table_print(), writes to stdout.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "table.h"

static int grow(struct table *table)
{
	size_t room = table->room ? table->room * 2 : 64;
	char **cells;

	if (table->count < table->room)
		return 0;
	cells = realloc(table->cells, room * sizeof(*cells));
	if (!cells)
		return -1;
	table->cells = cells;
	table->room = room;
	return 0;
}

/**
 * table_cell() - add the next cell of the current row
 * @table: the table; begins as { .columns = N }
 * @format: as printf()
 */
void table_cell(struct table *table, const char *format, ...)
{
	char *text = NULL;
	size_t column;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vasprintf(&text, format, ap);
	va_end(ap);
	if (len < 0 || grow(table) < 0) {
		if (len >= 0)
			free(text);
		table->failed = true;
		return;
	}

	column = table->count % table->columns;
	if ((size_t)len > table->width[column])
		table->width[column] = (size_t)len;
	table->cells[table->count++] = text;
}

/**
 * table_u64() - add a number as the next cell
 * @table: the table
 * @value: the number
 */
void table_u64(struct table *table, __u64 value)
{
	table_cell(table, "%llu", value);
}

/**
 * table_print() - print the table and forget its cells
 * @table: the table
 *
 * Return: OUT_OK, or OUT_FAILED if there was no memory for all of it; then
 * nothing is printed, rather than rows with cells in the wrong place.
 */
int table_print(struct table *table)
{
	bool failed = table->failed;
	size_t i, column;

	for (i = 0; i < table->count; i++) {
		column = i % table->columns;
		if (failed)
			;
		else if (!column)
			printf("%-*s", (int)table->width[0], table->cells[i]);
		else
			printf("  %*s", (int)table->width[column],
			       table->cells[i]);
		if (!failed && column + 1 == table->columns)
			putchar('\n');
		free(table->cells[i]);
	}
	free(table->cells);
	*table = (struct table) { .columns = table->columns };

	return failed ? out_error("out of memory") : OUT_OK;
}
