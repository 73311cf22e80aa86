/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* With bigalloc, blocks are allocated by the cluster: what an inode's blocks leave over of theirs is the
   inode's too, though its map does not say so, and nobody else can get it.  Facts: Linux
   Documentation/filesystems/ext4/bigalloc.rst; within a cluster, a file's blocks lie as in the file
   (fs/ext4/extents.c, get_implied_cluster_alloc). */
#include "layout/ext/ext_private.h"

static void claim_left_over(struct ext *ext, struct claim what, uint64_t block, uint64_t count)
{
	if (block >= ext->blocks || count == 0)
		return;
	what.rank = RANK_REST;
	what.flags = (what.flags & (EXTENT_DELETED | EXTENT_ENCRYPTED)) | EXTENT_UNMAPPED;
	ext_claim(ext, what, block, count < ext->blocks - block ? count : ext->blocks - block);
}

void ext_claim_cluster(struct ext *ext, struct claim what, uint64_t block, uint64_t count)
{
	uint32_t ratio = ext->cluster_blocks;
	uint64_t before = block % ratio, end = block + count;
	bool has_place = kind_has_offset((enum kind)what.kind) && what.arg != NO_PLACE;
	struct claim head = what, tail = what;

	if (ratio == 1)
		return;
	if (has_place) {
		tail.arg += (uint32_t)count;
		head.arg -= (uint32_t)before;
	}
	if (!has_place || what.arg >= before)
		claim_left_over(ext, head, block - before, before);
	if (end % ratio != 0)
		claim_left_over(ext, tail, end, ratio - end % ratio);
}
