/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report for people: readable in 80 columns. */
#include "base/escape.h"
#include "base/size.h"
#include "layout/ext.h"
#include "reports/report.h"
#include "reports/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Which ops get columns: reads and writes always, the others where there were any. */
static bool has_op(const struct report *report, int op)
{
	return op <= ACCESS_WRITE || report->analysis->usage.totals.op[op].requests > 0;
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

static void heading(struct text *out, const struct report *report)
{
	const struct analysis *analysis = report->analysis;
	char size[32];

	escape_terminal(out, report->trace->path, strlen(report->trace->path));
	text_printf(out, ": %s trace, %" PRIu64 " accesses", report->trace->format->name, analysis->accesses);
	if (report->trace->event != NULL)
		text_printf(out, " (event: %s)", report->trace->event);
	if (analysis->marked)
		text_printf(out, " in %" PRIu64 " window%s between marks, %" PRIu64 " left out",
			    analysis->windows, analysis->windows == 1 ? "" : "s", analysis->outside);
	if (analysis->options.base != map_disk(report->map)) {
		text_str(out, ", relative to ");
		escape_terminal(out, analysis->options.base->name, strlen(analysis->options.base->name));
	}
	text_char(out, '\n');
	if (report->disk_path == NULL) {
		text_str(out, "no disk image: every sector is unknown\n");
		return;
	}
	escape_terminal(out, report->disk_path, strlen(report->disk_path));
	text_printf(out, ": %" PRIu64 " sectors (%s)\n", map_disk(report->map)->sectors,
		    size_human(space_bytes(map_disk(report->map)), size, sizeof(size)));
}

static int totals(struct text *out, const struct report *report, unsigned width, struct err *err)
{
	const struct counters *counters = &report->analysis->usage.totals;
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
static struct table_row *device_row(struct table *table, const struct usage_region *region)
{
	struct table_row *row = table_row(table, NULL);
	struct text name = {0};

	escape_terminal(&name, region->device->name, strlen(region->device->name));
	if (region->fs != NULL)
		text_printf(&name, " %s", region->fs);
	table_cell(table, row, 0, name.at ? name.at : "");
	text_free(&name);
	return row;
}

static int regions(struct text *out, const struct report *report, unsigned width, struct err *err)
{
	const struct usage *usage = &report->analysis->usage;
	struct table *table = table_new(width);
	const struct usage_region *last = NULL;
	struct table_row *device = NULL;
	int result;

	if (table == NULL)
		return err_nomem(err);
	table_column(table, "REGION", COLUMN_TREE);
	add_op_columns(table, report);
	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct usage_region *region = &usage->regions.at[i];
		struct table_row *row;

		if (last == NULL || last->device != region->device || last->fs != region->fs)
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

static void file_name(struct text *out, const struct usage_file *file, bool with_device)
{
	char path[EXT_PATH_MAX];

	if (with_device)
		text_printf(out, "%s:", space_name(file->space));
	if (ext_path(file->space->ext, file->inode, path, sizeof(path)))
		escape_terminal(out, path, strlen(path));
}

static bool on_one_device(const struct usage *usage)
{
	for (size_t i = 1; i < usage->files.n; i++)
		if (usage->files.at[i].space != usage->files.at[0].space)
			return false;
	return true;
}

#define FILES_SHOWN 40

static int files(struct text *out, const struct report *report, unsigned width, struct err *err)
{
	const struct usage *usage = &report->analysis->usage;
	struct table *table;
	int result;

	if (usage->files.n == 0)
		return 0;
	table = table_new(width);
	if (table == NULL)
		return err_nomem(err);
	table_column(table, on_one_device(usage) ? "FILE" : "DEVICE:FILE", COLUMN_WRAP);
	add_op_columns(table, report);
	for (size_t i = 0; i < usage->files.n && i < FILES_SHOWN; i++) {
		struct table_row *row = table_row(table, NULL);
		struct text name = {0};

		file_name(&name, &usage->files.at[i], !on_one_device(usage));
		table_cell(table, row, 0, name.at ? name.at : "");
		add_op_cells(table, row, 1, report, &usage->files.at[i].counters);
		text_free(&name);
	}
	text_char(out, '\n');
	result = table_print(table, out, err);
	if (usage->files.n > FILES_SHOWN)
		text_printf(out, "and %zu more files; --json lists all\n", usage->files.n - FILES_SHOWN);
	table_free(table);
	return result;
}

static void causes(struct text *out, const struct alignment_device *device, uint64_t unit_sectors)
{
	for (int cause = 0; cause < CAUSES; cause++) {
		if (device->by_cause[cause] == 0)
			continue;
		text_printf(out, "    %s (%" PRIu64 "): ", cause_name((enum cause)cause),
			    device->by_cause[cause]);
		blame_text(out, &device->blames[cause], unit_sectors);
		text_char(out, '\n');
	}
}

static void alignment(struct text *out, const struct report *report)
{
	const struct alignment *alignment = &report->analysis->alignment;
	char unit[32];

	size_human(alignment->unit_sectors << SECTOR_SHIFT, unit, sizeof(unit));
	text_printf(out, "\nALIGNMENT of writes to %s\n", unit);
	if (alignment->devices.n == 0)
		text_str(out, "no writes\n");
	for (size_t i = 0; i < alignment->devices.n; i++) {
		const struct alignment_device *device = &alignment->devices.at[i];

		escape_terminal(out, device->device->name, strlen(device->device->name));
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
		causes(out, device, alignment->unit_sectors);
	}
}

int report_text(struct text *out, const struct report *report, unsigned width, struct err *err)
{
	heading(out, report);
	if (totals(out, report, width, err) != 0 || regions(out, report, width, err) != 0 ||
	    files(out, report, width, err) != 0)
		return -1;
	alignment(out, report);
	if (report->notes.n > 0)
		text_str(out, "\nNOTES\n");
	for (size_t i = 0; i < report->notes.n; i++) {
		text_str(out, "- ");
		escape_terminal(out, report->notes.at[i], strlen(report->notes.at[i]));
		text_char(out, '\n');
	}
	return out->short_of_memory ? err_nomem(err) : 0;
}
