/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking a file system, and what holds where one says nothing. */
#include "layout/fs.h"

#include "layout/driver.h"

#include <string.h>

const struct fs_ops *fs_ops_named(const char *name)
{
	for (size_t i = 0; layout_drivers[i] != NULL; i++)
		if (layout_drivers[i]->fs != NULL && strcmp(layout_drivers[i]->fs->name, name) == 0)
			return layout_drivers[i]->fs;
	return NULL;
}

void fs_free(struct fs *fs)
{
	if (fs != NULL)
		fs->ops->free(fs);
}

bool fs_block(const struct fs *fs, uint64_t sector, uint64_t *block)
{
	if (!fs_holds(fs, sector))
		return false;
	if (fs->ops->block != NULL)
		return fs->ops->block(fs, sector, block);
	*block = sector / fs->block_sectors;
	return true;
}

bool fs_block_sector(const struct fs *fs, uint64_t block, uint64_t *sector)
{
	if (fs == NULL)
		return false;
	if (fs->ops->block_sector != NULL)
		return fs->ops->block_sector(fs, block, sector);
	*sector = block * fs->block_sectors;
	return block < fs->sectors / fs->block_sectors;
}

bool fs_group(const struct fs *fs, uint64_t sector, uint32_t *group)
{
	return fs_holds(fs, sector) && fs->ops->group != NULL && fs->ops->group(fs, sector, group);
}

bool fs_owner(const struct fs *fs, uint64_t number, uint32_t *owner)
{
	if (fs == NULL)
		return false;
	if (fs->ops->owner != NULL)
		return fs->ops->owner(fs, number, owner);
	*owner = (uint32_t)number;
	return number != 0 && number <= UINT32_MAX;
}

bool fs_inodes(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
	       uint64_t inodes[2])
{
	return fs != NULL && fs->ops->inodes != NULL && fs->ops->inodes(fs, extent, sector, sectors, inodes);
}

bool fs_clusters(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
		 uint64_t clusters[2])
{
	return fs != NULL && fs->ops->clusters != NULL &&
	       fs->ops->clusters(fs, extent, sector, sectors, clusters);
}

bool fs_owner_sector(const struct fs *fs, uint32_t owner, uint64_t *sector)
{
	return fs != NULL && fs->ops->owner_sector != NULL && fs->ops->owner_sector(fs, owner, sector);
}

bool fs_path(const struct fs *fs, uint32_t owner, char *path, size_t len)
{
	return fs != NULL && fs->ops->path != NULL && fs->ops->path(fs, owner, path, len);
}

bool fs_has_path(const struct fs *fs, uint32_t owner)
{
	return fs != NULL && fs->ops->has_path != NULL && fs->ops->has_path(fs, owner);
}

size_t fs_other_names(const struct fs *fs, uint32_t owner)
{
	return fs != NULL && fs->ops->other_names != NULL ? fs->ops->other_names(fs, owner) : 0;
}

int fs_resolve(const struct fs *fs, const char *path, uint32_t *owner, struct err *err)
{
	if (fs == NULL || fs->ops->resolve == NULL)
		return err_set(err, "%s: files have no names there", path);
	return fs->ops->resolve(fs, path, owner, err);
}

bool fs_log_block(const struct fs *fs, const struct extent *extent, uint64_t sector, struct log_block *entry)
{
	return fs != NULL && fs->ops->log_block != NULL && fs->ops->log_block(fs, extent, sector, entry);
}

bool fs_may_share(const struct fs *fs, const struct claim *winner, const struct claim *loser)
{
	return fs != NULL && fs->ops->may_share != NULL && fs->ops->may_share(fs, winner, loser);
}

bool fs_identity(const struct fs *fs, struct fs_bytes *bytes)
{
	return fs != NULL && fs->ops->identity != NULL && fs->ops->identity(fs, bytes);
}

static bool claim_is_of(const struct claim *claim, uint32_t owner)
{
	return kind_has_owner((enum kind)claim->kind) && claim->owner == owner;
}

bool fs_owner_has_sectors(const struct fs *fs, uint32_t owner)
{
	const struct extents *extents = &fs->space->extents;

	for (size_t i = 0; i < extents->n; i++)
		if (kind_has_owner((enum kind)extents->at[i].kind) && extents->at[i].owner == owner)
			return true;
	for (size_t i = 0; i < extents->overlaps.n; i++)
		if (claim_is_of(&extents->overlaps.at[i].winner, owner) ||
		    claim_is_of(&extents->overlaps.at[i].loser, owner))
			return true;
	return false;
}
