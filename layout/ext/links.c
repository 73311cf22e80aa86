/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where symbolic links lead, and paths through them, for saved maps, which have no disk to ask.  Short
   targets lie in the inode, long ones in the link's first block.  With a disk, where libext2fs follows links,
   they lead nowhere here. */
#include "base/bytes.h"
#include "layout/ext/ext_private.h"

#include <stdlib.h>
#include <string.h>

#define I_BLOCK 40
#define I_BLOCK_LEN 60
#define LINKS_MAX 8 /* libext2fs's, one within the other */
#define STEPS_MAX (UINT64_C(1) << 31)

/* How many names and extents may still be looked at: links that go through links are many. */
struct walk {
	const struct ext *ext;
	uint64_t steps;
};

/* Pays for looking at all names and extents once. */
static bool may_step(struct walk *walk)
{
	const struct file_names *names = &walk->ext->names;
	uint64_t n =
	    walk->ext->fs.space->extents.n + (names->of ? names->inodes : names->nlisted) + names->others.n;

	if (n > walk->steps)
		return false;
	walk->steps -= n;
	return true;
}

static size_t smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

void ext_keep_target(struct ext *ext, const struct ext_inode *inode)
{
	size_t len = smaller(inode->size, I_BLOCK_LEN), more_len = 0;
	const uint8_t *more = NULL;
	char target[255];

	memcpy(target, inode->raw + I_BLOCK, len);
	if (inode->flags & EXT4_INLINE_DATA_FL)
		more = ext_inline_value(ext, inode, &more_len);
	if (more != NULL && inode->size > I_BLOCK_LEN) {
		more_len = smaller(inode->size - I_BLOCK_LEN, more_len);
		more_len = smaller(more_len, sizeof(target) - len);
		memcpy(target + len, more, more_len);
		len += more_len;
	}
	ext_found_name(ext->found, 0, inode->number, target, len);
}

int ext_read_targets(struct ext *ext, struct err *err)
{
	const struct extents *extents = &ext->fs.space->extents;
	char *block = malloc(ext->block_size);
	struct err why;
	int result = 0;

	if (block == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < extents->n && result == 0; i++) {
		const struct extent *extent = &extents->at[i];

		if (extent->kind != KIND_SYMLINK || extent->arg != 0 || extent->flags & EXTENT_DELETED ||
		    space_read(ext->fs.space, (uint64_t)extent->start * 512, block, ext->block_size, &why) !=
			0)
			continue;
		if (file_names_add_target(&ext->names, extent->owner, block,
					  strnlen(block, ext->block_size)) != 0)
			result = err_nomem(err);
	}
	free(block);
	return result;
}

static bool is_dots(const char *name, size_t len, size_t dots)
{
	return len == dots && memcmp(name, "..", dots) == 0;
}

/* By its blocks or, where its entries lie in the inode, by what it holds. */
static bool is_directory(const struct ext *ext, uint32_t inode)
{
	const struct extents *extents = &ext->fs.space->extents;
	struct file_link link;
	uint32_t next = 1;

	if (inode == EXT2_ROOT_INO)
		return true;
	for (size_t i = 0; i < extents->n; i++)
		if (extents->at[i].kind == KIND_DIRECTORY && extents->at[i].owner == inode)
			return true;
	while (file_names_next(&ext->names, &next, &link))
		if (link.parent == inode)
			return true;
	return false;
}

static uint32_t look_up(const struct ext *ext, uint32_t dir, const char *name, size_t len)
{
	if (is_dots(name, len, 1) || (is_dots(name, len, 2) && dir == EXT2_ROOT_INO))
		return dir;
	if (is_dots(name, len, 2))
		return file_names_parent(&ext->names, dir);
	return file_names_find(&ext->names, dir, name, len);
}

/* The first part of a path, up to the slash. */
static size_t part_len(const char *path, size_t len)
{
	const char *slash = memchr(path, '/', len);

	return slash ? (size_t)(slash - path) : len;
}

/* Whether it is a symbolic link whose target is not kept, which is so while there is a disk to ask. */
static bool leads_elsewhere(const struct ext *ext, uint32_t inode)
{
	uint64_t sector, within = (uint64_t)((inode - 1) % ext->inodes_per_group) * ext->inode_size % 512;
	uint8_t mode[2];
	struct err why;

	return ext->names.of != NULL && ext_inode_sector(&ext->fs, inode, &sector) &&
	       space_read(ext->fs.space, sector * 512 + within, mode, sizeof(mode), &why) == 0 &&
	       LINUX_S_ISLNK(le16(mode));
}

/* As libext2fs goes: an empty last part is the directory itself.  Recursion ends because `links` grows. */
static errcode_t follow(struct walk *walk, uint32_t dir, const char *path, size_t len, bool last_too,
			unsigned links, uint32_t *inode)
{
	const struct ext *ext = walk->ext;
	errcode_t result = 0;

	if (len > 0 && path[0] == '/') {
		dir = EXT2_ROOT_INO;
		path++;
		len--;
	}
	for (*inode = dir; len > 0 && result == 0;) {
		size_t part = part_len(path, len), target_len;
		bool last = part == len;
		const char *target;

		if (!may_step(walk))
			return EXT2_ET_SYMLINK_LOOP;
		if (!is_directory(ext, dir))
			return EXT2_ET_NO_DIRECTORY;
		*inode = look_up(ext, dir, path, part);
		if (*inode == 0)
			return EXT2_ET_FILE_NOT_FOUND;
		target = last && !last_too ? NULL : file_names_target(&ext->names, *inode, &target_len);
		if (target != NULL)
			result = links == LINKS_MAX
				     ? EXT2_ET_SYMLINK_LOOP
				     : follow(walk, dir, target, target_len, true, links + 1, inode);
		else if ((!last || last_too) && leads_elsewhere(ext, *inode))
			return EXT2_ET_FILE_NOT_FOUND;
		dir = *inode;
		path += last ? part : part + 1;
		len -= last ? part : part + 1;
	}
	return result;
}

errcode_t ext_follow(const struct ext *ext, const char *path, uint32_t *inode)
{
	struct walk walk = {.ext = ext, .steps = STEPS_MAX};

	return follow(&walk, EXT2_ROOT_INO, path, strlen(path), false, 0, inode);
}
