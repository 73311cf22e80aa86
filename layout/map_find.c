/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding places in a sealed map: from the disk inwards, one look-up a space, until the extent is not
   another space's. */
#include "layout/map.h"

#include "layout/fs.h"
#include "layout/segment.h"

#include <assert.h>
#include <string.h>

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
static bool step_inward(const struct map *map, const struct space *outer, const struct extent *extent,
			uint64_t at, uint64_t *inner, uint64_t *run, enum kind *kind)
{
	const struct link *link = &map->links.at[extent->owner];
	const struct segment *segment = &link->inner->segments.at[link->segment];
	enum inward inward = segment_inward(segment, link->area, at - link->outer_start, inner, run);

	*kind = inward == INWARD_PARITY ? KIND_LVM_RAID_PARITY : KIND_LVM_UNUSED;
	if (outer->rest == KIND_MD_UNUSED)
		*kind = inward == INWARD_PARITY ? KIND_MD_PARITY : KIND_MD_UNUSED;
	*inner += segment->start;
	/* A volume that was left out has no sectors. */
	return inward == INWARD_DATA && *inner < link->inner->sectors;
}

/* One step inwards from the innermost space of the stack, narrowing place->count; whether there is
   another. */
static inline bool step(const struct map *map, struct place *place)
{
	const struct space *space = place->space;
	uint64_t at = place->inner, end, run, inner = 0;
	const struct extent *extent = extents_find(&space->extents, space->sectors, at, &end);
	bool holds_data;

	place->extent = extent;
	place->kind = (enum kind)extent->kind;
	place->reach = place->count;
	if (end - at < place->count)
		place->count = end - at;
	if (extent->kind != KIND_CHILD)
		return false;
	if (place->depth == MAP_DEPTH_MAX) {
		place->kind = KIND_UNKNOWN;
		return false;
	}
	holds_data = step_inward(map, space, extent, at, &inner, &run, &place->kind);
	place->count = run < place->count ? run : place->count;
	/* Parity has no address in the volume; the outer one keeps neighbours apart. */
	push_stack(place, map->links.at[extent->owner].inner, holds_data ? inner : at);
	return holds_data;
}

static void walk_inwards(const struct map *map, struct place *place)
{
	while (step(map, place))
		;
}

/* Readies the sector at the end of the stack, at most `count` of which go on, for the first step; whether
   there is one. */
static bool start_walk(struct place *place, uint64_t count)
{
	static const struct extent nothing = {.kind = KIND_UNKNOWN};
	uint64_t sectors = place->space->sectors, at = place->inner;
	uint64_t rest = at < sectors ? sectors - at : UINT64_MAX - at;

	place->start = place->stack[0].start;
	place->count = count < rest ? count : rest;
	place->reach = 0;
	place->extent = &nothing;
	place->kind = KIND_UNKNOWN;
	place->past = (struct place_history){0};
	return at < sectors;
}

static bool start_on_disk(const struct space *disk, uint64_t sector, struct place *place)
{
	place->depth = 0;
	push_stack(place, disk, sector);
	return start_walk(place, UINT64_MAX);
}

static void find_on_disk(const struct map *map, const struct space *disk, uint64_t sector,
			 struct place *place)
{
	if (start_on_disk(disk, sector, place))
		walk_inwards(map, place);
}

void map_find(const struct map *map, uint64_t sector, struct place *place)
{
	find_on_disk(map, map_disk(map), sector, place);
}

/* Each goes on to the first space of so many extents that looking into it waits for memory. */
void map_find_many(const struct map *map, const uint64_t *sectors, unsigned n, struct place *places)
{
	struct place *waiting[MAP_FIND_MANY];
	unsigned left = 0;

	assert(n <= MAP_FIND_MANY);
	for (unsigned i = 0; i < n; i++) {
		struct place *place = &places[i];
		bool more = start_on_disk(map_disk(map), sectors[i], place);

		while (more && place->space->extents.index == NULL)
			more = step(map, place);
		if (!more)
			continue;
		extents_expect_bucket(&place->space->extents, place->inner);
		waiting[left++] = place;
	}
	for (unsigned i = 0; i < left; i++)
		extents_expect_extent(&waiting[i]->space->extents, waiting[i]->inner);
	for (unsigned i = 0; i < left; i++)
		walk_inwards(map, waiting[i]);
}

void map_expect(const struct map *map, const uint64_t *sectors, unsigned n)
{
	struct place places[MAP_FIND_MANY];

	map_find_many(map, sectors, n, places);
	for (unsigned fetch = 0; fetch < 2; fetch++)
		for (unsigned i = 0; i < n; i++)
			if (places[i].space->fs != NULL && kind_has_owner(places[i].kind))
				fs_expect_path(places[i].space->fs, places[i].extent->owner, fetch);
}

