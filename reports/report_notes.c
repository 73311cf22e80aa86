/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes of a report: what the reader of the trace and the map have said, and what the numbers say. */
#include "reports/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int add_note(struct report *report, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int add_note(struct report *report, struct err *err, const char *fmt, ...)
{
	const char *note;
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return err_nomem(err);
	note = pool_string(&report->strings, text);
	free(text);
	return note == NULL || VEC_PUSH(&report->notes, note) != 0 ? err_nomem(err) : 0;
}

static int note_sizes(struct report *report, struct err *err)
{
	const struct report_trace *trace = &report->trace;
	const struct report_disk *disk = &report->disk;
	const char *base = trace->relative_to;

	if (disk->file == NULL)
		return 0;
	if (trace->sectors != 0 && trace->sectors != disk->base_sectors &&
	    add_note(report, err, "the trace is of a %s of %" PRIu64 " sectors, but %s has %" PRIu64,
		     base ? "device" : "disk", trace->sectors, base ? base : disk->file,
		     disk->base_sectors) != 0)
		return -1;
	if (trace->elsewhere > 0 &&
	    add_note(report, err,
		     "%" PRIu64 " accesses touch sectors of %s that lie on another disk or on none",
		     trace->elsewhere, base ? base : disk->file) != 0)
		return -1;
	if (trace->beyond > 0)
		return add_note(report, err, "%" PRIu64 " accesses reach beyond the end of %s", trace->beyond,
				base ? base : "the disk");
	return 0;
}

static int note_marks(struct report *report, struct err *err)
{
	const struct report_trace *trace = &report->trace;

	if (trace->stray_ons > 0 &&
	    add_note(report, err, "%" PRIu64 " qtrace on marks inside a window were ignored",
		     trace->stray_ons) != 0)
		return -1;
	if (trace->stray_offs > 0 &&
	    add_note(report, err, "%" PRIu64 " qtrace off marks outside a window were ignored",
		     trace->stray_offs) != 0)
		return -1;
	if (trace->marked && trace->windows == 0 && !trace->all)
		return add_note(
		    report, err,
		    "the trace has marks but no window, so nothing was counted; --all counts all");
	return 0;
}

int report_make_notes(struct report *report, struct err *err)
{
	for (size_t i = 0; i < report->trace_notes.n; i++)
		if (VEC_PUSH(&report->notes, report->trace_notes.at[i]) != 0)
			return err_nomem(err);
	if (note_sizes(report, err) != 0 || note_marks(report, err) != 0)
		return -1;
	for (size_t i = 0; i < report->disk_notes.n; i++)
		if (VEC_PUSH(&report->notes, report->disk_notes.at[i]) != 0)
			return err_nomem(err);
	return 0;
}
