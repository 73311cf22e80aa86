/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking the map for the page. */
#include "viz/tracks.h"

#include <string.h>

#define RUNS_MAX 50000
#define RUNS_UNTOUCHED 8000
#define PAGE_NAMES_MAX 10000

struct walk {
	struct tracks *tracks;
	const struct picture *picture;
	size_t bin; /* the next bin that may lie ahead */
};

void tracks_done(struct tracks *tracks)
{
	names_free(&tracks->names);
	VEC_FREE(&tracks->frames);
	VEC_FREE(&tracks->runs);
}

/* Frames repeat for long stretches, so the last few are the ones to look at. */
static int find_frame(struct tracks *tracks, const struct place *place, uint32_t *index)
{
	struct track_frame frame = {.depth = 0};

	for (unsigned i = 0; i < place->depth; i++) {
		const struct space *space = place->stack[i].space;
		bool hidden = space->serves != space, last = i + 1 == place->depth;

		if ((hidden && !last) || (frame.depth > 0 && frame.stack[frame.depth - 1] == space->serves))
			continue;
		frame.stack[frame.depth] = space->serves;
		frame.delta[frame.depth++] = hidden || (last && place->extent->kind == KIND_CHILD)
						 ? TRACK_NO_DELTA
						 : place->start - place->stack[i].start;
	}
	for (size_t back = 1; back <= 16 && back <= tracks->frames.n; back++) {
		*index = (uint32_t)(tracks->frames.n - back);
		if (memcmp(&tracks->frames.at[*index], &frame, sizeof(frame)) == 0)
			return 0;
	}
	*index = (uint32_t)tracks->frames.n;
	return VEC_PUSH(&tracks->frames, frame);
}

static uint64_t base_of(const struct map *map, const struct place *place)
{
	struct region region;

	region_describe(map, place, &region);
	if (region.has_inodes)
		return region.inodes[0];
	return region.has_offset ? region.offset / 512 + 1 : 0;
}

static int add_run(struct walk *walk, const struct place *place, bool joined)
{
	struct tracks *tracks = walk->tracks;
	struct track_run *last = tracks->runs.n ? &tracks->runs.at[tracks->runs.n - 1] : NULL;
	struct track_run run = {.start = place->start, .joined = joined};

	run.name = names_of(&tracks->names, place);
	if (find_frame(tracks, place, &run.frame) != 0)
		return -1;
	if (!joined) {
		run.base = base_of(walk->picture->map, place);
		run.flags = place->extent->kind == KIND_CHILD ? 0 : place->extent->flags;
	}
	/* A file's next extent that goes on where the last one ended on the disk too is the same run. */
	if (last != NULL && !last->joined && !joined && last->name == run.name && last->frame == run.frame &&
	    last->flags == run.flags &&
	    (run.base == 0 ? last->base == 0
			   : last->base != 0 && run.base - last->base == run.start - last->start &&
				 tracks->names.list.at[run.name].kind != KIND_INODE_TABLE))
		return 0;
	tracks->joined += joined;
	return VEC_PUSH(&tracks->runs, run);
}

/* Whether a bin lies in [start, end). */
static bool is_touched(struct walk *walk, uint64_t start, uint64_t end)
{
	const struct heat *heat = walk->picture->heat;
	uint64_t size = (uint64_t)1 << heat->bin_shift;

	while (walk->bin < heat->bins.n && heat_bin_start(heat, &heat->bins.at[walk->bin]) + size <= start)
		walk->bin++;
	return walk->bin < heat->bins.n && heat_bin_start(heat, &heat->bins.at[walk->bin]) < end;
}

static int walk_disk(struct walk *walk, bool join_touched)
{
	struct tracks *tracks = walk->tracks;
	struct place place;

	for (uint64_t at = 0, step; at < tracks->sectors; at += step) {
		bool joined;

		map_find(walk->picture->map, at, &place);
		step = place.count;
		joined =
		    step < tracks->coarse && (join_touched || !is_touched(walk, at, at + tracks->coarse));
		if (joined)
			step = tracks->coarse;
		if (step > tracks->sectors - at)
			step = tracks->sectors - at;
		if (tracks->runs.n >= RUNS_MAX || add_run(walk, &place, joined) != 0)
			return -1;
	}
	return 0;
}

static uint64_t disk_end(const struct picture *picture)
{
	const struct heat *heat = picture->heat;
	uint64_t size = (uint64_t)1 << heat->bin_shift, sectors = map_disk(picture->map)->sectors;
	uint64_t end = heat->bins.n ? heat_bin_start(heat, &heat->bins.at[heat->bins.n - 1]) + size : 1;

	return sectors > end && sectors < EXTENT_SECTORS_MAX ? sectors : end;
}

int tracks_of(struct tracks *tracks, const struct picture *picture, struct err *err)
{
	uint64_t end = disk_end(picture), coarse = 0;
	bool join_touched = false;

	memset(tracks, 0, sizeof(*tracks));
	/* First every run; when that is too much, untouched ones are joined; then larger and touched ones
	   too. Ends because at last one run is the whole disk. */
	for (;;) {
		struct walk walk = {.tracks = tracks, .picture = picture};

		names_init(&tracks->names, picture->map, DETAIL_ALL);
		tracks->names.limit = PAGE_NAMES_MAX;
		tracks->sectors = end;
		tracks->coarse = coarse;
		if (walk_disk(&walk, join_touched) == 0)
			break;
		if (tracks->names.short_of_memory || tracks->runs.n < RUNS_MAX)
			return err_nomem(err);
		tracks_done(tracks);
		memset(tracks, 0, sizeof(*tracks));
		join_touched = coarse != 0;
		coarse = coarse == 0 ? end / RUNS_UNTOUCHED + 1 : join_touched ? coarse * 2 : coarse;
	}
	names_count(&tracks->names, picture->heat, picture->analysis);
	return tracks->names.short_of_memory ? err_nomem(err) : 0;
}
