/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A saved map may come from anywhere: what the rest of the program takes for granted of a map that was built
   from a disk is looked at here, once. */
#include "layout/fs.h"
#include "layout/saved/format.h"
#include "layout/segment.h"

static bool is_kind(unsigned kind)
{
	return kind < KIND_COUNT || kind == KIND_CHILD;
}

/* A volume that cannot be followed has no areas. */
static bool saved_segment_is_sound(const struct segment *segment)
{
	return segment->type <= SEGMENT_NONE && segment->nareas <= 65536 &&
	       (segment->nareas == 0 || segment_is_sound(segment));
}

static bool segments_are_sound(const struct space *space)
{
	uint64_t at = 0;

	for (size_t i = 0; i < space->segments.n; i++) {
		const struct segment *segment = &space->segments.at[i];

		if (segment->start < at || segment->start > EXTENT_SECTORS_MAX || segment->count == 0 ||
		    segment->count > EXTENT_SECTORS_MAX || !saved_segment_is_sound(segment))
			return false;
		for (uint32_t area = 0; area < segment->nareas; area++)
			if (segment->areas[area].start > EXTENT_SECTORS_MAX)
				return false;
		at = segment->start + segment->count;
	}
	return true;
}

/* A link leads from an area of one space into a segment of another. */
static bool link_is_sound(const struct link *link)
{
	const struct segment *segment;

	if (link->inner == NULL || link->segment >= link->inner->segments.n)
		return false;
	segment = &link->inner->segments.at[link->segment];
	return link->area < segment->nareas && segment->areas[link->area].space != NULL &&
	       link->outer_start == segment->areas[link->area].start;
}

/* Whether sectors of a space that lead inwards lie in the area that their link names. */
static bool child_is_sound(const struct map *map, const struct space *space, uint32_t owner, uint64_t start,
			   uint64_t count)
{
	const struct link *link;
	const struct segment *segment;
	uint64_t within;

	if (owner >= map->links.n)
		return false;
	link = &map->links.at[owner];
	segment = &link->inner->segments.at[link->segment];
	within = start - link->outer_start;
	return segment->areas[link->area].space == space && start >= link->outer_start &&
	       within < segment_area_sectors(segment) && count <= segment_area_sectors(segment) - within;
}

static bool extents_are_sound(const struct map *map, const struct space *space)
{
	const struct extents *extents = &space->extents;
	uint64_t fs = space->fs != NULL ? space->fs->sectors : 0;

	if (space->sectors == 0 || extents->n == 0)
		return space->sectors == 0 && extents->n == 0;
	if (extents->at[0].start != 0)
		return false;
	for (size_t i = 0; i < extents->n; i++) {
		const struct extent *extent = &extents->at[i];
		uint64_t end = i + 1 < extents->n ? extents->at[i + 1].start : space->sectors;

		if (end <= extent->start || !is_kind(extent->kind) || extent->flags >> EXTENT_FLAGS != 0)
			return false;
		if (extent->kind == KIND_CHILD &&
		    !child_is_sound(map, space, extent->owner, extent->start, end - extent->start))
			return false;
		/* What only a file system has lies in one. */
		if (kind_layer((enum kind)extent->kind) == LAYER_FS && extent->start >= fs)
			return false;
	}
	return true;
}

static bool claim_is_sound(const struct map *map, const struct space *space, const struct claim *claim,
			   const struct overlap *overlap)
{
	if (!is_kind(claim->kind) || claim->flags >> EXTENT_FLAGS != 0)
		return false;
	return claim->kind != KIND_CHILD ||
	       child_is_sound(map, space, claim->owner, overlap->start, overlap->count);
}

/* Two have the same sectors, or none in common. */
static bool overlaps_are_sound(const struct map *map, const struct space *space)
{
	const struct overlap *all = space->extents.overlaps.at;

	for (size_t i = 0; i < space->extents.overlaps.n; i++) {
		const struct overlap *overlap = &all[i];

		if (overlap->start >= space->sectors || overlap->count == 0 ||
		    overlap->count > space->sectors - overlap->start)
			return false;
		if (i > 0 && overlap->start < all[i - 1].start + all[i - 1].count &&
		    (overlap->start != all[i - 1].start || overlap->count != all[i - 1].count))
			return false;
		if (!claim_is_sound(map, space, &overlap->winner, overlap) ||
		    !claim_is_sound(map, space, &overlap->loser, overlap))
			return false;
	}
	return true;
}

/* A type stands in texts as it is. */
static bool is_word(const char *word)
{
	for (; *word != '\0'; word++)
		if (*word <= ' ' || *word > '~' || *word == '\\')
			return false;
	return true;
}

static bool space_is_sound(const struct space *space)
{
	return is_word(space->content.type) && (space->fs == NULL || is_word(space->fs->type)) &&
	       space->name != NULL && space->serves != NULL && space->type <= SPACE_VOLUME &&
	       space->rest < KIND_COUNT && space->depth < MAP_DEPTH_MAX &&
	       (space->parent == NULL || space->parent->depth < space->depth) &&
	       space->sectors <= EXTENT_SECTORS_MAX && space->sector_size <= 65536 &&
	       segments_are_sound(space);
}

static bool fingerprints_are_sound(const struct map *map)
{
	for (size_t i = 0; i < map->saved->fingerprints.n; i++)
		if (map->saved->fingerprints.at[i].space >= map->spaces.n ||
		    map->saved->fingerprints.at[i].len > FINGERPRINT_MAX)
			return false;
	return true;
}

bool saved_is_sound(const struct map *map)
{
	for (size_t i = 0; i < map->spaces.n; i++)
		if (!space_is_sound(map->spaces.at[i]))
			return false;
	for (size_t i = 0; i < map->links.n; i++)
		if (!link_is_sound(&map->links.at[i]))
			return false;
	for (size_t i = 0; i < map->spaces.n; i++)
		if (!extents_are_sound(map, map->spaces.at[i]) || !overlaps_are_sound(map, map->spaces.at[i]))
			return false;
	for (size_t i = 0; i < map->notes.n; i++)
		if (map->notes.at[i].space == NULL)
			return false;
	return map_disk(map)->sectors > 0 && fingerprints_are_sound(map);
}
