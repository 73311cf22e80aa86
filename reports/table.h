/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables and trees for people, through libsmartcols; nothing else includes it. */
#ifndef REPORTS_TABLE_H
#define REPORTS_TABLE_H

#include "base/err.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct table;
struct table_row;

enum column {
	COLUMN_LEFT,
	COLUMN_RIGHT,
	COLUMN_TREE,  /* left, and rows are below their parents */
	COLUMN_WRAP,  /* left, wrapped when the table is too wide */
	COLUMN_LINES, /* left, cells may have several lines */
};

/* For so many columns; 0 for what is no terminal, where cells may be longer than TABLE_WIDTH has room for. */
#define TABLE_WIDTH 80
struct table *table_new(unsigned width);
void table_free(struct table *table);
void table_column(struct table *table, const char *title, enum column kind);

/* A row below `parent` (or at the top), and its cells from the left, which are safe for terminals already
   (escape_terminal). */
struct table_row *table_row(struct table *table, struct table_row *parent);
void table_cell(struct table *table, struct table_row *row, unsigned column, const char *text);
void table_number(struct table *table, struct table_row *row, unsigned column, uint64_t value);

/* Appends the table; 0, or -1 when memory was short anywhere. */
int table_print(struct table *table, struct text *out, struct err *err);

#endif
