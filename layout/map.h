/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map: every sector of a disk with its one name.

   It is built by drivers (layout/drivers.c), each of which claims what it knows of a space and adds the
   spaces that lie in it.  When nothing new appears it is sealed, and after that it is constant and may be
   shared by threads. */
#ifndef LAYOUT_MAP_H
#define LAYOUT_MAP_H

#include "base/err.h"
#include "base/vec.h"
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
};

/* Of more than NOTES_MAX only the first are kept. */
struct notes {
	struct note *at;
	size_t n, cap, left_out;
	bool short_of_memory;
};

#define MARK_MAX 512

/* Bytes of a space by which a disk is known again. */
struct disk_mark {
	uint32_t space; /* its number */
	uint64_t offset;
	uint32_t len, crc; /* at most MARK_MAX bytes */
};

struct fs_ops;
struct lvm;
struct md;

struct map {
	char *path;
	const char *lvm_metadata;   /* of the options; not owned, NULL when the map is built */
	unsigned threads;           /* of the options, at least 1 */
	VEC(struct space *) spaces; /* [0] is the disk */
	VEC(struct link) links;
	struct notes notes;
	struct lvm *lvm; /* the volume groups while they are put together */
	struct md *md;   /* the arrays while they are put together */
	bool sealed;
	bool keep_links; /* of the options */
	bool no_replay;  /* of the options */
	bool shallow;    /* of the options */
	bool anonymous;  /* names are tokens */

	/* Of a saved map (layout/saved/saved.h): its file in memory, NULL for others; the disk that it is of.
	 */
	const void *saved;
	size_t saved_len;
	char *of;
	VEC(struct disk_mark) marks;
};

struct map_options {
	uint32_t sector_size;     /* the disk's logical sector size in bytes, 0 to find out */
	const char *lvm_metadata; /* a text as vgcfgbackup writes it, or NULL */
	const char *const *with;  /* paths of further disks that volume groups lie on */
	size_t nwith;
	unsigned threads; /* how many may work on it; 0 is one */
	bool keep_links;  /* remember where symbolic links lead, for saving the map */
	bool no_replay;   /* journals are left as they are: file systems as they lie on the disk */
	bool shallow; /* only what there is and what it is called: no structures and files of file systems */
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
	enum kind kind; /* the extent's, or what an area that holds no data is */
	unsigned depth; /* how many of `stack` are used */
	struct {
		const struct space *space;
		uint64_t start; /* where `start` lies in it */
	} stack[MAP_DEPTH_MAX]; /* outermost first, the innermost last */
};

/* Where else a place's sectors belong: the other volumes that share a chunk with the one that `place`
   leads to.  Up to `max` places; how many. */
size_t map_find_sharers(const struct map *map, const struct place *place, struct place *sharers, size_t max);

#define MAP_SHARERS_MAX 256

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

/* Where a sector of a space is read from: a disk and its sector, and how many go on that way; false, for
 *run sectors, where it lies on none. */
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
 * for. */
void map_find_run(const struct map *map, uint64_t sector, struct place *place);

/* --- for drivers --- */

/* Whether one more space may be added; a driver that finds no room notes it and goes on without. */
bool map_has_room(struct map *map, const struct space *space);

/* A new space with that name (copied) in `parent`; NULL, with err set, when there are too many or no memory.
 */
struct space *map_add_space(struct map *map, struct space *parent, const char *name, uint64_t sectors,
			    struct err *err);

/* Adds a segment to an inner space and claims its areas in the outer spaces. */
int map_add_segment(struct map *map, struct space *inner, const struct segment *segment, struct err *err);

/* The usual case: `count` sectors from `start` on of the outer space are the whole inner space. */
int map_add_linear(struct map *map, struct space *inner, struct space *outer, uint64_t start, uint64_t count,
		   struct err *err);

/* Remembers something odd; the text gets the space's name in front.  After many, only their number. */
void map_note(struct map *map, const struct space *space, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a list that a thread keeps for itself, and adding such a list to the map's; it is empty then.
 */
void notes_add(struct notes *notes, const struct space *space, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void map_take_notes(struct map *map, struct notes *notes);
void notes_free(struct notes *notes);

/* A driver looks at a space that nobody has claimed yet.  It says 1 when it is its own (and has claimed
   its parts and added what lies inside), 0 when it is not, -1 when the whole run cannot go on. */
struct layout_driver {
	const char *name;
	const struct fs_ops *fs; /* of the file systems that it makes; NULL for others */
	int (*map)(struct map *map, struct space *space, struct err *err);
	/* When no unprobed space is left: puts together what several spaces hold.  0 or -1. */
	int (*finish)(struct map *map, struct err *err);
	/* Frees what it kept in the map. */
	void (*close)(struct map *map);
};

/* In probing order, NULL at the end. */
extern const struct layout_driver *const layout_drivers[];

#endif
