/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report for people: readable in 80 columns. */
#include "base/escape.h"
#include "base/size.h"
#include "reports/report.h"
#include "reports/shown.h"

#include <inttypes.h>
#include <string.h>

static void line(struct text *out, const char *before, const char *text)
{
	text_str(out, before);
	escape_terminal(out, text, strlen(text));
	text_char(out, '\n');
}

/* What the labels stand or fall with comes before them. */
static void warnings(struct text *out, const struct results *results)
{
	for (size_t i = 0; i < results->warnings.n; i++)
		line(out, "warning: ", results->warnings.at[i]);
	if (results->derived != NULL)
		line(out, "note: ", results->derived);
}

static void heading(struct text *out, const struct results *results)
{
	const struct results_trace *trace = &results->trace;
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
	if (trace->filter != NULL) {
		text_str(out, "only: ");
		escape_terminal(out, trace->filter, strlen(trace->filter));
		text_printf(out, " (%" PRIu64 " other accesses)\n", trace->filtered);
	}
	if (results->disk.file == NULL) {
		text_str(out, "no disk image: every sector is unknown\n");
		return;
	}
	escape_terminal(out, results->disk.file, strlen(results->disk.file));
	text_printf(out, ": %" PRIu64 " sectors (%s)\n", results->disk.sectors,
		    size_human(results->disk.sectors << SECTOR_SHIFT, size, sizeof(size)));
}

/* "9,105" */
static void grouped(struct text *out, uint64_t value)
{
	if (value >= 1000) {
		grouped(out, value / 1000);
		text_printf(out, ",%03" PRIu64, value % 1000);
	} else {
		text_printf(out, "%" PRIu64, value);
	}
}

static void transactions(struct text *out, const struct usage_dated *dated)
{
	if (dated->last != 0 && dated->first != dated->last)
		text_printf(out, " from transactions %" PRIu32 "-%" PRIu32, dated->first, dated->last);
	else if (dated->last != 0)
		text_printf(out, " from transaction %" PRIu32, dated->last);
}

static void uncertain_labels(struct text *out, const struct usage_dated *dated)
{
	const char *before = " uncertain (";

	for (unsigned why = 0; why < HISTORY_WHYS; why++) {
		if (dated->uncertain[why] == 0)
			continue;
		text_str(out, before);
		before = ", ";
		if (why == HISTORY_BEFORE && dated->first != 0)
			text_printf(out, "before transaction %" PRIu32, dated->first);
		else
			text_str(out, history_why_name((enum history_why)why));
	}
	text_char(out, ')');
}

/* What the labels are as of. */
static void as_of(struct text *out, const struct usage_dated *dated)
{
	uint64_t uncertain = usage_dated_uncertain(dated);

	if (dated->labels == 0)
		return;
	text_str(out, "labels as of each access: ");
	grouped(out, dated->labels - uncertain);
	text_str(out, " of ");
	grouped(out, dated->labels);
	transactions(out, dated);
	if (uncertain > 0) {
		text_str(out, ", ");
		grouped(out, uncertain);
		uncertain_labels(out, dated);
	}
	text_char(out, '\n');
}

static void notes(struct text *out, const struct results *results)
{
	size_t told = results->derived != NULL; /* the first note stands at the top */

	if (results->notes.n > told)
		text_str(out, "\nNOTES\n");
	for (size_t i = told; i < results->notes.n; i++)
		line(out, "- ", results->notes.at[i]);
}

/* As often as it was asked for. */
static int show_text(struct text *out, const struct results *results, const struct shown *one, unsigned width,
		     struct err *err)
{
	if (results->nchosen == 0)
		return one->in_report ? one->text(out, results, one->statistic, width, err) : 0;
	for (unsigned i = 0; i < results->nchosen; i++)
		if (statistic_row(results->chosen[i]) == one->statistic &&
		    one->text(out, results, results->chosen[i], width, err) != 0)
			return -1;
	return 0;
}

int report_text(struct text *out, const struct results *results, unsigned width, struct err *err)
{
	warnings(out, results);
	heading(out, results);
	as_of(out, &results->usage.dated);
	for (size_t i = 0; shown[i] != NULL; i++)
		if (show_text(out, results, shown[i], width, err) != 0)
			return -1;
	notes(out, results);
	return out->short_of_memory ? err_nomem(err) : 0;
}
