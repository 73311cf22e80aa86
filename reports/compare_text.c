/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison for people and as JSON. */
#include "reports/compare.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/size.h"
#include "reports/table.h"
#include "reports/time_cell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool has_latencies(const struct comparison *comparison)
{
	const struct compared_row *row = &comparison->rows.at[0];
	bool has[2] = {false, false};

	for (int op = 0; op < ACCESS_OPS; op++)
		for (unsigned side = 0; side < 2; side++)
			has[side] |= row->of[side][op].has_latency;
	return has[0] && has[1];
}

static void add_change(struct table *table, struct table_row *row, unsigned column, const char *a,
		       const char *b)
{
	char cell[96];

	snprintf(cell, sizeof(cell), "%s -> %s", a, b);
	table_cell(table, row, column, strcmp(a, b) == 0 ? a : cell);
}

static void add_numbers(struct table *table, struct table_row *row, unsigned column, uint64_t a, uint64_t b)
{
	char from[24], to[24];

	snprintf(from, sizeof(from), "%" PRIu64, a);
	snprintf(to, sizeof(to), "%" PRIu64, b);
	add_change(table, row, column, from, to);
}

static void add_op(struct table *table, const struct compared_row *from, int op, const char *name,
		   bool latencies)
{
	struct table_row *row = table_row(table, NULL);
	const struct compared *a = &from->of[0][op], *b = &from->of[1][op];
	char left[32], right[32];

	table_cell(table, row, 0, name);
	table_cell(table, row, 1, access_op_name((enum access_op)op));
	add_numbers(table, row, 2, a->requests, b->requests);
	add_change(table, row, 3, size_human(a->sectors << SECTOR_SHIFT, left, sizeof(left)),
		   size_human(b->sectors << SECTOR_SHIFT, right, sizeof(right)));
	add_numbers(table, row, 4, a->unaligned, b->unaligned);
	if (latencies && a->has_latency && b->has_latency) {
		add_change(table, row, 5, time_cell(left, sizeof(left), (int64_t)a->p50),
			   time_cell(right, sizeof(right), (int64_t)b->p50));
		add_change(table, row, 6, time_cell(left, sizeof(left), (int64_t)a->p99),
			   time_cell(right, sizeof(right), (int64_t)b->p99));
	}
}

static void row_name(struct text *name, const struct compared_row *row)
{
	text_clear(name);
	if (row->device[0] == '\0') {
		text_str(name, "all");
		return;
	}
	escape_terminal(name, row->device, strlen(row->device));
	text_char(name, ' ');
	text_str(name, row->kind);
	escape_terminal(name, row->path, strlen(row->path));
}

static void add_row(struct table *table, const struct comparison *comparison, const struct compared_row *row,
		    struct text *name)
{
	bool totals = row->device[0] == '\0';

	row_name(name, row);
	for (int op = 0; op < ACCESS_OPS; op++)
		if (compare_op_differs(comparison, row, op) ||
		    (totals && row->of[0][op].requests + row->of[1][op].requests > 0))
			add_op(table, row, op, name->at != NULL ? name->at : "", has_latencies(comparison));
}

static void add_columns(struct table *table, bool latencies)
{
	table_column(table, "WHAT", COLUMN_LEFT);
	table_column(table, "OP", COLUMN_LEFT);
	table_column(table, "REQUESTS", COLUMN_RIGHT);
	table_column(table, "BYTES", COLUMN_RIGHT);
	table_column(table, "UNALIGNED", COLUMN_RIGHT);
	if (latencies) {
		table_column(table, "P50", COLUMN_RIGHT);
		table_column(table, "P99", COLUMN_RIGHT);
	}
}

static void add_side(struct text *out, const struct comparison *comparison, unsigned side)
{
	const char *trace = comparison->trace[side], *disk = comparison->disk[side];

	text_printf(out, "%c  ", "AB"[side]);
	escape_terminal(out, trace != NULL ? trace : "", strlen(trace != NULL ? trace : ""));
	if (disk != NULL) {
		text_str(out, " on ");
		escape_terminal(out, disk, strlen(disk));
	}
	text_char(out, '\n');
}

