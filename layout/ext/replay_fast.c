/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fast commits: what changed since the last full commit, as records of inodes, ranges of blocks and names.  They
   are applied through libext2fs, whose writes end in the space's overlay.  Facts: Linux fs/ext4/fast_commit.c
   (ext4_fc_replay), and its layout in fast_commit.h (little-endian). */
#include "layout/ext/ext_private.h"

#include "base/bytes.h"
#include "base/crc.h"
#include "layout/ext/transactions.h"
#include "layout/overlay.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum fast_tag { ADD_RANGE = 1, DEL_RANGE, CREATE, LINK, UNLINK, INODE, PAD, TAIL, HEAD };

#define TAG_LEN 4
#define UNWRITTEN_LEN 32768
#define I_BLOCK offsetof(struct ext2_inode, i_block)
#define I_GENERATION offsetof(struct ext2_inode, i_generation)

/* The records that a mount takes, one after the other: as they lie, without what fills up blocks. */
struct records {
	uint8_t *at;
	size_t len, cap;
};

/* Where the reading of the area stands. */
struct fast_reading {
	struct records *to;
	size_t valid; /* so much of `to` is of commits whose tail is right */
	uint32_t tid, crc;
	bool begun;
};

static int keep(struct records *to, const uint8_t *tag, size_t len)
{
	if (vec_reserve((void **)&to->at, &to->cap, to->len + len, 1) != 0)
		return -1;
	memcpy(to->at + to->len, tag, len);
	to->len += len;
	return 0;
}

/* 1 to go on with the next block, 0 where the commits end, -1 without memory. */
static int read_block(struct fast_reading *area, const uint8_t *block, size_t size)
{
	size_t at = 0, len;

	for (; at + TAG_LEN <= size; at += TAG_LEN + len) {
		const uint8_t *tag = block + at, *value = tag + TAG_LEN;

		len = le16(tag + 2);
		if (le16(tag) < ADD_RANGE || le16(tag) > HEAD || len > size - at - TAG_LEN)
			return 0;
		if (le16(tag) == HEAD && (len < 8 || le32(value + 4) != area->tid))
			return 0;
		if (!area->begun && le16(tag) != HEAD)
			return 0;
		area->begun = true;
		if (le16(tag) == TAIL) {
			if (len < 8 || le32(value) != area->tid ||
			    crc32c_update(area->crc, tag, TAG_LEN + 4) != le32(value + 4))
				return 0;
			area->valid = area->to->len;
			area->crc = 0;
			return 1;
		}
		area->crc = crc32c_update(area->crc, tag, TAG_LEN + len);
		if (le16(tag) < PAD && keep(area->to, tag, TAG_LEN + len) != 0)
			return -1;
	}
	return 1;
}

/* The kernel leaves the block behind the ring alone. */
static int read_records(struct ext *ext, const struct transactions *found, uint32_t tid,
			struct records *records)
{
	struct fast_reading area = {.to = records, .tid = tid};
	int more = 1;

	for (uint32_t at = found->ring.end + 1; more > 0 && at < found->ring.nblocks; at++) {
		ext_read_log(ext, at, 1, found->block);
		more = read_block(&area, found->block, ext->block_size);
	}
	records->len = area.valid;
	return more < 0 ? -1 : 0;
}

/* --- applying them --- */

static errcode_t mark_blocks(ext2_filsys fs, blk64_t block, blk64_t count, bool used)
{
	for (; count > 0; count--, block++) {
		if (block < fs->super->s_first_data_block || block >= ext2fs_blocks_count(fs->super))
			return EXT2_ET_BAD_BLOCK_NUM;
		if (!!ext2fs_test_block_bitmap2(fs->block_map, block) != used)
			ext2fs_block_alloc_stats2(fs, block, used ? 1 : -1);
	}
	return 0;
}

