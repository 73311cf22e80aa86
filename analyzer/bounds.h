/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sparse histogram of intervals of sectors, by class, that takes the same work however large an interval
   is.

   An interval [start, end) is a bound at its start and one at its end.  Bounds of one class in one bin of
   2^shift sectors are kept as one: how many starts, how many ends, and the sum of the places of the starts
   minus that of the ends, modulo 2^64.  The sectors that lie in each bin follow from these exactly.  Bins are
   joined in pairs when there are too many, and joined bounds just add up: what comes out depends neither on
   the order of the intervals nor on how they were dealt out among tables that are merged. */
#ifndef ANALYZER_BOUNDS_H
#define ANALYZER_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An op that moves data, and whether it was off the unit: op * 2 + unaligned. */
#define HEAT_CLASSES 8

/* Bounds added up; none where there are neither starts nor ends. */
struct bound_sum {
	uint64_t starts, ends, moment;
};

struct bound {
	uint64_t key; /* bin * HEAT_CLASSES + class */
	struct bound_sum sum;
};

static inline bool bound_sum_is_empty(const struct bound_sum *sum)
{
	return sum->starts == 0 && sum->ends == 0;
}

static inline void bound_sum_add(struct bound_sum *into, const struct bound_sum *from)
{
	into->starts += from->starts;
	into->ends += from->ends;
	into->moment += from->moment;
}

struct interval {
	uint64_t start, end;
	uint64_t when; /* for tiles: place on the time axis */
	uint16_t class;
	bool timed; /* for tiles: `when` is a time, not a serial */
};

/* A hash table until bounds_sort, then n bounds sorted by key (cap is 0). */
struct bounds {
	struct bound *at;
	size_t n, cap;
	size_t nstarts; /* of the n, those with starts; the table's only */
	size_t limit;   /* bins of a class that intervals may touch */
	unsigned shift;
	bool short_of_memory;
};

void bounds_init(struct bounds *bounds, size_t limit);
void bounds_free(struct bounds *bounds); /* leaves it empty, with its limit and what memory it lacked */

/* Counts n intervals, none empty and at most BOUNDS_BATCH of them. */
#define BOUNDS_BATCH 64
void bounds_add(struct bounds *bounds, const struct interval *intervals, size_t n);

/* Adds what `from` has, and frees it. */
void bounds_merge(struct bounds *into, struct bounds *from);

/* --- afterwards --- */

struct touched {
	uint64_t bin, starts, sectors;
	unsigned class;
};

/* Whether a bin is touched that has these bounds and began within `depth` intervals; with what, but the
   class. */
bool bound_sum_touches(const struct bound_sum *sum, unsigned shift, uint64_t bin, uint64_t depth,
		       struct touched *touched);

/* The bounds of a table, sorted, the caller's to free; NULL without memory.  The table's slots are
   disturbed. */
struct bound *bounds_sorted(struct bounds *bounds);

/* Makes a sorted array of the table. */
void bounds_sort(struct bounds *bounds);

/* How often the sorted bins must be joined in pairs until at most `limit` bounds have starts and at most
   twice as many are there at all. */
unsigned bounds_coarser(const struct bounds *bounds, size_t limit);

/* Joins 2^coarser sorted bins to one. */
void bounds_join(struct bounds *bounds, unsigned coarser);

/* How many bins are touched, by class, or any number above `limit` when there are more than that. */
uint64_t bounds_count(const struct bounds *bounds);

/* A walk over the touched bins of sorted bounds, by bin and then by class. */
struct bounds_walk {
	const struct bounds *bounds;
	size_t next;                  /* the first bound of the bins ahead */
	uint64_t bin;                 /* of the last one */
	unsigned class;               /* the next to look at in it */
	size_t here, end;             /* its bounds */
	uint64_t depth[HEAT_CLASSES]; /* intervals that were open when the bin began */
	unsigned open;                /* classes with such */
};

void bounds_walk(struct bounds_walk *walk, const struct bounds *bounds);
bool bounds_next(struct bounds_walk *walk, struct touched *touched);

#endif
