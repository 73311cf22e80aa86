/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report for people: readable in 80 columns. */
#include "base/escape.h"
#include "base/size.h"
#include "reports/report.h"
#include "reports/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Which ops get columns: reads and writes always, the others where there were any. */
static bool has_op(const struct report *report, int op)
{
	return op <= ACCESS_WRITE || report->totals.op[op].requests > 0;
}

static void add_op_columns(struct table *table, const struct report *report)
{
	static const char *const titles[] = {"READS", "WRITES", "DISCARDS", "ZEROES"};

	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++) {
		if (!has_op(report, op))
			continue;
		table_column(table, titles[op], COLUMN_RIGHT);
		table_column(table, "SECTORS", COLUMN_RIGHT);
		table_column(table, "OFF", COLUMN_RIGHT);
	}
}

static void add_op_cells(struct table *table, struct table_row *row, unsigned column,
			 const struct report *report, const struct counters *counters)
{
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++) {
		const struct counter *counter = &counters->op[op];

		if (!has_op(report, op))
			continue;
		if (counter->requests > 0) {
			table_number(table, row, column, counter->requests);
			table_number(table, row, column + 1, counter->sectors);
			table_number(table, row, column + 2, counter->unaligned);
		}
		column += 3;
	}
}

static void line(struct text *out, const char *before, const char *text)
{
	text_str(out, before);
	escape_terminal(out, text, strlen(text));
	text_char(out, '\n');
}

/* What the labels stand or fall with comes before them. */
static void warnings(struct text *out, const struct report *report)
{
	for (size_t i = 0; i < report->warnings.n; i++)
		line(out, "warning: ", report->warnings.at[i]);
	if (report->derived != NULL)
		line(out, "note: ", report->derived);
}

static void heading(struct text *out, const struct report *report)
{
	const struct report_trace *trace = &report->trace;
	char size[32];

	escape_terminal(out, trace->file, strlen(trace->file));
	text_printf(out, ": %s trace, %" PRIu64 " accesses", trace->format, trace->accesses);
	if (trace->event != NULL)
		text_printf(out, " (event: %s)", trace->event);
	if (trace->marked)
		text_printf(out, " in %" PRIu64 " window%s between marks, %" PRIu64 " left out",
			    trace->windows, trace->windows == 1 ? "" : "s", trace->outside + trace->past);
	if (trace->relative_to != NULL) {
		text_str(out, ", relative to ");
		escape_terminal(out, trace->relative_to, strlen(trace->relative_to));
	}
	text_char(out, '\n');
	if (report->disk.file == NULL) {
		text_str(out, "no disk image: every sector is unknown\n");
		return;
	}
	escape_terminal(out, report->disk.file, strlen(report->disk.file));
	text_printf(out, ": %" PRIu64 " sectors (%s)\n", report->disk.sectors,
		    size_human(report->disk.sectors << SECTOR_SHIFT, size, sizeof(size)));
}

