/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a saved map keeps of an ext file system: its geometry, the names, and the journal's blocks. */
#include "base/bytes.h"
#include "layout/ext/ext_private.h"
#include "layout/saved/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXT_TYPE_LEN 8

enum { FLAG_SHARED_BLOCKS = 1, FLAG_LOG_GOOD = 2, FLAG_HISTORY = 4 };
/* From bit 3 on, by which power of two a cluster is larger than a block. */
enum { CLUSTER_SHIFT = 3, CLUSTER_SHIFT_MAX = 19 };
enum { LOG_HAS_TID = 1, LOG_STALE = 2 };

static void put_log_block(struct text *to, uint32_t block, const struct log_block *entry)
{
	pack_u64(to, entry->target);
	pack_u32(to, block);
	pack_u32(to, entry->tid);
	pack_u8(to, entry->type);
	pack_u8(to, (uint8_t)((entry->has_tid ? LOG_HAS_TID : 0) | (entry->stale ? LOG_STALE : 0)));
	for (unsigned i = 0; i < 6; i++)
		pack_u8(to, 0);
}

static bool is_plain(const struct log_block *entry)
{
	return entry->type == LOG_UNUSED && entry->target == 0 && entry->tid == 0 && !entry->has_tid &&
	       !entry->stale;
}

/* Blocks that nothing is known of are left out. */
static void put_log(struct saved_out *out, const struct log *log)
{
	struct text *tree = &out->sections[SAVED_TREE], *to = &out->sections[SAVED_LOG];
	size_t first = to->n / SAVED_LOG_ENTRY;

	for (uint32_t i = 0; log->blocks != NULL && i < log->nblocks; i++)
		if (!is_plain(&log->blocks[i]))
			put_log_block(to, i, &log->blocks[i]);
	for (size_t i = 0; i < log->nlisted; i++)
		put_log_block(to, log->listed[i].block, &log->listed[i].entry);
	pack_u32(tree, log->nblocks);
	pack_u64(tree, first);
	pack_u64(tree, to->n / SAVED_LOG_ENTRY - first);
}

static unsigned cluster_shift(const struct ext *ext)
{
	unsigned shift = 0;

	while (shift < CLUSTER_SHIFT_MAX && ext->fs.block_sectors << shift < ext->fs.data_sectors)
		shift++;
	return shift;
}

int ext_save(const struct fs *fs, struct saved_out *out, struct err *err)
{
	const struct ext *ext = ext_of(fs);
	struct text *tree = &out->sections[SAVED_TREE];

	if (ext->names.used > UINT32_MAX)
		return err_set(err, "has more names than a saved map can hold");
	pack_str(tree, ext->fs.type);
	pack_u8(tree, (uint8_t)((ext->shared_blocks ? FLAG_SHARED_BLOCKS : 0) |
				(ext->log.good ? FLAG_LOG_GOOD : 0) | (fs->history ? FLAG_HISTORY : 0) |
				cluster_shift(ext) << CLUSTER_SHIFT));
	pack_u32(tree, ext->block_size);
	pack_u64(tree, ext->blocks);
	pack_u32(tree, ext->first_block);
	pack_u32(tree, ext->blocks_per_group);
	pack_u32(tree, ext->groups);
	pack_u32(tree, ext->inodes_per_group);
	pack_u32(tree, ext->inode_size);
	pack_u32(tree, ext->inodes);
	saved_put_names(out, &ext->names);
	put_log(out, &ext->log);
	if (fs->history != NULL)
		saved_put_history(tree, fs->history);
	return 0;
}

static int get_log(struct saved_in *in, struct log *log)
{
	const uint8_t *at;
	size_t n;

	log->nblocks = unpack_u32(&in->tree);
	at = saved_get_items(in, SAVED_LOG, SAVED_LOG_ENTRY, &n);
	log->listed = calloc(n + 1, sizeof(*log->listed));
	if (log->listed == NULL)
		return -1;
	for (; log->nlisted < n; log->nlisted++, at += SAVED_LOG_ENTRY) {
		struct log_listed *entry = &log->listed[log->nlisted];

		entry->block = le32(at + 8);
		entry->entry = (struct log_block){
		    .target = le64(at),
		    .tid = le32(at + 12),
		    .type = at[16],
		    .has_tid = at[17] & LOG_HAS_TID,
		    .stale = at[17] & LOG_STALE,
		};
		if (at[16] > LOG_MAP || (log->nlisted > 0 && entry->block <= entry[-1].block))
			in->tree.bad = true;
	}
	return 0;
}

/* What is divided by, and multiplied. */
static bool is_sound(const struct ext *ext)
{
	return ext->block_size >= 1024 && ext->block_size <= 65536 &&
	       (ext->block_size & (ext->block_size - 1)) == 0 && ext->blocks <= EXTENT_SECTORS_MAX &&
	       (ext->groups == 0 || ext->blocks_per_group > 0) && ext->inode_size >= 128 &&
	       ext->inode_size <= 65536;
}

struct fs *ext_load(struct saved_in *in, struct space *space)
{
	struct ext *ext = calloc(1, sizeof(*ext));
	uint8_t flags;

	if (ext == NULL)
		return NULL;
	ext->map = in->map;
	ext->fs.ops = &ext_ops;
	ext->fs.space = space;
	unpack_field(&in->tree, ext->fs.type, EXT_TYPE_LEN);
	flags = unpack_u8(&in->tree);
	ext->shared_blocks = flags & FLAG_SHARED_BLOCKS;
	ext->log.good = flags & FLAG_LOG_GOOD;
	ext->block_size = unpack_u32(&in->tree);
	ext->fs.block_sectors = ext->block_size / 512;
	ext->fs.data_sectors = flags >> CLUSTER_SHIFT <= CLUSTER_SHIFT_MAX
				   ? ext->fs.block_sectors << (flags >> CLUSTER_SHIFT)
				   : ext->fs.block_sectors;
	ext->blocks = unpack_u64(&in->tree);
	ext->fs.sectors = ext->blocks * ext->fs.block_sectors;
	ext->first_block = unpack_u32(&in->tree);
	ext->blocks_per_group = unpack_u32(&in->tree);
	ext->groups = unpack_u32(&in->tree);
	ext->inodes_per_group = unpack_u32(&in->tree);
	ext->inode_size = unpack_u32(&in->tree);
	ext->fs.inode_bytes = ext->groups > 0 ? ext->inode_size : 0;
	ext->inodes = unpack_u32(&in->tree);
	saved_get_names(in, &ext->names);
	ext->names.root = EXT2_ROOT_INO;
	if (get_log(in, &ext->log) != 0 ||
	    ((flags & FLAG_HISTORY) && (ext->fs.history = saved_get_history(in, ext->inodes)) == NULL)) {
		ext_free(&ext->fs);
		return NULL;
	}
	in->tree.bad = in->tree.bad || !is_sound(ext);
	return &ext->fs;
}
