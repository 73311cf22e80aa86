/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All runs of a map as region objects, one a line. */
#ifndef REPORTS_MAP_JSON_H
#define REPORTS_MAP_JSON_H

#include "base/text.h"
#include "layout/map.h"
#include "reports/map_filter.h"

#include <stdbool.h>
#include <stdint.h>

/* Appends the line of the run that starts at *at, if the filter takes it, and moves on to the next one;
   false at the end. */
bool map_json_next(struct text *out, const struct map *map, const struct map_filter *filter, uint64_t *at);

#endif
