/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes of a report, and the sentences that its text and its JSON share. */
#include "reports/report.h"

#include "base/size.h"
#include "layout/ext.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add_note(struct report *report, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int add_note(struct report *report, struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return err_nomem(err);
	if (VEC_PUSH(&report->notes, text) == 0)
		return 0;
	free(text);
	return err_nomem(err);
}

static int note_sizes(struct report *report, struct err *err)
{
	const struct space *base = report->analysis->options.base;
	bool is_disk = base == map_disk(report->map);
	uint64_t traced = report->trace->disk_sectors;

	if (report->disk_path == NULL)
		return 0;
	if (traced != 0 && traced != base->sectors &&
	    add_note(report, err, "the trace is of a %s of %" PRIu64 " sectors, but %s has %" PRIu64,
		     is_disk ? "disk" : "device", traced, is_disk ? report->disk_path : base->name,
		     base->sectors) != 0)
		return -1;
	if (report->analysis->elsewhere > 0 &&
	    add_note(report, err,
		     "%" PRIu64 " accesses touch sectors of %s that lie on another disk or on none",
		     report->analysis->elsewhere, base->name) != 0)
		return -1;
	if (report->analysis->beyond > 0)
		return add_note(report, err, "%" PRIu64 " accesses reach beyond the end of %s",
				report->analysis->beyond, is_disk ? "the disk" : base->name);
	return 0;
}

static int note_marks(struct report *report, struct err *err)
{
	const struct analysis *analysis = report->analysis;

	if (analysis->stray_ons > 0 &&
	    add_note(report, err, "%" PRIu64 " qtrace on marks inside a window were ignored",
		     analysis->stray_ons) != 0)
		return -1;
	if (analysis->stray_offs > 0 &&
	    add_note(report, err, "%" PRIu64 " qtrace off marks outside a window were ignored",
		     analysis->stray_offs) != 0)
		return -1;
	if (analysis->marked && analysis->windows == 0 && !analysis->options.all)
		return add_note(
		    report, err,
		    "the trace has marks but no window, so nothing was counted; --all counts all");
	return 0;
}

static int note_map(struct report *report, struct err *err)
{
	const struct map *map = report->map;

	for (size_t i = 0; i < map->notes.n; i++)
		if (add_note(report, err, "%s", map->notes.at[i].text) != 0)
			return -1;
	if (map->notes.left_out > 0)
		return add_note(report, err, "and %zu more notes on the disk", map->notes.left_out);
	return 0;
}

int report_init(struct report *report, const struct trace *trace, const char *disk_path,
		const struct map *map, const struct analysis *analysis, struct err *err)
{
	*report = (struct report){.trace = trace, .disk_path = disk_path, .map = map, .analysis = analysis};
	for (size_t i = 0; i < trace->notes.n; i++)
		if (add_note(report, err, "%s", trace->notes.at[i]) != 0)
			return -1;
	if (note_sizes(report, err) != 0 || note_marks(report, err) != 0 || note_map(report, err) != 0)
		return -1;
	return 0;
}

void report_done(struct report *report)
{
	for (size_t i = 0; i < report->notes.n; i++)
		free(report->notes.at[i]);
	VEC_FREE(&report->notes);
}

void blame_text(struct text *out, const struct blame *blame, uint64_t unit_sectors)
{
	uint64_t unit = unit_sectors << SECTOR_SHIFT;
	uint64_t off = ((blame->start - blame->inner) % unit_sectors) << SECTOR_SHIFT;

	switch (blame->cause) {
	case CAUSE_PARTITION:
		text_printf(out,
			    "%s starts at sector %" PRIu64 ", %" PRIu64 " bytes past a multiple of %" PRIu64,
			    blame->space->name, blame->start - blame->inner, off, unit);
		break;
	case CAUSE_LVM:
		text_printf(out,
			    "%s has its sector %" PRIu64 " at sector %" PRIu64 " of the disk, %" PRIu64
			    " bytes past a multiple of %" PRIu64,
			    blame->space->name, blame->inner, blame->start, off, unit);
		break;
	case CAUSE_FS_BLOCK:
		text_printf(out, "%s on %s has blocks of %" PRIu32 " bytes, fewer than %" PRIu64,
			    ext_type(blame->space->ext), space_name(blame->space),
			    ext_block_sectors(blame->space->ext) << SECTOR_SHIFT, unit);
		break;
	default:
		text_printf(out,
			    "all layers start on multiples of %" PRIu64 "; the requests themselves are off",
			    unit);
	}
}
