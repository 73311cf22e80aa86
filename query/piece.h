/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A piece: an access cut to one region; of a flush, and of what has no sectors, the access alone.  It is what
   fields are of.  One thread's; it is used again for the next piece. */
#ifndef QUERY_PIECE_H
#define QUERY_PIECE_H

#include "layout/region.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>

struct piece {
	const struct trace *trace; /* for names of devices and commands; NULL where there is none */
	const struct map *map;
	/* Of the access. */
	const struct access *access; /* its start on the disk, where it has one */
	uint64_t index;
	bool unaligned;
	bool nowhere; /* it begins on no disk: its start says nothing */
	bool has_relative;
	uint64_t relative_start;
	/* Of the piece. */
	const struct place *place; /* cut to the access and dated; NULL for the access alone */
	bool is_described;
	bool has_path, knows_path;
	struct region region;
	char path[FS_PATH_MAX];    /* knows_path, has_path */
	char scratch[FS_PATH_MAX]; /* of the latest field that is neither a number nor stored anywhere */
};

static inline void piece_init(struct piece *piece, const struct trace *trace, const struct map *map)
{
	piece->trace = trace;
	piece->map = map;
	piece->access = NULL;
	piece->place = NULL;
	piece->has_relative = piece->nowhere = false;
}

/* Another access, which the piece points to, as its only piece until a place is given. */
static inline void piece_set_access(struct piece *piece, const struct access *access, uint64_t index,
				    bool unaligned)
{
	piece->access = access;
	piece->index = index;
	piece->unaligned = unaligned;
	piece->place = NULL;
	piece->is_described = piece->knows_path = false;
}

/* Another place of the access, which the piece points to. */
static inline void piece_set_place(struct piece *piece, const struct place *place)
{
	piece->place = place;
	piece->is_described = piece->knows_path = false;
}

/* Its region, described when it is first asked for; NULL for an access alone. */
const struct region *piece_region(struct piece *piece);

/* Its owner's path, put together when it is first asked for; NULL where there is none. */
const char *piece_path(struct piece *piece);

#endif
