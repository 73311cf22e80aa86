/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables of other systems inside the partitions of an MBR. */
#ifndef LAYOUT_TABLES_FOREIGN_H
#define LAYOUT_TABLES_FOREIGN_H

#include "layout/driver.h"

/* Adds the partitions of tables that lie in those partitions of the space that start at these sectors: 0 or -1. */
int foreign_add_nested(struct map *map, struct space *space, const uint64_t *starts, size_t n,
		       struct err *err);

#endif
