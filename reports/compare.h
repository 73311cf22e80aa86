/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two reports held against each other: totals, regions and files by their names. A side comes of results or of
   the JSON of a report. */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include "analyzer/ledger.h"
#include "analyzer/results.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Of one op. */
struct compared {
	uint64_t requests, sectors, unaligned;
	bool has_latency;
	uint64_t p50, p99; /* ns */
};

struct compared_row {
	const char *device, *kind, *path; /* of a region path is "", of a file kind; of the totals all are */
	struct compared of[2][ACCESS_OPS];
};

/* Starts zeroed. */
struct comparison {
	const char *trace[2], *disk[2]; /* in `names`; NULL where there is no disk */
	struct ledger names;            /* finds rows: row i's keys are rows.at[i]'s */
	VEC(struct compared_row) rows;  /* the first is of the totals */
	uint64_t partial_blocks[2];
	double tolerance; /* in percent of the larger of two figures */
	size_t differing; /* after compare_finish: so many rows come first, most changed first */
};

void compare_begin(struct comparison *comparison, double tolerance);
void compare_done(struct comparison *comparison);

/* Fills in a side (0 or 1); 0 or -1. */
int compare_take(struct comparison *comparison, unsigned side, const struct results *results,
		 struct err *err);
int compare_read(struct comparison *comparison, unsigned side, const char *json, size_t len, struct err *err);

/* Whether these bytes begin as a report's JSON does. */
bool compare_is_report(const char *bytes, size_t len);

/* Sorts; whether the sides differ by more than the tolerance. */
bool compare_finish(struct comparison *comparison);

/* Rows and ops that differ; top is 0 for all. 0 or -1. */
int compare_text(struct text *out, const struct comparison *comparison, uint64_t top, unsigned width,
		 struct err *err);
void compare_json(struct text *out, const struct comparison *comparison, uint64_t top);

/* For both: whether two figures, or an op of a row, differ by more than the tolerance. */
bool compare_differ(const struct comparison *comparison, uint64_t a, uint64_t b);
bool compare_op_differs(const struct comparison *comparison, const struct compared_row *row, int op);

/* The row of these names, made when it is new; NULL without memory. */
struct compared_row *compare_row(struct comparison *comparison, const char *device, const char *kind,
				 const char *path);

#endif
