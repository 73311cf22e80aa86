/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An inode's forks: extents that lie in the inode, or in a B-tree whose root does.  The data fork leads to
   what the inode holds, the attribute fork to its extended attributes. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdlib.h>

#define FORMAT_LOCAL 1
#define FORMAT_EXTENTS 2
#define FORMAT_BTREE 3
#define MAGIC_BMBT 0x424d4133
#define MAGIC_BMBT_V4 0x424d4150
#define HEADER_V4 24
#define HEADER_V5 72
#define RECORD 16
#define FLAG_REALTIME 1
#define NO_PLACE UINT32_MAX

/* A fork that is being read. */
struct fork {
	const struct xfs_inode *inode;
	enum kind kind;
	bool data;       /* not the attributes */
	uint64_t offset; /* extents go up: where the next one may begin */
};

static uint32_t place_of(uint64_t offset)
{
	return offset < NO_PLACE ? (uint32_t)offset : NO_PLACE;
}

static int take_run(struct xfs *xfs, struct fork *fork, const struct xfs_run *run, struct err *err)
{
	struct claim claim = {
	    .rank = RANK_CONTENT,
	    .kind = fork->kind,
	    .flags = fork->inode->extent_flags | (run->unwritten ? EXTENT_UNWRITTEN : 0),
	    .owner = fork->inode->index,
	    .arg = place_of(run->offset),
	};
	struct xfs_dir_run dir = {run->offset, fork->inode->index, run->agno, run->agbno, run->count};

	if (!xfs_claim(xfs, claim, run->agno, run->agbno, run->count))
		return 0;
	if (fork->kind == KIND_DIRECTORY && VEC_PUSH(&xfs->dirs, dir) != 0)
		return err_nomem(err);
	return 0;
}

/* An extent: 1 bit unwritten, 54 bits place in the file, 52 bits fsblock, 21 bits number of blocks. */
static int take_extent(struct xfs *xfs, struct fork *fork, const uint8_t *record, struct err *err)
{
	uint64_t high = be64(record), low = be64(record + 8);
	uint64_t block = (high & 0x1ff) << 43 | low >> 21;
	struct xfs_run run = {
	    .offset = (high & ~(UINT64_C(1) << 63)) >> 9,
	    .count = low & 0x1fffff,
	    .unwritten = high >> 63 != 0,
	};

	if (run.offset < fork->offset || run.count == 0) {
		xfs_note(xfs, "inode %" PRIu64 ": extents that are not in order", fork->inode->number);
		return 0;
	}
	fork->offset = run.offset + run.count;
	if (!xfs_split(xfs, block, run.count, &run.agno, &run.agbno)) {
		xfs_note(xfs, "inode %" PRIu64 ": blocks %" PRIu64 "+%" PRIu32 " leave the file system",
			 fork->inode->number, block, run.count);
		return 0;
	}
	return take_run(xfs, fork, &run, err);
}

static unsigned header_len(const struct xfs *xfs)
{
	return xfs->geometry.v5 ? HEADER_V5 : HEADER_V4;
}

static bool is_node(struct xfs *xfs, const struct fork *fork, uint64_t fsblock, unsigned level,
		    const uint8_t *block)
{
	uint32_t magic = xfs->geometry.v5 ? MAGIC_BMBT : MAGIC_BMBT_V4;
	unsigned most = (xfs->geometry.block_size - header_len(xfs)) / RECORD;

	if (be32(block) != magic || be16(block + 4) != level || be16(block + 6) > most ||
	    (xfs->geometry.v5 && be64(block + 56) != fork->inode->number)) {
		xfs_note(xfs, "inode %" PRIu64 ": block %" PRIu64 " is not a node of its map",
			 fork->inode->number, fsblock);
		return false;
	}
	if (!xfs_crc_fits(xfs, block, xfs->geometry.block_size, XFS_CRC_LONG))
		xfs_note(xfs, "inode %" PRIu64 ": map block %" PRIu64 " has a wrong checksum",
			 fork->inode->number, fsblock);
	return true;
}

static int walk_node(struct xfs *xfs, struct fork *fork, uint64_t fsblock, unsigned level, struct err *err);

static int walk_entries(struct xfs *xfs, struct fork *fork, const uint8_t *block, unsigned level,
			struct err *err)
{
	const uint8_t *at = block + header_len(xfs);
	unsigned most = (xfs->geometry.block_size - header_len(xfs)) / RECORD;
	int result = 0;

