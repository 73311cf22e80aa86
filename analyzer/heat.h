/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where and when a disk was accessed, for pictures, in memory that does not grow with the trace.

   Two sparse histograms: `bins` over addresses alone, as fine as its limit lets it be (a bin is one sector
   until then), and `tiles` over addresses and time, coarser.  When one is full its bins are joined in
   pairs, so nothing is ever dropped.  The first accesses are also kept as they are; a trace with no more
   than that many is known exactly.

   What heat_finish leaves depends only on which accesses have been counted with which serials: not on their
   order, nor on how they were dealt out among heats that were then merged. */
#ifndef ANALYZER_HEAT_H
#define ANALYZER_HEAT_H

#include "analyzer/counter.h"
#include "analyzer/bounds.h"
#include "analyzer/tiles.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAT_KEPT_MAX 65536
#define HEAT_BINS_MAX ((size_t)1 << 16)
#define HEAT_PLACES_MAX 1024 /* address bins of a class that tiles touch at any time */
#define HEAT_TIME_BITS 8     /* tiles have at most 2^8 time bins */
#define HEAT_CLOCKS 256

static inline unsigned heat_class(enum access_op op, bool unaligned)
{
	return (unsigned)op * 2 + unaligned;
}

/* key: for bins, bin * HEAT_CLASSES + class; for tiles, that << HEAT_TIME_BITS | time bin. */
struct heat_cell {
	uint64_t key;
	uint64_t requests; /* that start in this bin, so that joined bins add up */
	uint64_t sectors;  /* moved in this bin */
};

/* Sorted by key; empty before heat_finish. */
struct heat_table {
	struct heat_cell *at;
	size_t n, cap;
};

/* One counted access as it was. */
struct heat_kept {
	struct access access;
	uint64_t serial;
	uint64_t when; /* on the time axis, after heat_finish */
	bool unaligned;
};

struct heat {
	uint64_t unit_sectors;
	bool only_places;           /* nobody will ask for tiles: set behind heat_init */
	VEC(struct heat_kept) kept; /* the first HEAT_KEPT_MAX; in order after heat_finish */
	uint64_t accesses;          /* counted; more than kept.n when the list is not complete */
	uint64_t flushes;
	bool short_of_memory;

	/* From heat_finish. */
	struct heat_table bins, tiles;
	unsigned bin_shift;   /* a bin is 2^shift sectors */
	unsigned place_shift; /* a tile's address bin */
	unsigned time_shift;  /* a tile's time bin: 2^shift of the time axis */
	uint64_t time_skew;   /* how long before the time axis begins the first time bin does */
	bool has_time;        /* the time axis is nanoseconds; else the number of the access */
	int64_t first_ns;     /* where it begins */
	uint64_t last;        /* where it ends, from its beginning */

	/* Until then. */
	struct bounds bounds;
	struct tiles timed, untimed; /* by time and, for accesses without one, by serial */
	uint64_t last_serial;
	uint64_t first_time, last_time; /* see time_of in heat.c */
	/* The earliest time among the accesses with serial >> clock_shift, to put the untimed among the
	   timed. */
	uint64_t clock[HEAT_CLOCKS];
	unsigned clock_shift;
	struct interval waiting[BOUNDS_BATCH]; /* counted together, so that their memory is fetched at once */
	size_t nwaiting;
};

void heat_init(struct heat *heat, uint64_t unit_sectors);
void heat_done(struct heat *heat);

/* Counts an access, the serial-th (from 0) that is counted of the trace.  The extents of an access that lies
   in several share its serial. */
void heat_access(struct heat *heat, const struct access *access, uint64_t serial);

/* Counts n of them, the first with that serial. */
void heat_accesses(struct heat *heat, const struct access *const *accesses, unsigned n, uint64_t serial);

/* Adds what `from` has counted and leaves it empty. */
void heat_merge(struct heat *into, struct heat *from);

/* Forgets all counts. */
void heat_reset(struct heat *heat);

/* Works the histograms out; after this nothing is counted or merged any more. */
void heat_finish(struct heat *heat);

/* Whether every access is in `kept`. */
static inline bool heat_is_exact(const struct heat *heat)
{
	return heat->kept.n == heat->accesses;
}

static inline unsigned heat_cell_class(const struct heat_cell *bin)
{
	return bin->key % HEAT_CLASSES;
}

static inline uint64_t heat_bin_start(const struct heat *heat, const struct heat_cell *bin)
{
	return (bin->key / HEAT_CLASSES) << heat->bin_shift;
}

static inline uint64_t heat_tile_start(const struct heat *heat, const struct heat_cell *tile)
{
	return (tile->key >> HEAT_TIME_BITS) / HEAT_CLASSES << heat->place_shift;
}

static inline unsigned heat_tile_class(const struct heat_cell *tile)
{
	return (tile->key >> HEAT_TIME_BITS) % HEAT_CLASSES;
}

/* Where its time bin begins; the first one where the axis does. */
static inline uint64_t heat_tile_when(const struct heat *heat, const struct heat_cell *tile)
{
	uint64_t time = (tile->key & ((1u << HEAT_TIME_BITS) - 1)) << heat->time_shift;

	return time > heat->time_skew ? time - heat->time_skew : 0;
}

/* Time bins from the first to the last. */
static inline unsigned heat_time_bins(const struct heat *heat)
{
	return (unsigned)((heat->last + heat->time_skew) >> heat->time_shift) + 1;
}

#endif
