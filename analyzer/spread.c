/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following an access outwards to the disk.  Runs of the base that follow one another on the disk too are
   one extent: a disk sees no border there. */
#include "analyzer/spread.h"

#include "analyzer/counter.h"

static bool is_of_disk(const struct spread *spread)
{
	return spread->base == map_disk(spread->map);
}

/* One run: where it lies, and how far it goes. */
static const struct space *run_at(const struct spread *spread, uint64_t at, uint64_t *start, uint64_t *count)
{
	const struct space *on = spread->base;

	if (!map_outward(spread->base, at, &on, start, count))
		*start = at;
	if (*count > spread->end - at)
		*count = spread->end - at;
	return on;
}

/* The extent at spread->next; what is ragged counts for the first one. */
static void take_extent(struct spread *spread)
{
	struct access *extent = &spread->extent;
	bool first = spread->next + spread->whole.count == spread->end;
	uint64_t start, count;

	spread->at = spread->next;
	spread->on = run_at(spread, spread->next, &extent->start, &extent->count);
	for (spread->next += extent->count; spread->next < spread->end; spread->next += count) {
		if (run_at(spread, spread->next, &start, &count) != spread->on ||
		    start != extent->start + extent->count)
			break;
		extent->count += count;
	}
	if (!first)
		extent->flags &= (uint16_t)~ACCESS_RAGGED;
}

/* Looks at all extents before the first is told of. */
static void look_ahead(struct spread *spread, uint64_t unit_sectors)
{
	uint64_t start = spread->next;
	bool off;

	take_extent(spread);
	off = access_is_unaligned(&spread->extent, unit_sectors);
	spread->whole.start = spread->extent.start;
	spread->whole_on = spread->on;
	while (spread->next < spread->end) {
		take_extent(spread);
		off |= access_is_unaligned(&spread->extent, unit_sectors);
	}
	if (off)
		spread->whole.flags |= ACCESS_OFF;
	spread->next = start;
}

void spread_init(struct spread *spread, const struct map *map, const struct space *base,
		 const struct access *access, uint64_t unit_sectors)
{
	spread->map = map;
	spread->base = base;
	spread->whole = spread->extent = *access;
	spread->on = spread->whole_on = map_disk(map);
	spread->next = spread->at = access->start;
	spread->end = access->start + access->count;
	spread->begun = false;
	if (!is_of_disk(spread) && access->count > 0)
		look_ahead(spread, unit_sectors);
}

bool spread_next(struct spread *spread)
{
	bool begun = spread->begun;

	spread->begun = true;
	if (begun && spread->next >= spread->end)
		return false;
	spread->extent = spread->whole;
	if (is_of_disk(spread) || spread->whole.count == 0)
		spread->next = spread->end;
	else
		take_extent(spread);
	return true;
}

bool spread_place(struct spread *spread, struct place *place)
{
	if (spread->at >= spread->next)
		return false;
	if (is_of_disk(spread))
		map_find(spread->map, spread->at, place);
	else
		map_find_in(spread->map, spread->base, spread->at, place);
	if (place->count > spread->next - spread->at)
		place->count = spread->next - spread->at;
	spread->at += place->count;
	return true;
}
