/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz/walk.h"

#include "layout/region.h"
#include "reports/region_json.h"
#include "reports/region_text.h"

#include <stdlib.h>

#define RUNS_MAX 20000

static void describe(const struct map *map, const struct place *place, struct text *out)
{
	struct region region;

	region_describe(map, place, &region);
	region_json(out, &region, NULL);
	region_label(out, &region);
	text_clear(out);
}

/* The map has no gap, and each run is found from its end too. */
static void walk_disk(const struct map *map, struct text *out)
{
	uint64_t sectors = map_disk(map)->sectors, at = 0;
	struct place place, run;

	for (unsigned i = 0; at < sectors && i < RUNS_MAX; i++, at += place.count) {
		map_find(map, at, &place);
		if (place.start != at || place.count == 0 || place.count > sectors - at)
			abort();
		describe(map, &place, out);
		map_find_run(map, at + place.count - 1, &run);
		if (run.start > at + place.count - 1)
			abort();
	}
}

static void walk_space(const struct map *map, const struct space *space, struct text *out)
{
	struct place place;
	uint64_t at = 0;

	for (unsigned i = 0; at < space->sectors && i < RUNS_MAX / 20; i++, at += place.count) {
		map_find_in(map, space, at, &place);
		if (place.count == 0)
			abort();
		describe(map, &place, out);
	}
}

void walk_map(const struct map *map)
{
	struct text out = {0};

	walk_disk(map, &out);
	for (size_t i = 1; i < map->spaces.n && i < 40; i++)
		walk_space(map, map->spaces.at[i], &out);
	text_free(&out);
}
