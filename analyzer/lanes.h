/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lanes: sectors of the disk that lie in order in one space, all with the same spaces around it.  A trace is
   mostly in a few, so remembering them spares the walk inwards from the disk for nearly every access. */
#ifndef ANALYZER_LANES_H
#define ANALYZER_LANES_H

#include "layout/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LANES 256

struct lane {
	uint64_t start, end; /* sectors of the disk; none where they are equal */
	uint64_t inner;      /* where `start` lies in the space */
	const struct space *space;
	bool in_ext; /* within the file system of the space */
};

/* One for each of as many equal parts of the disk: the latest that was met there. */
struct lanes {
	unsigned shift;
	struct lane at[LANES];
};

void lanes_init(struct lanes *lanes, uint64_t disk_sectors);

/* Remembers the lane of a place as map_find gives it. */
void lanes_learn(struct lanes *lanes, const struct place *place);

/* The lane that holds these sectors, or NULL when it is not known. */
static inline const struct lane *lanes_find(const struct lanes *lanes, uint64_t start, uint64_t count)
{
	uint64_t part = start >> lanes->shift;
	const struct lane *lane = &lanes->at[part % LANES];

	return start >= lane->start && start < lane->end && count <= lane->end - start ? lane : NULL;
}

#endif
