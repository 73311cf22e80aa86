/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map as a tree for people: spaces, and in each the kinds of region with counts and sizes. */
#ifndef REPORTS_MAP_TREE_H
#define REPORTS_MAP_TREE_H

#include "base/err.h"
#include "base/text.h"
#include "layout/map.h"
#include "reports/map_filter.h"

/* 0, or -1 without memory. */
int map_tree(struct text *out, const struct map *map, const struct map_filter *filter, unsigned width,
	     struct err *err);

#endif
