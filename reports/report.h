/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report of `analyze`: what was read and written, by region and by file, and how it was aligned. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "analyzer/analysis.h"
#include "base/text.h"

struct report {
	const struct trace *trace;
	const char *disk_path; /* NULL without a disk */
	const struct map *map;
	const struct analysis *analysis;
	VEC(char *) notes; /* owned */
};

/* Gathers the notes of all stages; 0, or -1 without memory. */
int report_init(struct report *report, const struct trace *trace, const char *disk_path,
		const struct map *map, const struct analysis *analysis, struct err *err);
void report_done(struct report *report);

/* For a terminal of `width` columns; 0, or -1 without memory. */
int report_text(struct text *out, const struct report *report, unsigned width, struct err *err);

/* The contract's document, with a line end; 0, or -1 without memory. */
int report_json(struct text *out, const struct report *report, struct err *err);

/* Why writes are off the unit, in one sentence. */
void blame_text(struct text *out, const struct blame *blame, uint64_t unit_sectors);

#endif
