/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Describing places in the contract's terms. */
#include "layout/region.h"

#include "base/size.h"
#include <stdlib.h>
#include <string.h>

#define NO_PLACE UINT32_MAX

/* Hidden volumes have no place in the stack of names. */
static void describe_stack(const struct place *place, struct region *region)
{
	for (unsigned i = 0; i < place->depth; i++) {
		const struct space *space = place->stack[i].space;

		if (space->serves == space || i + 1 == place->depth)
			region->stack[region->depth++] = space->serves;
	}
	/* A hidden volume at the end stands for the one it serves, which may be there already. */
	if (region->depth > 1 && region->stack[region->depth - 1] == region->stack[region->depth - 2])
		region->depth--;
}

static void set_owner(struct region *region, uint32_t owner)
{
	region->owner = owner;
	region->has_owner = owner != 0;
	region->inode = owner != 0 ? fs_number(region->fs, owner) : 0;
	region->has_inode = region->inode != 0;
}

/* Where in its owner a run is whose `arg` is a number of blocks, `into` sectors from its start. */
static void set_offset(struct region *region, uint32_t arg, uint64_t into)
{
	region->has_offset = region->has_owner && kind_has_offset(region->kind) && arg != NO_PLACE;
	if (region->has_offset)
		region->offset = ((uint64_t)arg * region->fs->block_sectors + into) << SECTOR_SHIFT;
}

static void describe_fs(const struct place *place, struct region *region)
{
	const struct fs *fs = place->space->fs;
	const struct extent *extent = place->extent;

	region->fs = fs;
	region->fs_type = fs->type;
	region->has_block = fs_block(fs, place->inner, &region->block);
	region->has_group = fs_group(fs, place->inner, &region->group);
	if (kind_has_owner(region->kind))
		set_owner(region, extent->owner);
	if (region->kind == KIND_INODE_TABLE)
		region->has_inodes = fs_inodes(fs, extent, place->inner, place->count, region->inodes);
	else
		set_offset(region, extent->arg, place->inner - extent->start);
	if (region->kind == KIND_FAT_TABLE)
		region->has_clusters = fs_clusters(fs, extent, place->inner, place->count, region->clusters);
	region->has_level = kind_has(region->kind, KIND_HAS_LEVEL);
	region->level = region->has_level ? extent->arg : 0;
	if (region->kind == KIND_JOURNAL)
		region->has_log = fs_log_block(fs, extent, place->inner, &region->log);
}

bool region_log_home(const struct region *region, struct region *home)
{
	const struct space *space = region->space;
	struct place place = {.depth = 1, .space = space};
	uint64_t end;

	if (!region->has_log || region->log.type != LOG_DATA ||
	    !fs_block_sector(region->fs, region->log.target, &place.inner) || place.inner >= space->sectors)
		return false;
	place.stack[0].space = space;
	place.start = place.inner;
	place.count = region->fs->block_sectors;
	place.extent = extents_find(&space->extents, space->sectors, place.inner, &end);
	/* Block 0 is logged for its superblock, behind the boot block. */
	if (place.extent->kind == KIND_BOOT_BLOCK && end - place.inner < place.count &&
	    end < space->sectors) {
		place.inner = end;
		place.extent = extents_find(&space->extents, space->sectors, place.inner, &end);
	}
	place.kind = (enum kind)place.extent->kind;
	region_describe(region->map, &place, home);
	home->place = NULL;
	return true;
}

/* The store's chunks have one size, which stands in what is said of it. */
static void describe_origin(const struct place *place, struct region *region)
{
	const char *detail = place->space->content.detail;
	uint64_t chunk = strncmp(detail, "chunk ", 6) == 0 ? strtoull(detail + 6, NULL, 10) : 0;

	region->has_origin = chunk > 0;
	region->origin_sector = place->extent->owner * chunk + (place->inner - place->extent->start);
}

