/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which writes are off the unit, and which layer is to blame: the outermost one whose start is off it;
   the file system's block size when all starts are on it; else the request itself. */
#ifndef ANALYZER_ALIGNMENT_H
#define ANALYZER_ALIGNMENT_H

#include "analyzer/counter.h"
#include "base/vec.h"
#include "layout/map.h"

enum cause { CAUSE_PARTITION, CAUSE_LVM, CAUSE_FS_BLOCK, CAUSE_REQUEST, CAUSES };

const char *cause_name(enum cause cause);

/* Why a place is off the unit, with the numbers that show it. */
struct blame {
	enum cause cause;
	const struct space *space; /* the layer */
	uint64_t start;            /* CAUSE_PARTITION, CAUSE_LVM: a sector of the disk where the layer has its
				      sector `inner` */
	uint64_t inner;
};

struct alignment_device {
	const struct space *device;
	uint64_t writes, unaligned, partial_blocks;
	uint64_t by_cause[CAUSES];
	struct blame blames[CAUSES]; /* the first of each cause */
	uint64_t first[CAUSES];      /* the number of the access that it is of */
	uint64_t seen;               /* the request of the last write that was counted */
	enum cause latest;           /* what that write was blamed on */
	bool is_settled;             /* by an extent that is itself off */
};

struct alignment {
	uint64_t unit_sectors;
	uint64_t number;  /* of the present access in the trace, plus 1 */
	uint64_t request; /* the same, among those that this one has counted */
	bool unaligned;   /* the present access is */
	VEC(struct alignment_device) devices;
	uint32_t *index; /* by space id: index into devices, plus 1 */
	const struct map *map;
	bool short_of_memory;
};

int alignment_init(struct alignment *alignment, const struct map *map, uint64_t unit_sectors);
void alignment_done(struct alignment *alignment);
/* Starts an access, which has that number in the whole trace; its places follow. */
void alignment_access(struct alignment *alignment, const struct access *access, uint64_t number);
void alignment_place(struct alignment *alignment, const struct access *access, const struct place *place);

/* How many writes a space's device has had, NULL before its first: for writes on the unit that are counted
   nowhere else. */
static inline uint64_t *alignment_known_writes(const struct alignment *alignment, const struct space *space)
{
	uint32_t index = alignment->index[space->serves->id];

	return index != 0 ? &alignment->devices.at[index - 1].writes : NULL;
}

void alignment_merge(struct alignment *alignment, const struct alignment *other);
void alignment_reset(struct alignment *alignment);
/* Sorts by device. */
void alignment_finish(struct alignment *alignment);

/* The layer to blame for a place, whether it was accessed or not; CAUSE_REQUEST when none is. */
struct blame alignment_blame(const struct place *place, uint64_t unit_sectors);

#endif
