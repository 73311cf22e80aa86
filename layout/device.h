/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks, partitions and volumes of a map by what people type (base/device_name.h). */
#ifndef LAYOUT_DEVICE_H
#define LAYOUT_DEVICE_H

#include "base/err.h"
#include "layout/map.h"

/* The space that is meant; NULL with err set when none is there, or several: both are named then. */
const struct space *device_find(const struct map *map, const char *typed, struct err *err);

/* Whether a user may name it: what is hidden, or has no sectors, is not listed. */
static inline bool device_is_visible(const struct space *space)
{
	return space->serves == space && space->sectors > 0;
}

#endif
