/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inodes: one pass over their chunks, each inode in use handed on to what reads its forks. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/size.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x494e
#define CORE_V5 176
#define CORE_V4 100
#define MODE_TYPE 0170000
#define MODE_DIRECTORY 0040000
#define MODE_SYMLINK 0120000

static enum kind data_kind(const struct xfs *xfs, const struct xfs_inode *inode)
{
	const struct xfs_geometry *geometry = &xfs->geometry;
	uint64_t number = inode->number;

	if (number == geometry->user_quota || number == geometry->group_quota ||
	    (geometry->v5 && number == geometry->project_quota))
		return number == 0 ? KIND_FILE_DATA : KIND_QUOTA;
	if (number == geometry->rt_bitmap)
		return KIND_RT_BITMAP;
	if (number == geometry->rt_summary)
		return KIND_RT_SUMMARY;
	if ((inode->mode & MODE_TYPE) == MODE_DIRECTORY)
		return KIND_DIRECTORY;
	return (inode->mode & MODE_TYPE) == MODE_SYMLINK ? KIND_SYMLINK : KIND_FILE_DATA;
}

static void read_counts(const struct xfs *xfs, struct xfs_inode *inode)
{
	const uint8_t *raw = inode->raw;

	inode->flags2 = xfs->geometry.v5 ? be64(raw + 120) : 0;
	if ((inode->flags2 & XFS_FLAGS2_NREXT64) != 0) {
		inode->extents = be64(raw + 24);
		inode->attr_extents = be32(raw + 76);
	} else {
		inode->extents = be32(raw + 76);
		inode->attr_extents = be16(raw + 80);
	}
}

static void parse_inode(const struct xfs *xfs, const uint8_t *raw, struct xfs_inode *inode)
{
	inode->raw = raw;
	inode->mode = be16(raw + 2);
	inode->format = raw[5];
	/* Version 1 counts links in 16 bits, where later ones have something else. */
	inode->links = raw[4] == 1 ? be16(raw + 6) : be32(raw + 16);
	inode->size = be64(raw + 56);
	inode->attr_format = raw[83];
	inode->flags = be16(raw + 90);
	inode->fork = raw[4] >= 3 ? CORE_V5 : CORE_V4;
	inode->attr = raw[82] != 0 ? inode->fork + 8u * raw[82] : 0;
	if (inode->attr >= xfs->geometry.inode_size)
		inode->attr = 0;
	read_counts(xfs, inode);
	inode->kind = data_kind(xfs, inode);
	inode->extent_flags = inode->links == 0 ? EXTENT_DELETED : 0;
	if (inode->kind == KIND_QUOTA || inode->kind == KIND_RT_BITMAP || inode->kind == KIND_RT_SUMMARY)
		inode->extent_flags = 0;
	inode->extent_flags |= xfs_stale_inode(xfs, inode->number);
}

static int map_inode(struct xfs *xfs, const uint8_t *raw, uint64_t number, uint32_t index, struct err *err)
{
	struct xfs_inode inode = {.number = number, .index = index};

	if (be16(raw) != MAGIC) {
		xfs_note(xfs, "inode %" PRIu64 ": it is in use, and no inode lies there", number);
		return 0;
	}
	if (!xfs_crc_fits(xfs, raw, xfs->geometry.inode_size, XFS_CRC_INODE))
		xfs_note(xfs, "inode %" PRIu64 ": wrong checksum", number);
	if (raw[4] >= 3 && be64(raw + 152) != number) {
		xfs_note(xfs, "inode %" PRIu64 ": it says that it is inode %" PRIu64, number,
			 be64(raw + 152));
		return 0;
	}
	parse_inode(xfs, raw, &inode);
	return inode.mode == 0 ? 0 : xfs_map_forks(xfs, &inode, err);
}

/* Claims the parts of a chunk that are there.  Holes are at least a block long. */
static void claim_chunk(struct xfs *xfs, uint32_t index, const struct xfs_chunk *chunk)
{
	uint32_t size = xfs->geometry.inode_size;

	for (uint32_t from = 0, to; from < XFS_CHUNK_INODES; from = to) {
		bool hole = (chunk->holes >> from & 1) != 0;

		for (to = from + 1; to < XFS_CHUNK_INODES && ((chunk->holes >> to & 1) != 0) == hole;)
			to++;
		if (!hole)
			space_claim_as(xfs->fs.space,
				       (struct claim){
					   .start = chunk->sector + ((uint64_t)from * size >> SECTOR_SHIFT),
					   .count = (uint64_t)(to - from) * size >> SECTOR_SHIFT,
					   .rank = RANK_STRUCTURE,
					   .kind = KIND_INODE_TABLE,
					   .owner = index + from,
				       });
	}
}

static int map_chunk(struct xfs *xfs, uint32_t at, uint8_t *buf, struct err *err)
{
	const struct xfs_chunk chunk = xfs->chunks.at[at];
	uint32_t size = xfs->geometry.inode_size, index = at * XFS_CHUNK_INODES + 1;
	struct err why;

	claim_chunk(xfs, index, &chunk);
	if ((chunk.free | chunk.holes) == UINT64_MAX)
		return 0;
	if (space_read(xfs->fs.space, chunk.sector << SECTOR_SHIFT, buf, (size_t)size * XFS_CHUNK_INODES,
		       &why) != 0) {
		xfs_note(xfs, "inodes %" PRIu64 "-%" PRIu64 " cannot be read: %s", chunk.first,
			 chunk.first + XFS_CHUNK_INODES - 1, why.text);
		return 0;
	}
	for (uint32_t i = 0; i < XFS_CHUNK_INODES; i++)
		if (((chunk.free | chunk.holes) >> i & 1) == 0 &&
		    map_inode(xfs, buf + (size_t)i * size, chunk.first + i, index + i, err) != 0)
			return -1;
	return 0;
}

int xfs_map_inodes(struct xfs *xfs, struct err *err)
{
	uint8_t *buf = malloc((size_t)xfs->geometry.inode_size * XFS_CHUNK_INODES);
	int result = 0;

	if (buf == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < xfs->chunks.n && result == 0; i++)
		result = map_chunk(xfs, i, buf, err);
	free(buf);
	return result;
}
