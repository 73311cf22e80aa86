/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where and when a disk was accessed, for pictures, in memory that does not grow with the trace.

   Two sparse histograms: `bins` over addresses alone, as fine as its limit lets it be (a bin is one sector
   until then), and `tiles` over addresses and time, coarser.  When one is full its bins are joined in
   pairs, so nothing is ever dropped.  The first accesses are also kept as they are; a trace with no more
   than that many is known exactly. */
#ifndef ANALYZER_HEAT_H
#define ANALYZER_HEAT_H

#include "analyzer/counter.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAT_HITS_MAX 65536
#define HEAT_BINS_MAX ((size_t)1 << 18)
#define HEAT_TILES_MAX ((size_t)1 << 16)
#define HEAT_TIME_BITS 10  /* tiles have less than 2^10 time bins */
#define HEAT_PLACE_BITS 12 /* and less than 2^12 address bins */

/* An op that moves data, and whether it was off the unit: op * 2 + unaligned. */
#define HEAT_CLASSES 8

static inline unsigned heat_class(enum access_op op, bool unaligned)
{
	return (unsigned)op * 2 + unaligned;
}

/* key: for bins, bin * HEAT_CLASSES + class; for tiles, that << HEAT_TIME_BITS | time bin. */
struct heat_cell {
	uint64_t key;
	uint64_t requests; /* that start in this bin, so that joined bins add up */
	uint64_t sectors;  /* moved in this bin; 0 is an empty slot while the table is filled */
};

#define HEAT_WAITING 32

struct heat_table {
	struct heat_cell *at; /* a hash table; after heat_finish, n cells sorted by key */
	size_t n, cap;
	/* Cells that go into the table together, so that the memory of all is fetched at once. */
	struct heat_cell waiting[HEAT_WAITING];
	unsigned nwaiting;
};

/* One counted access as it was. */
struct heat_hit {
	struct access access;
	uint64_t when; /* on the time axis */
	bool unaligned;
};

struct heat {
	uint64_t unit_sectors;
	struct heat_table bins, tiles;
	unsigned bin_shift;   /* a bin is 2^shift sectors */
	unsigned place_shift; /* a tile's address bin */
	unsigned time_shift;  /* a tile's time bin: 2^shift of the time axis */
	uint64_t work;        /* updates of bins, to keep large accesses from costing more than they show */
	VEC(struct heat_hit) hits;
	uint64_t accesses; /* counted; more than hits.n when the list is not complete */
	uint64_t flushes;
	bool has_time; /* the time axis is nanoseconds; else the number of the access */
	int64_t first_ns;
	uint64_t last; /* the time axis ends here */
	bool short_of_memory;
};

void heat_init(struct heat *heat, uint64_t unit_sectors);
void heat_done(struct heat *heat);

/* Counts an access. */
void heat_access(struct heat *heat, const struct access *access);

/* Forgets all counts. */
void heat_reset(struct heat *heat);

/* Sorts; after this nothing is counted any more. */
void heat_finish(struct heat *heat);

/* Whether every access is in `hits`. */
static inline bool heat_is_exact(const struct heat *heat)
{
	return heat->hits.n == heat->accesses;
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

static inline uint64_t heat_tile_when(const struct heat *heat, const struct heat_cell *tile)
{
	return (tile->key & ((1u << HEAT_TIME_BITS) - 1)) << heat->time_shift;
}

#endif