/* The record's inode, and its own parts: i_block stays unless it holds data. */
static errcode_t apply_inode(ext2_filsys fs, const uint8_t *value, size_t len)
{
	size_t size = (size_t)EXT2_INODE_SIZE(fs->super), have = len - 4;
	uint32_t number = le32(value);
	struct ext2_inode *inode;
	uint8_t *raw;
	errcode_t why;

	if (len < 4 + 128 || have > size || number == 0 || number > fs->super->s_inodes_count)
		return EXT2_ET_BAD_INODE_NUM;
	raw = calloc(1, size > sizeof(struct ext2_inode_large) ? size : sizeof(struct ext2_inode_large));
	if (raw == NULL)
		return EXT2_ET_NO_MEMORY;
	inode = (struct ext2_inode *)raw;
	why = ext2fs_read_inode_full(fs, number, inode, (int)size);
	if (why == EXT2_ET_INODE_CSUM_INVALID)
		why = 0;
	if (why == 0) {
		bool fresh = le16(raw + I_BLOCK) != EXT3_EXT_MAGIC;

		memcpy(raw, value + 4, I_BLOCK);
		memcpy(raw + I_GENERATION, value + 4 + I_GENERATION, have - I_GENERATION);
		if ((inode->i_flags & EXT4_INLINE_DATA_FL) || !(inode->i_flags & EXT4_EXTENTS_FL))
			memcpy(raw + I_BLOCK, value + 4 + I_BLOCK, sizeof(inode->i_block));
		else if (fresh) {
			memset(raw + I_BLOCK, 0, sizeof(inode->i_block));
			raw[I_BLOCK] = EXT3_EXT_MAGIC & 0xff;
			raw[I_BLOCK + 1] = EXT3_EXT_MAGIC >> 8;
			raw[I_BLOCK + 4] = 4;
		}
		why = ext2fs_write_inode_full(fs, number, inode, (int)size);
		if (why == 0 && !ext2fs_test_inode_bitmap2(fs->inode_map, number))
			ext2fs_inode_alloc_stats2(fs, number, 1, LINUX_S_ISDIR(inode->i_mode));
	}
	free(raw);
	return why;
}

static errcode_t apply_add(ext2_filsys fs, const uint8_t *value, size_t len)
{
	uint32_t number, blocks, logical;
	ext2_extent_handle_t handle;
	blk64_t physical;
	bool unwritten;
	errcode_t why;

	if (len < 16)
		return EXT2_ET_EXTENT_HEADER_BAD;
	number = le32(value);
	logical = le32(value + 4);
	blocks = le16(value + 8);
	physical = le32(value + 12) | (blk64_t)le16(value + 10) << 32;
	unwritten = blocks > UNWRITTEN_LEN;
	blocks -= unwritten ? UNWRITTEN_LEN : 0;
	why = mark_blocks(fs, physical, blocks, true);
	if (why == 0)
		why = ext2fs_extent_open(fs, number, &handle);
	if (why != 0)
		return why;
	for (uint32_t i = 0; why == 0 && i < blocks; i++)
		why = ext2fs_extent_set_bmap(handle, logical + i, physical + i,
					     unwritten ? EXT2_EXTENT_SET_BMAP_UNINIT : 0);
	ext2fs_extent_free(handle);
	return why;
}

static errcode_t apply_delete(ext2_filsys fs, const uint8_t *value, size_t len)
{
	if (len < 12 || le32(value + 8) == 0)
		return EXT2_ET_EXTENT_HEADER_BAD;
	return ext2fs_punch(fs, le32(value), NULL, NULL, le32(value + 4),
			    (blk64_t)le32(value + 4) + le32(value + 8) - 1);
}

static int type_in_entry(const struct ext2_inode *inode)
{
	switch (inode->i_mode & LINUX_S_IFMT) {
	case LINUX_S_IFDIR:
		return EXT2_FT_DIR;
	case LINUX_S_IFLNK:
		return EXT2_FT_SYMLINK;
	case LINUX_S_IFREG:
		return EXT2_FT_REG_FILE;
	default:
		return EXT2_FT_UNKNOWN;
	}
}

