/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which regions of a map somebody wants to see. */
#include "reports/map_filter.h"

#include <string.h>

int map_filter_check(const struct map_filter *filter, const struct map *map, struct err *err)
{
	if (filter->device == NULL)
		return 0;
	for (size_t i = 0; i < map->spaces.n; i++)
		if (strcmp(map->spaces.at[i]->name, filter->device) == 0)
			return 0;
	return err_set(err, "has no device '%s'; blkmap map lists them", filter->device);
}

bool map_filter_takes(const struct map_filter *filter, const struct place *place)
{
	if (filter->by_kind && !filter->kinds[place->kind])
		return false;
	if (filter->device != NULL && strcmp(space_name(place->space), filter->device) != 0)
		return false;
	return filter->fs == NULL || (place->space->fs == filter->fs && kind_has_owner(place->kind) &&
				      place->extent->owner == filter->owner);
}

bool map_filter_takes_region(const struct map_filter *filter, const struct region *region)
{
	if (filter->by_kind && !filter->kinds[region->kind])
		return false;
	if (filter->device != NULL && strcmp(region->device->name, filter->device) != 0)
		return false;
	return filter->fs == NULL ||
	       (region->fs == filter->fs && region->has_owner && region->owner == filter->owner);
}
