/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bits that spare nearly every access a look-up: where labels may change, and which writes say something. */
#include "analyzer/clock.h"

#include "layout/fs.h"
#include "layout/history.h"

#include <stdlib.h>

#define BITS_MAX (UINT64_C(1) << 23)

static int bits_init(struct clock_bits *bits, const struct map *map)
{
	uint64_t sectors = map_disk(map)->sectors;

	*bits = (struct clock_bits){.shift = 3};
	while (sectors >> bits->shift >= BITS_MAX)
		bits->shift++;
	bits->n = (sectors >> bits->shift) + 1;
	bits->at = calloc(1, bits->n / 8 + 1);
	return bits->at == NULL ? -1 : 0;
}

/* Whether each sector of the space lies in one place. */
static bool is_plain(const struct space *space)
{
	for (; space != NULL && space->type != SPACE_DISK; space = space->parent)
		for (size_t i = 0; i < space->segments.n; i++)
			if (space->segments.at[i].type != SEGMENT_LINEAR || space->segments.at[i].nareas != 1)
				return false;
	return true;
}

static void bits_set(struct clock_bits *bits, const struct map *map, const struct space *space, uint64_t at,
		     uint64_t count)
{
	const struct space *disk;
	uint64_t start, run;

	for (uint64_t end = at + count; at < end; at += run) {
		bool here = map_outward(space, at, &disk, &start, &run);

		if (run > end - at)
			run = end - at;
		if (!here || disk != map_disk(map))
			continue;
		/* Of a disk that was cut, file systems reach beyond its end. */
		for (uint64_t bit = start >> bits->shift;
		     bit <= (start + run - 1) >> bits->shift && bit < bits->n; bit++)
			bits->at[bit >> 3] |= (uint8_t)(1u << (bit & 7));
	}
}

static void look_at_written(struct clock *clock, const struct map *map, const struct space *space,
			    const struct clock_log *log)
{
	uint32_t block_sectors = space->fs->block_sectors;

	for (uint64_t block = 0; block < log->blocks; block++)
		if (log->written[block / 8] >> (block % 8) & 1)
			bits_set(&clock->look, map, space, block * block_sectors, block_sectors);
}

/* Whether each sector of each file system with a history lies in one place of the disk. */
bool clock_is_plain(const struct map *map)
{
	for (size_t i = 0; i < map->spaces.n; i++)
		if (clock_has_history(map->spaces.at[i]) && !is_plain(map->spaces.at[i]))
			return false;
	return true;
}

int clock_find_looks(struct clock *clock, const struct map *map)
{
	if (!clock_is_plain(map))
		return 0;
	if (bits_init(&clock->look, map) != 0)
		return -1;
	for (size_t i = 0, log = 0; i < map->spaces.n; i++)
		if (clock_has_history(map->spaces.at[i]))
			look_at_written(clock, map, map->spaces.at[i], &clock->logs.at[log++]);
	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];

		for (size_t run = 0; clock_has_history(space) && run < space->fs->history->runs.n; run++)
			bits_set(&clock->look, map, space, space->fs->history->runs.at[run].start,
				 space->fs->history->runs.at[run].count);
	}
	return 0;
}

/* Where writes are of interest: to logs, and to what is free in the image. */
int clock_find_watched(struct clock_bits *watched, const struct map *map)
{
	if (bits_init(watched, map) != 0)
		return -1;
	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];
		const struct extents *extents = &space->extents;

		for (size_t at = 0; clock_has_history(space) && at < extents->n; at++) {
			uint64_t end = at + 1 < extents->n ? extents->at[at + 1].start : space->sectors;

			if (extents->at[at].kind == KIND_JOURNAL || extents->at[at].kind == KIND_FREE)
				bits_set(watched, map, space, extents->at[at].start,
					 end - extents->at[at].start);
		}
	}
	return 0;
}
