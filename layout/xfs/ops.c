/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An XFS file system, asked as any other.  Its owners are the indices of inodes (numbers.c); its blocks have
   the numbers that xfs_db(8) calls fsblocks. */
#include "layout/xfs/xfs_private.h"

#include "base/size.h"
#include "layout/saved/format.h"

static bool group(const struct fs *fs, uint64_t sector, uint32_t *group)
{
	*group = (uint32_t)(sector / fs->block_sectors / xfs_of(fs)->geometry.ag_blocks);
	return true;
}

static bool block(const struct fs *fs, uint64_t sector, uint64_t *block)
{
	const struct xfs_geometry *geometry = &xfs_of(fs)->geometry;
	uint64_t linear = sector / fs->block_sectors;

	*block = (linear / geometry->ag_blocks) << geometry->ag_block_log | linear % geometry->ag_blocks;
	return true;
}

static bool block_sector(const struct fs *fs, uint64_t block, uint64_t *sector)
{
	uint32_t agno, agbno;

	if (!xfs_split(xfs_of(fs), block, 1, &agno, &agbno))
		return false;
	*sector = xfs_sector(xfs_of(fs), agno, agbno);
	return true;
}

static uint64_t number(const struct fs *fs, uint32_t owner)
{
	return xfs_number(xfs_of(fs), owner);
}

static bool owner(const struct fs *fs, uint64_t number, uint32_t *owner)
{
	*owner = xfs_index(xfs_of(fs), number);
	return *owner != 0;
}

/* An extent of a chunk has its first inode's index as its owner. */
static bool inodes(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
		   uint64_t inodes[2])
{
	uint64_t first = xfs_number(xfs_of(fs), extent->owner), size = xfs_of(fs)->geometry.inode_size;

	inodes[0] = first + ((sector - extent->start) << SECTOR_SHIFT) / size;
	inodes[1] = first + (((sector - extent->start + sectors) << SECTOR_SHIFT) - 1) / size;
	return first != 0;
}

static bool owner_sector(const struct fs *fs, uint32_t owner, uint64_t *sector)
{
	if (xfs_number(xfs_of(fs), owner) == 0)
		return false;
	*sector = xfs_inode_sector(xfs_of(fs), owner);
	return true;
}

static bool path(const struct fs *fs, uint32_t owner, char *path, size_t len)
{
	return file_names_path(&xfs_of(fs)->names, owner, path, len);
}

static bool has_path(const struct fs *fs, uint32_t owner)
{
	return file_names_has(&xfs_of(fs)->names, owner);
}

static void expect_path(const struct fs *fs, uint32_t owner, unsigned step)
{
	file_names_expect(&xfs_of(fs)->names, owner, step);
}

/* With reflink, files may have blocks in common. */
static bool may_share(const struct fs *fs, const struct claim *winner, const struct claim *loser)
{
	return xfs_of(fs)->geometry.reflink && winner->kind == KIND_FILE_DATA &&
	       loser->kind == KIND_FILE_DATA;
}

/* The UUID in the superblock. */
static bool identity(const struct fs *fs, struct fs_bytes *bytes)
{
	(void)fs;
	*bytes = (struct fs_bytes){.offset = 32, .len = 16};
	return true;
}

static int anonymize(struct fs *fs, const uint64_t key[2])
{
	return saved_anonymize_names(&((struct xfs *)fs)->names, key);
}

const struct fs_ops xfs_ops = {
    .name = "xfs",
    .block = block,
    .block_sector = block_sector,
    .group = group,
    .number = number,
    .owner = owner,
    .inodes = inodes,
    .owner_sector = owner_sector,
    .path = path,
    .has_path = has_path,
    .expect_path = expect_path,
    .resolve = xfs_resolve,
    .log_block = xfs_log_block,
    .may_share = may_share,
    .identity = identity,
    .save = xfs_save,
    .load = xfs_load,
    .anonymize = anonymize,
    .free = xfs_free,
};
