/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a map to the sections of a saved one. */
#include "layout/saved/format.h"

#include "base/crc.h"
#include "base/size.h"
#include "layout/fs.h"

#include <string.h>

_Static_assert(sizeof(struct extent) == 16, "extents are saved as they are");

static uint32_t space_id(const struct space *space)
{
	return space != NULL ? space->id : SAVED_NONE;
}

static void put_segment(struct text *tree, const struct segment *segment)
{
	pack_u64(tree, segment->start);
	pack_u64(tree, segment->count);
	pack_u8(tree, saved_segment_number(segment->type));
	pack_u32(tree, segment->chunk);
	pack_u32(tree, segment->copies);
	pack_u32(tree, segment->far_copies);
	pack_u32(tree, segment->far_set);
	pack_u64(tree, segment->far_stride);
	pack_u8(tree, segment->far_offset);
	pack_u32(tree, segment->nareas);
	for (uint32_t i = 0; i < segment->nareas; i++) {
		pack_u32(tree, space_id(segment->areas[i].space));
		pack_u64(tree, segment->areas[i].start);
	}
}

static void put_claim(struct text *to, const struct claim *claim)
{
	pack_u64(to, claim->start | (uint64_t)claim->kind << 48 | (uint64_t)claim->flags << 56);
	pack_u64(to, claim->count | (uint64_t)claim->rank << 48);
	pack_u32(to, claim->owner);
	pack_u32(to, claim->arg);
}

static void put_extents(struct saved_out *out, const struct extents *extents)
{
	struct text *tree = &out->sections[SAVED_TREE];
	struct text *to = &out->sections[SAVED_EXTENTS], *overlaps = &out->sections[SAVED_OVERLAPS];

	pack_u64(tree, to->n / sizeof(struct extent));
	pack_u64(tree, extents->n);
	text_add(to, (const char *)extents->at, extents->n * sizeof(*extents->at));
	pack_u64(tree, overlaps->n / SAVED_OVERLAP);
	pack_u64(tree, extents->overlaps.n);
	for (size_t i = 0; i < extents->overlaps.n; i++) {
		put_claim(overlaps, &extents->overlaps.at[i].winner);
		put_claim(overlaps, &extents->overlaps.at[i].loser);
		pack_u64(overlaps, extents->overlaps.at[i].start);
		pack_u64(overlaps, extents->overlaps.at[i].count);
	}
}

static int put_space(struct saved_out *out, const struct space *space, struct err *err)
{
	struct text *tree = &out->sections[SAVED_TREE];

	pack_u8(tree, (uint8_t)space->type);
	pack_u8(tree, space->is_disk);
	pack_u8(tree, (uint8_t)space->rest);
	pack_u32(tree, space_id(space->parent));
	pack_u32(tree, space_id(space->serves));
	pack_u32(tree, space->depth);
	pack_u32(tree, space->sector_size);
	pack_u64(tree, space->sectors);
	pack_str(tree, space->name);
	pack_str(tree, space->about);
	pack_str(tree, space->content.type);
	pack_str(tree, space->content.label);
	pack_str(tree, space->content.uuid);
	pack_str(tree, space->content.detail);
	put_extents(out, &space->extents);
	pack_u32(tree, (uint32_t)space->segments.n);
	for (size_t i = 0; i < space->segments.n; i++)
		put_segment(tree, &space->segments.at[i]);
	pack_str(tree, space->fs != NULL ? space->fs->ops->name : "");
	return space->fs != NULL ? space->fs->ops->save(space->fs, out, err) : 0;
}

static void put_links(struct text *tree, const struct map *map)
{
	pack_u32(tree, (uint32_t)map->links.n);
	for (size_t i = 0; i < map->links.n; i++) {
		const struct link *link = &map->links.at[i];

		pack_u32(tree, link->inner->id);
		pack_u32(tree, link->segment);
		pack_u32(tree, link->area);
		pack_u64(tree, link->outer_start);
	}
}

static void put_notes(struct text *tree, const struct notes *notes)
{
	pack_u64(tree, notes->left_out);
	pack_u32(tree, (uint32_t)notes->n);
	for (size_t i = 0; i < notes->n; i++) {
		pack_u32(tree,
			 space_id(notes->at[i].space) | (notes->at[i].of_history ? SAVED_OF_HISTORY : 0));
		pack_str(tree, notes->at[i].text);
	}
}

static void put_fingerprints(struct text *tree, const struct map *map)
{
	pack_u32(tree, (uint32_t)map->saved->fingerprints.n);
	for (size_t i = 0; i < map->saved->fingerprints.n; i++) {
		pack_u32(tree, map->saved->fingerprints.at[i].space);
		pack_u64(tree, map->saved->fingerprints.at[i].offset);
		pack_u32(tree, map->saved->fingerprints.at[i].len);
		pack_u32(tree, map->saved->fingerprints.at[i].crc);
	}
}

int saved_put_map(struct saved_out *out, const struct map *map, struct err *err)
{
	struct text *tree = &out->sections[SAVED_TREE];

	pack_str(tree, map->saved->of ? map->saved->of : "");
	saved_put_kinds(tree);
	pack_u32(tree, (uint32_t)map->spaces.n);
	for (size_t i = 0; i < map->spaces.n; i++)
		if (put_space(out, map->spaces.at[i], err) != 0)
			return -1;
	put_links(tree, map);
	put_notes(tree, &map->notes);
	put_fingerprints(tree, map);
	return 0;
}
