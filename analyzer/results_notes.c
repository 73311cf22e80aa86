/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes of a report: what the reader of the trace and the map have said, and what the numbers say. */
#include "analyzer/results.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *make(struct results *results, const char *fmt, va_list ap)
{
	const char *note;
	char *text;
	int len = vasprintf(&text, fmt, ap);

	if (len < 0)
		return NULL;
	note = pool_string(&results->strings, text);
	free(text);
	return note;
}

static int add_note(struct results *results, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static int add_warning(struct results *results, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int add_note(struct results *results, struct err *err, const char *fmt, ...)
{
	const char *note;
	va_list ap;

	va_start(ap, fmt);
	note = make(results, fmt, ap);
	va_end(ap);
	return note == NULL || VEC_PUSH(&results->notes, note) != 0 ? err_nomem(err) : 0;
}

static int add_warning(struct results *results, struct err *err, const char *fmt, ...)
{
	const char *warning;
	va_list ap;

	va_start(ap, fmt);
	warning = make(results, fmt, ap);
	va_end(ap);
	return warning == NULL || VEC_PUSH(&results->warnings, warning) != 0 ? err_nomem(err) : 0;
}

/* What the reader should know before the labels. */
static int make_warnings(struct results *results, struct err *err)
{
	const struct results_trace *trace = &results->trace;
	const char *base = trace->relative_to ? trace->relative_to : "the disk";

	for (size_t i = 0; i < results->fit_warnings.n; i++)
		if (VEC_PUSH(&results->warnings, results->fit_warnings.at[i]) != 0)
			return err_nomem(err);
	if (results->disk.file == NULL)
		return 0;
	if (trace->past > 0 &&
	    add_warning(results, err, "%" PRIu64 " accesses begin beyond the end of %s and are left out",
			trace->past, base) != 0)
		return -1;
	if (trace->beyond > 0)
		return add_warning(results, err, "%" PRIu64 " accesses reach beyond the end of %s",
				   trace->beyond, base);
	return 0;
}

static int note_elsewhere(struct results *results, struct err *err)
{
	const struct results_trace *trace = &results->trace;

	if (results->disk.file == NULL || trace->elsewhere == 0)
		return 0;
	return add_note(results, err,
			"%" PRIu64 " accesses touch sectors of %s that lie on another disk or on none",
			trace->elsewhere, trace->relative_to ? trace->relative_to : results->disk.file);
}

static int note_marks(struct results *results, struct err *err)
{
	const struct results_trace *trace = &results->trace;

	if (trace->stray_ons > 0 &&
	    add_note(results, err, "%" PRIu64 " qtrace on marks inside a window were ignored",
		     trace->stray_ons) != 0)
		return -1;
	if (trace->stray_offs > 0 &&
	    add_note(results, err, "%" PRIu64 " qtrace off marks outside a window were ignored",
		     trace->stray_offs) != 0)
		return -1;
	if (trace->marked && trace->windows == 0 && !trace->all)
		return add_note(
		    results, err,
		    "the trace has marks but no window, so nothing was counted; --all counts all");
	return 0;
}

static int note_rest(struct results *results, struct err *err)
{
	const struct usage_rest *rest = &results->usage.rest;

	if (rest->files == 0)
		return 0;
	return add_note(
	    results, err,
	    "parts were cut to their heaviest files (--top): what they left out is the rest, and a "
	    "file that some of them left out has at most %" PRIu64
	    " sectors more than is said",
	    rest->least);
}

int results_make_notes(struct results *results, struct err *err)
{
	if (make_warnings(results, err) != 0)
		return -1;
	if (results->derived != NULL && VEC_PUSH(&results->notes, results->derived) != 0)
		return err_nomem(err);
	for (size_t i = 0; i < results->trace_notes.n; i++)
		if (VEC_PUSH(&results->notes, results->trace_notes.at[i]) != 0)
			return err_nomem(err);
	if (note_elsewhere(results, err) != 0 || note_marks(results, err) != 0 ||
	    note_rest(results, err) != 0)
		return -1;
	for (size_t i = 0; i < results->disk_notes.n; i++)
		if (VEC_PUSH(&results->notes, results->disk_notes.at[i]) != 0)
			return err_nomem(err);
	return 0;
}
