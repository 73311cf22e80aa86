/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Map files of GNU ddrescue ("Mapfile structure" in its manual): what it has got of a failing disk, and what
   not. A line "POSITION STATUS [PASS]" says where ddrescue is, then each block has "POSITION SIZE STATUS". */
#ifndef CLI_RESCUE_H
#define CLI_RESCUE_H

#include "base/err.h"
#include "base/vec.h"

#include <stdint.h>

enum rescue { RESCUE_BAD, RESCUE_UNTRIED, RESCUE_UNTRIMMED, RESCUE_UNSCRAPED, RESCUE_STATES };

/* "bad", "untried", "untrimmed", "unscraped"; and in words. */
const char *rescue_name(enum rescue state);
const char *rescue_words(enum rescue state);

struct rescue_area {
	uint64_t from, bytes;
	enum rescue state;
};

/* What is not rescued; starts zeroed, VEC_FREE. */
struct rescue_map {
	VEC(struct rescue_area) areas;
};

/* 0, or -1 when it cannot be read or is no such file. */
int rescue_read(struct rescue_map *map, const char *path, struct err *err);

#endif
