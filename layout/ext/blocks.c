/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From an inode to its blocks: extent trees (ext4) and indirect blocks (ext2, ext3).  The blocks that
   hold the map itself are claimed too. */
#include "base/bytes.h"
#include "layout/ext/ext_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define I_BLOCK 40
#define I_BLOCK_LEN 60
#define EXTENT_MAGIC 0xf30a
#define EXTENT_DEPTH_MAX 5
#define EXTENT_UNWRITTEN_LEN 32768
#define DIRECT_BLOCKS 12

static enum kind map_kind(const struct ext_inode *inode, enum kind kind)
{
	/* The contract: `journal` covers every block of the journal inode. */
	return inode->kind == KIND_JOURNAL || inode->kind == KIND_RESIZE_INODE ? inode->kind : kind;
}

static void claim_map_block(struct ext *ext, const struct ext_inode *inode, enum kind kind, uint64_t block)
{
	struct claim claim = {
	    .rank = RANK_TREE,
	    .kind = map_kind(inode, kind),
	    .flags = inode->extent_flags & EXTENT_DELETED,
	    .owner = inode->number,
	    .arg = map_kind(inode, kind) == kind ? 0 : NO_PLACE,
	};

	if (ext_claim(ext, claim, block, 1))
		ext_claim_cluster(ext, claim, block, 1);
}

/* The journal's blocks are claimed when its log has been decoded. */
static int remember_log(struct ext *ext, const struct ext_inode *inode, uint64_t place, uint64_t block,
			uint64_t count)
{
	struct ext_run run = {.place = place, .block = block, .count = count};

	ext->found->log_inode = inode->number;
	if (!account_memory(&ext->map->account, 2 * sizeof(run)))
		return 0;
	return VEC_PUSH(&ext->found->log_runs, run);
}

static int remember_dir(struct ext *ext, const struct ext_inode *inode, uint64_t block, uint64_t count)
{
	struct ext_dir_run run = {
	    .block = block,
	    .count = (uint32_t)count,
	    .inode = inode->number,
	    .seed = inode->seed,
	    .naming = ext_naming_of(ext, inode),
	};

	return account_memory(&ext->map->account, 2 * sizeof(run)) ? VEC_PUSH(&ext->found->dirs, run) : 0;
}

#define VERITY_ALIGNMENT 65536

/* The first block of a verity file's tree, which follows the end of the file; for others, no block is. */
static uint64_t verity_start(const struct ext *ext, const struct ext_inode *inode)
{
	if (!(inode->flags & EXT4_VERITY_FL) || inode->size > UINT64_MAX - VERITY_ALIGNMENT)
		return UINT64_MAX;
	return (inode->size + VERITY_ALIGNMENT - 1) / VERITY_ALIGNMENT * VERITY_ALIGNMENT / ext->block_size;
}

static bool claim_content(struct ext *ext, const struct ext_inode *inode, const struct ext_run *run,
			  uint8_t flags)
{
	struct claim claim = {
	    .rank = RANK_CONTENT,
	    .kind = inode->kind,
	    .flags = inode->extent_flags | flags,
	    .owner = inode->number,
	    .arg = (uint32_t)run->place,
	};

	if (!ext_claim(ext, claim, run->block, run->count))
		return false;
	ext_claim_cluster(ext, claim, run->block, run->count);
	return true;
}

/* A run of data blocks, `place` blocks into the file. */
static int claim_data(struct ext *ext, const struct ext_inode *inode, struct ext_run run, bool unwritten,
		      struct err *err)
{
	uint64_t tree = verity_start(ext, inode), before;
	uint8_t flags = unwritten ? EXTENT_UNWRITTEN : 0;

