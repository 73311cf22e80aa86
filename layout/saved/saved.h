/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps in files: docs/saved-map.md describes the format.  A saved map is used from a copy of the file in
   memory, and does all that one of a disk does but for reading the disk. */
#ifndef LAYOUT_SAVED_SAVED_H
#define LAYOUT_SAVED_SAVED_H

#include "base/outfile.h"
#include "layout/map.h"

/* Whether a file begins as a saved map does. */
bool saved_is(const char *path);

/* Whether a map is one that was opened from a file, and the disk that it is of; NULL where that is not
   known. */
bool saved_is_map(const struct map *map);
const char *saved_of(const struct map *map);

/* Frees what a saved map has, for map_close. */
void saved_free(struct map *map);

/* Opens one; what is damaged is refused. */
int saved_open(struct map **map, const char *path, struct err *err);

/* Saves a map that was opened with map_options.keep_links. */
int saved_write(struct map *map, const char *path, const struct outfile_options *output, struct err *err);

/* Replaces all that could name a user's things by tokens, the same name by the same token: file names, links'
   targets, volumes, labels and UUIDs.  Notes, and what says which disk it was, are taken away. */
int saved_anonymize(struct map *map, struct err *err);

/* Whether a disk is the one that a saved map is of: 0, or -1 with what differs. */
int saved_compare(struct map *map, const char *disk, const struct image_options *options, struct err *err);

#endif