static errcode_t apply_name(ext2_filsys fs, int tag, const uint8_t *value, size_t len)
{
	struct ext2_inode inode;
	char name[256];
	ext2_ino_t parent, number, there;
	errcode_t why;

	if (len < 9 || len - 8 > 255)
		return EXT2_ET_DIR_CORRUPTED;
	parent = le32(value);
	number = le32(value + 4);
	memcpy(name, value + 8, len - 8);
	name[len - 8] = '\0';
	if (tag == UNLINK)
		return ext2fs_unlink(fs, parent, name, number, 0);
	if (ext2fs_lookup(fs, parent, name, (int)(len - 8), NULL, &there) == 0)
		return there == number ? 0 : EXT2_ET_DIR_EXISTS;
	why = ext2fs_read_inode(fs, number, &inode);
	if (why != 0)
		return why;
	why = ext2fs_link(fs, parent, name, number, type_in_entry(&inode));
	if (why == EXT2_ET_DIR_NO_SPACE && (why = ext2fs_expand_dir(fs, parent)) == 0)
		why = ext2fs_link(fs, parent, name, number, type_in_entry(&inode));
	return why;
}

static errcode_t apply_record(ext2_filsys fs, int tag, const uint8_t *value, size_t len)
{
	switch (tag) {
	case ADD_RANGE:
		return apply_add(fs, value, len);
	case DEL_RANGE:
		return apply_delete(fs, value, len);
	case INODE:
		return apply_inode(fs, value, len);
	default:
		return apply_name(fs, tag, value, len);
	}
}

/* Blocks that a record adds. */
static uint64_t added_blocks(const uint8_t *record, size_t len)
{
	uint32_t blocks = le16(record) == ADD_RANGE && len >= 16 ? le16(record + TAG_LEN + 8) : 0;

	return blocks > UNWRITTEN_LEN ? blocks - UNWRITTEN_LEN : blocks;
}

/* A record that cannot be applied is told; what follows it may still be.  Sound ones add no more blocks than there
   are. */
static void apply(struct ext *ext, ext2_filsys fs, const struct records *records)
{
	uint64_t left = 2 * ext->blocks;
	size_t failed = 0, all = 0;
	errcode_t first = 0;

	for (size_t at = 0, len; at < records->len; at += TAG_LEN + len, all++) {
		const uint8_t *record = records->at + at;
		errcode_t why = EXT2_ET_EXTENT_HEADER_BAD;

		len = le16(record + 2);
		if (added_blocks(record, len) <= left) {
			left -= added_blocks(record, len);
			why = apply_record(fs, le16(record), record + TAG_LEN, len);
		}
		first = first == 0 ? why : first;
		failed += why != 0;
	}
	if (failed > 0)
		ext_note(ext, "%zu of %zu records of fast commits cannot be applied (%s)", failed, all,
			 ext_error(first));
}

/* Opens the file system as the full commits left it, to be written to. */
static errcode_t open_overlaid(const struct ext *ext, ext2_filsys *fs)
{
	char name[EXT_IO_NAME_LEN];
	errcode_t why;

	ext_io_name(ext->fs.space, name);
	why = ext2fs_open2(name, NULL,
			   EXT2_FLAG_RW | EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES |
			       EXT2_FLAG_SKIP_MMP | EXT2_FLAG_IGNORE_CSUM_ERRORS,
			   0, 0, ext_io_manager, fs);
	if (why != 0)
		return why;
	(*fs)->flags |= EXT2_FLAG_MASTER_SB_ONLY;
	why = ext2fs_read_bitmaps(*fs);
	if (why != 0)
		ext2fs_free(*fs);
	return why;
}

int ext_replay_fast(struct ext *ext, struct transactions *found, uint32_t tid)
{
	struct records records = {0};
	ext2_filsys fs = NULL;
	errcode_t why = 0;
	int result = 0;

	if (!(found->ring.incompat & LOG_FAST_COMMITS))
		return 0;
	result = read_records(ext, found, tid, &records);
	if (result == 0 && records.len > 0 && (why = open_overlaid(ext, &fs)) == 0) {
		ext->fs.space->overlay->writable = true;
		apply(ext, fs, &records);
		why = ext2fs_flush2(fs, EXT2_FLAG_FLUSH_NO_SYNC);
		ext2fs_free(fs);
		ext->fs.space->overlay->writable = false;
		ext_note(ext, "fast commits of transaction %" PRIu32 " have been applied in memory", tid);
		result = 1;
	}
	if (why != 0)
		ext_note(ext, "fast commits of transaction %" PRIu32 " are not applied (%s)", tid,
			 ext_error(why));
	free(records.at);
	return result;
}
