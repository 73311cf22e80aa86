/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the sectors of an access lie on their disk: as they stand for a trace of the disk; in one extent or
   several for a trace whose addresses count from the start of a partition or volume (--relative-to). */
#ifndef ANALYZER_ACCESS_WALK_H
#define ANALYZER_ACCESS_WALK_H

#include "layout/map.h"
#include "trace/access.h"

#include <stdbool.h>
#include <stdint.h>

struct access_walk {
	const struct map *map;
	const struct space *base;     /* what the trace's addresses count from */
	struct access whole;          /* with all its sectors, from the first one's place on */
	const struct space *whole_on; /* what `whole.start` lies on, as `on` */
	struct access extent;         /* of access_walk_extent: the next run of sectors on one disk */
	const struct space *on;       /* that disk, or the base where the extent lies on none */
	uint64_t next, at, end;       /* in the base: the next extent, the next place, the end of all */
	bool begun;
};

/* Begins with no extent.  An extent off the unit makes the whole and all its extents ACCESS_OFF. */
void access_walk_init(struct access_walk *walk, const struct map *map, const struct space *base,
		      const struct access *access, uint64_t unit_sectors);

/* Goes on to the next extent, of which a flush has one without sectors; false at the end. */
bool access_walk_extent(struct access_walk *walk);

/* Gives a place the label that it had when it was accessed, where that is known, and cuts it to the sectors
   that have the same. */
void access_date_place(const struct access *access, struct place *place);

/* The next place of the extent, cut to it; false at its end. */
bool access_walk_place(struct access_walk *walk, struct place *place);

/* Whether the extent lies on the disk that the map begins with. */
static inline bool access_walk_is_on_disk(const struct access_walk *walk)
{
	return walk->on == map_disk(walk->map);
}

#endif