	if (inode->kind == KIND_JOURNAL && !unwritten && run.block < ext->blocks &&
	    run.count <= ext->blocks - run.block)
		return remember_log(ext, inode, run.place, run.block, run.count) == 0 ? 0 : err_nomem(err);
	before = run.place >= tree ? 0 : tree - run.place < run.count ? tree - run.place : run.count;
	if (before > 0 && !claim_content(ext, inode, &(struct ext_run){run.place, run.block, before}, flags))
		return 0;
	if (before < run.count &&
	    !claim_content(ext, inode,
			   &(struct ext_run){run.place + before, run.block + before, run.count - before},
			   flags | EXTENT_VERITY))
		return 0;
	if (inode->kind == KIND_DIRECTORY && inode->links != 0 && !unwritten &&
	    remember_dir(ext, inode, run.block, run.count) != 0)
		return err_nomem(err);
	return 0;
}

/* Counts a map block that is about to be read: a sound file system has each of them once. */
static bool may_read_node(struct ext *ext, const struct ext_inode *inode)
{
	if (ext_is_full(ext))
		return false;
	if (atomic_fetch_add_explicit(ext->nodes, 1, memory_order_relaxed) < ext->nodes_max)
		return true;
	ext_note(ext, "inode %" PRIu32 ": its block map goes in a circle", inode->number);
	return false;
}

/* --- extents --- */

struct node {
	const uint8_t *bytes;
	size_t len;
	unsigned
	    depth; /* what its parent says it is; EXTENT_DEPTH_MAX + 1 for the root, which may be anything */
};

static int read_node(struct ext *ext, const struct ext_inode *inode, const struct node *node,
		     struct err *err);

static int read_leaf(struct ext *ext, const struct ext_inode *inode, const uint8_t *entry, struct err *err)
{
	uint32_t len = le16(entry + 4);
	uint64_t block = le32(entry + 8) | (uint64_t)le16(entry + 6) << 32;
	bool unwritten = len > EXTENT_UNWRITTEN_LEN;

	if (unwritten)
		len -= EXTENT_UNWRITTEN_LEN;
	if (len == 0) {
		ext_note(ext, "inode %" PRIu32 ": an extent of no blocks", inode->number);
		return 0;
	}
	return claim_data(ext, inode, (struct ext_run){le32(entry), block, len}, unwritten, err);
}

static int read_index(struct ext *ext, const struct ext_inode *inode, const uint8_t *entry, unsigned depth,
		      struct err *err)
{
	uint64_t block = le32(entry + 4) | (uint64_t)le16(entry + 8) << 32;
	struct node node = {.len = ext->block_size, .depth = depth};
	struct err why;
	uint8_t *bytes;
	int result = 0;

	if (block >= ext->blocks || !may_read_node(ext, inode)) {
		ext_note(ext, "inode %" PRIu32 ": extent node in block %" PRIu64 " cannot be", inode->number,
			 block);
		return 0;
	}
	bytes = malloc(ext->block_size);
	if (bytes == NULL)
		return err_nomem(err);
	claim_map_block(ext, inode, KIND_EXTENT_NODE, block);
	node.bytes = bytes;
	if (ext_read_blocks(ext, block, bytes, 1, &why) != 0)
		ext_note(ext, "inode %" PRIu32 ": extent node: %s", inode->number, why.text);
	else {
		ext_check_extent_node(ext, inode, block, bytes);
		result = read_node(ext, inode, &node, err);
	}
	free(bytes);
	return result;
}

/* Recursion ends because every child must be one less deep than its parent. */
static int read_node(struct ext *ext, const struct ext_inode *inode, const struct node *node, struct err *err)
{
	unsigned entries = le16(node->bytes + 2), depth = le16(node->bytes + 6);
	bool depth_fits = node->depth > EXTENT_DEPTH_MAX ? depth <= EXTENT_DEPTH_MAX : depth == node->depth;

	if (le16(node->bytes) != EXTENT_MAGIC || !depth_fits || entries > (node->len - 12) / 12) {
		ext_note(ext, "inode %" PRIu32 ": damaged extent node", inode->number);
		return 0;
	}
	for (unsigned i = 1; i <= entries; i++) {
		const uint8_t *entry = node->bytes + 12 * (size_t)i;
		int result = depth == 0 ? read_leaf(ext, inode, entry, err)
					: read_index(ext, inode, entry, depth - 1, err);

		if (result != 0)
			return -1;
	}
	return 0;
}