static int totals(struct text *out, const struct report *report, unsigned width, struct err *err)
{
	const struct counters *counters = &report->totals;
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

		if (!has_op(report, op))
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
static struct table_row *device_row(struct table *table, const struct report_region *region)
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

static bool same_place(const struct report_region *a, const struct report_region *b)
{
	return strcmp(a->device, b->device) == 0 && strcmp(a->fs ? a->fs : "", b->fs ? b->fs : "") == 0;
}

static int regions(struct text *out, const struct report *report, unsigned width, struct err *err)
{
	struct table *table = table_new(width);
	const struct report_region *last = NULL;
	struct table_row *device = NULL;
	int result;

	if (table == NULL)
		return err_nomem(err);
	table_column(table, "REGION", COLUMN_TREE);
	add_op_columns(table, report);
	for (size_t i = 0; i < report->regions.n; i++) {
		const struct report_region *region = &report->regions.at[i];
		struct table_row *row;

		if (last == NULL || !same_place(last, region))
			device = device_row(table, region);
		row = table_row(table, device);
		table_cell(table, row, 0, kind_name(region->kind));
		add_op_cells(table, row, 1, report, &region->counters);
		last = region;
	}
	text_char(out, '\n');
	result = table_print(table, out, err);
	table_free(table);
	return result;
}

static void file_name(struct text *out, const struct report_file *file, bool with_device)
{
	if (with_device)
		text_printf(out, "%s:", file->device);
	escape_terminal(out, file->path, strlen(file->path));
}

static bool on_one_device(const struct report *report)
{
	size_t n = report_files(report);

	for (size_t i = 1; i < n; i++)
		if (report_file_order(report, i) != report_file_order(report, 0))
			return false;
	return true;
}

#define FILES_SHOWN 40

/* Names keep some room where there are more ops than a terminal has columns for. */
static unsigned files_width(const struct report *report, unsigned width)
{
	unsigned least = 24;

	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		least += has_op(report, op) ? 22 : 0;
	return width < least ? least : width;
}

static int files(struct text *out, const struct report *report, unsigned width, struct err *err)
{
	size_t n = report_files(report);
	bool alone = on_one_device(report);
	struct report_room room;
	struct table *table;
	int result;

	if (n == 0)
		return 0;
	table = table_new(files_width(report, width));
	if (table == NULL)
		return err_nomem(err);
	table_column(table, alone ? "FILE" : "DEVICE:FILE", COLUMN_WRAP);
	add_op_columns(table, report);
	for (size_t i = 0; i < n && i < FILES_SHOWN; i++) {
		struct table_row *row = table_row(table, NULL);
		struct report_file file;
		struct text name = {0};

		report_file(report, i, &file, &room);
		file_name(&name, &file, !alone);
		table_cell(table, row, 0, name.at ? name.at : "");
		add_op_cells(table, row, 1, report, file.counters);
		text_free(&name);
	}
	text_char(out, '\n');
	result = table_print(table, out, err);
	if (n > FILES_SHOWN)
		text_printf(out, "and %zu more files; --json lists all\n", n - FILES_SHOWN);
	table_free(table);
	return result;
}

static void causes(struct text *out, const struct report_device *device)
{
	for (int cause = 0; cause < CAUSES; cause++)
		if (device->causes[cause].requests > 0)
			text_printf(out, "    %s (%" PRIu64 "): %s\n", cause_name((enum cause)cause),
				    device->causes[cause].requests, device->causes[cause].detail);
}

static void alignment(struct text *out, const struct report *report)
{
	char unit[32];

	size_human(report->unit_sectors << SECTOR_SHIFT, unit, sizeof(unit));
	text_printf(out, "\nALIGNMENT of writes to %s\n", unit);
	if (report->devices.n == 0)
		text_str(out, "no writes\n");
	for (size_t i = 0; i < report->devices.n; i++) {
		const struct report_device *device = &report->devices.at[i];

		escape_terminal(out, device->name, strlen(device->name));
		if (device->unaligned == 0) {
			text_printf(out, ": %s%" PRIu64 " write%s aligned\n",
				    device->writes == 1 ? "" : "all ", device->writes,
				    device->writes == 1 ? " is" : "s are");
			continue;
		}
		text_printf(out,
			    ": %" PRIu64 " of %" PRIu64 " writes unaligned, %" PRIu64
			    " blocks of %s written in part\n",
			    device->unaligned, device->writes, device->partial_blocks, unit);
		causes(out, device);
	}
}

int report_text(struct text *out, const struct report *report, unsigned width, struct err *err)
{
	size_t told = report->derived != NULL; /* the first note stands at the top */

	warnings(out, report);
	heading(out, report);
	if (totals(out, report, width, err) != 0 || regions(out, report, width, err) != 0 ||
	    files(out, report, width, err) != 0)
		return -1;
	alignment(out, report);
	if (report->notes.n > told)
		text_str(out, "\nNOTES\n");
	for (size_t i = told; i < report->notes.n; i++)
		line(out, "- ", report->notes.at[i]);
	return out->short_of_memory ? err_nomem(err) : 0;
}
