/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map: every sector of a disk with its one name.

   It is built by drivers (layout/driver.h), each of which claims what it knows of a space and adds the
   spaces that lie in it.  When nothing new appears it is sealed, and after that it is constant and may be
   shared by threads. */
#ifndef LAYOUT_MAP_H
#define LAYOUT_MAP_H

#include "base/err.h"
#include "base/vec.h"
#include "layout/disk/image.h"
#include "layout/history.h"
#include "layout/space.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAP_DEPTH_MAX 12
#define MAP_SPACES_MAX 4096
#define NOTES_MAX 200

/* What an extent of KIND_CHILD owns: which part of which inner space lies there. */
struct link {
	struct space *inner;
	uint32_t segment, area;
	uint64_t outer_start; /* where the area starts in the outer space */
};

/* Something odd that was met, with its place in the text. */
struct note {
	const struct space *space;
	char *text;
	bool of_history; /* it matters only to who asks for labels of before */
};

/* Of more than NOTES_MAX only the first are kept. */
struct notes {
	struct note *at;
	size_t n, cap, left_out;
	bool short_of_memory;
};

struct map_build;
struct map_saved;

struct map {
	char *path;
	struct account account;     /* of all that is read and found */
	VEC(struct space *) spaces; /* [0] is the disk */
	VEC(struct link) links;
	struct notes notes;
	bool anonymous;          /* names are tokens */
	struct map_build *build; /* while it is built (layout/driver.h), else NULL */
	struct map_saved *saved; /* what only a saved map has (layout/saved/format.h), else NULL */
};

struct map_options {
	uint32_t sector_size;       /* the disk's logical sector size in bytes, 0 to find out */
	const char *lvm_metadata;   /* a text as vgcfgbackup writes it, or NULL */
	struct image_options image; /* of all disks */
	const char *const *with;    /* paths of further disks that volume groups lie on */
	size_t nwith;
	unsigned threads; /* how many may work on it; 0 is one */
	bool
	    keep_links; /* remember where symbolic links lead, for saving the map, and all that history does */
	bool history;   /* find out what journals tell of the time before */
	bool no_replay; /* journals are left as they are: file systems as they lie on the disk */
	bool shallow; /* only what there is and what it is called: no structures and files of file systems */
	uint64_t max_memory; /* bytes that what is found on the disk may take; 0 is ACCOUNT_MEMORY_DEFAULT */
};

/* Reads the disk's structures, or a saved map; 0, or -1 when the disk itself cannot be read. */
int map_open(struct map **map, const char *path, const struct map_options *options, struct err *err);
void map_close(struct map *map);

/* The map of a disk that nobody has: all sectors unknown. */
int map_unknown(struct map **map, uint64_t sectors, struct err *err);

static inline const struct space *map_disk(const struct map *map)
{
	return map->spaces.at[0];
}

/* One run of sectors with one name. */
struct place {
	uint64_t start, count;     /* on stack[0]: a disk, but for what map_find_in finds on none */
	const struct space *space; /* the innermost space, whose extent names it */
	uint64_t inner;            /* where `start` lies in that space */
	uint64_t reach;            /* sectors from `start` on that lie in the same spaces; 0 where unknown */
	const struct extent *extent;
	enum kind kind;            /* the extent's, or what an area that holds no data is */
	struct place_history past; /* after history_place only: what the label is of */
	unsigned depth;            /* how many of `stack` are used */
	struct {
		const struct space *space;
		uint64_t start; /* where `start` lies in it */
	} stack[MAP_DEPTH_MAX]; /* outermost first, the innermost last */
};

/* Where else a place's sectors belong: the other volumes that share a chunk with the one that `place`
   leads to.  Up to `max` places; how many. */
size_t map_find_sharers(const struct map *map, const struct place *place, struct place *sharers, size_t max);

#define MAP_SHARERS_MAX 256
#define MAP_SHARERS_TRIED 1024 /* among so many: a block may have been given a million owners */

/* map_find on any of the disks, cut to the sectors that have the same other owners as the first one. */
void map_find_shared(const struct map *map, const struct space *disk, uint64_t sector, struct place *place);

/* The run that holds a sector, from that sector on; beyond the disk's end the kind is unknown. */
void map_find(const struct map *map, uint64_t sector, struct place *place);

/* The same for several sectors, at most MAP_FIND_MANY, whose memory is fetched at once. */
#define MAP_FIND_MANY 64
void map_find_many(const struct map *map, const uint64_t *sectors, unsigned n, struct place *places);

/* Fetches the memory that finding these sectors and the paths of their owners will use; at most
   MAP_FIND_MANY. */
void map_expect(const struct map *map, const uint64_t *sectors, unsigned n);

/* What a sector of a space holds, whoever else may have it: the stack leads from the disk through that space.
   What lies on no disk that is here has that space alone below it, and `start` is its own address. */
void map_find_in(const struct map *map, const struct space *space, uint64_t sector, struct place *place);

/* Where a sector of a space is read from: a disk and its sector, and how many go on that way; false, for *run
   sectors, where it lies on none. */
bool map_outward(const struct space *space, uint64_t sector, const struct space **disk, uint64_t *at,
		 uint64_t *run);

/* The disk after that one, in the order in which they were given; NULL after the last. */
const struct space *map_next_disk(const struct map *map, const struct space *disk);

/* Whether a place lies on a disk. */
static inline bool place_is_on_disk(const struct place *place)
{
	return place->stack[0].space->type == SPACE_DISK;
}

/* The space with that name, or NULL. */
const struct space *map_space_named(const struct map *map, const char *name);

/* The same as map_find, but from the run's first sector on, which may lie before the sector that was asked
   for. */
void map_find_run(const struct map *map, uint64_t sector, struct place *place);

#endif
