/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What devices could not read while a map was built. */
#ifndef LAYOUT_UNREADABLE_H
#define LAYOUT_UNREADABLE_H

#include "layout/driver.h"

/* Notes each run of such sectors, and claims it, in all spaces that it lies in, where nothing tells more of
   it. */
void map_claim_unreadable(struct map *map);

/* The claims alone, for one space that is sealed before the others. */
void map_claim_unreadable_in(const struct map *map, struct space *space);

/* Whether all disks can still be read: 0, or -1 with the reason. */
int map_check_disks(const struct map *map, struct err *err);

#endif
