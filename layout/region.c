/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Describing places in the contract's terms. */
#include "layout/region.h"

#include "base/size.h"
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

static void describe_ext(const struct place *place, struct region *region)
{
	const struct ext *ext = place->space->ext;
	const struct extent *extent = place->extent;
	uint64_t block_bytes = (uint64_t)ext_block_sectors(ext) << SECTOR_SHIFT;
	uint64_t into = (place->inner - extent->start) << SECTOR_SHIFT;

	region->ext = ext;
	region->fs = ext_type(ext);
	region->has_block = true;
	region->block = place->inner / ext_block_sectors(ext);
	region->has_group = ext_group(ext, region->block, &region->group);
	region->has_inode = kind_has_inode(region->kind) && extent->owner != 0;
	region->inode = region->has_inode ? extent->owner : 0;
	if (region->kind == KIND_INODE_TABLE) {
		region->has_inodes = true;
		ext_table_inodes(ext, extent->owner, extent->arg * block_bytes + into,
				 place->count << SECTOR_SHIFT, &region->inodes[0], &region->inodes[1]);
	} else if (region->has_inode && kind_has_offset(region->kind) && extent->arg != NO_PLACE) {
		region->has_offset = true;
		region->offset = extent->arg * block_bytes + into;
	}
	if (region->kind == KIND_JOURNAL)
		region->has_log =
		    ext_log_block(ext, extent->arg + (uint32_t)(into / block_bytes), &region->log);
}

bool region_log_home(const struct region *region, struct region *home)
{
	const struct space *space = region->space;
	struct place place = {.depth = 1, .space = space};
	uint64_t end;

	if (!region->has_log || region->log.type != LOG_DATA ||
	    region->log.target >= ext_sectors(region->ext) / ext_block_sectors(region->ext))
		return false;
	place.stack[0].space = space;
	place.inner = place.start = region->log.target * ext_block_sectors(region->ext);
	place.count = ext_block_sectors(region->ext);
	/* Block 0 is logged for its superblock, behind the boot block. */
	if (place.inner == 0 && place.count > 2)
		place.inner = 2;
	if (place.inner >= space->sectors)
		return false;
	place.extent = extents_find(&space->extents, space->sectors, place.inner, &end);
	place.kind = (enum kind)place.extent->kind;
	region_describe(region->map, &place, home);
	home->place = NULL;
	return true;
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
	if (space->ext != NULL && place->inner < ext_sectors(space->ext))
		describe_ext(place, region);
	else if (region->kind == KIND_OPAQUE || region->kind == KIND_SWAP)
		region->fs = space->content.type;
}

void region_lookup(const struct map *map, uint64_t sector, struct place *place, struct region *region)
{
	struct place run;
	bool alone;

	map_find(map, sector, place);
	alone = place->kind == KIND_INODE_TABLE || sector >= map_disk(map)->sectors;
	if (alone)
		place->count = 1;
	region_describe(map, place, region);
	if (alone)
		return;
	map_find_run(map, sector, &run);
	region->start = run.start;
	region->sectors = run.count;
	region->device_start = run.inner;
}

/* Files that own the same block of the file system. */
static size_t block_sharers(const struct region *region, struct region *sharers, size_t max)
{
	const struct extents *extents = &region->space->extents;
	uint64_t inner = region->place->inner;
	size_t n = 0;

	for (size_t i = 0; i < extents->overlaps.n && extents->overlaps.at[i].start <= inner && n < max;
	     i++) {
		const struct overlap *overlap = &extents->overlaps.at[i];

		if (inner - overlap->start >= overlap->count || overlap->loser.kind == KIND_CHILD ||
		    !kind_has_inode((enum kind)overlap->loser.kind))
			continue;
		sharers[n] = *region;
		sharers[n].kind = (enum kind)overlap->loser.kind;
		sharers[n].flags = overlap->loser.flags;
		sharers[n].has_inode = true;
		sharers[n].has_offset = false;
		sharers[n++].inode = overlap->loser.owner;
	}
	return n;
}

size_t region_sharers(const struct region *region, struct place *places, struct region *sharers, size_t max)
{
	size_t n = region->ext ? block_sharers(region, sharers, max) : 0;
	size_t others = map_find_sharers(region->map, region->place, places, max - n);

	for (size_t i = 0; i < others; i++)
		region_describe(region->map, &places[i], &sharers[n + i]);
	return n + others;
}

bool region_path(const struct region *region, char *path, size_t len)
{
	return region->ext != NULL && region->has_inode && !(region->flags & EXTENT_DELETED) &&
	       ext_path(region->ext, region->inode, path, len);
}
