/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Totals, regions and files as tables. */
#include "base/escape.h"
#include "base/size.h"
#include "reports/shown.h"
#include "reports/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Which ops get columns: reads and writes always, the others where there were any. */
static bool has_op(const struct usage_results *usage, int op)
{
	return op <= ACCESS_WRITE || usage->totals.op[op].requests > 0;
}

static void add_op_columns(struct table *table, const struct usage_results *usage)
{
	static const char *const titles[] = {"READS", "WRITES", "DISCARDS", "ZEROES"};

	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++) {
		if (!has_op(usage, op))
			continue;
		table_column(table, titles[op], COLUMN_RIGHT);
		table_column(table, "SECTORS", COLUMN_RIGHT);
		table_column(table, "OFF", COLUMN_RIGHT);
	}
}

static void add_op_cells(struct table *table, struct table_row *row, unsigned column,
			 const struct usage_results *usage, const struct counters *counters)
{
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++) {
		const struct counter *counter = &counters->op[op];

		if (!has_op(usage, op))
			continue;
		if (counter->requests > 0) {
			table_number(table, row, column, counter->requests);
			table_number(table, row, column + 1, counter->sectors);
			table_number(table, row, column + 2, counter->unaligned);
		}
		column += 3;
	}
}

static int totals(struct text *out, const struct usage_results *usage, unsigned width, struct err *err)
{
	const struct counters *counters = &usage->totals;
	struct table *table = table_new(width);
	int result;

	if (table == NULL)
		return err_nomem(err);
	table_column(table, "TOTAL", COLUMN_LEFT);
	table_column(table, "REQUESTS", COLUMN_RIGHT);
	table_column(table, "SECTORS", COLUMN_RIGHT);
	table_column(table, "UNALIGNED", COLUMN_RIGHT);
	for (int op = ACCESS_READ; op < ACCESS_OPS; op++) {
		struct table_row *row;

		if (!has_op(usage, op))
			continue;
		row = table_row(table, NULL);
		table_cell(table, row, 0, access_op_name((enum access_op)op));
		table_number(table, row, 1, counters->op[op].requests);
		if (op == ACCESS_FLUSH)
			continue;
		table_number(table, row, 2, counters->op[op].sectors);
		table_number(table, row, 3, counters->op[op].unaligned);
	}
	text_char(out, '\n');
	result = table_print(table, out, err);
	table_free(table);
	return result;
}

/* "VG/LV ext4", or the device alone. */
static struct table_row *device_row(struct table *table, const struct region_result *region)
{
	struct table_row *row = table_row(table, NULL);
	struct text name = {0};

	escape_terminal(&name, region->device, strlen(region->device));
	if (region->fs != NULL)
		text_printf(&name, " %s", region->fs);
	table_cell(table, row, 0, name.at ? name.at : "");
	text_free(&name);
	return row;
}

static bool same_place(const struct region_result *a, const struct region_result *b)
{
	return strcmp(a->device, b->device) == 0 && strcmp(a->fs ? a->fs : "", b->fs ? b->fs : "") == 0;
}

/* What only wide terminals have room for: bytes and each region's share of all that was written. */
static bool is_wide(const struct usage_results *usage, unsigned width)
{
	unsigned least = 56;

	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		least += has_op(usage, op) ? 22 : 0;
	return width >= least;
}

static void add_wide_columns(struct table *table, const struct usage_results *usage, unsigned width)
{
	if (!is_wide(usage, width))
		return;
	table_column(table, "READ", COLUMN_RIGHT);
	table_column(table, "WRITTEN", COLUMN_RIGHT);
	table_column(table, "OF WRITES", COLUMN_RIGHT);
}

static void add_bytes(struct table *table, struct table_row *row, unsigned column, uint64_t sectors)
{
	char cell[32];

	if (sectors > 0)
		table_cell(table, row, column, size_human(sectors << SECTOR_SHIFT, cell, sizeof(cell)));
}

