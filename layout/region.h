/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A place of the map in the contract's terms: what map, lookup and dump say of a run of sectors. */
#ifndef LAYOUT_REGION_H
#define LAYOUT_REGION_H

#include "layout/map.h"

struct region {
	uint64_t start, sectors;    /* on the disk */
	const struct space *device; /* the visible space whose name it carries */
	enum kind kind;
	uint8_t flags;              /* enum extent_flag */
	const char *fs;             /* NULL where there is no file system */
	const struct ext *ext;      /* NULL where it is not in an ext file system */
	bool has_block, has_group, has_inode, has_offset, has_inodes;
	uint64_t block, offset;     /* of `start`, until region_at_sector says otherwise */
	uint32_t group, inode;
	uint32_t inodes[2];         /* first and last */
	unsigned depth;
	const struct space *stack[MAP_DEPTH_MAX]; /* visible spaces, outermost first */
};

void region_describe(const struct place *place, struct region *region);

/* The run that holds a sector; block and offset are that sector's.  In an inode table the run is the
   sector itself, so that `inodes` are those that are stored in it. */
void region_lookup(const struct map *map, uint64_t sector, struct region *region);

/* The owner's absolute path as stored; false when it has none. */
bool region_path(const struct region *region, char *path, size_t len);

#endif
