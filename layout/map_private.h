/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that make a map share. */
#ifndef LAYOUT_MAP_PRIVATE_H
#define LAYOUT_MAP_PRIVATE_H

#include "layout/driver.h"

/* Builds the map of a disk and seals it (map_build.c); 0 or -1. */
int map_build(struct map *map, const char *path, const struct map_options *options, struct err *err);
int map_seal(struct map *map, unsigned threads, struct err *err);

/* Notes overlaps of a sealed space that are faults (map_overlaps.c). */
void map_note_overlaps(struct map *map, const struct space *space);

#endif
