/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding places in a sealed map: from the disk inwards, one look-up a space, until the extent is not
   another space's. */
#include "layout/map.h"

#include "layout/segment.h"

#include <assert.h>

static void push_stack(struct place *place, const struct space *space, uint64_t at)
{
	assert(place->depth < MAP_DEPTH_MAX);
	place->stack[place->depth].space = space;
	place->stack[place->depth].start = at;
	place->depth++;
	place->space = space;
	place->inner = at;
}

/* Where a child extent's sector lies in the inner space.  False when it holds none of its sectors:
   then *kind says what it is. */
static bool step_inward(const struct map *map, const struct extent *extent, uint64_t at, uint64_t *inner,
			uint64_t *run, enum kind *kind)
{
	const struct link *link = &map->links.at[extent->owner];
	const struct segment *segment = &link->inner->segments.at[link->segment];
	enum inward inward = segment_inward(segment, link->area, at - link->outer_start, inner, run);

	*kind = inward == INWARD_PARITY ? KIND_LVM_RAID_PARITY : KIND_LVM_UNUSED;
	*inner += segment->start;
	/* A volume that was left out has no sectors. */
	return inward == INWARD_DATA && *inner < link->inner->sectors;
}

/* Goes on inwards from the innermost space of the stack, narrowing place->count. */
static void walk_inwards(const struct map *map, struct place *place)
{
	const struct space *space = place->space;
	uint64_t at = place->inner, outer_at, end, run, inner = 0;

	for (;;) {
		const struct extent *extent = extents_find(&space->extents, space->sectors, at, &end);
		bool holds_data;

		place->extent = extent;
		place->kind = (enum kind)extent->kind;
		if (end - at < place->count)
			place->count = end - at;
		if (extent->kind != KIND_CHILD)
			return;
		if (place->depth == MAP_DEPTH_MAX) {
			place->kind = KIND_UNKNOWN;
			return;
		}
		holds_data = step_inward(map, extent, at, &inner, &run, &place->kind);
		place->count = run < place->count ? run : place->count;
		space = map->links.at[extent->owner].inner;
		outer_at = at;
		at = inner;
		/* Parity has no address in the volume; the outer one keeps neighbours apart. */
		push_stack(place, space, holds_data ? inner : outer_at);
		if (!holds_data)
			return;
	}
}

void map_find(const struct map *map, uint64_t sector, struct place *place)
{
	static const struct extent nothing = {.kind = KIND_UNKNOWN};
	const struct space *disk = map_disk(map);

	place->start = sector;
	place->depth = 0;
	push_stack(place, disk, sector);
	if (sector >= disk->sectors) {
		place->count = UINT64_MAX - sector;
		place->extent = &nothing;
		place->kind = KIND_UNKNOWN;
		return;
	}
	place->count = disk->sectors - sector;
	walk_inwards(map, place);
}

void map_find_many(const struct map *map, const uint64_t *sectors, unsigned n, struct place *places)
{
	for (unsigned i = 0; i < n; i++)
		map_find(map, sectors[i], &places[i]);
}

/* The place that a claim which lost to `place` at one level leads to. */
static bool find_sharer(const struct map *map, const struct place *place, unsigned level,
			const struct claim *loser, struct place *sharer)
{
	const struct link *link = &map->links.at[loser->owner];
	const struct segment *segment = &link->inner->segments.at[link->segment];
	uint64_t inner = 0, run;

	*sharer = *place;
	sharer->depth = level + 1;
	if (segment_inward(segment, link->area, place->stack[level].start - link->outer_start, &inner,
			   &run) != INWARD_DATA ||
	    inner + segment->start >= link->inner->sectors || sharer->depth == MAP_DEPTH_MAX)
		return false;
	if (run < sharer->count)
		sharer->count = run;
	push_stack(sharer, link->inner, inner + segment->start);
	walk_inwards(map, sharer);
	return true;
}

size_t map_find_sharers(const struct map *map, const struct place *place, struct place *sharers, size_t max)
{
	size_t n = 0;

	for (unsigned level = 0; level < place->depth; level++) {
		const struct extents *extents = &place->stack[level].space->extents;
		uint64_t at = place->stack[level].start;

		for (size_t i = 0; i < extents->overlaps.n && extents->overlaps.at[i].start <= at; i++) {
			const struct overlap *overlap = &extents->overlaps.at[i];

			if (at - overlap->start < overlap->count && overlap->loser.kind == KIND_CHILD &&
			    n < max)
				n += find_sharer(map, place, level, &overlap->loser, &sharers[n]);
		}
	}
	return n;
}

/* How far before `place` its run begins on the disk: by steps back that double until they leave the run,
   then by halving.  A run is what map_find would join: the same extent at the same distance. */
static bool same_run(const struct place *a, const struct place *b)
{
	return a->space == b->space && a->extent == b->extent && a->kind == b->kind && a->depth == b->depth &&
	       b->inner - a->inner == b->start - a->start;
}

void map_find_run(const struct map *map, uint64_t sector, struct place *place)
{
	struct place before;
	uint64_t low, high = sector, step = 1;

	map_find(map, sector, place);
	if (sector >= map_disk(map)->sectors)
		return;
	for (low = sector; low > 0; step *= 2) {
		low = sector > step ? sector - step : 0;
		map_find(map, low, &before);
		if (!same_run(&before, place) || before.start + before.count <= sector)
			break;
		*place = before;
		high = low;
		if (low == 0)
			return;
	}
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		map_find(map, middle, &before);
		if (same_run(&before, place) && before.start + before.count > sector) {
			*place = before;
			high = middle;
		} else {
			low = middle;
		}
	}
}
