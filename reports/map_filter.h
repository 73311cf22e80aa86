/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which regions of a map somebody wants to see. */
#ifndef REPORTS_MAP_FILTER_H
#define REPORTS_MAP_FILTER_H

#include "base/err.h"
#include "layout/map.h"
#include "layout/region.h"

#include <stdbool.h>
#include <stdint.h>

struct map_filter {
	bool by_kind;
	bool kinds[KIND_COUNT];
	bool segments;       /* the tree lists those of volumes */
	const char *device;  /* NULL for all */
	const struct fs *fs; /* whose `owner` has them; NULL for all */
	uint32_t owner;
};

/* -1 when the map has no such device. */
int map_filter_check(const struct map_filter *filter, const struct map *map, struct err *err);

bool map_filter_takes(const struct map_filter *filter, const struct place *place);
bool map_filter_takes_region(const struct map_filter *filter, const struct region *region);

#endif
