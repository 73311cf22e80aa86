/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map, which is made from inodes, held against what the groups themselves say: the two trees of free
   blocks and, where there is one, that of owners.  What does not agree is noted, a line for each group and
   kind of fault. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/size.h"

#include <inttypes.h>
#include <stdlib.h>

/* Owners that are no inodes. */
#define OWN_FS (-3)
#define OWN_LOG (-4)
#define OWN_AG (-5)
#define OWN_INOBT (-6)
#define OWN_INODES (-7)
#define OWN_REFCOUNT (-8)
#define OWN_COW (-9)

struct fault {
	uint64_t blocks, first;
};

struct check {
	struct xfs *xfs;
	uint32_t agno;
	uint64_t free, free_by_size, sum, sum_by_size; /* blocks, and of starts times counts */
	struct fault not_free, not_owned;
	uint64_t steps; /* that may still be made */
};

static void add_fault(struct fault *fault, uint64_t first, uint64_t blocks)
{
	if (fault->blocks == 0)
		fault->first = first;
	fault->blocks += blocks;
}

typedef bool fits_extent(const struct check *check, const struct extent *extent, uint64_t owner);

/* Adds the blocks of a range that do not fit to a fault. */
static void compare(struct check *check, uint32_t agbno, uint32_t count, uint64_t owner, fits_extent *fits,
		    struct fault *fault)
{
	const struct xfs *xfs = check->xfs;
	const struct space *space = xfs->fs.space;
	uint64_t at = xfs_sector(xfs, check->agno, agbno), end, stop;

	if (agbno >= xfs_ag_blocks(xfs, check->agno) || count > xfs_ag_blocks(xfs, check->agno) - agbno)
		return;
	end = at + (uint64_t)count * xfs->fs.block_sectors;
	if (end > space->sectors)
		end = space->sectors;
	for (; at < end && check->steps > 0; at = stop, check->steps--) {
		const struct extent *extent = extents_find(&space->extents, space->sectors, at, &stop);
		uint64_t block = at / xfs->fs.block_sectors - xfs_linear(xfs, check->agno, 0);

		if (stop > end)
			stop = end;
		if (!fits(check, extent, owner))
			add_fault(fault, block,
				  (stop - at + xfs->fs.block_sectors - 1) / xfs->fs.block_sectors);
	}
}

static bool is_free(const struct check *check, const struct extent *extent, uint64_t owner)
{
	(void)check;
	(void)owner;
	return extent->kind == KIND_FREE;
}

static int take_free(struct xfs *xfs, uint32_t agno, const uint8_t *record, void *context)
{
	struct check *check = context;

	(void)xfs;
	(void)agno;
	check->free += be32(record + 4);
	check->sum += (uint64_t)be32(record) * be32(record + 4);
	compare(check, be32(record), be32(record + 4), 0, is_free, &check->not_free);
	return 0;
}

static int take_free_by_size(struct xfs *xfs, uint32_t agno, const uint8_t *record, void *context)
{
	struct check *check = context;

	(void)xfs;
	(void)agno;
	check->free_by_size += be32(record + 4);
	check->sum_by_size += (uint64_t)be32(record) * be32(record + 4);
	return 0;
}

static bool is_owned(const struct check *check, const struct extent *extent, uint64_t owner)
{
	enum kind kind = (enum kind)extent->kind;

	switch ((int64_t)owner) {
	case OWN_FS:
		return kind == KIND_SUPERBLOCK || kind == KIND_SUPERBLOCK_BACKUP || kind == KIND_AGF ||
		       kind == KIND_AGI || kind == KIND_AGFL || kind == KIND_AG_UNUSED;
	case OWN_LOG:
		return kind == KIND_JOURNAL;
	case OWN_AG:
		return kind == KIND_BNOBT || kind == KIND_CNTBT || kind == KIND_RMAPBT ||
		       kind == KIND_AGFL_BLOCK;
	case OWN_INOBT:
		return kind == KIND_INOBT || kind == KIND_FINOBT;
	case OWN_INODES:
		return kind == KIND_INODE_TABLE;
	case OWN_REFCOUNT:
		return kind == KIND_REFCOUNTBT;
	case OWN_COW:
		return kind == KIND_COW_STAGING;
	default:
		/* Of several that share a block one is shown. */
		return (int64_t)owner < 0 ||
		       (kind_has_owner(kind) &&
			(check->xfs->geometry.reflink || extent->owner == xfs_index(check->xfs, owner)));
	}
}