void region_describe(const struct map *map, const struct place *place, struct region *region)
{
	const struct space *space = place->space;

	memset(region, 0, sizeof(*region));
	region->map = map;
	region->place = place;
	region->start = place->start;
	region->sectors = place->count;
	region->on_disk = place_is_on_disk(place);
	region->space = space;
	region->device = space->serves;
	region->has_device_start = space->serves == space && place->extent->kind != KIND_CHILD;
	region->device_start = place->inner;
	region->kind = place->kind;
	describe_stack(place, region);
	/* Parity and the like are not what the extent says, but what its segment does with it. */
	if (place->extent->kind == KIND_CHILD)
		return;
	region->flags = place->extent->flags;
	if (fs_holds(space->fs, place->inner))
		describe_fs(place, region);
	else if (kind_has(region->kind, KIND_NAMES_SPACE))
		region->fs_type = space->content.type;
	if (region->kind == KIND_SNAPSHOT_CHUNK)
		describe_origin(place, region);
	region->has_payload = region->kind == KIND_LUKS_PAYLOAD;
	region->payload_sector = place->inner - place->extent->start;
	if (place->past.history != NULL)
		region_date(region);
}

/* Cuts a run to the part around a sector that has the same other owners, as map_find_shared does when it goes
   through the run. */
static void cut_to_shared(const struct map *map, uint64_t sector, struct place *run)
{
	uint64_t end = run->start + run->count, from = run->start;
	struct place part;

	for (unsigned level = 0; level < run->depth; level++) {
		uint64_t at = run->stack[level].start + (sector - run->start), low = 0, high = UINT64_MAX;
		size_t n;

		extents_overlaps(&run->stack[level].space->extents, at, &n, &low, &high);
		if (at - low < sector - from)
			from = sector - (at - low);
	}
	do {
		map_find_shared(map, map_disk(map), from, &part);
		from += part.count;
	} while (from <= sector && from < end);
	*run = part;
}

void region_lookup(const struct map *map, uint64_t sector, struct place *place, struct region *region)
{
	struct place run;
	bool alone;

	map_find(map, sector, place);
	alone = place->kind == KIND_INODE_TABLE || place->kind == KIND_FAT_TABLE ||
		sector >= map_disk(map)->sectors;
	if (alone)
		place->count = 1;
	region_describe(map, place, region);
	if (alone)
		return;
	map_find_run(map, sector, &run);
	cut_to_shared(map, sector, &run);
	region->start = run.start;
	region->sectors = run.count;
	region->device_start = run.inner;
}

/* Another file that owns the region's first sector. */
static struct region block_sharer(const struct region *region, const struct claim *claim)
{
	struct region sharer = *region;

	sharer.kind = (enum kind)claim->kind;
	sharer.flags = claim->flags;
	set_owner(&sharer, claim->owner);
	set_offset(&sharer, claim->arg, region->place->inner - claim->start);
	return sharer;
}

static bool is_same(const struct region *a, const struct region *b)
{
	return a->owner == b->owner && a->kind == b->kind && a->has_offset == b->has_offset &&
	       (!a->has_offset || a->offset == b->offset);
}

/* Files that own the same block of the file system. */
static size_t block_sharers(const struct region *region, struct region *sharers, size_t max)
{
	uint64_t low = 0, high = UINT64_MAX;
	size_t n = 0, noverlaps;
	const struct overlap *overlaps =
	    extents_overlaps(&region->space->extents, region->place->inner, &noverlaps, &low, &high);

	if (noverlaps > MAP_SHARERS_TRIED)
		noverlaps = MAP_SHARERS_TRIED;
	/* All have the same winner, which is the region itself unless that is a sharer. */
	for (size_t i = 0; i <= noverlaps && noverlaps > 0 && n < max; i++) {
		const struct claim *claim = i == 0 ? &overlaps[0].winner : &overlaps[i - 1].loser;

		if (!kind_has_owner((enum kind)claim->kind))
			continue;
		sharers[n] = block_sharer(region, claim);
		n += !is_same(region, &sharers[n]);
	}
	return n;
}

size_t region_sharers(const struct region *region, struct place *places, struct region *sharers, size_t max)
{
	size_t n = region->fs ? block_sharers(region, sharers, max) : 0;
	size_t others = map_find_sharers(region->map, region->place, places, max - n);

	for (size_t i = 0; i < others; i++)
		region_describe(region->map, &places[i], &sharers[n + i]);
	return n + others;
}
