/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the targets for disks and for saved maps do with a map: every sector gets its name, and every space is
   followed outwards and back. */
#ifndef FUZZ_WALK_H
#define FUZZ_WALK_H

#include "layout/map.h"

void walk_map(const struct map *map);

#endif