static int take_owner(struct xfs *xfs, uint32_t agno, const uint8_t *record, void *context)
{
	struct check *check = context;

	(void)xfs;
	(void)agno;
	compare(check, be32(record), be32(record + 4), be64(record + 8), is_owned, &check->not_owned);
	return 0;
}

static void tell(struct check *check, const struct fault *fault, const char *what)
{
	if (fault->blocks > 0)
		xfs_note(check->xfs,
			 "group %" PRIu32 ": %" PRIu64 " blocks, the first of them %" PRIu64 ", %s",
			 check->agno, fault->blocks, fault->first, what);
}

static void check_group(struct check *check, const uint8_t *agf)
{
	struct xfs *xfs = check->xfs;
	uint32_t agno = check->agno;
	bool whole =
	    xfs_walk_btree(xfs, agno, XFS_BNOBT, be32(agf + 16), be32(agf + 28), take_free, check) &&
	    xfs_walk_btree(xfs, agno, XFS_CNTBT, be32(agf + 20), be32(agf + 32), take_free_by_size, check);

	if (whole && (check->free != check->free_by_size || check->sum != check->sum_by_size))
		xfs_note(xfs, "group %" PRIu32 ": bnobt and cntbt do not have the same free blocks", agno);
	tell(check, &check->not_free, "are free by the bnobt, and in use");
	if (!xfs->geometry.rmapbt)
		return;
	xfs_walk_btree(xfs, agno, XFS_RMAPBT, be32(agf + 24), be32(agf + 36), take_owner, check);
	tell(check, &check->not_owned, "have another owner by the rmapbt");
}

/* Blocks that nothing has, though all is known that is free. */
static void note_lost(struct xfs *xfs)
{
	const struct space *space = xfs->fs.space;
	struct fault fault = {0};
	uint64_t group_sectors = xfs_sector(xfs, 1, 0), end;

	for (size_t i = 0; i < space->extents.n; i++) {
		const struct extent *extent = &space->extents.at[i];

		if (extent->start >= xfs->fs.sectors)
			break;
		end = i + 1 < space->extents.n ? space->extents.at[i + 1].start : space->sectors;
		if (end > xfs->fs.sectors)
			end = xfs->fs.sectors;
		if (extent->kind == KIND_UNKNOWN)
			add_fault(&fault, extent->start, (end - extent->start) / xfs->fs.block_sectors);
	}
	if (fault.blocks > 0)
		xfs_note(xfs,
			 "%" PRIu64 " blocks, the first of them block %" PRIu64 " of group %" PRIu64
			 ", are neither free nor in use",
			 fault.blocks, fault.first % group_sectors / xfs->fs.block_sectors,
			 fault.first / group_sectors);
}

void xfs_check(struct map *map, struct space *space)
{
	struct xfs *xfs = (struct xfs *)space->fs;
	uint32_t sector = xfs->geometry.sector_size;
	struct check check;
	struct err why;
	uint8_t *agf = malloc(sector);

	if (agf == NULL || map->build == NULL || map->build->shallow || space->left_out ||
	    account_is_spent(&map->account)) {
		free(agf);
		return;
	}
	xfs->nodes = 0;
	xfs->checking = true;
	for (uint32_t agno = 0; agno < xfs->geometry.ags; agno++) {
		check = (struct check){.xfs = xfs, .agno = agno, .steps = 4 * space->extents.n + 4096};
		if (space_read(space, (xfs_sector(xfs, agno, 0) << SECTOR_SHIFT) + sector, agf, sector,
			       &why) == 0 &&
		    be32(agf) == XFS_MAGIC_AGF && be32(agf + 8) == agno)
			check_group(&check, agf);
	}
	note_lost(xfs);
	xfs->checking = false;
	free(agf);
}
