/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A place of the map in the contract's terms: what map, lookup and dump say of a run of sectors. */
#ifndef LAYOUT_REGION_H
#define LAYOUT_REGION_H

#include "layout/fs.h"
#include "layout/map.h"

struct region {
	const struct map *map;
	const struct place *place;
	uint64_t start, sectors;    /* on the disk */
	bool on_disk;               /* false for what lies nowhere: `start` says nothing then */
	const struct space *space;  /* the innermost space, hidden or not */
	bool has_device_start;      /* not for parity, nor for what only helps the device */
	uint64_t device_start;      /* where `start` lies in the device */
	const struct space *device; /* the visible space whose name it carries */
	enum kind kind;
	uint8_t flags;       /* enum extent_flag */
	const char *fs_type; /* NULL where there is no file system */
	const struct fs *fs; /* NULL where it is in none that is known */
	bool has_block, has_group, has_owner, has_inode, has_offset, has_inodes, has_clusters, has_level;
	uint64_t block, offset; /* of `start`, until region_at_sector says otherwise */
	uint32_t group, owner;
	uint64_t inode;                  /* the owner's number, where it has one */
	uint64_t inodes[2], clusters[2]; /* first and last */
	uint32_t level;                  /* in a tree: 0 for leaves */
	bool
	    has_origin; /* of a snapshot's chunk: where `start` (in a look-up: the sector) was in the origin */
	uint64_t origin_sector;
	bool has_payload; /* of what is encrypted: `start` (in a look-up: the sector) within it */
	uint64_t payload_sector;
	bool has_log;
	struct log_block log; /* of a journal block */

	/* Of a label as of a moment (layout/history.h). */
	bool dated;
	bool has_as_of, has_generation;
	bool ended; /* the owner is no more */
	uint32_t as_of, generation;
	enum history_why why;
	bool has_was; /* what is free now was `was_inode`'s */
	uint64_t was_inode;
	uint32_t was_generation;
	unsigned depth;
	const struct space *stack[MAP_DEPTH_MAX]; /* visible spaces, outermost first */
};

/* The region points to the place, which must outlive it. */
void region_describe(const struct map *map, const struct place *place, struct region *region);

/* The run that holds a sector; block and offset are that sector's.  In an inode table the run is the
   sector itself, so that `inodes` are those that are stored in it. */
void region_lookup(const struct map *map, uint64_t sector, struct place *place, struct region *region);

/* The other owners of the region's first sector: files that share the block, and what other volumes have
   in a chunk that they share.  At most `max`; how many.  They point to `places`. */
size_t region_sharers(const struct region *region, struct place *places, struct region *sharers, size_t max);

/* The home of the copy that a journal block holds, as it is on this disk now; false when it is no copy. */
bool region_log_home(const struct region *region, struct region *home);

/* For region_describe: adds what place->past says. */
void region_date(struct region *region);

/* Other paths that the owner may have had at the moment, in paths[1 ...] behind that of region_path: how many. */
#define REGION_PATHS 9
unsigned region_other_paths(const struct region *region, char paths[REGION_PATHS][FS_PATH_MAX]);

/* The path that the owner has in the image, where it is another one than region_path says. */
bool region_path_now(const struct region *region, char *path, size_t len);

/* The last path of what had the sectors before they were free. */
bool region_was_path(const struct region *region, char *path, size_t len);

/* The owner's absolute path as stored, as of the moment where there is one; false when it has none. */
bool region_path(const struct region *region, char *path, size_t len);

#endif
