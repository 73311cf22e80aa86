/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the two inputs meet: a trace is read once by several threads, and what each has counted is merged. */
#ifndef ANALYZER_ANALYSIS_H
#define ANALYZER_ANALYSIS_H

#include "analyzer/fit.h"
#include "analyzer/tally.h"
#include "base/err.h"
#include "layout/map.h"
#include "trace/trace.h"

#include <stdbool.h>

struct analysis_options {
	uint64_t unit_sectors;    /* 8 for 4096 bytes */
	const struct space *base; /* what the trace's addresses count from; NULL for the disk */
	const struct fit *fit;    /* how that is known, and what to warn of; or NULL */
	bool all;                 /* count what lies outside the marks too */
	unsigned threads;         /* 0 is one; the results are the same for any number */
	enum tally_part part;
	struct stream_edges *edges; /* of a piece whose marks cannot be told alone; else NULL */
	unsigned number, of;        /* only every of-th batch, from the number-th on; 0 for all */
	const struct statistic *more[STATISTICS_MAX]; /* to be counted beside usage and alignment */
	unsigned nmore;
	const struct clock *clock;   /* of the trace, or NULL: labels are the image's then */
	const struct filter *filter; /* only the pieces that pass count; NULL for all */
	bool asked_alone; /* of `more`, those that have results are what is asked for; as in struct results */
	bool only_places; /* as in struct statistic_setup */
};

struct analysis {
	struct analysis_options options;
	const struct map *map;
	const struct trace *trace; /* that is counted, or NULL */
	struct usage usage;
	struct alignment alignment;
	struct counted counted[STATISTICS_MAX]; /* the states of all statistics, finished; these two first */
	unsigned ncounted;
	uint64_t accesses; /* counted */
	uint64_t outside;  /* left out, marks included */
	uint64_t filtered; /* left out by the filter */
	uint64_t windows;
	uint64_t stray_ons, stray_offs;
	uint64_t past;      /* left out because they begin beyond the end of the disk, or of the base */
	uint64_t beyond;    /* counted accesses that reach beyond the end of the disk, or of the base */
	uint64_t elsewhere; /* counted accesses with sectors that lie on another disk, or on none */
	bool marked;
	bool first_on, on; /* the first mark was an on; the last was */
};

void analysis_init(struct analysis *analysis, const struct map *map, const struct analysis_options *options);
void analysis_done(struct analysis *analysis);

/* Reads the whole trace and leaves the results finished; 0 or -1 (the trace's error). */
int analysis_run(struct analysis *analysis, struct trace *trace, struct err *err);

/* Counts one access, whatever its window, as the only one of its trace; 0, or -1 without memory. */
int analysis_count(struct analysis *analysis, const struct access *access, struct err *err);

/* Whether one of them needs the order of the accesses. */
bool analysis_needs_order(const struct analysis_options *options);

/* What its statistics know. */
struct statistic_setup analysis_setup(const struct analysis *analysis);

/* What has been counted of one, or NULL. */
static inline void *analysis_state(const struct analysis *analysis, const struct statistic *statistic)
{
	return counted_find(analysis->counted, analysis->ncounted, statistic);
}

#endif