/* The spaces that lead from a sector outwards to a disk, innermost first. */
struct chain {
	unsigned n;
	struct {
		const struct space *space;
		uint64_t start;
	} at[MAP_DEPTH_MAX];
	uint64_t run;
};

static bool chain_outward(struct chain *chain, const struct space *space, uint64_t sector)
{
	chain->run = UINT64_MAX;
	for (chain->n = 0; chain->n < MAP_DEPTH_MAX;) {
		const struct area *area;
		uint64_t at, run;

		chain->at[chain->n].space = space;
		chain->at[chain->n++].start = sector;
		if (space->type == SPACE_DISK)
			return true;
		if (!space_outward(space, sector, &area, &at, &run)) {
			chain->run = run < chain->run ? run : chain->run;
			return false;
		}
		chain->run = run < chain->run ? run : chain->run;
		space = area->space;
		sector = area->start + at;
	}
	return false;
}

void map_find_in(const struct map *map, const struct space *space, uint64_t sector, struct place *place)
{
	struct chain chain;

	place->depth = 0;
	if (chain_outward(&chain, space, sector))
		for (unsigned i = chain.n; i-- > 1;)
			push_stack(place, chain.at[i].space, chain.at[i].start);
	push_stack(place, space, sector);
	if (start_walk(place, chain.run))
		walk_inwards(map, place);
}

bool map_outward(const struct space *space, uint64_t sector, const struct space **disk, uint64_t *at,
		 uint64_t *run)
{
	struct chain chain;
	bool found = chain_outward(&chain, space, sector);

	*run = chain.run;
	if (!found)
		return false;
	*disk = chain.at[chain.n - 1].space;
	*at = chain.at[chain.n - 1].start;
	return true;
}

const struct space *map_space_named(const struct map *map, const char *name)
{
	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];

		if (space->sectors > 0 && strcmp(space->name, name) == 0)
			return space;
	}
	return NULL;
}

const struct space *map_next_disk(const struct map *map, const struct space *disk)
{
	for (size_t i = disk->id + 1; i < map->spaces.n; i++)
		if (map->spaces.at[i]->type == SPACE_DISK)
			return map->spaces.at[i];
	return NULL;
}

/* The place that another claim of the sectors of `place` at one level leads to. */
static bool find_sharer(const struct map *map, const struct place *place, unsigned level,
			const struct claim *other, struct place *sharer)
{
	const struct link *link = &map->links.at[other->owner];
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

/* Of the two claims of an overlap, the one that `place` was not found by; NULL when that is no volume's. */
static const struct claim *other_claim(const struct map *map, const struct place *place, unsigned level,
				       const struct overlap *overlap)
{
	const struct claim *other = &overlap->loser;

	if (other->kind == KIND_CHILD && level + 1 < place->depth &&
	    map->links.at[other->owner].inner == place->stack[level + 1].space)
		other = &overlap->winner;
	return other->kind == KIND_CHILD ? other : NULL;
}

size_t map_find_sharers(const struct map *map, const struct place *place, struct place *sharers, size_t max)
{
	size_t n = 0;

	for (unsigned level = 0; level < place->depth; level++) {
		const struct extents *extents = &place->stack[level].space->extents;
		uint64_t low = 0, high = UINT64_MAX;
		size_t noverlaps;
		const struct overlap *overlaps =
		    extents_overlaps(extents, place->stack[level].start, &noverlaps, &low, &high);

		/* Files may share a block by the million, but volumes do not lie in what files share. */
		if (place->stack[level].space->fs != NULL)
			continue;
		if (noverlaps > MAP_SHARERS_TRIED)
			noverlaps = MAP_SHARERS_TRIED;
		for (size_t i = 0; i < noverlaps && n < max; i++) {
			const struct claim *other = other_claim(map, place, level, &overlaps[i]);

			if (other != NULL)
				n += find_sharer(map, place, level, other, &sharers[n]);
		}
	}
	return n;
}

void map_find_shared(const struct map *map, const struct space *disk, uint64_t sector, struct place *place)
{
	struct place sharers[MAP_SHARERS_MAX];
	size_t n;

	find_on_disk(map, disk, sector, place);
	for (unsigned level = 0; level < place->depth; level++) {
		uint64_t at = place->stack[level].start, low = 0, high = UINT64_MAX;

		extents_overlaps(&place->stack[level].space->extents, at, &n, &low, &high);
		if (high - at < place->count)
			place->count = high - at;
	}
	n = map_find_sharers(map, place, sharers, MAP_SHARERS_MAX);
	for (size_t i = 0; i < n; i++)
		if (sharers[i].count < place->count)
			place->count = sharers[i].count;
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