	for (unsigned i = 0; i < be16(block + 6) && result == 0; i++)
		result = level == 0 ? take_extent(xfs, fork, at + (size_t)i * RECORD, err)
				    : walk_node(xfs, fork, be64(at + 8 * ((size_t)most + i)), level - 1, err);
	return result;
}

/* Ends because levels go down, and because of nodes_max. */
static int walk_node(struct xfs *xfs, struct fork *fork, uint64_t fsblock, unsigned level, struct err *err)
{
	struct claim claim = {
	    .rank = RANK_TREE,
	    .kind = fork->data ? KIND_EXTENT_NODE : KIND_XATTR,
	    .flags = fork->inode->extent_flags & (EXTENT_DELETED | EXTENT_STALE),
	    .owner = fork->inode->index,
	    .arg = fork->data ? level : NO_PLACE,
	};
	struct err why;
	uint32_t agno, agbno;
	uint8_t *block;
	int result = 0;

	if (xfs->nodes++ > xfs->nodes_max || !xfs_split(xfs, fsblock, 1, &agno, &agbno)) {
		xfs_note(xfs,
			 "inode %" PRIu64 ": map block %" PRIu64 " leaves the file system, or leads back",
			 fork->inode->number, fsblock);
		return 0;
	}
	block = malloc(xfs->geometry.block_size);
	if (block == NULL)
		return err_nomem(err);
	if (xfs_read_block(xfs, agno, agbno, block, &why) != 0) {
		xfs_note(xfs, "inode %" PRIu64 ": map block %" PRIu64 " cannot be read: %s",
			 fork->inode->number, fsblock, why.text);
	} else if (is_node(xfs, fork, fsblock, level, block)) {
		xfs_claim(xfs, claim, agno, agbno, 1);
		result = walk_entries(xfs, fork, block, level, err);
	}
	free(block);
	return result;
}

/* The root in the inode: level, number of entries, as many keys as there is room for, then pointers. */
static int walk_root(struct xfs *xfs, struct fork *fork, const uint8_t *root, size_t len, struct err *err)
{
	unsigned level = be16(root), n = be16(root + 2);
	size_t most = (len - 4) / RECORD;
	int result = 0;

	if (level == 0 || level > XFS_BTREE_LEVELS || n > most) {
		xfs_note(xfs, "inode %" PRIu64 ": the root of its map makes no sense", fork->inode->number);
		return 0;
	}
	for (unsigned i = 0; i < n && result == 0; i++)
		result = walk_node(xfs, fork, be64(root + 4 + 8 * (most + i)), level - 1, err);
	return result;
}

static int map_fork(struct xfs *xfs, struct fork *fork, uint8_t format, uint64_t extents, const uint8_t *at,
		    size_t len, struct err *err)
{
	int result = 0;

	if (format == FORMAT_BTREE && len >= 4 + RECORD)
		return walk_root(xfs, fork, at, len, err);
	if (format != FORMAT_EXTENTS)
		return 0;
	if (extents > len / RECORD) {
		xfs_note(xfs, "inode %" PRIu64 ": more extents than it has room for", fork->inode->number);
		extents = len / RECORD;
	}
	for (uint64_t i = 0; i < extents && result == 0; i++)
		result = take_extent(xfs, fork, at + i * RECORD, err);
	return result;
}

int xfs_map_forks(struct xfs *xfs, const struct xfs_inode *inode, struct err *err)
{
	struct fork data = {.inode = inode, .kind = inode->kind, .data = true};
	struct fork attributes = {.inode = inode, .kind = KIND_XATTR};
	uint32_t end = xfs->geometry.inode_size;

	if (inode->format == FORMAT_LOCAL && inode->kind == KIND_DIRECTORY)
		xfs_read_short_dir(xfs, inode);
	xfs_keep_target(xfs, inode);
	/* Its data lies on the real-time device. */
	if ((inode->flags & FLAG_REALTIME) == 0 &&
	    map_fork(xfs, &data, inode->format, inode->extents, inode->raw + inode->fork,
		     (inode->attr != 0 ? inode->attr : end) - inode->fork, err) != 0)
		return -1;
	if (inode->attr == 0)
		return 0;
	return map_fork(xfs, &attributes, inode->attr_format, inode->attr_extents, inode->raw + inode->attr,
			end - inode->attr, err);
}
