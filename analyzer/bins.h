/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accesses that wait in bins, one for each part of the disk, until there are so many that the extents and
   counters which they need are worth bringing into the cache: at random, each access would wait for three
   lines of memory. */
#ifndef ANALYZER_BINS_H
#define ANALYZER_BINS_H

#include "layout/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BINS 256
#define BIN_ROOM 8192

struct usual {
	uint64_t start;
	uint32_t count; /* below USUAL_SECTORS */
	uint8_t op;     /* ACCESS_READ or ACCESS_WRITE */
	bool unaligned;
};

#define USUAL_SECTORS (UINT32_C(1) << 30)

/* The same in 8 bytes. */
struct binned {
	uint32_t start; /* from the first sector of the bin's part */
	uint32_t count : 30;
	uint32_t op : 1;
	uint32_t unaligned : 1;
};

struct bins {
	unsigned shift;    /* a part is 2^shift sectors */
	struct binned *at; /* BIN_ROOM for each bin; NULL where the map is so small that bins do not pay */
	uint32_t n[BINS];
};

/* So many extents do not stay in a cache together with what is counted for them. */
#define BINS_EXTENTS_MIN 65536

/* For a map with at least so many extents; 0, or -1 without memory. */
int bins_init(struct bins *bins, const struct map *map, size_t extents_min);
void bins_free(struct bins *bins);

/* Forgets what waits. */
void bins_clear(struct bins *bins);

static inline struct binned *bins_of(const struct bins *bins, unsigned bin)
{
	return bins->at + (size_t)bin * BIN_ROOM;
}

/* The bin of a sector of the disk. */
static inline unsigned bins_find(const struct bins *bins, uint64_t sector)
{
	return (unsigned)(sector >> bins->shift);
}

/* Whether the bin is full now. */
static inline bool bins_put(struct bins *bins, unsigned bin, const struct usual *usual)
{
	bins_of(bins, bin)[bins->n[bin]++] = (struct binned){
	    .start = (uint32_t)(usual->start - ((uint64_t)bin << bins->shift)),
	    .count = usual->count & (USUAL_SECTORS - 1),
	    .op = usual->op & 1,
	    .unaligned = usual->unaligned,
	};
	return bins->n[bin] == BIN_ROOM;
}

/* Some of a bin, from the first-th on. */
void bins_take(const struct bins *bins, unsigned bin, unsigned first, struct usual *usual, unsigned n);

#endif
