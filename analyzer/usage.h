/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who was read and written: totals, by region (device and kind), by file (device and inode).

   Sectors are split exactly among the regions of a request, so regions add up to the totals.  A request
   counts once for each region and each file that it touches. */
#ifndef ANALYZER_USAGE_H
#define ANALYZER_USAGE_H

#include "analyzer/counter.h"
#include "analyzer/inodes.h"
#include "base/vec.h"
#include "layout/map.h"

#include <stddef.h>

struct usage_region {
	const struct space *device;
	enum kind kind;
	const char *fs; /* NULL where there is none */
	struct counters counters;
	uint64_t seen; /* serial of the last request that was counted */
};

struct usage_file {
	const struct space *space;
	uint32_t inode;
};

/* Labels as of their moments: pieces of accesses in file systems whose clock is known. */
struct usage_dated {
	uint64_t labels;
	uint64_t uncertain[HISTORY_WHYS]; /* of these, by enum history_why */
	uint32_t first, last; /* transactions that ran; 0 where that cannot be said in two numbers */
};

struct usage {
	const struct map *map;
	uint64_t unit_sectors;
	uint64_t serial; /* of the present request */
	bool unaligned;  /* the present request is */
	struct counters totals;
	struct usage_dated dated;
	VEC(struct usage_region) regions;
	uint32_t *region_index; /* by region key: index into regions, plus 1 */
	struct inodes inodes;
	VEC(struct usage_file) files; /* after usage_finish: those inodes that a directory names */
	bool short_of_memory;
};

/* 0, or -1 without memory. */
int usage_init(struct usage *usage, const struct map *map, uint64_t unit_sectors);
void usage_done(struct usage *usage);

/* Whether a place counts for a file: any block that belongs to an inode does. */
static inline bool usage_is_of_inode(const struct place *place)
{
	return place->space->fs != NULL && place->kind != KIND_CHILD && extent_is_of_inode(place->extent);
}

/* Within an ext file system or beside it, a kind is a region of its own: the leftover of a partition has no
   file system. */
static inline uint64_t usage_region_number(uint64_t device, enum kind kind, bool in_fs)
{
	return (device * KIND_COUNT + kind) * 2 + in_fs;
}

/* The device of such a number. */
static inline uint64_t usage_region_device(uint64_t number)
{
	return number / (KIND_COUNT * 2);
}

static inline uint64_t usage_region_key(const struct space *device, enum kind kind, bool in_fs)
{
	return usage_region_number(device->id, kind, in_fs);
}

/* The type of the file system that a place's region is of, or of what its contents are recognised as; NULL. */
const char *usage_place_fs(const struct place *place);

static inline bool usage_has_fs(enum kind kind, bool in_ext)
{
	return in_ext || kind_has(kind, KIND_NAMES_SPACE);
}

/* The counters of a kind in a space, within its ext file system or not; NULL where it has not been
   counted. */
static inline struct counters *usage_known_region(const struct usage *usage, const struct space *space,
						  enum kind kind, bool in_ext)
{
	uint32_t index =
	    usage->region_index[usage_region_key(space->serves, kind, usage_has_fs(kind, in_ext))];

	return index != 0 ? &usage->regions.at[index - 1].counters : NULL;
}

/* Fetches the memory that counting some places will use. */
void usage_expect(const struct usage *usage, const struct place *places, unsigned n);

/* Counts a request, and after that each of its places. */
/* Of the access that usage_access was told of last, so many sectors are left out by a filter. */
static inline void usage_leave_out(struct usage *usage, const struct access *access, uint64_t sectors)
{
	usage->totals.op[access->op].sectors -= sectors;
}

void usage_access(struct usage *usage, const struct access *access);
void usage_place(struct usage *usage, const struct access *access, const struct place *place);

/* Adds what another usage of the same map has counted. */
void usage_merge(struct usage *usage, const struct usage *other);

/* Where a region stands among all that the map may have. */
uint64_t usage_region_order(const struct usage_region *region);

/* Forgets all counts. */
void usage_reset(struct usage *usage);

/* Sorts: regions by device and kind, files by sectors written and read, most first.  Nothing is counted after
   that. */
void usage_finish(struct usage *usage);

/* What has been counted of a file. */
static inline void usage_counters(const struct usage *usage, const struct usage_file *file,
				  struct counters *counters)
{
	inodes_counters(&usage->inodes, file->space, file->inode, counters);
}

/* Fetches the memory for that. */
static inline void usage_expect_counters(const struct usage *usage, const struct usage_file *file)
{
	inodes_expect(&usage->inodes, file->space, file->inode);
}

#endif
