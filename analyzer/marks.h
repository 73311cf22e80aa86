/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sparse histogram of intervals of sectors, by class, that takes the same work however large an interval
   is.

   An interval [start, end) is a mark at its start and one at its end.  Marks of one class in one bin of
   2^shift sectors are kept as one: how many starts, how many ends, and the sum of the places of the starts
   minus that of the ends, modulo 2^64.  The sectors that lie in each bin follow from these exactly.  Bins are
   joined in pairs when there are too many, and joined marks just add up: what comes out depends neither on
   the order of the intervals nor on how they were dealt out among tables that are merged. */
#ifndef ANALYZER_MARKS_H
#define ANALYZER_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An op that moves data, and whether it was off the unit: op * 2 + unaligned. */
#define HEAT_CLASSES 8

/* Marks added up; none where there are neither starts nor ends. */
struct mark_sum {
	uint64_t starts, ends, moment;
};

struct mark {
	uint64_t key; /* bin * HEAT_CLASSES + class */
	struct mark_sum sum;
};

static inline bool mark_sum_is_empty(const struct mark_sum *sum)
{
	return sum->starts == 0 && sum->ends == 0;
}

static inline void mark_sum_add(struct mark_sum *into, const struct mark_sum *from)
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

/* A hash table until marks_sort, then n marks sorted by key (cap is 0). */
struct marks {
	struct mark *at;
	size_t n, cap;
	size_t nstarts; /* of the n, those with starts; the table's only */
	size_t limit;   /* bins of a class that intervals may touch */
	unsigned shift;
	bool short_of_memory;
};

void marks_init(struct marks *marks, size_t limit);
void marks_free(struct marks *marks); /* leaves it empty, with its limit and what memory it lacked */

/* Counts n intervals, none empty and at most MARKS_BATCH of them. */
#define MARKS_BATCH 64
void marks_add(struct marks *marks, const struct interval *intervals, size_t n);

/* Adds what `from` has, and frees it. */
void marks_merge(struct marks *into, struct marks *from);

/* --- afterwards --- */

struct touched {
	uint64_t bin, starts, sectors;
	unsigned class;
};

/* Whether a bin is touched that has these marks and began within `depth` intervals; with what, but the class.
 */
bool mark_sum_touches(const struct mark_sum *sum, unsigned shift, uint64_t bin, uint64_t depth,
		      struct touched *touched);

/* The marks of a table, sorted, the caller's to free; NULL without memory.  The table's slots are disturbed.
 */
struct mark *marks_sorted(struct marks *marks);

/* Makes a sorted array of the table. */
void marks_sort(struct marks *marks);

/* How often the sorted bins must be joined in pairs until at most `limit` marks have starts and at most twice
   as many are there at all. */
unsigned marks_coarser(const struct marks *marks, size_t limit);

/* Joins 2^coarser sorted bins to one. */
void marks_join(struct marks *marks, unsigned coarser);

/* How many bins are touched, by class, or any number above `limit` when there are more than that. */
uint64_t marks_count(const struct marks *marks);

/* A walk over the touched bins of sorted marks, by bin and then by class. */
struct marks_walk {
	const struct marks *marks;
	size_t next;                  /* the first mark of the bins ahead */
	uint64_t bin;                 /* of the last one */
	unsigned class;               /* the next to look at in it */
	size_t here, end;             /* its marks */
	uint64_t depth[HEAT_CLASSES]; /* intervals that were open when the bin began */
	unsigned open;                /* classes with such */
};

void marks_walk(struct marks_walk *walk, const struct marks *marks);
bool marks_next(struct marks_walk *walk, struct touched *touched);

#endif