static void add_wide_cells(struct table *table, struct table_row *row, unsigned width,
			   const struct usage_results *usage, const struct counters *counters)
{
	uint64_t written = counters->op[ACCESS_WRITE].sectors, all = usage->totals.op[ACCESS_WRITE].sectors;
	unsigned column = 1;
	char cell[32];

	if (!is_wide(usage, width))
		return;
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		column += has_op(usage, op) ? 3 : 0;
	add_bytes(table, row, column, counters->op[ACCESS_READ].sectors);
	add_bytes(table, row, column + 1, written);
	if (written == 0)
		return;
	snprintf(cell, sizeof(cell), "%.1f%%", 100 * (double)written / (double)all);
	table_cell(table, row, column + 2, cell);
}

static int regions(struct text *out, const struct usage_results *usage, unsigned width, struct err *err)
{
	struct table *table = table_new(width);
	const struct region_result *last = NULL;
	struct table_row *device = NULL;
	int result;

	if (table == NULL)
		return err_nomem(err);
	table_column(table, "REGION", COLUMN_TREE);
	add_op_columns(table, usage);
	add_wide_columns(table, usage, width);
	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct region_result *region = &usage->regions.at[i];
		struct table_row *row;

		if (last == NULL || !same_place(last, region))
			device = device_row(table, region);
		row = table_row(table, device);
		table_cell(table, row, 0, kind_name(region->kind));
		add_op_cells(table, row, 1, usage, &region->counters);
		add_wide_cells(table, row, width, usage, &region->counters);
		last = region;
	}
	text_char(out, '\n');
	result = table_print(table, out, err);
	table_free(table);
	return result;
}

static void file_name(struct text *out, const struct file_result *file, bool with_device)
{
	if (with_device)
		text_printf(out, "%s:", file->device);
	escape_terminal(out, file->path, strlen(file->path));
	if (file->deleted)
		text_str(out, " (deleted since)");
}

static bool on_one_device(const struct usage_results *usage)
{
	size_t n = usage_results_files(usage);

	for (size_t i = 1; i < n; i++)
		if (usage_results_file_order(usage, i) != usage_results_file_order(usage, 0))
			return false;
	return true;
}

#define FILES_SHOWN 40

#define NO_WIDTH 1000000

/* Names keep some room where there are more ops than a terminal has columns for. */
static unsigned files_width(const struct usage_results *usage, unsigned width)
{
	unsigned least = 24;

	if (width == 0)
		return NO_WIDTH;
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		least += has_op(usage, op) ? 22 : 0;
	return width < least ? least : width;
}

static int files(struct text *out, const struct usage_results *usage, unsigned width, struct err *err)
{
	size_t n = usage_results_files(usage);
	bool alone = on_one_device(usage);
	struct file_room room;
	struct table_row *row;
	struct table *table;
	int result;

	if (n == 0)
		return 0;
	table = table_new(files_width(usage, width));
	if (table == NULL)
		return err_nomem(err);
	table_column(table, alone ? "FILE" : "DEVICE:FILE", width == 0 ? COLUMN_LEFT : COLUMN_WRAP);
	add_op_columns(table, usage);
	for (size_t i = 0; i < n && i < FILES_SHOWN; i++) {
		struct file_result file;
		struct text name = {0};

		row = table_row(table, NULL);
		usage_results_file(usage, i, &file, &room);
		file_name(&name, &file, !alone);
		if (usage_results_error(usage, &file) > 0)
			text_str(&name, " (at least)");
		table_cell(table, row, 0, name.at ? name.at : "");
		add_op_cells(table, row, 1, usage, file.counters);
		text_free(&name);
	}
	if (usage->rest.files > 0) {
		table_cell(table, row = table_row(table, NULL), 0, "(rest)");
		add_op_cells(table, row, 1, usage, &usage->rest.counters);
	}
	text_char(out, '\n');
	result = table_print(table, out, err);
	if (n > FILES_SHOWN)
		text_printf(out, "and %zu more files; --json lists all\n", n - FILES_SHOWN);
	table_free(table);
	return result;
}

int usage_text(struct text *out, const struct results *results, const struct statistic *asked, unsigned width,
	       struct err *err)
{
	const struct usage_results *usage = &results->usage;

	(void)asked;
	if (totals(out, usage, width, err) != 0 || regions(out, usage, width, err) != 0)
		return -1;
	return files(out, usage, width, err);
}
