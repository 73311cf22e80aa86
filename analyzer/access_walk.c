/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following an access outwards to the disk.  Runs of the base that follow one another on the disk too are
   one extent: a disk sees no border there. */
#include "analyzer/access_walk.h"

#include "analyzer/counter.h"

static bool is_of_disk(const struct access_walk *walk)
{
	return walk->base == map_disk(walk->map);
}

/* One run: where it lies, and how far it goes. */
static const struct space *run_at(const struct access_walk *walk, uint64_t at, uint64_t *start,
				  uint64_t *count)
{
	const struct space *on = walk->base;

	if (!map_outward(walk->base, at, &on, start, count))
		*start = at;
	if (*count > walk->end - at)
		*count = walk->end - at;
	return on;
}

/* The extent at walk->next; what is ragged counts for the first one. */
static void take_extent(struct access_walk *walk)
{
	struct access *extent = &walk->extent;
	bool first = walk->next + walk->whole.count == walk->end;
	uint64_t start, count;

	walk->at = walk->next;
	walk->on = run_at(walk, walk->next, &extent->start, &extent->count);
	for (walk->next += extent->count; walk->next < walk->end; walk->next += count) {
		if (run_at(walk, walk->next, &start, &count) != walk->on ||
		    start != extent->start + extent->count)
			break;
		extent->count += count;
	}
	if (!first)
		extent->flags &= (uint16_t)~ACCESS_RAGGED;
}

/* Looks at all extents before the first is told of. */
static void look_ahead(struct access_walk *walk, uint64_t unit_sectors)
{
	uint64_t start = walk->next;
	bool off;

	take_extent(walk);
	off = access_is_unaligned(&walk->extent, unit_sectors);
	walk->whole.start = walk->extent.start;
	walk->whole_on = walk->on;
	while (walk->next < walk->end) {
		take_extent(walk);
		off |= access_is_unaligned(&walk->extent, unit_sectors);
	}
	if (off)
		walk->whole.flags |= ACCESS_OFF;
	walk->next = start;
}

void access_walk_init(struct access_walk *walk, const struct map *map, const struct space *base,
		      const struct access *access, uint64_t unit_sectors)
{
	walk->map = map;
	walk->base = base;
	walk->whole = walk->extent = *access;
	walk->on = walk->whole_on = map_disk(map);
	walk->next = walk->at = access->start;
	walk->end = access->start + access->count;
	walk->begun = false;
	if (!is_of_disk(walk) && access->count > 0)
		look_ahead(walk, unit_sectors);
}

bool access_walk_extent(struct access_walk *walk)
{
	bool begun = walk->begun;

	walk->begun = true;
	if (begun && walk->next >= walk->end)
		return false;
	walk->extent = walk->whole;
	if (is_of_disk(walk) || walk->whole.count == 0)
		walk->next = walk->end;
	else
		take_extent(walk);
	return true;
}

static enum history_use use_of(const struct access *access)
{
	if (access->op == ACCESS_DISCARD)
		return HISTORY_DISCARDS;
	return access->op == ACCESS_WRITE || access->op == ACCESS_ZERO ? HISTORY_WRITES : HISTORY_READS;
}

void access_date_place(const struct access *access, struct place *place)
{
	history_place(place, access->moment, use_of(access));
}

bool access_walk_place(struct access_walk *walk, struct place *place)
{
	if (walk->at >= walk->next)
		return false;
	if (is_of_disk(walk))
		map_find(walk->map, walk->at, place);
	else
		map_find_in(walk->map, walk->base, walk->at, place);
	if (place->count > walk->next - walk->at)
		place->count = walk->next - walk->at;
	access_date_place(&walk->whole, place);
	walk->at += place->count;
	return true;
}
