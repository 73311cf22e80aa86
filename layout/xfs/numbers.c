/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inodes have 64-bit numbers that say where they lie; the map has owners of 32 bits.  So each inode that has
   room on the disk gets an index: 64 times its chunk's place among the chunks, and its place in that one. */
#include "layout/xfs/xfs_private.h"

#include "base/size.h"

static const struct xfs_chunk *chunk_of(const struct xfs *xfs, uint64_t number)
{
	size_t low = 0, high = xfs->chunks.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (xfs->chunks.at[middle].first <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &xfs->chunks.at[low - 1] : NULL;
}

uint32_t xfs_index(const struct xfs *xfs, uint64_t number)
{
	const struct xfs_chunk *chunk = chunk_of(xfs, number);
	uint64_t slot;

	if (chunk == NULL)
		return 0;
	slot = number - chunk->first;
	if (slot >= XFS_CHUNK_INODES || (chunk->holes >> slot & 1) != 0)
		return 0;
	return (uint32_t)((uint64_t)(chunk - xfs->chunks.at) * XFS_CHUNK_INODES + slot + 1);
}

uint64_t xfs_number(const struct xfs *xfs, uint32_t index)
{
	uint32_t chunk = (index - 1) / XFS_CHUNK_INODES;

	if (index == 0 || chunk >= xfs->chunks.n)
		return 0;
	return xfs->chunks.at[chunk].first + (index - 1) % XFS_CHUNK_INODES;
}

uint64_t xfs_inode_sector(const struct xfs *xfs, uint32_t index)
{
	const struct xfs_chunk *chunk = &xfs->chunks.at[(index - 1) / XFS_CHUNK_INODES];

	return chunk->sector +
	       ((uint64_t)((index - 1) % XFS_CHUNK_INODES) * xfs->geometry.inode_size >> SECTOR_SHIFT);
}
