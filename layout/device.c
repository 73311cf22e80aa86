/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A map's names, for base/device_name.c: the visible ones first, then the hidden ones by themselves. */
#include "layout/device.h"

#include "base/device_name.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Which devices there are instead. */
static void say_unknown(const struct map *map, const char *typed, struct err *err)
{
	struct text list = {0};

	for (size_t i = 1; i < map->spaces.n && list.n < 200; i++)
		if (device_is_visible(map->spaces.at[i]))
			text_printf(&list, "%s%s", list.n ? ", " : "", map->spaces.at[i]->name);
	err_set(err, "no device '%.100s' is on it; there %s%s", typed, list.n ? "are: " : "is none",
		list.n && list.at ? list.at : "");
	text_free(&list);
}

/* Looks among the visible spaces, or the others. */
static long find_among(const struct map *map, bool visible, const char *typed, const struct space **spaces,
		       const char **names, size_t meant[2])
{
	size_t n = 0;

	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];

		if (device_is_visible(space) != visible)
			continue;
		spaces[n] = space;
		names[n++] = space->name;
	}
	return device_name_find(typed, names, n, meant);
}

const struct space *device_find(const struct map *map, const char *typed, struct err *err)
{
	const struct space **spaces = calloc(map->spaces.n, sizeof(*spaces));
	const char **names = calloc(map->spaces.n, sizeof(*names));
	const struct space *found = map_space_named(map, typed);
	size_t meant[2];
	long index = -1;

	if (spaces == NULL || names == NULL) {
		err_nomem(err);
	} else if (found == NULL) {
		index = find_among(map, true, typed, spaces, names, meant);
		if (index == -1)
			index = find_among(map, false, typed, spaces, names, meant);
		if (index == -2)
			err_set(err, "'%.100s' may be %s or %s", typed, names[meant[0]], names[meant[1]]);
		else if (index == -1)
			say_unknown(map, typed, err);
		else
			found = spaces[index];
	}
	free(spaces);
	free(names);
	return found;
}
