/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where and when together: a histogram over addresses (by class) and time.

   Time has at most TILE_COLUMNS columns of 2^time_shift, the finest that hold the first and the last time.
   In each, bounds (see analyzer/bounds.h) of the bins of 2^place_shift sectors that were touched at any
   time. */
#ifndef ANALYZER_TILES_H
#define ANALYZER_TILES_H

#include "analyzer/bounds.h"
#include "base/vec.h"

#define TILE_COLUMNS 256u

/* Sums by row; those from `cleared` on are none and were never touched. */
struct tile_column {
	struct bound_sum *at; /* room for all rows; NULL while empty */
	size_t cleared;
};

struct tiles {
	size_t limit; /* bins of a class that intervals may touch at any time */
	unsigned place_shift, time_shift;
	bool any;             /* something has been added, so that there are: */
	uint64_t first, last; /* times */
	VEC(uint64_t) rows;   /* bin * HEAT_CLASSES + class */
	uint32_t *slots;      /* a hash table of indices into rows, plus 1 */
	size_t nslots;
	/* By (time >> time_shift) % TILE_COLUMNS, which is unique between first and last. */
	struct tile_column columns[TILE_COLUMNS];
	struct bound_sum *memory; /* of all columns, as large as it can ever be; NULL while empty */
	struct bound_sum *spare[TILE_COLUMNS]; /* parts of it that no column has */
	unsigned nspare;
	bool short_of_memory;
};

void tiles_init(struct tiles *tiles, size_t limit);
void tiles_free(struct tiles *tiles);

/* Counts those of n intervals that are timed, or those that are not. */
void tiles_add(struct tiles *tiles, const struct interval *intervals, size_t n, bool timed);

/* Adds what `from` has, with the time that `time_of` gives to each of its own, and frees it. */
void tiles_merge(struct tiles *into, struct tiles *from, uint64_t (*time_of)(void *context, uint64_t time),
		 void *context);

/* Joins bins until they are of 2^place_shift sectors. */
void tiles_join_places(struct tiles *tiles, unsigned place_shift);

/* Calls `emit` for each tile that is touched, by bin, then by class, then by column from the first on. */
int tiles_walk(struct tiles *tiles,
	       int (*emit)(void *context, const struct touched *touched, unsigned column), void *context);

#endif
