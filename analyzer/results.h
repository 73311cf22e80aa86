/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes of an analysis or of the parts of several, and nobody can tell which: of what trace and disk,
   the results of each statistic, and notes. Plain data, but for the files of an analysis, which are made when
   they are asked for. */
#ifndef ANALYZER_RESULTS_H
#define ANALYZER_RESULTS_H

#include "analyzer/alignment_results.h"
#include "analyzer/analysis.h"
#include "analyzer/usage_results.h"
#include "base/pool.h"

#include <stdbool.h>
#include <stdint.h>

/* Strings belong to the results' pool, or outlive it. */
struct results_trace {
	const char *file, *format;
	const char *event;       /* NULL where there is one a request */
	const char *device;      /* that was asked for, or NULL */
	const char *relative_to; /* NULL for the disk */
	uint64_t sectors;        /* the size that it states, 0 if it does not */
	const char *identity; /* what proves what it is of (enum fit_proof); NULL where that was not asked */
	uint64_t accesses, windows, outside;
	const char *filter; /* NULL without one */
	uint64_t filtered;
	uint64_t past; /* left out like those outside, as in struct analysis */
	uint64_t stray_ons, stray_offs;
	uint64_t beyond, elsewhere; /* as in struct analysis */
	bool marked, all;
};

struct results_disk {
	const char *file; /* NULL without a disk */
	uint64_t sectors;
	uint64_t base_sectors; /* of what the trace is relative to */
	const char
	    *identity; /* of a part: the words by which the disk is known; "" or NULL where there are none */
};

struct results {
	struct results_trace trace;
	struct results_disk disk;
	uint64_t unit_sectors;
	struct usage_results usage;
	struct alignment_results alignment;
	struct counted counted[STATISTICS_MAX]; /* the results of all, these two first */
	unsigned ncounted;
	const struct statistic *chosen[STATISTICS_MAX]; /* those that are asked for alone; */
	unsigned nchosen;                               /* 0 for the report */
	uint64_t top;                                   /* rows of each table of these at most; 0 for all */
	const char *sort; /* the column that they are sorted by, as in JSON; NULL for their own */
	unsigned threads; /* how many may work for a renderer; 0 is one */
	VEC(const char *) trace_notes;
	VEC(const char *) disk_notes;
	const char *derived; /* what the trace's sectors count from and why, where nobody said it; or NULL */
	VEC(const char *) fit_warnings;
	VEC(const char *) warnings; /* these, and what the numbers give cause to warn of */
	VEC(const char *) notes;    /* all notes, and what the numbers give cause to say */
	struct pool strings;
};

/* From an analysis, which must outlive the results; 0, or -1 without memory. */
int results_take(struct results *results, const struct trace *trace, const char *disk_path,
		 const struct map *map, const struct analysis *analysis, struct err *err);

/* All but what was counted and `notes`, into results from results_init or zeroed ones; 0, or -1 without
   memory. */
int results_take_about(struct results *results, const struct trace *trace, const char *disk_path,
		       const struct map *map, const struct analysis *analysis);

/* What was counted, into results from results_init; 0, or -1 without memory. */
int results_take_counted(struct results *results, const struct analysis *analysis);

/* Results of usage, alignment and n more, of nothing so far; 0, or -1 without memory. */
int results_init(struct results *results, const struct statistic *const *more, unsigned n);
void results_done(struct results *results);

/* What has been counted of one, or NULL. */
static inline void *results_of(const struct results *results, const struct statistic *statistic)
{
	return counted_find(results->counted, results->ncounted, statistic);
}

/* Says how the tables of statistics are to be shown; -1 when none of them has such a column. */
int results_order(struct results *results, uint64_t top, const char *sort, struct err *err);

/* The question that is the same as this one among those that were counted, or NULL. */
const struct statistic *results_asked(const struct results *results, const struct statistic *asked);

/* Makes `warnings` and `notes` of all else that is there; 0, or -1 without memory. */
int results_make_notes(struct results *results, struct err *err);

#endif
