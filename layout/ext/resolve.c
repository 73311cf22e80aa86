/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a path, or an inode number, to its place: the map knows one name an inode, so other hard links
   are found by asking libext2fs. */
#include "layout/ext/ext_private.h"

#include <inttypes.h>

/* libext2fs' reasons, as one who looks for a file would say them. */
static const char *reason(errcode_t code)
{
	switch (code) {
	case EXT2_ET_FILE_NOT_FOUND:
		return "has no such file";
	case EXT2_ET_NO_DIRECTORY:
		return "has a file where the path wants a directory";
	case EXT2_ET_SYMLINK_LOOP:
		return "has too many symbolic links on that path";
	default:
		return "has directories on that path that cannot be read";
	}
}

/* A saved map has no disk to ask, and a damaged file system may be such that libext2fs does not open it: then
   all is done with the names that are known. */
int ext_resolve(const struct fs *fs, const char *path, uint32_t *inode, struct err *err)
{
	const struct ext *ext = ext_of(fs);
	char name[EXT_IO_NAME_LEN];
	ext2_filsys lib = NULL;
	errcode_t result;

	account_renew(fs->space->account);
	ext_io_name(fs->space, name);
	if (ext->names.of == NULL || ext2fs_open2(name, NULL,
						  EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES |
						      EXT2_FLAG_SKIP_MMP | EXT2_FLAG_IGNORE_CSUM_ERRORS,
						  0, 0, ext_io_manager, &lib) != 0) {
		result = ext_follow(ext, path, inode);
	} else {
		result = ext2fs_namei(lib, EXT2_ROOT_INO, EXT2_ROOT_INO, path, inode);
		ext2fs_free(lib);
		/* Names without their key are known here only. */
		if (result != 0 && ext_follow(ext, path, inode) == 0)
			result = 0;
	}
	/* A sound path has few links; eight that each go through eight others have millions. */
	if (account_is_spent(fs->space->account))
		return err_set(err, "%s on %s: goes through too many symbolic links", path,
			       space_name(fs->space));
	if (result != 0)
		return err_set(err, "%s (%s) %s", space_name(fs->space), ext->fs.type, reason(result));
	return 0;
}

bool ext_inode_sector(const struct fs *fs, uint32_t inode, uint64_t *sector)
{
	const struct ext *ext = ext_of(fs);
	const struct space *space = fs->space;
	uint32_t group;
	uint64_t within;

	if (inode == 0 || inode > ext->inodes || ext->inodes_per_group == 0)
		return false;
	group = (inode - 1) / ext->inodes_per_group;
	within = (uint64_t)((inode - 1) % ext->inodes_per_group) * ext->inode_size / 512;
	for (size_t i = 0; i < space->extents.n; i++) {
		const struct extent *extent = &space->extents.at[i];
		uint64_t end = i + 1 < space->extents.n ? space->extents.at[i + 1].start : space->sectors;
		uint64_t from = (uint64_t)extent->arg * ext->fs.block_sectors;

		if (extent->kind != KIND_INODE_TABLE || extent->owner != group || within < from ||
		    within - from >= end - extent->start)
			continue;
		*sector = extent->start + (within - from);
		return true;
	}
	return false;
}
