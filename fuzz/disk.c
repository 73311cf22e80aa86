/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: bytes as a disk.  So that inputs stay small they hold only sectors with something in them: the
   number of the disk's sectors (32 bits, little-endian), then for each its number (32 bits) and its 512
   bytes. The disk is mapped, every sector gets its name, and every space is followed outwards and back. */
#include "base/bytes.h"
#include "fuzz/target.h"
#include "layout/map.h"
#include "layout/region.h"
#include "reports/region_json.h"
#include "reports/region_text.h"

#include <stdlib.h>
#include <string.h>

#define SECTORS_MAX (1u << 21)
#define RUNS_MAX 20000

static const char *unpack(const uint8_t *data, size_t size)
{
	uint32_t sectors = le32(data) % SECTORS_MAX;

	target_file(NULL, (size_t)sectors * 512);
	for (size_t at = 4; at + 516 <= size; at += 516)
		if (le32(data + at) < sectors)
			target_write((uint64_t)le32(data + at) * 512, data + at + 4, 512);
	return target_path();
}

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text out = {0};
	struct map *map;
	struct err err;

	if (size < 4 || map_open(&map, unpack(data, size), NULL, &err) != 0)
		return 0;
	walk_disk(map, &out);
	for (size_t i = 1; i < map->spaces.n && i < 40; i++)
		walk_space(map, map->spaces.at[i], &out);
	map_close(map);
	text_free(&out);
	return 0;
}
