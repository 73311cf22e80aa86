/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one thread has counted: every counted access is cut at the borders of the map's runs, and each
   statistic is told of the pieces.  Tallies of the parts of a trace make the tally of the whole. */
#ifndef ANALYZER_TALLY_H
#define ANALYZER_TALLY_H

#include "analyzer/alignment.h"
#include "analyzer/bins.h"
#include "analyzer/lanes.h"
#include "analyzer/statistic.h"
#include "analyzer/usage.h"
#include "layout/map.h"
#include "query/filter.h"
#include "trace/stream.h"

#include <stdbool.h>
#include <stdint.h>

/* Which accesses count. */
enum tally_part {
	TALLY_WHOLE, /* as the contract says: all without marks, else those in windows */
	TALLY_HEAD,  /* of a piece: those before its first mark */
	TALLY_BODY,  /* of a piece: those behind its first mark that are in windows */
};

/* Accesses that are looked up together, so that memory is fetched for all of them at once. */
#define TALLY_TOGETHER 32

enum tally_known { TALLY_PASSES = 1, TALLY_FAILS, TALLY_ASKS };

struct tally {
	const struct map *map;
	const struct space *base;  /* what the accesses' sectors count from */
	const struct clock *clock; /* of the trace, or NULL */
	/* These two are told of every access, and by their names: through pointers a usual access would take
	   a tenth more time. */
	struct usage usage;
	struct alignment alignment;
	struct counted counted[STATISTICS_MAX]; /* all statistics, these two first */
	unsigned ncounted;
	bool tells_extents; /* one of them asks for extents */
	bool takes_usual;   /* all of them can count an access as usual */
	struct lanes lanes;
	struct bins bins;
	struct filter_run run; /* without a filter, zeroed */
	uint64_t filtered;     /* left out by it */
	/* Where all that the filter does not decide on an access alone waits for the same test, usual accesses may be
	   decided by device and kind: by space and kind, 0 for not asked yet, or enum tally_known. NULL elsewhere. */
	uint8_t *known;
	filter_verdict waiting;
	uint64_t accesses;  /* counted */
	uint64_t beyond;    /* of these, those that reach beyond the end of the disk, or of the base */
	uint64_t elsewhere; /* and those that have sectors on another disk, or on none */
	uint64_t outside;   /* left out, marks included */
	uint64_t past;      /* left out because they begin beyond the end of the disk, or of the base */
	enum tally_part part;
	bool all;    /* accesses outside the windows count too */
	bool marked; /* a mark has been seen, so nothing before it counts, unless all do */
	uint64_t sectors[TALLY_TOGETHER]; /* that are looked up now */
};

/* Counts usage, alignment and n more; 0, or -1 without memory. */
int tally_init(struct tally *tally, const struct statistic_setup *setup, const struct statistic *const *more,
	       unsigned n, bool all);
void tally_done(struct tally *tally);

/* Counts a batch; batches of one trace come in order. */
void tally_batch(struct tally *tally, const struct batch *batch);

/* Counts what still waits; no batch comes after that. */
void tally_finish(struct tally *tally);

/* The trace has marks, though this tally may have seen none; for all tallies before they are merged. */
void tally_see_mark(struct tally *tally);

/* Adds what another tally has counted in the same trace, which may be gone there afterwards. */
void tally_merge(struct tally *tally, struct tally *other);

#endif
