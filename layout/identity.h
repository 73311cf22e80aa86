/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By what a space of a map is known (base/identity.h): its own table or contents, and those of all that lies
   in it. */
#ifndef LAYOUT_IDENTITY_H
#define LAYOUT_IDENTITY_H

#include "base/identity.h"
#include "layout/map.h"

/* A map of tokens instead of names has no words. */
void map_identity(const struct map *map, const struct space *space, struct identity *identity);

/* The same from a disk, of which no more is read than that needs; 0 or -1. */
int identity_of_disk(const char *path, struct identity *identity, struct err *err);

#endif
