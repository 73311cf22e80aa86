/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables and trees through libsmartcols. */
#include "reports/table.h"

#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table {
	struct libscols_table *scols;
	bool failed;
};

struct table *table_new(unsigned width)
{
	struct table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	table->scols = scols_new_table();
	if (table->scols == NULL) {
		free(table);
		return NULL;
	}
	scols_table_set_termforce(table->scols, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table->scols, width != 0 ? width : TABLE_WIDTH);
	/* Cells are safe for terminals; libsmartcols would escape their backslashes once more. */
	table->failed = scols_table_enable_noencoding(table->scols, 1) != 0;
	return table;
}

void table_free(struct table *table)
{
	if (table == NULL)
		return;
	scols_unref_table(table->scols);
	free(table);
}

void table_column(struct table *table, const char *title, enum column kind)
{
	static const int flags[] = {
	    [COLUMN_LEFT] = 0,
	    [COLUMN_RIGHT] = SCOLS_FL_RIGHT,
	    [COLUMN_TREE] = SCOLS_FL_TREE,
	    [COLUMN_WRAP] = SCOLS_FL_WRAP,
	    [COLUMN_LINES] = SCOLS_FL_WRAP,
	};
	struct libscols_column *column =
	    scols_table_new_column(table->scols, title, kind == COLUMN_WRAP ? 0.3 : 0, flags[kind]);

	if (column == NULL)
		table->failed = true;
	else if (kind == COLUMN_LINES)
		table->failed |= scols_column_set_safechars(column, "\n") != 0 ||
				 scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
							   scols_wrapnl_nextchunk, NULL) != 0;
}

struct table_row *table_row(struct table *table, struct table_row *parent)
{
	struct libscols_line *line = scols_table_new_line(table->scols, (struct libscols_line *)parent);

	if (line == NULL)
		table->failed = true;
	return (struct table_row *)line;
}

void table_cell(struct table *table, struct table_row *row, unsigned column, const char *text)
{
	if (row == NULL || scols_line_set_data((struct libscols_line *)row, column, text) != 0)
		table->failed = true;
}

void table_number(struct table *table, struct table_row *row, unsigned column, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	table_cell(table, row, column, digits);
}

/* Lines without the blanks that fill them up. */
static void add_lines(struct text *out, const char *printed)
{
	while (*printed != '\0') {
		size_t len = strcspn(printed, "\n"), kept = len;

		while (kept > 0 && printed[kept - 1] == ' ')
			kept--;
		text_add(out, printed, kept);
		text_char(out, '\n');
		printed += len + (printed[len] == '\n');
	}
}

int table_print(struct table *table, struct text *out, struct err *err)
{
	char *printed = NULL;

	if (table->failed || scols_print_table_to_string(table->scols, &printed) != 0)
		return err_nomem(err);
	add_lines(out, printed);
	free(printed);
	return out->short_of_memory ? err_nomem(err) : 0;
}
