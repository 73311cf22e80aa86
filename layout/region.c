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
		region->has_log = ext_log_block(ext, extent->arg + (uint32_t)(into / block_bytes), &region->log);
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
	region_describe(&place, home);
	return true;
}

void region_describe(const struct place *place, struct region *region)
{
	const struct space *space = place->space;

	memset(region, 0, sizeof(*region));
	region->start = place->start;
	region->sectors = place->count;
	region->space = space;
	region->inner = place->inner;
	region->device = space->serves;
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

void region_lookup(const struct map *map, uint64_t sector, struct region *region)
{
	struct place at, run;
	struct region whole;

	map_find(map, sector, &at);
	if (at.kind == KIND_INODE_TABLE)
		at.count = 1;
	region_describe(&at, region);
	if (at.kind == KIND_INODE_TABLE || sector >= map_disk(map)->sectors) {
		region->sectors = 1;
		return;
	}
	map_find_run(map, sector, &run);
	region_describe(&run, &whole);
	region->start = whole.start;
	region->sectors = whole.sectors;
}

size_t region_sharers(const struct region *region, uint64_t inner, struct claim *sharers, size_t max)
{
	const struct extents *extents = &region->space->extents;
	size_t n = 0;

	for (size_t i = 0; i < extents->overlaps.n && n < max; i++) {
		const struct overlap *overlap = &extents->overlaps.at[i];

		if (inner < overlap->start || inner - overlap->start >= overlap->count)
			continue;
		if (overlap->loser.kind != KIND_CHILD && kind_has_inode((enum kind)overlap->loser.kind))
			sharers[n++] = overlap->loser;
	}
	return n;
}

bool region_path(const struct region *region, char *path, size_t len)
{
	return region->ext != NULL && region->has_inode && !(region->flags & EXTENT_DELETED) &&
	       ext_path(region->ext, region->inode, path, len);
}