/* --- indirect blocks --- */

static int flush_run(struct ext *ext, const struct ext_inode *inode, struct ext_run *run, struct err *err)
{
	int result = 0;

	/* The resize inode's blocks are the reserved descriptors, which the groups have claimed. */
	if (run->count > 0 && inode->kind != KIND_RESIZE_INODE)
		result = claim_data(ext, inode, *run, false, err);
	run->count = 0;
	return result;
}

static int add_block(struct ext *ext, const struct ext_inode *inode, struct ext_run *run, uint64_t place,
		     uint32_t block, struct err *err)
{
	if (run->count > 0 && block == run->block + run->count && place == run->place + run->count) {
		run->count++;
		return 0;
	}
	if (flush_run(ext, inode, run, err) != 0)
		return -1;
	if (block != 0)
		*run = (struct ext_run){place, block, 1};
	return 0;
}

/* A tree of indirect blocks; ends because `level` goes down. */
static int read_indirect(struct ext *ext, const struct ext_inode *inode, struct ext_run *run, unsigned level,
			 uint64_t place, uint32_t block, struct err *err)
{
	uint32_t per_block = ext->block_size / 4;
	uint64_t span = 1;
	struct err why;
	uint8_t *bytes;
	int result = 0;

	for (unsigned i = 1; i < level; i++)
		span *= per_block;
	if (level == 0)
		return add_block(ext, inode, run, place, block, err);
	if (block == 0)
		return 0;
	if (block >= ext->blocks || block < ext->first_block || !may_read_node(ext, inode)) {
		ext_note(ext, "inode %" PRIu32 ": indirect block %" PRIu32 " cannot be", inode->number,
			 block);
		return 0;
	}
	if (inode->kind != KIND_RESIZE_INODE || level == 2)
		claim_map_block(ext, inode, KIND_INDIRECT_BLOCK, block);
	bytes = malloc(ext->block_size);
	if (bytes == NULL)
		return err_nomem(err);
	if (ext_read_blocks(ext, block, bytes, 1, &why) != 0)
		ext_note(ext, "inode %" PRIu32 ": indirect block: %s", inode->number, why.text);
	else
		for (uint32_t i = 0; i < per_block && result == 0; i++)
			result = read_indirect(ext, inode, run, level - 1, place + i * span,
					       le32(bytes + 4 * i), err);
	free(bytes);
	return result;
}

static int read_block_map(struct ext *ext, const struct ext_inode *inode, struct err *err)
{
	const uint8_t *slots = inode->raw + I_BLOCK;
	uint64_t per_block = ext->block_size / 4, place = DIRECT_BLOCKS, span = per_block;
	struct ext_run run = {0};

	for (unsigned i = 0; i < DIRECT_BLOCKS; i++)
		if (add_block(ext, inode, &run, i, le32(slots + 4 * i), err) != 0)
			return -1;
	for (unsigned level = 1; level <= 3; level++) {
		uint32_t block = le32(slots + 4 * (DIRECT_BLOCKS - 1 + level));

		if (read_indirect(ext, inode, &run, level, place, block, err) != 0)
			return -1;
		place += span;
		span *= per_block;
	}
	return flush_run(ext, inode, &run, err);
}

int ext_map_blocks(struct ext *ext, const struct ext_inode *inode, struct err *err)
{
	struct node root = {
	    .bytes = inode->raw + I_BLOCK,
	    .len = I_BLOCK_LEN,
	    .depth = EXTENT_DEPTH_MAX + 1,
	};

	if (inode->flags & EXT4_EXTENTS_FL)
		return read_node(ext, inode, &root, err);
	return read_block_map(ext, inode, err);
}
