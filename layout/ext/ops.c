/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An ext2/3/4 file system, asked as any other.  Its owners are inodes by their numbers. */
#include "layout/ext/ext_private.h"
#include "layout/history.h"
#include "layout/saved/format.h"

#include <string.h>

/* None for block 0 of 1 KiB file systems, which lies before the first group, and on journal devices, which
   have no groups. */
static bool group(const struct fs *fs, uint64_t sector, uint32_t *group)
{
	const struct ext *ext = ext_of(fs);
	uint64_t block = sector / fs->block_sectors;

	if (block < ext->first_block || ext->groups == 0)
		return false;
	*group = (uint32_t)((block - ext->first_block) / ext->blocks_per_group);
	return true;
}

static bool inodes(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
		   uint64_t inodes[2])
{
	const struct ext *ext = ext_of(fs);
	uint64_t offset = (uint64_t)extent->arg * ext->block_size + (sector - extent->start) * 512;
	uint64_t base = (uint64_t)extent->owner * ext->inodes_per_group;

	inodes[0] = base + offset / ext->inode_size + 1;
	inodes[1] = base + (offset + sectors * 512 - 1) / ext->inode_size + 1;
	/* The last block of a table may have room for more inodes than the group has. */
	if (inodes[1] > base + ext->inodes_per_group)
		inodes[1] = base + ext->inodes_per_group;
	if (inodes[0] > inodes[1])
		inodes[0] = inodes[1];
	return true;
}

/* A life that ended had this name last. */
static bool last_path(const struct fs *fs, const struct history_life *life, char *path, size_t len)
{
	bool guessed;

	for (uint32_t state = life->to; state > life->from; state--)
		if (ext_past_path(fs, life->id, state - 1, 0, path, len, &guessed))
			return true;
	return false;
}

/* A life that is no more; NULL for an inode of the image. */
static const struct history_life *past_life(const struct fs *fs, uint32_t owner)
{
	return fs->history != NULL && owner >= fs->history->first_id ? history_life(fs->history, owner)
								     : NULL;
}

static bool path(const struct fs *fs, uint32_t inode, char *path, size_t len)
{
	const struct history_life *life = past_life(fs, inode);

	if (life != NULL)
		return last_path(fs, life, path, len);
	return file_names_path(&ext_of(fs)->names, inode, path, len);
}

static uint64_t number(const struct fs *fs, uint32_t owner)
{
	const struct history_life *life = past_life(fs, owner);

	return life != NULL ? life->inode : owner;
}

static size_t other_names(const struct fs *fs, uint32_t inode)
{
	return file_names_others(&ext_of(fs)->names, inode);
}

static bool has_path(const struct fs *fs, uint32_t inode)
{
	const struct history_life *life = past_life(fs, inode);
	char path[FS_PATH_MAX];

	if (life != NULL)
		return last_path(fs, life, path, sizeof(path));
	return file_names_has(&ext_of(fs)->names, inode);
}

static void expect_path(const struct fs *fs, uint32_t inode, unsigned step)
{
	if (past_life(fs, inode) == NULL)
		file_names_expect(&ext_of(fs)->names, inode, step);
}

/* Xattr blocks may have many owners, and so may all blocks of a file system with shared_blocks. */
static bool may_share(const struct fs *fs, const struct claim *winner, const struct claim *loser)
{
	return (winner->kind == KIND_XATTR && loser->kind == KIND_XATTR) ||
	       (ext_of(fs)->shared_blocks && winner->kind == KIND_FILE_DATA && loser->kind == KIND_FILE_DATA);
}

static int anonymize(struct fs *fs, const uint64_t key[2])
{
	if (fs->history != NULL && saved_anonymize_history(fs->history, key) != 0)
		return -1;
	return saved_anonymize_names(&((struct ext *)fs)->names, key);
}

/* The UUID in the superblock. */
static bool identity(const struct fs *fs, struct fs_bytes *bytes)
{
	(void)fs;
	*bytes = (struct fs_bytes){.offset = 1024 + 104, .len = 16};
	return true;
}

const struct fs_ops ext_ops = {
    .name = "ext",
    .group = group,
    .number = number,
    .inodes = inodes,
    .owner_sector = ext_inode_sector,
    .path = path,
    .past_path = ext_past_path,
    .has_path = has_path,
    .other_names = other_names,
    .expect_path = expect_path,
    .resolve = ext_resolve,
    .log_block = ext_log_block,
    .may_share = may_share,
    .identity = identity,
    .save = ext_save,
    .load = ext_load,
    .anonymize = anonymize,
    .free = ext_free,
};
