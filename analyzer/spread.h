/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the sectors of an access lie on their disk: as they stand for a trace of the disk; in one extent or
   several for a trace whose addresses count from the start of a partition or volume (--relative-to). */
#ifndef ANALYZER_SPREAD_H
#define ANALYZER_SPREAD_H

#include "layout/map.h"
#include "trace/access.h"

#include <stdbool.h>
#include <stdint.h>

struct spread {
	const struct map *map;
	const struct space *base;     /* what the trace's addresses count from */
	struct access whole;          /* with all its sectors, from the first one's place on */
	const struct space *whole_on; /* what `whole.start` lies on, as `on` */
	struct access extent;         /* of spread_next: the next run of sectors on one disk */
	const struct space *on;       /* that disk, or the base where the extent lies on none */
	uint64_t next, at, end;       /* in the base: the next extent, the next place, the end of all */
	bool begun;
};

/* Begins with no extent.  An extent off the unit makes the whole and all its extents ACCESS_OFF. */
void spread_init(struct spread *spread, const struct map *map, const struct space *base,
		 const struct access *access, uint64_t unit_sectors);

/* Goes on to the next extent, of which a flush has one without sectors; false at the end. */
bool spread_next(struct spread *spread);

/* The next place of the extent, cut to it; false at its end. */
bool spread_place(struct spread *spread, struct place *place);

/* Whether the extent lies on the disk that the map begins with. */
static inline bool spread_is_on_disk(const struct spread *spread)
{
	return spread->on == map_disk(spread->map);
}

#endif