static size_t rows_shown(const struct comparison *comparison, uint64_t top)
{
	return top > 0 && top < comparison->differing ? (size_t)top : comparison->differing;
}

int compare_text(struct text *out, const struct comparison *comparison, uint64_t top, unsigned width,
		 struct err *err)
{
	struct table *table = table_new(width);
	size_t n = rows_shown(comparison, top);
	struct text name = {0};
	int status;

	if (table == NULL)
		return err_nomem(err);
	add_side(out, comparison, 0);
	add_side(out, comparison, 1);
	text_char(out, '\n');
	add_columns(table, has_latencies(comparison));
	for (size_t i = 0; i <= n; i++)
		add_row(table, comparison, &comparison->rows.at[i], &name);
	status = table_print(table, out, err);
	table_free(table);
	text_free(&name);
	if (n < comparison->differing)
		text_printf(out, "and %zu more that differ\n", comparison->differing - n);
	text_printf(out, "\nblocks written in part: %" PRIu64 " -> %" PRIu64 "\n",
		    comparison->partial_blocks[0], comparison->partial_blocks[1]);
	text_printf(out, "%zu regions and files differ by more than %g %%\n", comparison->differing,
		    comparison->tolerance);
	return status;
}

/* --- JSON --- */

static void json_side(struct text *out, const struct comparison *comparison, unsigned side)
{
	json_string(out, side == 0 ? "{\"a\":{\"trace\":" : ",\n \"b\":{\"trace\":",
		    comparison->trace[side] != NULL ? comparison->trace[side] : "");
	if (comparison->disk[side] != NULL)
		json_string(out, ",\"disk\":", comparison->disk[side]);
	json_u64(out, ",\"partial_blocks\":", comparison->partial_blocks[side]);
	text_char(out, '}');
}

static void json_ops(struct text *out, const struct compared *of)
{
	const char *comma = "{";

	for (int op = 0; op < ACCESS_OPS; op++) {
		if (of[op].requests == 0)
			continue;
		text_printf(out, "%s\"%s\":{", comma, access_op_name((enum access_op)op));
		comma = ",";
		json_u64(out, "\"requests\":", of[op].requests);
		json_u64(out, ",\"sectors\":", of[op].sectors);
		json_u64(out, ",\"unaligned\":", of[op].unaligned);
		if (of[op].has_latency) {
			json_microseconds(out, ",\"p50_us\":", (int64_t)of[op].p50);
			json_microseconds(out, ",\"p99_us\":", (int64_t)of[op].p99);
		}
		text_char(out, '}');
	}
	text_str(out, comma[0] == '{' ? "{}" : "}");
}

static void json_row(struct text *out, const struct compared_row *row, const char *before)
{
	text_str(out, before);
	if (row->device[0] != '\0') {
		json_string(out, "\"device\":", row->device);
		if (row->kind[0] != '\0')
			json_string(out, ",\"kind\":", row->kind);
		if (row->path[0] != '\0')
			json_path(out, row->path);
		text_char(out, ',');
	}
	text_str(out, "\"a\":");
	json_ops(out, row->of[0]);
	text_str(out, ",\"b\":");
	json_ops(out, row->of[1]);
	text_char(out, '}');
}

void compare_json(struct text *out, const struct comparison *comparison, uint64_t top)
{
	size_t n = rows_shown(comparison, top);

	json_side(out, comparison, 0);
	json_side(out, comparison, 1);
	text_printf(out, ",\n \"tolerance\":%g", comparison->tolerance);
	json_row(out, &comparison->rows.at[0], ",\n \"totals\":{");
	json_u64(out, ",\n \"differing\":", comparison->differing);
	text_str(out, ",\n \"rows\":[");
	for (size_t i = 1; i <= n; i++)
		json_row(out, &comparison->rows.at[i], i > 1 ? ",\n  {" : "\n  {");
	text_str(out, "]}\n");
}
