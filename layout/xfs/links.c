/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Symbolic links, and paths through them.  Short targets lie in the inode, long ones in blocks, each of which
   has a header in version 5. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/size.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT_LOCAL 1
#define FORMAT_EXTENTS 2
#define RECORD 16
#define MAGIC 0x58534c4d
#define HEADER 56
#define TARGET_MAX 1024
#define LINKS_MAX 40 /* as many as Linux follows for a path */

/* Adds what an extent's blocks hold to a target; false where they are not those of a link. */
static bool read_extent(const struct xfs *xfs, const struct xfs_inode *inode, const uint8_t *record,
			uint8_t *block, char *target, size_t *len)
{
	size_t header = xfs->geometry.v5 ? HEADER : 0, want;
	uint64_t fsblock = (be64(record) & 0x1ff) << 43 | be64(record + 8) >> 21;
	uint32_t count = be64(record + 8) & 0x1fffff, agno, agbno;
	struct err why;

	if (!xfs_split(xfs, fsblock, count, &agno, &agbno))
		return false;
	for (uint32_t i = 0; i < count && *len < inode->size; i++) {
		if (xfs_read_block(xfs, agno, agbno + i, block, &why) != 0 ||
		    (header > 0 && be32(block) != MAGIC))
			return false;
		want = (size_t)inode->size - *len;
		if (want > xfs->geometry.block_size - header)
			want = xfs->geometry.block_size - header;
		memcpy(target + *len, block + header, want);
		*len += want;
	}
	return true;
}

static void keep_remote(struct xfs *xfs, const struct xfs_inode *inode)
{
	size_t room = (inode->attr != 0 ? inode->attr : xfs->geometry.inode_size) - inode->fork, len = 0;
	uint8_t *block = malloc(xfs->geometry.block_size);
	char target[TARGET_MAX];
	bool good = block != NULL;

	for (uint64_t i = 0; good && i < inode->extents && i < room / RECORD; i++)
		good = read_extent(xfs, inode, inode->raw + inode->fork + i * RECORD, block, target, &len);
	free(block);
	if (block == NULL || (good && len == inode->size &&
			      file_names_add_target(&xfs->names, inode->index, target, len) != 0))
		xfs->short_of_memory = true;
}

void xfs_keep_target(struct xfs *xfs, const struct xfs_inode *inode)
{
	size_t room = (inode->attr != 0 ? inode->attr : xfs->geometry.inode_size) - inode->fork;

	if (inode->kind != KIND_SYMLINK || inode->links == 0 || inode->size > TARGET_MAX)
		return;
	if (inode->format == FORMAT_EXTENTS)
		keep_remote(xfs, inode);
	else if (inode->format == FORMAT_LOCAL && inode->size <= room &&
		 file_names_add_target(&xfs->names, inode->index, (const char *)inode->raw + inode->fork,
				       (size_t)inode->size) != 0)
		xfs->short_of_memory = true;
}

static bool is_dots(const char *name, size_t len, size_t dots)
{
	return len == dots && memcmp(name, "..", dots) == 0;
}

static uint32_t look_up(const struct xfs *xfs, uint32_t dir, const char *name, size_t len)
{
	if (len == 0 || is_dots(name, len, 1) || (is_dots(name, len, 2) && dir == xfs->names.root))
		return dir;
	if (is_dots(name, len, 2))
		return file_names_parent(&xfs->names, dir);
	return file_names_find(&xfs->names, dir, name, len);
}

/* A walk along a path.  It ends because each symbolic link that is followed counts. */
struct walk {
	const struct xfs *xfs;
	unsigned links;
	const char *why; /* it leads nowhere */
};

static uint32_t lost(struct walk *walk, const char *why)
{
	walk->why = why;
	return 0;
}

/* The last part is not followed where it is a link, but what links lead to is. */
static uint32_t follow(struct walk *walk, uint32_t dir, const char *path, size_t len, bool last_too)
{
	if (len > 0 && path[0] == '/')
		dir = walk->xfs->names.root;
	while (len > 0) {
		const char *slash = memchr(path, '/', len), *target;
		size_t part = slash != NULL ? (size_t)(slash - path) : len, target_len;
		uint32_t inode = look_up(walk->xfs, dir, path, part);

		if (inode == 0)
			return lost(walk, "no such file");
		target = slash != NULL || last_too ? file_names_target(&walk->xfs->names, inode, &target_len)
						   : NULL;
		if (target != NULL && walk->links++ == LINKS_MAX)
			return lost(walk, "too many symbolic links");
		dir = target != NULL ? follow(walk, dir, target, target_len, true) : inode;
		if (dir == 0)
			return 0;
		path += slash != NULL ? part + 1 : part;
		len -= slash != NULL ? part + 1 : part;
	}
	return dir;
}

int xfs_resolve(const struct fs *fs, const char *path, uint32_t *owner, struct err *err)
{
	struct walk walk = {.xfs = xfs_of(fs)};

	*owner = follow(&walk, walk.xfs->names.root, path, strlen(path), false);
	if (*owner == 0)
		return err_set(err, "%s on %s: %s", path, space_name(fs->space),
			       walk.why ? walk.why : "no such file");
	return 0;
}
