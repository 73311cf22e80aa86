/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All runs of a map as region objects. */
#include "reports/map_json.h"

#include "layout/region.h"
#include "reports/region_json.h"

bool map_json_next(struct text *out, const struct map *map, const struct map_filter *filter, uint64_t *at)
{
	struct region region;
	struct place place;

	if (*at >= map_disk(map)->sectors)
		return false;
	map_find_shared(map, map_disk(map), *at, &place);
	*at += place.count;
	if (!map_filter_takes(filter, &place))
		return true;
	region_describe(map, &place, &region);
	region_json(out, &region, NULL);
	text_char(out, '\n');
	return true;
}
